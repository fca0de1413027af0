/** Checks of the client assertion, `private_key_jwt` (docs/reference/okta.md section 4). */
import {
  compactVerify,
  decodeJwt,
  decodeProtectedHeader,
  type JWTPayload,
  type ProtectedHeaderParameters,
} from 'jose';
import type { OnceOnly } from './once-only.ts';
import type { ClientKey, ServiceApp } from './service-app.ts';

const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];
const longestSeconds = 3_600;

interface Expectation {
  app: ServiceApp;
  /** The exact URL of the token endpoint. */
  audience: string;
  nowMs: number;
  skewSeconds: number;
  used: OnceOnly;
}

/** Returns why an assertion is refused, as Okta says it, or null. */
export async function assertionProblem(assertion: string, expected: Expectation): Promise<string | null> {
  const decoded = decode(assertion);
  if (!decoded) return 'The client_assertion is not a valid JWT.';
  const { header, claims } = decoded;
  const { app } = expected;
  if (claims.iss !== app.clientId) return 'The issuer claim for client_assertion is not a valid client_id.';
  if (claims.sub !== app.clientId) return 'The subject claim for client_assertion is not a valid client_id.';
  if (claims.aud !== expected.audience)
    return 'The audience claim for client_assertion must be the endpoint invoked for the request.';
  const key = keyFor(header.kid, app.keys);
  if (!key) return 'The client_assertion JWT kid is invalid.';
  if (!algorithms.includes(header.alg ?? ''))
    return 'The client_assertion signature algorithm is not supported.';
  if (!(await isSigned(assertion, key))) return 'The client_assertion signature is invalid.';
  return timeProblem(claims, expected);
}

function decode(assertion: string): { header: ProtectedHeaderParameters; claims: JWTPayload } | null {
  try {
    return { header: decodeProtectedHeader(assertion), claims: decodeJwt(assertion) };
  } catch {
    return null;
  }
}

/** Without `kid`, only one key may be active. */
function keyFor(kid: string | undefined, keys: readonly ClientKey[]): ClientKey | undefined {
  const active = keys.filter(({ status }) => status === 'ACTIVE');
  if (kid !== undefined) return active.find((key) => key.kid === kid);
  return active.length === 1 ? active[0] : undefined;
}

async function isSigned(assertion: string, { jwk }: ClientKey): Promise<boolean> {
  try {
    await compactVerify(assertion, jwk, { algorithms });
    return true;
  } catch {
    return false;
  }
}

function timeProblem(claims: JWTPayload, { nowMs, skewSeconds, used }: Expectation): string | null {
  const now = Math.floor(nowMs / 1000);
  const { exp, iat, jti } = claims;
  if (typeof exp !== 'number') return 'The client_assertion token must have an expiration.';
  if (exp + skewSeconds <= now) return 'The client_assertion token is expired.';
  if (exp - skewSeconds > now + longestSeconds)
    return 'The client_assertion token has an expiration too far into the future.';
  if (typeof iat === 'number' && iat - skewSeconds > now)
    return 'The client_assertion token was issued in the future.';
  const isNew = jti === undefined || used.isFirst(jti, exp * 1000, nowMs);
  return isNew ? null : 'The client_assertion token has already been used.';
}
