/** Who is in which group, nested groups included. */
import { groupBy } from '../group-by.ts';
import { compareText, foldText, isGuid } from '../text.ts';
import type { DirectorySnapshot, Group, Membership } from './directory.ts';

/**
 * The group that a name or object id of the tenant file means. All kinds but `found` are unresolved: they are reported, never
 * guessed.
 */
export type GroupResolution =
  /** `rival`: another group that has the name now. */
  | { kind: 'found'; group: Group; rival?: Group }
  /** The application may not see the members. */
  | { kind: 'hidden'; group: Group }
  | { kind: 'ambiguous'; groups: Group[] }
  | { kind: 'missing' };

export type ResolveGroup = (nameOrId: string) => GroupResolution;

/** Transitive membership. Each group is walked once, for any number of people. */
export interface MembershipIndex {
  resolve: ResolveGroup;
  /** Object ids of known people in the group or in any nested group. */
  peopleIn(groupId: string): Iterable<string>;
  /** Names of the groups from the given one down to the person's direct group; null for a non-member. */
  pathTo(groupId: string, personId: string): string[] | null;
  /** Names of the groups from the given one down to `below`, which is in it; null when it is not. */
  pathToGroup(groupId: string, below: string): string[] | null;
  /** Whether the person is a direct member of the group. */
  hasDirectly(groupId: string, personId: string): boolean;
}

/** All members below a group with their direct groups, and the path down to each group. */
interface Reach {
  groupOf: Map<string, string>;
  pathTo: Map<string, string[]>;
}

/**
 * Resolves groups by object id first, then by the name's binding, then by name. A bound name goes on meaning its group, so
 * that no rename and no second group of that name brings people in or puts them out.
 */
export function groupResolver(groups: readonly Group[]): ResolveGroup {
  const byId = new Map(groups.map((group) => [foldText(group.id), group]));
  const byName = groupBy(groups, (group) => foldText(group.name));
  const knownAs = new Map(
    groups.flatMap((group) => group.knownAs?.map((name) => [foldText(name), group]) ?? []),
  );
  return (nameOrId) => {
    const key = foldText(nameOrId);
    const meant = byId.get(key);
    if (meant) return seen(meant);
    // A group that only has an object id as its name is never meant by it.
    const named = isGuid(key) ? [] : (byName.get(key) ?? []);
    const bound = knownAs.get(key);
    if (bound) return seen(bound, firstById(named.filter((group) => group !== bound)));
    if (named.length > 1) return { kind: 'ambiguous', groups: named.toSorted(byObjectId) };
    return named[0] ? seen(named[0]) : { kind: 'missing' };
  };
}

function seen(group: Group, rival?: Group): GroupResolution {
  if (group.isHidden) return { kind: 'hidden', group };
  return rival ? { kind: 'found', group, rival } : { kind: 'found', group };
}

const byObjectId = (one: Group, other: Group) => compareText(one.id, other.id);
const firstById = (groups: readonly Group[]): Group | undefined => groups.toSorted(byObjectId)[0];

/** Builds the index of a snapshot. Groups may contain each other in a circle. */
export function buildMembershipIndex(
  snapshot: Pick<DirectorySnapshot, 'groups' | 'memberships'> & { people: readonly { id: string }[] },
): MembershipIndex {
  const names = new Map(snapshot.groups.map((group) => [group.id, group.name]));
  const { peopleOf, groupsOf } = directMembers(snapshot);
  const directSets = new Map<string, ReadonlySet<string>>();
  const directSetOf = (groupId: string): ReadonlySet<string> => {
    const known = directSets.get(groupId) ?? new Set(peopleOf.get(groupId));
    directSets.set(groupId, known);
    return known;
  };
  const reaches = new Map<string, Reach>();
  const reachOf = (groupId: string): Reach => {
    const known = reaches.get(groupId);
    if (known) return known;
    const reach = walk(groupId, peopleOf, groupsOf, names);
    reaches.set(groupId, reach);
    return reach;
  };
  return {
    resolve: groupResolver(snapshot.groups),
    peopleIn: (groupId) => reachOf(groupId).groupOf.keys(),
    pathTo(groupId, personId) {
      const { groupOf, pathTo } = reachOf(groupId);
      return pathTo.get(groupOf.get(personId) ?? '') ?? null;
    },
    pathToGroup: (groupId, below) => reachOf(groupId).pathTo.get(below) ?? null,
    hasDirectly: (groupId, personId) => directSetOf(groupId).has(personId),
  };
}

/** Returns groups and all groups below them. Groups may contain each other in a circle. */
export function groupsBelow(groupIds: Iterable<string>, memberships: readonly Membership[]): Set<string> {
  const found = new Set(groupIds);
  const nested = memberships.filter(({ memberKind }) => memberKind === 'group');
  // A Set may grow while it is walked.
  for (const id of found) {
    for (const { groupId, memberId } of nested) if (groupId === id) found.add(memberId);
  }
  return found;
}

function directMembers({
  people,
  memberships,
}: {
  people: readonly { id: string }[];
  memberships: Membership[];
}) {
  const known = new Set(people.map((person) => person.id));
  const peopleOf = new Map<string, string[]>();
  const groupsOf = new Map<string, string[]>();
  for (const { groupId, memberId, memberKind } of memberships) {
    if (memberKind === 'user' && !known.has(memberId)) continue;
    const members = memberKind === 'user' ? peopleOf : groupsOf;
    const ofGroup = members.get(groupId);
    if (ofGroup) ofGroup.push(memberId);
    else members.set(groupId, [memberId]);
  }
  return { peopleOf, groupsOf };
}

/** Walks level by level, in the order of ids, so that each path is a shortest one and always the same. */
function walk(
  top: string,
  peopleOf: ReadonlyMap<string, readonly string[]>,
  groupsOf: ReadonlyMap<string, readonly string[]>,
  names: ReadonlyMap<string, string>,
): Reach {
  const groupOf = new Map<string, string>();
  const pathTo = new Map([[top, [names.get(top) ?? top]]]);
  // A Map may grow during iteration: nested groups are visited after those found before.
  for (const [groupId, path] of pathTo) {
    for (const personId of peopleOf.get(groupId) ?? []) {
      if (!groupOf.has(personId)) groupOf.set(personId, groupId);
    }
    for (const below of [...(groupsOf.get(groupId) ?? [])].sort(compareText)) {
      if (!pathTo.has(below)) pathTo.set(below, [...path, names.get(below) ?? below]);
    }
  }
  return { groupOf, pathTo };
}

/** Returns the key of a membership. */
export const membershipKey = ({ groupId, memberId }: Pick<Membership, 'groupId' | 'memberId'>): string =>
  `${groupId} ${memberId}`;
