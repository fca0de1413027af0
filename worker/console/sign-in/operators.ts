/** Where those who run the installation sign in: the worker's settings say it, no tenant file. */
import type { IDToken } from 'openid-client';
import { bySecret, provenAddress, type SignInService } from '../../../activities/sign-in/sign-in-service.ts';
import type { OperatorSettings } from '../../../config/listening/console-settings.ts';
import { endpointRules } from '../../../config/policy/host-rules.ts';
import type { TenantPolicy } from '../../../config/policy/tenant-policy.ts';
import type { NamedPerson } from '../../../domain/contract/person-sign-in.ts';
import { guardedFetch } from '../../../http/guarded-fetch.ts';

/** The issuer's host needs no entry in TIMELY_SYNC_ALLOWED_HOSTS; a private address, and further hosts of it, do. */
export function operatorServiceOf(operators: OperatorSettings, policy: TenantPolicy): SignInService {
  const { issuer, clientId, clientSecret } = operators;
  const { hostname, port } = new URL(issuer);
  const own = {
    kind: 'host',
    name: hostname,
    prefix: 0,
    port: port === '' ? null : Number(port),
    tenant: null,
  } as const;
  const rules = endpointRules({ ...policy, allowedHosts: [...policy.allowedHosts, own] }, 'of the operators');
  return {
    ...{ issuer, clientId },
    authentication: bySecret(clientSecret),
    accountPrompt: 'login',
    fetch: guardedFetch(rules),
    personIn: operatorIn,
  };
}

/**
 * Entra ID says of no address that it is verified. The user name of a member is the administrator's to give; a guest, whom
 * `idp` shows, brings their own (https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference).
 */
function operatorIn(claims: IDToken): NamedPerson | null {
  const { tid, idp, preferred_username: userName, name } = claims;
  if (typeof tid !== 'string') return provenAddress(claims);
  if (idp !== undefined || typeof userName !== 'string') return null;
  return { subject: null, addresses: [userName], name: typeof name === 'string' ? name : '' };
}
