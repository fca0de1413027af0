/** A tenant whose file names another directory than before (docs/moving-directories.md). */
import { desc, eq, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import {
  directoryCursors,
  directoryExtras,
  directoryGroups,
  directoryMemberships,
  directoryPeople,
  directoryRounds,
  directoryStaging,
  namedGroups,
  oddRecords,
  subscriptions,
} from '../schema/directory-tables.ts';
import { cycles } from '../schema/planning-tables.ts';
import { tenants } from '../schema/tenant-tables.ts';
import { markAllDirty } from './dirty-subjects.ts';
import { keepFormerPeople } from './former-people.ts';

/** What was read of the former directory. Links stay: they say which Timely user each former person is. */
const ofDirectory = [
  directoryPeople,
  directoryGroups,
  directoryMemberships,
  namedGroups,
  oddRecords,
  directoryExtras,
  directoryCursors,
  directoryRounds,
  directoryStaging,
  subscriptions,
];

/**
 * Notes the directory of the tenant file. Forgets what was read of another one, whose object ids mean nothing in this one; the
 * next whole cycle is a first cycle then, so that nobody is removed without an answer.
 */
export async function moveToDirectory(database: Database, tenant: string, identity: string): Promise<void> {
  await database.transaction(async (store) => {
    const [row] = await store
      .select({ directory: tenants.directory })
      .from(tenants)
      .where(eq(tenants.tenant, tenant))
      .for('update');
    if (row === undefined || row.directory === identity) return;
    const known = { directory: identity };
    if (row.directory === null) {
      await store.update(tenants).set(known).where(eq(tenants.tenant, tenant));
      return;
    }
    await keepFormerPeople(store, tenant, sql`true`);
    for (const table of ofDirectory) await store.delete(table).where(eq(table.tenant, tenant));
    const [last] = await store
      .select({ number: cycles.number })
      .from(cycles)
      .where(eq(cycles.tenant, tenant))
      .orderBy(desc(cycles.number))
      .limit(1);
    const directorySince = (last?.number ?? 0) + 1;
    await store
      .update(tenants)
      .set({ ...known, directorySince })
      .where(eq(tenants.tenant, tenant));
    await markAllDirty(store, tenant);
  });
}
