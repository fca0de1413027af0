/** Both sides by their keys, made once for a plan and its gate: at 100,000 people each such table counts. */

import { lazy } from '../lazy.ts';
import type { DirectorySnapshot, Person } from '../people/directory.ts';
import type { PersonLink } from '../people/link.ts';
import { buildMembershipIndex, type MembershipIndex } from '../people/membership.ts';
import type { TimelySnapshot, TimelyUser } from '../timely.ts';
import type { UnplannedContext } from './unplanned-context.ts';

export interface PlanIndex {
  membership: MembershipIndex;
  person(id: string): Person | undefined;
  user(id: number): TimelyUser | undefined;
  linkOfPerson(personId: string): PersonLink | undefined;
  linkOfUser(timelyId: number): PersonLink | undefined;
  /** The Timely user whom somebody is linked to, whether the plan of a part has them or leaves them out. */
  linkedUserOf(personId: string): number | null;
}

/** Each table is made when it is first asked. */
export function buildPlanIndex(sides: {
  directory: DirectorySnapshot;
  timely: Pick<TimelySnapshot, 'users'>;
  personLinks: readonly PersonLink[];
  unplanned: Pick<UnplannedContext, 'people' | 'linkedUsers'> | undefined;
}): PlanIndex {
  const { people: known, groups, memberships } = sides.directory;
  const settled = sides.unplanned?.people ?? [];
  const others = settled.map(({ personId }) => ({ id: personId }));

  const people = lazy(() => mapBy(sides.directory.people, ({ id }) => id));
  const users = lazy(() => mapBy(sides.timely.users, ({ id }) => id));
  const byPerson = lazy(() => mapBy(sides.personLinks, ({ personId }) => personId));
  const byUser = lazy(() => mapBy(sides.personLinks, ({ timelyId }) => timelyId));
  return {
    membership: buildMembershipIndex({
      people: others.length > 0 ? [...known, ...others] : known,
      groups,
      memberships,
    }),
    person: (id) => people().get(id),
    user: (id) => users().get(id),
    linkOfPerson: (personId) => byPerson().get(personId),
    linkOfUser: (timelyId) => byUser().get(timelyId),
    linkedUserOf: (personId) =>
      byPerson().get(personId)?.timelyId ?? sides.unplanned?.linkedUsers.get(personId) ?? null,
  };
}

function mapBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item> {
  const map = new Map<Key, Item>();
  for (const item of items) map.set(keyOf(item), item);
  return map;
}
