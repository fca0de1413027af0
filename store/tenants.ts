/** Tenants and their tenant files. */
import { isDeepStrictEqual } from 'node:util';
import { and, desc, eq, isNull, ne, sql } from 'drizzle-orm';
import type { OrderSource, StoredConfiguration } from '../domain/contract/control.ts';
import { foldText } from '../domain/text.ts';
import { startAgain } from './control.ts';
import type { Database, Store } from './database.ts';
import { journalEvent } from './journal/journal.ts';
import { markAllDirty } from './replica/dirty-subjects.ts';
import { journalEntries } from './schema/journal-tables.ts';
import type { PlanBaseline } from './schema/json-values.ts';
import { configurations, tenants } from './schema/tenant-tables.ts';

/**
 * Stores a tenant file as the newest version, unless it equals the one in force. A stopped tenant may run again. With
 * `startsPaused` a new tenant is paused from its beginning.
 */
export async function storeConfiguration(
  database: Database,
  tenant: string,
  file: unknown,
  { startsPaused = false, source = null }: { startsPaused?: boolean; source?: OrderSource | null } = {},
) {
  return await database.transaction(async (store) => {
    await store.insert(tenants).values({ tenant, configurationVersion: 0 }).onConflictDoNothing();
    await store.select().from(tenants).where(eq(tenants.tenant, tenant)).for('update');
    await startAgain(store, tenant, new Date());
    const current = await newestConfiguration(store, tenant);
    if (current && isSameFile(current.file, file)) {
      return { version: current.version, changed: false };
    }
    const version = (current?.version ?? 0) + 1;
    await store.insert(configurations).values({ tenant, version, file });
    await store.update(tenants).set({ configurationVersion: version }).where(eq(tenants.tenant, tenant));
    await markAllDirty(store, tenant);
    const at = new Date();
    const reason = `tenant file, version ${version}`;
    await journalEvent(store, tenant, { kind: 'configured', id: String(version), at, reason, after: source });
    if (current === null && startsPaused) await pauseFromStart(store, tenant, source, at);
    return { version, changed: true };
  });
}

async function pauseFromStart(
  store: Store,
  tenant: string,
  source: OrderSource | null,
  at: Date,
): Promise<void> {
  const isUnpaused = and(eq(tenants.tenant, tenant), isNull(tenants.pausedAt));
  await store
    .update(tenants)
    .set({ pausedAt: at, pausedBy: source?.by ?? null })
    .where(isUnpaused);
  const reason = 'a new tenant starts paused';
  await journalEvent(store, tenant, { kind: 'paused', id: 'start', at, reason, after: source });
}

const isSameFile = (stored: unknown, file: unknown) =>
  isDeepStrictEqual(stored, JSON.parse(JSON.stringify(file)));

/** Whether a tenant file is the one in force already. */
export async function isConfigurationInForce(store: Store, tenant: string, file: unknown): Promise<boolean> {
  const current = await newestConfiguration(store, tenant);
  return current !== null && isSameFile(current.file, file);
}

export async function newestConfiguration(store: Store, tenant: string) {
  const [row] = await store
    .select({ version: configurations.version, file: configurations.file })
    .from(configurations)
    .where(eq(configurations.tenant, tenant))
    .orderBy(desc(configurations.version))
    .limit(1);
  return row ?? null;
}

/** Who gave a version of the tenant file, and when; null where the journal no longer knows. */
export async function givenBy(
  store: Store,
  tenant: string,
  version: number,
): Promise<StoredConfiguration['given']> {
  const [entry] = await store
    .select({ at: journalEntries.at, after: journalEntries.after })
    .from(journalEntries)
    .where(
      and(
        ...[eq(journalEntries.tenant, tenant), eq(journalEntries.kind, 'configured')],
        eq(journalEntries.subjectKey, String(version)),
      ),
    );
  if (!entry) return null;
  const { by = null, channel = 'update' } = (entry.after ?? {}) as Partial<OrderSource>;
  return { at: entry.at.toISOString(), by, channel };
}

/** The tenant file of a version. A cycle keeps the version that it began with. */
export async function configurationOf(store: Store, tenant: string, version: number): Promise<unknown> {
  const [row] = await store
    .select({ file: configurations.file })
    .from(configurations)
    .where(and(eq(configurations.tenant, tenant), eq(configurations.version, version)));
  return row?.file ?? null;
}

/** Tenants whose file in force names the secret of an event hook, with the reference. */
export async function eventHookReferences(store: Store): Promise<{ tenant: string; reference: string }[]> {
  const { rows } = await store.execute<{ tenant: string; reference: string }>(sql`
    select tenant, reference from (
      select distinct on (tenant) tenant, file -> 'source' ->> 'eventHook' as reference
      from ${configurations} order by tenant, version desc
    ) as newest where reference is not null`);
  return rows;
}

/** Records that an event hook of the tenant's directory has arrived. */
export async function noteEventHook(store: Store, tenant: string, now: Date): Promise<void> {
  await store.update(tenants).set({ lastHookAt: now }).where(eq(tenants.tenant, tenant));
}

/** Records that a cycle ended without an error. */
export async function noteGoodCycle(store: Store, tenant: string, now: Date): Promise<void> {
  await store.update(tenants).set({ lastGoodAt: now }).where(eq(tenants.tenant, tenant));
}

/** When each tenant's last good cycle ended; tenants that never had one are left out. */
export async function lastGoodCycles(store: Store): Promise<{ tenant: string; at: Date }[]> {
  const rows = await store.select({ tenant: tenants.tenant, at: tenants.lastGoodAt }).from(tenants);
  return rows.flatMap(({ tenant, at }) => (at === null ? [] : [{ tenant, at }]));
}

export async function tenantRow(store: Store, tenant: string) {
  const [row] = await store.select().from(tenants).where(eq(tenants.tenant, tenant));
  return row ?? null;
}

/** Records what the plan of `cycle` was made from. The next cycle plans what has changed since. */
export async function markPlanned(
  store: Store,
  tenant: string,
  cycle: number,
  revision: number,
  day: string,
  baseline: PlanBaseline | null = null,
) {
  await store
    .update(tenants)
    .set({ plannedRevision: revision, plannedDay: day, planCycle: cycle, planBaseline: baseline })
    .where(eq(tenants.tenant, tenant));
}

/** Other tenants whose file in force names the same Timely account at the same place. */
export async function othersOnAccount(
  store: Store,
  { tenant, accountId, endpoint }: { tenant: string; accountId: number; endpoint: string | undefined },
): Promise<string[]> {
  const target = sql`${configurations.file} -> 'target'`;
  const rows = await store
    .select({ tenant: tenants.tenant })
    .from(tenants)
    .innerJoin(
      configurations,
      and(
        eq(configurations.tenant, tenants.tenant),
        eq(configurations.version, tenants.configurationVersion),
      ),
    )
    .where(
      and(
        ne(tenants.tenant, tenant),
        sql`(${target} ->> 'accountId')::bigint = ${accountId}`,
        sql`${target} ->> 'endpoint' is not distinct from ${endpoint ?? null}::text`,
      ),
    )
    .orderBy(tenants.tenant);
  return rows.map((row) => row.tenant);
}

/** A preview's copy has a tilde in its name, which no tenant file can have (store/preview/tenant-copy.ts). */
const isNoCopy = sql`position('~' in ${tenants.tenant}) = 0`;

/** Names of tenants in order; `after` is how many to skip. */
export async function listTenants(
  store: Store,
  { part = '', after, limit }: { part?: string; after: number; limit: number },
): Promise<string[]> {
  const rows = await store
    .select({ tenant: tenants.tenant })
    .from(tenants)
    .where(part === '' ? isNoCopy : and(isNoCopy, sql`strpos(${tenants.tenant}, ${foldText(part)}) > 0`))
    .orderBy(tenants.tenant)
    .offset(after)
    .limit(limit);
  return rows.map((row) => row.tenant);
}

/** Names of other tenants that begin with this one's name and a dash, or that this one's begins with in the same way. */
export async function nestedTenants(store: Store, tenant: string): Promise<string[]> {
  const name = tenants.tenant;
  const rows = await store
    .select({ tenant: name })
    .from(tenants)
    .where(
      and(
        isNoCopy,
        sql`(starts_with(${name}, ${`${tenant}-`}) or starts_with(${`${tenant}-`}, ${name} || '-'))`,
        ne(name, tenant),
      ),
    );
  return rows.map((row) => row.tenant);
}
