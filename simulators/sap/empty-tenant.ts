import { X509Certificate } from 'node:crypto';
import { SapState } from './directory/state.ts';

interface TenantParts {
  tenantName: string;
  domain: string;
  clientId: string;
  secret: string;
  /** PEM of the authority, and of the certificate that the system may sign in with. */
  clientAuthority: string;
  certificate: string;
}

/** Returns a directory without people, and a system that may read users and groups. */
export const emptyTenant = (
  { tenantName, domain, clientId, secret, clientAuthority, certificate }: TenantParts,
  clock: () => Date,
): SapState =>
  new SapState(
    {
      tenantName,
      domain,
      system: {
        name: 'timely-sync',
        clientId,
        secrets: [secret],
        authorizations: ['Read Users', 'Manage Groups'],
        clientAuthority,
        certificates: [new X509Certificate(certificate).fingerprint256],
        failedSignIns: 0,
        lockedUntil: null,
      },
      objects: [],
      hidden: null,
    },
    clock,
  );
