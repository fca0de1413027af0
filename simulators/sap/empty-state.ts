import { randomUUID, X509Certificate } from 'node:crypto';
import { contoso } from '../company.ts';
import { randomSecret } from '../timely/oauth-state.ts';
import { SapState } from './directory/state.ts';

/** Returns a directory without people, and a system that may sign in with a new secret or with a certificate (PEM). */
export function emptySap(
  clock: () => Date,
  { clientAuthority, certificate }: { clientAuthority: string; certificate: string },
): SapState {
  return new SapState(
    {
      tenantName: contoso.tenantName,
      domain: contoso.domain,
      system: {
        name: 'timely-sync',
        clientId: randomUUID(),
        secrets: [randomSecret()],
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
}
