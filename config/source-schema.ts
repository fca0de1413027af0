/** The schema of `source`: the directory of a tenant. docs/tenant-file.md explains it to people. */
import { z } from 'zod';
import { directoryId, endpoint, fileReference, given, secretReference, section } from './schema-parts.ts';

const credentialKinds = ['secret', 'certificate', 'federatedToken', 'managedIdentity'] as const;
const credential = section({
  secret: secretReference.exactOptional().describe('Client secret of the application.'),
  certificate: secretReference.exactOptional().describe('PEM with the certificate and its private key.'),
  federatedToken: fileReference.exactOptional().describe('File with a token of a workload identity.'),
  managedIdentity: directoryId
    .exactOptional()
    .describe('Client id of a managed identity that is a federated credential of the application.'),
})
  .refine(
    (value) => given(value, credentialKinds) === 1,
    `must have exactly one of ${credentialKinds.join(', ')}`,
  )
  .meta({ minProperties: 1, maxProperties: 1 });

export const source = section({
  type: z.enum(['entra']),
  tenantId: directoryId.describe('Directory (tenant) id.'),
  clientId: directoryId.describe('Application (client) id.'),
  credential,
  cloud: z.enum(['global', 'usgov', 'usgov-dod', 'china']).default('global'),
  endpoints: section({ login: endpoint, graph: endpoint })
    .exactOptional()
    .describe('For the sandbox, proxies and private clouds.'),
});
