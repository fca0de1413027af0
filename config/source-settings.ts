/** The settings to sign in to a directory with, with every reference of the tenant file resolved. Never stored. */
import { allOf } from './all-of.ts';
import type { TenantAccess } from './policy/tenant-access.ts';
import type { TenantFile } from './tenant-file.ts';

type Source = TenantFile['source'];
/** `source` of one directory. */
export type SourceOf<Type extends Source['type']> = Extract<Source, { type: Type }>;

export interface EntraSettings {
  tenantId: string;
  clientId: string;
  credential: EntraCredential;
  cloud: 'global' | 'usgov' | 'usgov-dod' | 'china';
  /** Base addresses without a slash at the end; absent for Microsoft's own. */
  endpoints?: { login: string; graph: string };
}

export type EntraCredential =
  | { kind: 'secret'; secret: string }
  /** Certificate and private key. */
  | { kind: 'certificate'; pem: string }
  /** A token in a file that is renewed from outside, so it is read for each sign-in. */
  | { kind: 'federatedToken'; read: () => Promise<string> }
  | { kind: 'managedIdentity'; clientId: string };

export interface OktaSettings {
  /** Host of the org, which tokens and proofs name. */
  domain: string;
  /** Where requests go: the org itself, or what stands in front of it. */
  endpoint: string;
  credential:
    | { kind: 'privateKey'; clientId: string; key: string; keyId: string | null }
    | { kind: 'apiToken'; token: string };
  app: string | null;
  keepsSuspended: boolean;
  hireDate: string | null;
}

export interface SapSettings {
  /** Host of the tenant. */
  host: string;
  /** Where requests go: the tenant itself, or what stands in front of it. */
  endpoint: string;
  credential: { kind: 'certificate'; pem: string } | { kind: 'secret'; clientId: string; secret: string };
}

/** Of any of Microsoft's clouds: the adapter chooses, and secrets may go to all of them. */
export const microsoftLogin = 'https://login.microsoftonline.com';

/**
 * The settings to sign in to Entra ID.
 * @throws ConfigurationError when a reference cannot be resolved, or the worker's policy refuses it or a host
 */
export async function entraSettings(source: SourceOf<'entra'>, access: TenantAccess): Promise<EntraSettings> {
  const { tenantId, cloud, endpoints } = source;
  if (endpoints === undefined)
    return { tenantId, cloud, ...(await entraApplication(source, access, [microsoftLogin])) };
  const [login, graph] = await allOf([access.endpoint(endpoints.login), access.endpoint(endpoints.graph)]);
  const application = await entraApplication(source, access, [login, graph]);
  return { tenantId, cloud, ...application, endpoints: { login, graph } };
}

/** The application of the tenant file, or that of the installation. */
async function entraApplication(
  { tenantId, application, clientId = '', credential = {} }: SourceOf<'entra'>,
  access: TenantAccess,
  hosts: string[],
): Promise<Pick<EntraSettings, 'clientId' | 'credential'>> {
  if (application === undefined)
    return { clientId, credential: await entraCredential(credential, access, hosts) };
  const shared = await access.sharedApplication(tenantId, ...hosts);
  return { clientId: shared.clientId, credential: { kind: 'certificate', pem: shared.certificate } };
}

/** The credential goes to the sign-in service, and the token that it gives to Graph: it reads the whole directory. */
async function entraCredential(
  { secret, certificate, federatedToken, managedIdentity = '' }: NonNullable<SourceOf<'entra'>['credential']>,
  access: TenantAccess,
  hosts: string[],
): Promise<EntraCredential> {
  if (secret !== undefined) return { kind: 'secret', secret: await access.secret(secret, ...hosts) };
  if (certificate !== undefined)
    return { kind: 'certificate', pem: await access.secret(certificate, ...hosts) };
  if (federatedToken !== undefined) {
    const read = () => access.secret(federatedToken, ...hosts);
    // A reference that is refused shows now, not at the first sign-in.
    await access.secretIfAny(federatedToken, ...hosts);
    return { kind: 'federatedToken', read };
  }
  access.allowOfMachine('source.credential.managedIdentity', ...hosts);
  return { kind: 'managedIdentity', clientId: managedIdentity };
}

/**
 * The settings to sign in to Okta. The key never leaves the worker, but what it signs opens the directory.
 * @throws ConfigurationError as `entraSettings`
 */
export async function oktaSettings(source: SourceOf<'okta'>, access: TenantAccess): Promise<OktaSettings> {
  const { domain, clientId = '', keyId = null, app = null, suspended, hireDate = null } = source;
  const endpoint = await access.endpoint(source.endpoint ?? `https://${domain}`);
  const { privateKey, apiToken } = source.credential;
  const credential: OktaSettings['credential'] =
    apiToken === undefined
      ? { kind: 'privateKey', clientId, key: await access.secret(privateKey ?? '', endpoint), keyId }
      : { kind: 'apiToken', token: await access.secret(apiToken, endpoint) };
  return { domain, endpoint, credential, app, keepsSuspended: suspended === 'keep', hireDate };
}

/**
 * The settings to sign in to SAP.
 * @throws ConfigurationError as `entraSettings`
 */
export async function sapSettings(source: SourceOf<'sap'>, access: TenantAccess): Promise<SapSettings> {
  const { host, clientId = '' } = source;
  const endpoint = await access.endpoint(source.endpoint ?? `https://${host}`);
  const { certificate, secret } = source.credential;
  const credential: SapSettings['credential'] =
    secret === undefined
      ? { kind: 'certificate', pem: await access.secret(certificate ?? '', endpoint) }
      : { kind: 'secret', clientId, secret: await access.secret(secret, endpoint) };
  return { host, endpoint, credential };
}

/** Names one directory. Object ids of another one mean nothing in it. */
export function directoryIdentity({ source }: Pick<TenantFile, 'source'>): string {
  switch (source.type) {
    case 'entra':
      return `entra ${source.tenantId.toLowerCase()}`;
    case 'okta':
      return `okta ${source.domain}`;
    case 'sap':
      return `sap ${source.host}`;
  }
}
