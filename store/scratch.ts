/**
 * A scratch copy of a tenant: what a preview reads, plans and gates on, under a name that no tenant file can have. All
 * copying is done in sets, within PostgreSQL; a copy that nobody has taken away is swept once it is old.
 */
import { and, desc, eq, getTableColumns, isNotNull, isNull, like, lt, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Database, Store } from './database.ts';
import {
  approvalChanges,
  approvals,
  changes,
  cycles,
  failures,
  journal,
  personLinks,
  teamLinks,
  tenants,
  timelyAccounts,
  timelyTeams,
  timelyUsers,
} from './schema.ts';
import {
  directoryCursors,
  directoryExtras,
  directoryGroups,
  directoryMemberships,
  directoryPeople,
  subscriptions,
} from './schema-directory.ts';
import { tenantRow } from './tenants.ts';

/** No name of a tenant file has a tilde. */
const mark = '~preview-';

/** The name of a preview's copy; `id` is the preview's own. */
export const scratchName = (tenant: string, id: string) => `${tenant}${mark}${id}`;

interface TenantTable extends PgTable {
  tenant: PgColumn;
}

/** What earlier cycles and people's decisions mean for the next plan. */
const standing: readonly TenantTable[] = [
  personLinks,
  teamLinks,
  approvals,
  approvalChanges,
  failures,
  subscriptions,
];

/** Both sides as they were last read, with what moves them forward. */
const replicas: readonly TenantTable[] = [
  directoryPeople,
  directoryGroups,
  directoryMemberships,
  directoryExtras,
  directoryCursors,
  timelyUsers,
  timelyTeams,
  timelyAccounts,
];

export interface ScratchCopy {
  /** Whose decisions and links; a tenant that is not known yet has none. */
  tenant: string;
  /** Whose last reads: the tenant's own, or those of another copy that has read since. */
  replicaOf: string;
  scratch: string;
  /** Removals before that no longer count. */
  windowStart: Date;
  now: Date;
}

/** A cycle that never was says when the copy was made. */
const madeAt = (startedAt: Date) =>
  ({ number: 0, runId: 'copy', kind: 'full', configurationVersion: 0, startedAt }) as const;

/** Makes a copy as of one moment. */
export async function copyTenant(database: Database, copy: ScratchCopy): Promise<void> {
  const { tenant, replicaOf, scratch, windowStart, now } = copy;
  await database.transaction(
    async (store) => {
      const planCycle = (await tenantRow(store, tenant))?.planCycle ?? 0;
      await store.insert(tenants).values({ tenant: scratch, configurationVersion: 0, planCycle });
      await store.insert(cycles).values({ tenant: scratch, ...madeAt(now) });
      for (const table of standing) await copyRows(store, table, tenant, scratch);
      for (const table of replicas) await copyRows(store, table, replicaOf, scratch);
      await copyRows(
        store,
        journal,
        tenant,
        scratch,
        sql`${journal.kind} = 'remove' and ${journal.at} > ${windowStart}`,
      );
      await copyRows(
        store,
        cycles,
        tenant,
        scratch,
        sql`${cycles.number} = (${lastGoodCycle(store, tenant)})`,
      );
      // Somebody was refused for want of a seat: the next plan counts on none.
      const refused = sql`${changes.cycle} = ${planCycle} and ${changes.holdRule} = 'no-seat' and ${changes.failure} is not null`;
      await copyRows(store, changes, tenant, scratch, refused);
    },
    { isolationLevel: 'repeatable read' },
  );
}

/** Until one cycle has ended well, removals are those of a first cycle. */
const lastGoodCycle = (store: Store, tenant: string) =>
  store
    .select({ number: cycles.number })
    .from(cycles)
    .where(and(eq(cycles.tenant, tenant), isNotNull(cycles.finishedAt), isNull(cycles.trouble)))
    .orderBy(desc(cycles.number))
    .limit(1);

async function copyRows(
  store: Store,
  table: TenantTable,
  from: string,
  to: string,
  which = sql`true`,
): Promise<void> {
  // Serial numbers are given anew; all other columns are taken over, those of later versions as well.
  const columns = Object.values(getTableColumns(table)).filter(
    (column) => column.name !== 'tenant' && column.columnType !== 'PgBigSerial53',
  );
  const names = sql.join(
    columns.map(({ name }) => sql.identifier(name)),
    sql`, `,
  );
  await store.execute(
    sql`insert into ${table} (tenant, ${names}) select ${to}, ${names} from ${table} where ${table.tenant} = ${from} and ${which}`,
  );
}

/** Takes a copy away, out of every table that has tenants. */
export async function dropScratch(database: Database, scratch: string): Promise<void> {
  if (!scratch.includes(mark)) throw new Error(`${scratch} is no scratch copy.`);
  const { rows } = await database.execute<{ name: string }>(sql`
    select table_name as name from information_schema.columns
    where table_schema = current_schema() and column_name = 'tenant' order by table_name`);
  await database.transaction(async (store) => {
    for (const { name } of rows) {
      await store.execute(sql`delete from ${sql.identifier(name)} where tenant = ${scratch}`);
    }
  });
}

/** Takes away copies that were made before a moment: whoever wanted them is gone. */
export async function sweepScratch(database: Database, before: Date): Promise<void> {
  const rows = await database
    .select({ scratch: tenants.tenant })
    .from(tenants)
    .innerJoin(
      cycles,
      and(eq(cycles.tenant, tenants.tenant), eq(cycles.number, 0), lt(cycles.startedAt, before)),
    )
    .where(like(tenants.tenant, `%${mark}%`));
  for (const { scratch } of rows) await dropScratch(database, scratch);
}
