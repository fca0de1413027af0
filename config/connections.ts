/**
 * The settings that the adapters of both sides sign in with, with every reference of the tenant file resolved. Never
 * stored.
 */
import { ConfigurationError } from '../domain/errors.ts';
import type { TenantAccess } from './policy/tenant-access.ts';
import type { TenantFile } from './tenant-file.ts';

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

export interface TimelySettings {
  accountId: number;
  /** Base address without a slash at the end. */
  endpoint: string;
  application: { clientId: string; clientSecret: string };
  /** Null when the tenant signs in with `connect`, or when the operator removed the token after its first use. */
  initialRefreshToken: string | null;
  requestsPerSecond: number;
}

/** Hosts that need no `endpoint` in the file (docs/reference/timely-api.md section 1). */
const timelyHost = 'https://api.timelyapp.com';
/** Of any of Microsoft's clouds: the adapter chooses, and secrets may go to all of them. */
const microsoftLogin = 'https://login.microsoftonline.com';

/**
 * The settings to sign in to Entra ID.
 * @throws ConfigurationError when a reference cannot be resolved, or the worker's policy refuses it or a host
 */
export async function entraSettings({ source }: TenantFile, access: TenantAccess): Promise<EntraSettings> {
  const { tenantId, clientId, cloud, endpoints } = source;
  if (endpoints === undefined) {
    const credential = await entraCredential(source.credential, access, [microsoftLogin]);
    return { tenantId, clientId, cloud, credential };
  }
  const [login, graph] = await allOf([access.endpoint(endpoints.login), access.endpoint(endpoints.graph)]);
  const credential = await entraCredential(source.credential, access, [login, graph]);
  return { tenantId, clientId, cloud, credential, endpoints: { login, graph } };
}

/** The credential goes to the sign-in service, and the token that it gives to Graph: it reads the whole directory. */
async function entraCredential(
  { secret, certificate, federatedToken, managedIdentity = '' }: TenantFile['source']['credential'],
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

/** The address of Timely for a tenant file. @throws ConfigurationError as `entraSettings` */
export const timelyEndpoint = ({ target }: TenantFile, access: TenantAccess): Promise<string> =>
  access.endpoint(target.endpoint ?? timelyHost);

/**
 * The settings to sign in to Timely.
 * @throws ConfigurationError as `entraSettings`
 */
export async function timelySettings(file: TenantFile, access: TenantAccess): Promise<TimelySettings> {
  const { target } = file;
  const { application, initialRefreshToken } = target;
  const endpoint = await timelyEndpoint(file, access);
  const [clientId, clientSecret, firstToken] = await allOf([
    access.shownId(application.clientId, endpoint),
    access.secret(application.clientSecret, endpoint),
    // It works once, so an operator may remove it afterwards: then the tokens in the store count.
    initialRefreshToken === undefined ? null : access.secretIfAny(initialRefreshToken, endpoint),
  ]);
  return {
    accountId: target.accountId,
    endpoint,
    application: { clientId, clientSecret },
    initialRefreshToken: firstToken,
    requestsPerSecond: target.requestsPerSecond,
  };
}

/** All of them, or every refusal at once, so that the operator restarts the workers once. */
async function allOf<const Values extends readonly unknown[]>(values: Values) {
  const settled = await Promise.allSettled(values);
  const refusals = settled.flatMap((each): unknown[] => (each.status === 'rejected' ? [each.reason] : []));
  const known = refusals.filter((refusal) => refusal instanceof ConfigurationError);
  if (known.length < 2 || known.length < refusals.length) return await Promise.all(values);
  const problems = [...new Set(known.map(({ message, remedy }) => `${message} ${remedy}`))];
  if (problems.length === 1) throw known[0];
  throw new ConfigurationError(`${problems.length} entries of the tenant file are refused:`, { problems });
}
