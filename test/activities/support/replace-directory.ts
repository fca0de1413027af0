/** Edits of the directory between two cycles of a tenant in this process. */
import { eq } from 'drizzle-orm';
import type { Database } from '../../../store/database.ts';
import { markAllDirty } from '../../../store/replica/dirty-subjects.ts';
import { personFacts, withFoldedFacts } from '../../../store/replica/staged-entries.ts';
import {
  directoryGroups,
  directoryMemberships,
  directoryPeople,
} from '../../../store/schema/directory-tables.ts';
import type { World } from '../../domain/support/world.ts';

type Edit = Partial<Pick<World['directory'], 'people' | 'groups' | 'memberships'>>;

/** Replaces what the edit has, as a full read would: the next cycle plans the whole tenant. */
export async function replaceDirectory(database: Database, tenant: string, edit: Edit): Promise<void> {
  const { people, groups, memberships } = edit;
  if (people) {
    await database.delete(directoryPeople).where(eq(directoryPeople.tenant, tenant));
    const rows = people.map(({ id, ...facts }) => ({ tenant, id, facts: personFacts(facts) }));
    await database.insert(directoryPeople).values(rows);
  }
  if (groups) {
    await database.delete(directoryGroups).where(eq(directoryGroups.tenant, tenant));
    const rows = groups.map(({ id, name }) => ({ tenant, id, facts: withFoldedFacts({ name }) }));
    if (rows.length > 0) await database.insert(directoryGroups).values(rows);
  }
  if (memberships) {
    await database.delete(directoryMemberships).where(eq(directoryMemberships.tenant, tenant));
    const rows = memberships.map((membership) => ({ tenant, ...membership }));
    if (rows.length > 0) await database.insert(directoryMemberships).values(rows);
  }
  await markAllDirty(database, tenant);
}
