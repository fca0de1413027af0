/** Lookup tables over both sides, shared by a plan and its gate: at 100,000 people each table costs memory. */

import { lazy } from '../lazy.ts';
import type { DirectorySnapshot, Person } from '../people/directory.ts';
import type { PersonLink } from '../people/link.ts';
import { managerFinder } from '../people/managers.ts';
import { buildMembershipIndex, type MembershipIndex } from '../people/membership.ts';
import type { TimelySnapshot, TimelyUser } from '../timely.ts';
import type { UnplannedContext } from './unplanned-context.ts';

export interface PlanIndex {
  membership: MembershipIndex;
  person(id: string): Person | undefined;
  /** The object id of the person's manager; null when the directory names nobody, or not exactly one person. */
  managerOf(personId: string): string | null;
  user(id: number): TimelyUser | undefined;
  linkOfPerson(personId: string): PersonLink | undefined;
  linkOfUser(timelyId: number): PersonLink | undefined;
  /** The id of the Timely user linked to the person, even when a partial plan leaves them out. */
  linkedUserOf(personId: string): number | null;
}

/** Builds the index. Each table is built on first use. */
export function buildPlanIndex(input: {
  directory: DirectorySnapshot;
  timely: Pick<TimelySnapshot, 'users'>;
  personLinks: readonly PersonLink[];
  unplanned: Pick<UnplannedContext, 'people' | 'linkedUsers'> | undefined;
}): PlanIndex {
  const { people: planned, groups, memberships } = input.directory;
  const unplanned = (input.unplanned?.people ?? []).map(({ personId }) => ({ id: personId }));

  const people = lazy(() => mapBy(input.directory.people, ({ id }) => id));
  const users = lazy(() => mapBy(input.timely.users, ({ id }) => id));
  const byPerson = lazy(() => mapBy(input.personLinks, ({ personId }) => personId));
  const byUser = lazy(() => mapBy(input.personLinks, ({ timelyId }) => timelyId));
  return {
    membership: buildMembershipIndex({
      people: unplanned.length > 0 ? [...planned, ...unplanned] : planned,
      groups,
      memberships,
    }),
    person: (id) => people().get(id),
    managerOf: managerFinder(planned, (id) => people().get(id)),
    user: (id) => users().get(id),
    linkOfPerson: (personId) => byPerson().get(personId),
    linkOfUser: (timelyId) => byUser().get(timelyId),
    linkedUserOf: (personId) =>
      byPerson().get(personId)?.timelyId ?? input.unplanned?.linkedUsers.get(personId) ?? null,
  };
}

function mapBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item> {
  const map = new Map<Key, Item>();
  for (const item of items) map.set(keyOf(item), item);
  return map;
}
