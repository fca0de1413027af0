import { createHash } from 'node:crypto';

/** Names and ids of the sandbox, as in the files `tenants/contoso*.yaml`. */
export const contoso = {
  tenantId: '8f0c2a4e-1111-4222-8333-444455556666',
  clientId: '1b2c3d4e-aaaa-4bbb-8ccc-ddddeeeeffff',
  /** The multi-tenant application of the installation, registered elsewhere. */
  sharedClientId: '7c0ffee5-aaaa-4bbb-8ccc-ddddeeee0001',
  /** What those who run the installation sign in to. */
  operatorsClientId: '7c0ffee5-aaaa-4bbb-8ccc-ddddeeee0002',
  accountId: 987654,
  tenantName: 'Contoso',
  domain: 'contoso.example',
  ownerEmail: 'owner@contoso.example',
  ownerName: 'Olivia Owens',
  okta: {
    domain: 'contoso.okta.com',
    clientId: '0oa1b2c3d4e5f6g7h8i9',
    appId: '0oa9z8y7x6w5v4u3t2s1',
    signInClientId: '0oa5s4i3g2n1i0n9w8e7',
  },
  sap: {
    host: 'contoso.accounts.ondemand.com',
    clientId: '5f1c0a9e-2b3d-4c5e-8f60-718293a4b5c6',
    signInClientId: 'c0450e2e-5161-4e1a-9d0c-5a1b2c3d4e5f',
  },
} as const;

/** Returns an object id: the same one for the same name in every sandbox. */
export function objectIdOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
