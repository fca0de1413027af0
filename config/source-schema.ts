/** The schema of `source`: the directory of a tenant. docs/tenant-file.md explains it to people. */
import { z } from 'zod';
import { isGuid } from '../domain/text.ts';
import {
  attributeName,
  directoryId,
  endpoint,
  fileReference,
  given,
  hostName,
  oktaId,
  sapClientId,
  secretReference,
  section,
  text,
} from './schema-parts.ts';

const entraCredentials = ['secret', 'certificate', 'federatedToken', 'managedIdentity'] as const;
const entraCredential = section({
  secret: secretReference.exactOptional().describe('Client secret of the application.'),
  certificate: secretReference.exactOptional().describe('PEM with the certificate and its private key.'),
  federatedToken: fileReference.exactOptional().describe('File with a token of a workload identity.'),
  managedIdentity: directoryId
    .exactOptional()
    .describe('Client id of a managed identity that is a federated credential of the application.'),
})
  .refine(
    (value) => given(value, entraCredentials) === 1,
    `must have exactly one of ${entraCredentials.join(', ')}`,
  )
  .meta({ minProperties: 1, maxProperties: 1 });

const entra = section({
  type: z.literal('entra'),
  tenantId: directoryId.describe('Directory (tenant) id.'),
  clientId: directoryId.exactOptional().describe('Application (client) id.'),
  credential: entraCredential.exactOptional(),
  application: z
    .literal('shared')
    .exactOptional()
    .describe("The installation's own multi-tenant application, in place of clientId and credential."),
  cloud: z.enum(['global', 'usgov', 'usgov-dod', 'china']).default('global'),
  endpoints: section({ login: endpoint, graph: endpoint })
    .exactOptional()
    .describe('For the sandbox, proxies and private clouds.'),
})
  .refine(({ application, clientId }) => application !== undefined || clientId !== undefined, {
    path: ['clientId'],
    message: 'is missing: the application (client) id, or in its place `application: shared`',
  })
  .refine(({ application, credential }) => application !== undefined || credential !== undefined, {
    path: ['credential'],
    message: 'is missing: how the application signs in, or in its place `application: shared`',
  })
  .refine(
    ({ application, clientId, credential }) =>
      application === undefined || (clientId === undefined && credential === undefined),
    {
      path: ['application'],
      message: "is the installation's own: leave out clientId and credential, or leave this out",
    },
  )
  // A domain may move to another directory, and the application reads whatever directory has consented.
  .refine(({ application, tenantId }) => application === undefined || isGuid(tenantId), {
    path: ['tenantId'],
    message: 'must be the directory (tenant) id, a GUID, with `application: shared`',
  });

const oktaCredentials = ['privateKey', 'apiToken'] as const;
const oktaCredential = section({
  privateKey: secretReference
    .exactOptional()
    .describe('Private key of the service app, PEM (PKCS#8) or JWK, RSA or EC.'),
  apiToken: secretReference.exactOptional().describe('API token, for orgs that cannot make a service app.'),
})
  .refine(
    (value) => given(value, oktaCredentials) === 1,
    `must have exactly one of ${oktaCredentials.join(', ')}`,
  )
  .meta({ minProperties: 1, maxProperties: 1 });

const okta = section({
  type: z.literal('okta'),
  domain: hostName.describe('Host of the org, without https://.'),
  clientId: oktaId.exactOptional().describe('Client id of the service app; absent with apiToken.'),
  credential: oktaCredential,
  keyId: text.exactOptional().describe('kid of the key, when the app has several.'),
  app: oktaId.exactOptional().describe('The app whose assignments assignedToApp means.'),
  suspended: z
    .enum(['remove', 'keep'])
    .default('remove')
    .describe('keep: suspended people stay as they are in Timely.'),
  hireDate: attributeName.exactOptional().describe('Profile attribute with the first working day.'),
  eventHook: secretReference.exactOptional().describe('What Okta sends in Authorization.'),
  endpoint: endpoint.exactOptional().describe('For the sandbox and proxies.'),
})
  .refine(({ clientId, credential }) => credential.apiToken !== undefined || clientId !== undefined, {
    path: ['clientId'],
    message: 'is missing: the private key belongs to a service app, and this is its client id',
  })
  .refine(
    ({ clientId, keyId, credential }) =>
      credential.apiToken === undefined || (clientId === undefined && keyId === undefined),
    { path: ['credential', 'apiToken'], message: 'belongs to no app: leave out clientId and keyId' },
  );

const sapCredentials = ['certificate', 'secret'] as const;
const sapCredential = section({
  certificate: secretReference
    .exactOptional()
    .describe('PEM with the certificate of the system and its private key.'),
  secret: secretReference.exactOptional().describe('Secret of the system; clientId is needed then.'),
})
  .refine(
    (value) => given(value, sapCredentials) === 1,
    `must have exactly one of ${sapCredentials.join(', ')}`,
  )
  .meta({ minProperties: 1, maxProperties: 1 });

const sap = section({
  type: z.literal('sap'),
  host: hostName.describe('Host of the tenant of SAP Cloud Identity Services, without https://.'),
  credential: sapCredential,
  clientId: sapClientId.exactOptional().describe('Client id of the secret; absent with a certificate.'),
  requestsPerMinute: z
    .int()
    .min(1)
    .max(60_000)
    .default(120)
    .describe('Requests a minute, over all workers, evenly spread.'),
  endpoint: endpoint.exactOptional().describe('For the sandbox and proxies.'),
})
  .refine(({ clientId, credential }) => credential.secret === undefined || clientId !== undefined, {
    path: ['clientId'],
    message: 'is missing: the secret belongs to a client id',
  })
  .refine(({ clientId, credential }) => credential.certificate === undefined || clientId === undefined, {
    path: ['clientId'],
    message: 'belongs to a secret: leave it out, the certificate says who signs in',
  });

/** One variant for each directory. */
export const source = z.discriminatedUnion('type', [entra, okta, sap]);
