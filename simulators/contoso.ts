/** Names and ids of the sandbox, as in `tenants/contoso.yaml` and `tenants/contoso-okta.yaml`. */
export const contoso = {
  tenantId: '8f0c2a4e-1111-4222-8333-444455556666',
  clientId: '1b2c3d4e-aaaa-4bbb-8ccc-ddddeeeeffff',
  accountId: 987654,
  tenantName: 'Contoso',
  domain: 'contoso.example',
  ownerEmail: 'owner@contoso.example',
  ownerName: 'Olivia Owens',
  okta: {
    domain: 'contoso.okta.com',
    clientId: '0oa1b2c3d4e5f6g7h8i9',
    appId: '0oa9z8y7x6w5v4u3t2s1',
  },
} as const;
