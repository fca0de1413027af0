/** What activities work with: the store, and for each tenant its directory and its Timely account. */
import { entraSettings, timelySettings } from '../config/connections.ts';
import { type TenantFile, validateTenantFile } from '../config/tenant-file.ts';
import { createEntraSource } from '../directory/entra/entra-source.ts';
import type { DirectorySource, ReadPlan } from '../directory/source.ts';
import { ConfigurationError } from '../domain/errors.ts';
import type { Database } from '../store/database.ts';
import { createPace } from '../store/pace.ts';
import { configurationOf } from '../store/tenants.ts';
import { createTokenVault } from '../store/tokens.ts';
import { createTimelyApi, type TimelyApi } from '../timely/api.ts';
import { createTokenSource, parseStoredTokens } from '../timely/token-source.ts';

/** One tenant as of one version of its file. */
export interface Tenant {
  name: string;
  file: TenantFile;
  directory: DirectorySource;
  timely: TimelyApi;
  readPlan: ReadPlan;
}

export interface Services {
  database: Database;
  now(): Date;
  /** @throws ConfigurationError when the tenant has no file of that version. */
  tenantFile(name: string, configurationVersion: number): Promise<TenantFile>;
  /** @throws ConfigurationError when a secret of the file cannot be resolved. */
  tenant(name: string, configurationVersion: number): Promise<Tenant>;
}

/** A renewed secret (`file:/run/secrets/…`) is taken up after this time at the latest. */
const keptMs = 10 * 60_000;

/**
 * Services over one database. Directories and accounts are kept for a while, per version of the tenant file, because
 * sign-ins cache their tokens; `key` seals Timely's tokens at rest.
 */
export function createServices(database: Database, key: Buffer): Services {
  const kept = new Map<string, { version: number; untilMs: number; tenant: Promise<Tenant> }>();
  return {
    database,
    now: () => new Date(),
    tenantFile: (name, version) => loadTenantFile(database, name, version),
    async tenant(name, version) {
      const known = kept.get(name);
      if (known?.version === version && known.untilMs > Date.now()) return await known.tenant;
      const tenant = openTenant(database, key, name, version);
      kept.set(name, { version, untilMs: Date.now() + keptMs, tenant });
      // A tenant that could not be opened (a secret that is missing now) is tried afresh next time.
      tenant.catch(() => kept.delete(name));
      return await tenant;
    },
  };
}

async function loadTenantFile(database: Database, name: string, version: number): Promise<TenantFile> {
  const stored = await configurationOf(database, name, version);
  if (stored !== null) return validateTenantFile(stored);
  throw new ConfigurationError(`Tenant ${name} has no configuration.`, {
    remedy: 'Give it one: timely-sync start <file>.',
  });
}

async function openTenant(database: Database, key: Buffer, name: string, version: number): Promise<Tenant> {
  const file = await loadTenantFile(database, name, version);
  const timely = await timelySettings(file);
  const tokens = createTokenSource({
    application: timely.application,
    endpoint: timely.endpoint,
    initialRefreshToken: timely.initialRefreshToken,
    vault: createTokenVault(database, { tenant: name, key, parse: parseStoredTokens }),
  });
  const pace = createPace(database, { tenant: name, requestsPerSecond: timely.requestsPerSecond });
  return {
    name,
    file,
    directory: createEntraSource(await entraSettings(file)),
    timely: createTimelyApi({ accountId: timely.accountId, endpoint: timely.endpoint, tokens, pace }),
    readPlan: readPlanOf(file),
  };
}

/** What has to be read because the tenant file asks for it. */
function readPlanOf({ scope, teamMembers }: TenantFile): ReadPlan {
  const named = [...scope.include, ...scope.exclude].flatMap((rule) => Object.keys(rule.where ?? {}));
  return { attributes: [...new Set(named)].sort(), managers: teamMembers.leads === 'managers' };
}
