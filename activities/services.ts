/** What activities work with: the store, and each tenant's directory and Timely account. */
import { timelySettings } from '../config/connections.ts';
import type { TenantAccess } from '../config/policy/tenant-access.ts';
import type { TenantPolicy } from '../config/policy/tenant-policy.ts';
import { type TenantFile, validateTenantFile } from '../config/tenant-file.ts';
import type { DirectorySource, ReadPlan } from '../directory/source.ts';
import type { ConsolePages } from '../domain/console-pages.ts';
import { ConfigurationError } from '../domain/errors.ts';
import type { Meter } from '../domain/meter.ts';
import { guardedFetch } from '../http/guarded-fetch.ts';
import { createNotifier, type Notifier } from '../notify/notifier.ts';
import { derivedKeys } from '../store/account/derived-keys.ts';
import type { EncryptionKeys } from '../store/account/encryption.ts';
import { createRateLimiter } from '../store/account/rate-limiter.ts';
import { createTokenVault } from '../store/account/tokens.ts';
import type { Database } from '../store/database.ts';
import type { SealedBytes } from '../store/set-up/stored-secrets.ts';
import { configurationOf, newestConfiguration } from '../store/tenants.ts';
import { createTimelyApi, type TimelyApi } from '../timely/api.ts';
import { createTimelySignIn, type TimelySignIn } from '../timely/sign-in.ts';
import { createTokenSource, parseStoredTokens } from '../timely/token-source.ts';
import { cachedTenants } from './cached-tenants.ts';
import { createAccess } from './create-access.ts';
import { openDirectory, sharedByWorkers } from './open-directory.ts';
import { type AccountAt, refuseOtherAccount } from './other-account.ts';
import type { ClientStates } from './read/client-states.ts';
import { readPlanOf } from './read/read-plan.ts';

/** One tenant as of one version of its file. */
export interface Tenant {
  name: string;
  file: TenantFile;
  directory: DirectorySource;
  timely: TimelyApi;
  /** Signs in to that account again. */
  signIn: TimelySignIn;
  readPlan: ReadPlan;
  /** The current rate of requests to the account. */
  perSecond(): Promise<number>;
  meter: Meter;
}

/** The address of this worker's receiver, and what proves notifications to it. */
export interface ReceiverSettings {
  url: string;
  clientStates: ClientStates;
}

/** How messages leave this worker, and what they link to. */
export interface NotificationSettings {
  notifier: Notifier;
  /** Temporal's UI as people reach it; null: no links. */
  ui: { url: string; namespace: string } | null;
}

/** The console: where its pages are, and what proves an answer that was given there. */
export interface ConsoleSettings {
  /** Null: there is no console. */
  pages: ConsolePages | null;
  /** The first signs proofs of answers, all verify them. */
  proofKeys: readonly Uint8Array[];
  /** Whether Temporal's own access control proves who calls it, as the worker's settings declare. */
  trustsTemporal: boolean;
}

/** The workflows' search attributes that Temporal's namespace does not know, and how to register them. */
export interface SearchAttributesState {
  missing: string[];
  remedy: string;
}

/** A request that waits: why its changes are held, what its workflow shows, tags of its subjects (domain/plan/subject-tags.ts). */
export interface AskedApproval {
  number: number;
  rule: string;
  title: string;
  tags: string[];
}

/** Workflows that steps start or wake. All reject when Temporal does not answer. */
export interface StartedWorkflows {
  /** Starts the workflow of each request, or has the running one read the store again. */
  startApprovals(tenant: string, requests: readonly AskedApproval[]): Promise<void>;
  /** Has those that run read the store again. */
  refreshApprovals(tenant: string, numbers: readonly number[]): Promise<void>;
  /** Those of the requests whose workflow does not run. One call as long as all of them run. */
  approvalsNotRunning(tenant: string, numbers: readonly number[]): Promise<number[]>;
  /** Starts the workflow of each channel, or has the running one look for notifications again. */
  notifyChannels(tenant: string, channels: readonly string[]): Promise<void>;
}

/** Starts none: the store keeps what is due, and the next cycle of a worker starts it. */
export const noWorkflows: StartedWorkflows = {
  startApprovals: async () => undefined,
  refreshApprovals: async () => undefined,
  approvalsNotRunning: async () => [],
  notifyChannels: async () => undefined,
};

export interface Services {
  database: Database;
  /** What runs may not set, and why a list of tenants cannot be filtered by it. Never rejects. */
  searchAttributes(): Promise<SearchAttributesState>;
  /** Null: directories are only polled. */
  receiver: ReceiverSettings | null;
  notifications: NotificationSettings;
  console: ConsoleSettings;
  workflows: StartedWorkflows;
  now(): Date;
  /** @throws ConfigurationError when the tenant has no file of that version. */
  tenantFile(name: string, configurationVersion: number): Promise<TenantFile>;
  /** @throws ConfigurationError when a secret of the file cannot be resolved. */
  tenant(name: string, configurationVersion: number): Promise<Tenant>;
  /** What the worker's policy gives the files of a tenant. `offered`: a secret that is not kept yet. */
  access(tenant: string, offered?: SealedBytes | null): Promise<TenantAccess>;
  /** The directory of a tenant file, in force or not; each call signs in again. Throws as `tenant` does. */
  directoryOf(file: TenantFile, limits?: CallLimits, offered?: SealedBytes | null): Promise<DirectorySource>;
  /**
   * The Timely account of a tenant file, in force or not. Tokens are those of the tenant of that name, so a file that
   * names another account or another address of Timely gets none. `accountOf`: with the sign-in. @throws ConfigurationError for such a file
   */
  timelyOf(file: TenantFile, limits?: CallLimits): Promise<TimelyApi>;
  accountOf(
    file: TenantFile,
    limits?: CallLimits,
    signsIn?: boolean,
  ): Promise<Pick<Tenant, 'timely' | 'signIn'>>;
}

/** Limit for one call to a service, response included; the adapter's own unless given. */
export interface CallLimits {
  timeoutMs?: number;
}

/** For a preflight: a person waits for it in front of a terminal, so a side that is down is reported in seconds. */
export const checkLimits: CallLimits = { timeoutMs: 15_000 };

/**
 * Services over one database. `key` encrypts Timely's tokens at rest. `policy` limits what tenant files may name.
 * `meterFor` returns the meter of a tenant.
 */
export function createServices(
  database: Database,
  key: EncryptionKeys,
  policy: TenantPolicy,
  meterFor: (tenant: string) => Meter,
  receiver: ReceiverSettings | null,
  notifications: NotificationSettings = { notifier: createNotifier(null), ui: null },
  searchAttributes: Services['searchAttributes'] = async () => ({ missing: [], remedy: '' }),
  workflows: StartedWorkflows = noWorkflows,
  { pages, trustsTemporal }: Omit<ConsoleSettings, 'proofKeys'> = { pages: null, trustsTemporal: false },
): Services {
  const access = createAccess(database, key, policy);
  const shared = sharedByWorkers(database);
  const directoryOf: Services['directoryOf'] = async (file, limits = {}, offered = null) => {
    const allowed = await access(file.tenant, offered);
    return await openDirectory(file, allowed, { ...limits, shared, meter: meterFor(file.tenant) });
  };
  const open = async (file: TenantFile, allowed: TenantAccess, limits: CallLimits = {}) =>
    await openTimely(database, key, file, allowed, { ...limits, meter: meterFor(file.tenant) });
  const openTenant = async (name: string, version: number): Promise<Tenant> => {
    const file = await loadTenantFile(database, name, version);
    const [directory, account] = [await directoryOf(file), await open(file, await access(name))];
    return { name, file, directory, ...account, readPlan: readPlanOf(file), meter: meterFor(name) };
  };
  const tenants = cachedTenants(openTenant);
  const accountOf: Services['accountOf'] = async (file, limits, signsIn = false) => {
    const allowed = await access(file.tenant);
    const { timely, signIn, account } = await open(file, allowed, limits);
    await refuseOtherAccount(database, allowed, file.tenant, account, signsIn);
    return { timely, signIn };
  };
  return {
    database,
    searchAttributes,
    receiver,
    notifications,
    console: { pages, trustsTemporal, proofKeys: derivedKeys(key, 'decision proofs') },
    workflows,
    now: () => new Date(),
    access,
    directoryOf,
    accountOf,
    timelyOf: async (file, limits) => (await accountOf(file, limits)).timely,
    async tenantFile(name, version) {
      const open = await tenants.known(name, version)?.catch(() => null);
      return open?.file ?? (await loadTenantFile(database, name, version));
    },
    tenant: tenants.tenant,
  };
}

/** A tenant as of the file in force. @throws as `Services.tenant` */
export async function newestTenant(services: Services, name: string): Promise<Tenant> {
  const newest = await newestConfiguration(services.database, name);
  return await services.tenant(name, newest?.version ?? 0);
}

/** The tenant file in force. @throws ConfigurationError when the tenant has none */
export async function newestTenantFile(
  { database, tenantFile }: Pick<Services, 'database' | 'tenantFile'>,
  name: string,
): Promise<TenantFile> {
  return await tenantFile(name, (await newestConfiguration(database, name))?.version ?? 0);
}

async function loadTenantFile(database: Database, name: string, version: number): Promise<TenantFile> {
  const stored = await configurationOf(database, name, version);
  if (stored !== null) return validateTenantFile(stored);
  throw new ConfigurationError(`Tenant ${name} has no configuration.`, {
    remedy: 'Give it one: timely-sync start <file>.',
  });
}

/** A tenant's Timely account, and the sign-in to it. */
async function openTimely(
  database: Database,
  key: EncryptionKeys,
  file: TenantFile,
  access: TenantAccess,
  options: CallLimits & { meter: Meter },
): Promise<Pick<Tenant, 'timely' | 'signIn' | 'perSecond'> & { account: AccountAt }> {
  const { tenant } = file;
  const { accountId, endpoint, application, ...settings } = await timelySettings(file, access);
  const { initialRefreshToken, requestsPerSecond } = settings;
  const { origin, host } = new URL(endpoint);
  const fetch = guardedFetch(access.endpoints);
  const vault = createTokenVault(database, { tenant, accountId, origin, key, parse: parseStoredTokens });
  const oauth = { application, endpoint, initialRefreshToken, vault, fetch };
  const tokens = createTokenSource(oauth);
  const account = `${host}/${accountId}`;
  const rateLimiter = createRateLimiter(database, { account, requestsPerSecond, meter: options.meter });
  const timely = createTimelyApi({ accountId, endpoint, tokens, rateLimiter, fetch, ...options });
  const signIn = createTimelySignIn(oauth);
  return { timely, signIn, perSecond: rateLimiter.perSecond, account: { accountId, origin } };
}
