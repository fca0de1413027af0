/**
 * A copy of a tenant, on which a preview reads, plans and gates, under a name that no tenant file can have. Rows are
 * copied in sets, within PostgreSQL. A copy that was left behind is swept when it is old.
 */
import { and, desc, eq, getTableColumns, inArray, like, lt, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Database, Store } from '../database.ts';
import { isWholeCycle, standingPlans } from '../planning/cycles.ts';
import { approvalChanges, approvals } from '../schema/approval-tables.ts';
import {
  directoryCursors,
  directoryExtras,
  directoryGroups,
  directoryMemberships,
  directoryPeople,
  namedGroups,
  oddRecords,
  subscriptions,
} from '../schema/directory-tables.ts';
import { journalEntries } from '../schema/journal-tables.ts';
import { personLinks, teamLinks } from '../schema/link-tables.ts';
import { deliveries } from '../schema/notification-tables.ts';
import { changes, cycles, failures, findings } from '../schema/planning-tables.ts';
import { tenants } from '../schema/tenant-tables.ts';
import { timelyAccounts, timelyTeams, timelyUsers } from '../schema/timely-tables.ts';
import { tenantRow } from '../tenants.ts';

/** No tenant file's name has a tilde. */
const mark = '~preview-';

/** The name of a preview's copy; `id` is the preview's own. */
export const tenantCopyName = (tenant: string, id: string) => `${tenant}${mark}${id}`;

interface TenantTable extends PgTable {
  tenant: PgColumn;
}

/** Results of earlier cycles and decisions that the next plan depends on. */
const standing: readonly TenantTable[] = [
  personLinks,
  teamLinks,
  approvals,
  approvalChanges,
  failures,
  subscriptions,
  deliveries,
];

/** Both sides as they were last read, with their cursors. */
const replicas: readonly TenantTable[] = [
  directoryPeople,
  directoryGroups,
  directoryMemberships,
  namedGroups,
  oddRecords,
  directoryExtras,
  directoryCursors,
  timelyUsers,
  timelyTeams,
  timelyAccounts,
];

export interface TenantCopy {
  /** Decisions and links are this tenant's; an unknown one has none. */
  tenant: string;
  /** The last reads are this tenant's, or those of another copy that has read since. */
  replicaOf: string;
  copyName: string;
  /** Earlier removals and changes of role no longer count. */
  windowStart: Date;
  /** Whether the tenant file is the one in force: only then can an earlier plan still stand. */
  isInForce: boolean;
  now: Date;
}

/** A cycle that never ran records when the copy was made. */
const madeAt = (at: Date) =>
  ({
    number: 0,
    opening: 'copy',
    kind: 'full',
    configurationVersion: 0,
    startedAt: at,
    finishedAt: at,
  }) as const;

/** Makes a copy as of one moment. */
export async function copyTenant(database: Database, copy: TenantCopy): Promise<void> {
  const { tenant, replicaOf, copyName, windowStart, isInForce, now } = copy;
  await database.transaction(
    async (store) => {
      const row = await tenantRow(store, tenant);
      const planCycle = row?.planCycle ?? 0;
      const { planRevision = 0, plannedRevision = -1, plannedDay = '' } = (isInForce && row) || {};
      const planned = { planCycle, planRevision, plannedRevision, plannedDay };
      // What was read is of the directory of that other copy.
      const { directory = null, directorySince = 0 } = (await tenantRow(store, replicaOf)) ?? {};
      const facts = { configurationVersion: 0, ...planned, directory, directorySince };
      await store.insert(tenants).values({ tenant: copyName, ...facts });
      await store.insert(cycles).values({ tenant: copyName, ...madeAt(now) });
      for (const table of standing) await copyRows(store, table, tenant, copyName);
      for (const table of replicas) await copyRows(store, table, replicaOf, copyName);
      const counted = inArray(journalEntries.kind, ['remove', 'changeRole']);
      const recent = sql`${counted} and ${journalEntries.at} > ${windowStart}`;
      await copyRows(store, journalEntries, tenant, copyName, recent);
      const plans = standingPlans(tenant);
      const kept = sql`(${cycles.number} in (${lastWholeCycle(store, tenant)}) or ${cycles.number} in ${plans})`;
      await copyRows(store, cycles, tenant, copyName, kept);
      // What waits in the standing plan keeps waiting where the next cycle finds nothing to plan.
      const waits = inArray(changes.status, ['held', 'refused', 'parked', 'failed']);
      await copyRows(store, changes, tenant, copyName, sql`${changes.cycle} in ${plans} and ${waits}`);
      await copyRows(store, findings, tenant, copyName, eq(findings.cycle, planCycle));
    },
    { isolationLevel: 'repeatable read' },
  );
}

/** Until there is one, removals count as those of a first cycle. */
const lastWholeCycle = (store: Store, tenant: string) =>
  store
    .select({ number: cycles.number })
    .from(cycles)
    .where(isWholeCycle(tenant))
    .orderBy(desc(cycles.number))
    .limit(1);

async function copyRows(
  store: Store,
  table: TenantTable,
  from: string,
  to: string,
  which: SQL = sql`true`,
): Promise<void> {
  // Serial numbers are new, and PostgreSQL makes generated columns; all others are copied, also those that later versions add.
  const columns = Object.values(getTableColumns(table)).filter(
    ({ name, columnType, generated }) =>
      name !== 'tenant' && columnType !== 'PgBigSerial53' && generated === undefined,
  );
  const names = sql.join(
    columns.map(({ name }) => sql.identifier(name)),
    sql`, `,
  );
  await store.execute(
    sql`insert into ${table} (tenant, ${names}) select ${to}, ${names} from ${table} where ${table.tenant} = ${from} and ${which}`,
  );
}

/** Deletes a copy from every table that has tenants. */
export async function dropTenantCopy(database: Store, copyName: string): Promise<void> {
  if (!copyName.includes(mark)) throw new Error(`${copyName} is not the copy of a tenant.`);
  const { rows } = await database.execute<{ name: string }>(sql`
    select table_name as name from information_schema.columns
    where table_schema = current_schema() and column_name = 'tenant' order by table_name`);
  await database.transaction(async (store) => {
    for (const { name } of rows) {
      await store.execute(sql`delete from ${sql.identifier(name)} where tenant = ${copyName}`);
    }
  });
}

/** Longer than any preview takes. */
const copyMaxAgeMs = 2 * 3_600_000;

/** Deletes old copies: their previews have ended without it. */
export async function sweepTenantCopies(database: Store, now: Date): Promise<void> {
  const before = new Date(now.getTime() - copyMaxAgeMs);
  const rows = await database
    .select({ copyName: tenants.tenant })
    .from(tenants)
    .innerJoin(
      cycles,
      and(eq(cycles.tenant, tenants.tenant), eq(cycles.number, 0), lt(cycles.startedAt, before)),
    )
    .where(like(tenants.tenant, `%${mark}%`));
  for (const { copyName } of rows) await dropTenantCopy(database, copyName);
}
