/** Sign-in of the system: by client certificate, or by client id and secret (docs/reference/sap.md section 8). */
import type { X509Certificate } from 'node:crypto';
import { X509Certificate as Certificate } from 'node:crypto';
import { droppedResponse, type SimulatedRequest, type SimulatedResponse } from '../simulated-response.ts';
import type { SapContext } from './context.ts';
import type { SapAuthorization } from './directory/records.ts';
import { errorWithBody, scimError } from './scim/errors.ts';

const wrongSecretsMax = 5;
const lockedMs = 60 * 60_000;

/** Returns the 401 of a request that does not sign in; null when it does. */
export function signInRefusal(context: SapContext, request: SimulatedRequest): SimulatedResponse | null {
  const { certificate } = request;
  if (certificate) return certificateRefusal(context, request, certificate);
  const authorization = request.headers.get('authorization') ?? '';
  return tokenFits(context, authorization) || secretFits(context, authorization)
    ? null
    : unauthorized(context);
}

export const unauthorized = ({ state }: SapContext): SimulatedResponse =>
  errorWithBody(state.behaviour.unauthorizedBody, 401, 'Unauthorized', {
    'www-authenticate': 'Basic realm="SAP Cloud Identity Services"',
  });

function certificateRefusal(
  context: SapContext,
  request: SimulatedRequest,
  certificate: X509Certificate,
): SimulatedResponse | null {
  const { state, faults, clock } = context;
  const now = clock().getTime();
  const isValid =
    isSigned(context, certificate) &&
    Date.parse(certificate.validFrom) <= now &&
    now < Date.parse(certificate.validTo) &&
    state.system.certificates.includes(certificate.fingerprint256);
  if (isValid && !faults.fires('certificateExpired', request)) return null;
  return state.behaviour.certificateRefusal === 'connection' ? droppedResponse : unauthorized(context);
}

/** Verified once for each certificate: a test sends hundreds of requests with one. */
function isSigned({ state, signed }: SapContext, certificate: X509Certificate): boolean {
  const { clientAuthority } = state.system;
  const key = `${clientAuthority} ${certificate.fingerprint256}`;
  const known = signed.get(key);
  if (known !== undefined) return known;
  const verified = certificate.verify(new Certificate(clientAuthority).publicKey);
  signed.set(key, verified);
  return verified;
}

function tokenFits({ state, tokens, clock }: SapContext, authorization: string): boolean {
  const [, token = ''] = /^Bearer (.+)$/.exec(authorization) ?? [];
  const endsAtMs = tokens.get(token) ?? 0;
  return state.behaviour.tokens === 'accepted' && clock().getTime() < endsAtMs;
}

/** Checks client id and secret. Five wrong secrets lock the id for an hour: then the right one does not fit either. */
function secretFits({ state: { system }, clock }: SapContext, authorization: string): boolean {
  if (!authorization.startsWith('Basic ')) return false;
  const text = Buffer.from(authorization.slice('Basic '.length), 'base64').toString('utf8');
  const clientId = text.slice(0, text.indexOf(':'));
  if (clientId !== system.clientId) return false;
  const now = clock().getTime();
  if (system.lockedUntil !== null) {
    if (now < Date.parse(system.lockedUntil)) return false;
    Object.assign(system, { failedSignIns: 0, lockedUntil: null });
  }
  if (system.secrets.includes(text.slice(clientId.length + 1))) {
    system.failedSignIns = 0;
    return true;
  }
  system.failedSignIns += 1;
  if (system.failedSignIns >= wrongSecretsMax) system.lockedUntil = new Date(now + lockedMs).toISOString();
  return false;
}

/** Returns the 403 of a request for which the system has no authorization; null when it has. */
export function authorizationRefusal(
  { state }: SapContext,
  { path, method, query }: SimulatedRequest,
): SimulatedResponse | null {
  const has = (...any: SapAuthorization[]) => any.some((one) => state.system.authorizations.includes(one));
  const isRead = method === 'GET' || path.endsWith('/.search');
  const readsUsers = has('Read Users', 'Manage Users');
  const readsGroups = has('Manage Groups') || (state.behaviour.groupsNeed === 'Read Users' && readsUsers);
  const { softDelete } = state.behaviour;
  const isAllowed = path.includes('/Groups')
    ? isRead
      ? readsGroups
      : has('Manage Groups')
    : isRead
      ? readsUsers
      : has('Manage Users');
  const wantsBlocked = query.get('blocked') === 'true' && softDelete === 'on';
  if (isAllowed && (!wantsBlocked || has('Manage Blocked Users'))) return null;
  return scimError(403, 'Forbidden');
}
