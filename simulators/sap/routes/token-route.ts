/** Access tokens, the third way to sign in (docs/reference/sap.md section 2). The sync does not use it. */
import { randomUUID } from 'node:crypto';
import { type Route, textField } from '../../service.ts';
import { jsonResponse } from '../../simulated-response.ts';
import type { SapContext } from '../context.ts';
import { signInRefusal } from '../sign-in.ts';

const livesForSeconds = 3_600;

/** The system signs in by certificate or secret, and gets a token for an hour. */
export const tokenRoute = (context: SapContext): Route => ({
  method: 'POST',
  path: '/oauth2/token',
  operation: 'token',
  open: true,
  handle(request) {
    const refused = signInRefusal(context, request);
    if (refused) return refused;
    if (textField(request.body, 'grant_type') !== 'client_credentials')
      return jsonResponse(400, { error: 'unsupported_grant_type' });
    const token = randomUUID();
    context.tokens.set(token, context.clock().getTime() + livesForSeconds * 1_000);
    return jsonResponse(200, { access_token: token, token_type: 'Bearer', expires_in: livesForSeconds });
  },
});
