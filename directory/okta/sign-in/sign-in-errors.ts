import { z } from 'zod';
import {
  ConsentNeededError,
  type SyncError,
  ThrottledError,
  TransientError,
} from '../../../domain/errors.ts';
import { readJson } from '../../../http/read-json.ts';
import { throttledMs } from '../http/rate-headers.ts';
import { scopeRemedy } from '../scopes.ts';

/** What the token endpoint answered instead of a token. */
export interface TokenRefusal {
  status: number;
  headers: Headers;
  /** The codes are read from it; it is never shown. */
  body: string;
}

const refusalBody = z.object({
  error: z.string().regex(/^\w{1,64}$/),
  error_description: z.string().catch(''),
});

/** `invalid_client` has one code for many causes; the description says which (docs/reference/okta.md section 4). */
const causes: [RegExp, string][] = [
  [
    /audience/i,
    'Okta expects another host in the assertion: check that source.domain is the host of the org itself.',
  ],
  [/\bkid\b|key id/i, 'The key id is wrong: check source.keyId against the public keys of the service app.'],
  [
    /signature/i,
    'The key does not match: register the public key of source.credential.privateKey with the service app, and give source.keyId when it has several.',
  ],
  [/expir|future|issued/i, 'The assertion is out of time: check the clock of the machine of the worker.'],
  [/issuer|client_id|client id/i, 'The client id is wrong: check source.clientId.'],
];
const otherCause =
  'Check source.domain, source.clientId and source.keyId, that the service app is active, and that it has the public key of source.credential.privateKey.';

/** Turns a refusal into one of our errors: an administrator is needed, our configuration is wrong, or it passes. */
export function refusedSignIn(refusal: TokenRefusal, scopes: readonly string[]): SyncError {
  const { status, headers, body } = refusal;
  if (status === 429)
    return new ThrottledError('Okta asks us to sign in less often.', { retryAfterMs: throttledMs(headers) });
  if (status >= 500 || status === 408)
    return new TransientError(`Okta cannot sign us in for now (status ${status}).`, { status });
  const { error, error_description: description } = readRefusal(body) ?? {
    error: null,
    error_description: '',
  };
  switch (error) {
    case 'consent_required':
    case 'access_denied':
      return needed('Okta grants the service app none of the scopes', error, scopeRemedy(scopes));
    case 'invalid_scope':
      return needed('Okta does not grant the service app a scope', error, scopeRemedy(scopes));
    case 'invalid_client':
    case 'unauthorized_client':
    case 'invalid_grant':
    case 'invalid_request':
      return needed('Okta refuses our credential or app', error, causeOf(description));
    case 'invalid_dpop_proof':
    case 'use_dpop_nonce':
      return needed(
        'Okta refuses our proof of possession',
        error,
        'Check the clock of the machine of the worker, and that source.domain is the host of the org itself.',
      );
    case null:
      return new TransientError(`The token endpoint answered ${status} in a way that Okta never does.`, {
        status,
        remedy: 'Check source.domain and source.endpoint, and any proxy between the worker and Okta.',
      });
    default:
      return needed('Okta refuses to sign us in', error, otherCause);
  }
}

/** The error code of a refusal; null when the body has none. */
export const refusalCode = (body: string): string | null => readRefusal(body)?.error ?? null;

const needed = (what: string, code: string, remedy: string) =>
  new ConsentNeededError(`${what} (${code}).`, { remedy });

const causeOf = (description: string) =>
  causes.find(([pattern]) => pattern.test(description))?.[1] ?? otherCause;

function readRefusal(body: string) {
  try {
    return refusalBody.safeParse(readJson(body)).data ?? null;
  } catch {
    return null;
  }
}
