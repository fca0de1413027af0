/**
 * The settings that the adapters of both sides sign in with, with every reference of the tenant file resolved. Never
 * stored.
 */
import { type Environment, filePath, resolveEndpoint, resolveSecret } from './secrets.ts';
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
  /** Path of a file that is renewed from outside, so it is read for each sign-in. */
  | { kind: 'federatedToken'; file: string }
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

/** Timely's own host (docs/reference/timely-api.md section 1). */
const timelyHost = 'https://api.timelyapp.com';

/**
 * The settings to sign in to Entra ID.
 * @throws ConfigurationError when a reference cannot be resolved
 */
export async function entraSettings(
  { source }: TenantFile,
  env: Environment = process.env,
): Promise<EntraSettings> {
  const { tenantId, clientId, cloud, endpoints } = source;
  const settings = { tenantId, clientId, cloud, credential: await entraCredential(source.credential, env) };
  if (endpoints === undefined) return settings;
  const { login, graph } = endpoints;
  return {
    ...settings,
    endpoints: { login: resolveEndpoint(login, env), graph: resolveEndpoint(graph, env) },
  };
}

async function entraCredential(
  { secret, certificate, federatedToken, managedIdentity = '' }: TenantFile['source']['credential'],
  env: Environment,
): Promise<EntraCredential> {
  if (secret !== undefined) return { kind: 'secret', secret: await resolveSecret(secret, env) };
  if (certificate !== undefined) return { kind: 'certificate', pem: await resolveSecret(certificate, env) };
  if (federatedToken !== undefined) return { kind: 'federatedToken', file: filePath(federatedToken) };
  return { kind: 'managedIdentity', clientId: managedIdentity };
}

/**
 * The settings to sign in to Timely.
 * @throws ConfigurationError when a reference cannot be resolved
 */
export async function timelySettings(
  { target }: TenantFile,
  env: Environment = process.env,
): Promise<TimelySettings> {
  const { clientId, clientSecret } = target.application;
  return {
    accountId: target.accountId,
    endpoint: resolveEndpoint(target.endpoint ?? timelyHost, env),
    application: {
      clientId: await resolveSecret(clientId, env),
      clientSecret: await resolveSecret(clientSecret, env),
    },
    initialRefreshToken: await initialRefreshToken(target.initialRefreshToken, env),
    requestsPerSecond: target.requestsPerSecond,
  };
}

/** The token works once, so an operator may remove it afterwards: then the one in the store counts. */
async function initialRefreshToken(reference: string | undefined, env: Environment): Promise<string | null> {
  if (reference === undefined) return null;
  return resolveSecret(reference, env).catch(() => null);
}
