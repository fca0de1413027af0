import {
  ConsentNeededError,
  type SyncError,
  ThrottledError,
  TransientError,
} from '../../../domain/errors.ts';

/** What the sign-in service responded instead of a token. */
export interface SignInRefusal {
  status: number;
  /** Null when it did not say how long to wait. */
  retryAfterMs: number | null;
  /** Its body. The codes are read from it; it is never shown. */
  body: string;
}

const needsAdmin: Record<string, string> = {
  '700016':
    'The application is not in this tenant: have an administrator consent, and check that tenantId and clientId belong together.',
  '65001': 'Have an administrator of the tenant consent to the application.',
  '650056':
    'Have an administrator consent, and check that the registration requests the Microsoft Graph permissions.',
  '90094': 'Have an administrator of the tenant consent to the application.',
  '90002': 'The tenant does not exist at this sign-in service: check source.tenantId and source.cloud.',
  '90038': 'The tenant is in another national cloud: check source.cloud.',
  '900382': 'The tenant is in another national cloud: check source.cloud.',
  '900432': 'The tenant is in another national cloud: check source.cloud.',
  '53003': 'A Conditional Access policy blocks the application: have an administrator exempt it.',
};

const ourConfiguration: Record<string, string> = {
  '7000215':
    'The client secret is wrong: put the value of the secret (not its id) where source.credential points.',
  '7000222': 'The client secret has expired: create a new one and put it where source.credential points.',
  '700027': 'The certificate does not match: register the one that source.credential points to.',
  '700024':
    'The federated token is out of date: check what writes the token file, and the clock of this machine.',
  '700213':
    'No federated credential of the application matches the token: check its issuer, subject and audience.',
  '70021':
    'No federated credential of the application matches the token: check its issuer, subject and audience.',
  '7000112': 'The application is disabled: enable it in its home tenant.',
  '70001': 'The application is disabled or unknown: check source.clientId and that it is enabled.',
};

/**
 * Transient or throttled. 50196 means the same request in a loop, which passes with fewer requests
 * (docs/reference/microsoft-graph.md section 7.1).
 */
const passing = new Set(['90033', '90006', '90024', '50033', '90055', '50196']);

/** OAuth's own codes for a refusal, for services that return no AADSTS number. */
const oauthRefusals = [
  'invalid_client',
  'unauthorized_client',
  'invalid_grant',
  'invalid_scope',
  'access_denied',
];

/**
 * Turns a response of the sign-in service into one of our errors (docs/reference/microsoft-graph.md section 7.3). The
 * library throws the same class for an expired secret and for a 503 (docs/reference/microsoft-graph.md section 12,
 * trap 11), so the codes in the response decide.
 */
export function refusalError({ status, retryAfterMs, body }: SignInRefusal): SyncError {
  // The number is in the description, or alone in a list.
  const code = (/AADSTS(\d{4,8})/.exec(body) ?? /"error_codes"\s*:\s*\[\s*(\d{4,8})/.exec(body))?.[1];
  if (status === 429) {
    return new ThrottledError('Entra ID asks us to sign in less often.', { retryAfterMs });
  }
  if (status >= 500 || (code && passing.has(code))) {
    return new TransientError(
      `Entra ID cannot sign us in for now (status ${status}${code ? `, AADSTS${code}` : ''}).`,
      { retryAfterMs },
    );
  }
  if (code) return codeError(code);
  const word = oauthRefusals.find((each) => body.includes(`"${each}"`));
  if (word) {
    return new ConsentNeededError(`Entra ID refuses to sign the application in (${word}).`, {
      remedy:
        'Check source.tenantId, source.clientId and source.credential, and that an administrator has consented.',
    });
  }
  return new TransientError(`The sign-in service answered ${status} in a way that Entra ID never does.`, {
    remedy: 'Check source.endpoints.login and any proxy between this machine and the sign-in service.',
  });
}

function codeError(code: string): ConsentNeededError {
  const admin = needsAdmin[code];
  if (admin)
    return new ConsentNeededError(`Entra ID needs an administrator (AADSTS${code}).`, { remedy: admin });
  const ours = ourConfiguration[code];
  if (ours) {
    return new ConsentNeededError(`Entra ID refuses our credential or application (AADSTS${code}).`, {
      remedy: ours,
    });
  }
  return new ConsentNeededError(`Entra ID refuses to sign the application in (AADSTS${code}).`, {
    remedy: `Look the code up at https://login.microsoftonline.com/error?code=${code}.`,
  });
}
