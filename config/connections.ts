/** The settings to sign in to Timely with, with every reference of the tenant file resolved. Never stored. */
import { allOf } from './all-of.ts';
import type { TenantAccess } from './policy/tenant-access.ts';
import type { TenantFile } from './tenant-file.ts';

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

/** The address of Timely for a tenant file. @throws ConfigurationError when a reference cannot be resolved, or the worker's policy refuses it or a host */
export const timelyEndpoint = ({ target }: TenantFile, access: TenantAccess): Promise<string> =>
  access.endpoint(target.endpoint ?? timelyHost);

/**
 * The settings to sign in to Timely.
 * @throws ConfigurationError when a reference cannot be resolved, or the worker's policy refuses it or a host
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
