/** What there is in a directory: its groups, departments and e-mail domains with their numbers of live people. */
import type { CountedGroup, CountedList, LookListKind, NamedCount } from '../contract/look.ts';
import { groupBy } from '../group-by.ts';
import type { DirectorySnapshot, Membership, Person } from '../people/directory.ts';
import { domainOf, emailOf } from '../people/person.ts';
import { isLive } from '../people/verdict.ts';
import { compareText, foldText } from '../text.ts';

export interface DirectoryCounts extends Record<Exclude<LookListKind, 'groups'>, NamedCount[]> {
  /** Live people. */
  live: Person[];
  groups: CountedGroup[];
}

/** Counts live people only, each list from the largest. `today` is `YYYY-MM-DD` in UTC. */
export function countDirectory(
  directory: Pick<DirectorySnapshot, 'people' | 'groups' | 'memberships'>,
  today: string,
): DirectoryCounts {
  const live = directory.people.filter((person) => isLive(person, today));
  const sizeOf = effectiveSizes(directory.memberships, new Set(live.map(({ id }) => id)));
  const sameNames = groupBy(directory.groups, ({ name }) => foldText(name));
  const groups = directory.groups.map(({ id, name }) => ({
    id,
    name,
    people: sizeOf(id),
    isAmbiguous: (sameNames.get(foldText(name))?.length ?? 0) > 1,
  }));
  return {
    live,
    groups: groups.sort((one, other) => bySize(one, other) || compareText(one.id, other.id)),
    departments: countBy(live, ({ attributes }) => attributes.department?.trim() ?? ''),
    domains: countBy(live, (person) => domainOf(emailOf(person) ?? '')),
  };
}

/** Sizes with the groups below. One group at a time is in memory, because most directories have very many. */
function effectiveSizes(
  memberships: readonly Membership[],
  live: ReadonlySet<string>,
): (groupId: string) => number {
  const people = memberships.filter(
    ({ memberKind, memberId }) => memberKind === 'user' && live.has(memberId),
  );
  const peopleOf = groupBy(people, ({ groupId }) => groupId);
  const groupsOf = groupBy(
    memberships.filter(({ memberKind }) => memberKind === 'group'),
    ({ groupId }) => groupId,
  );
  return (groupId) => {
    const direct = peopleOf.get(groupId) ?? [];
    if (!groupsOf.has(groupId)) return direct.length;
    const below = new Set([groupId]);
    // A Set may grow while it is walked.
    for (const id of below) for (const { memberId } of groupsOf.get(id) ?? []) below.add(memberId);
    const members = [...below].flatMap((id) => peopleOf.get(id) ?? []);
    return new Set(members.map(({ memberId }) => memberId)).size;
  };
}

/** Folded names are one name, in the first spelling; people without one do not count. */
function countBy(people: readonly Person[], nameOf: (person: Person) => string): NamedCount[] {
  const named = groupBy(people.map(nameOf), foldText);
  named.delete('');
  return [...named.values()].map((names) => ({ name: names[0] ?? '', people: names.length })).sort(bySize);
}

const bySize = (one: NamedCount, other: NamedCount) =>
  other.people - one.people || compareText(one.name, other.name);

/** The first of a list whose names have the part. */
export function fittingPart<Item extends NamedCount>(
  list: readonly Item[],
  part: string,
  limit: number,
): CountedList<Item> {
  const folded = foldText(part);
  const fitting = folded === '' ? list : list.filter(({ name }) => foldText(name).includes(folded));
  return { items: fitting.slice(0, limit), total: fitting.length };
}
