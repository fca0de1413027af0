/** Access tokens, the third way to sign in (docs/reference/sap.md section 2). The sync does not use it for itself. */
import { randomUUID } from 'node:crypto';
import type { OpenIdProvider } from '../../openid/provider.ts';
import { type Route, textField } from '../../service.ts';
import { jsonResponse } from '../../simulated-response.ts';
import type { SapContext } from '../context.ts';
import { personToken } from '../openid/person-sign-in.ts';
import { signInRefusal } from '../sign-in.ts';

const livesForSeconds = 3_600;

/** The system signs in by certificate or secret, and gets a token for an hour. A person's code gets an ID token. */
export const tokenRoute = (context: SapContext, provider: OpenIdProvider): Route => ({
  method: 'POST',
  path: '/oauth2/token',
  operation: 'token',
  open: true,
  handle(request) {
    if (textField(request.body, 'grant_type') === 'authorization_code')
      return personToken(context, provider, request);
    const refused = signInRefusal(context, request);
    if (refused) return refused;
    if (textField(request.body, 'grant_type') !== 'client_credentials')
      return jsonResponse(400, { error: 'unsupported_grant_type' });
    const token = randomUUID();
    context.tokens.set(token, context.clock().getTime() + livesForSeconds * 1_000);
    return jsonResponse(200, { access_token: token, token_type: 'Bearer', expires_in: livesForSeconds });
  },
});
