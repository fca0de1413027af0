/** Which groups a tenant file depends on. */

import { groupIdsOf } from '../people/condition.ts';
import type { DirectorySnapshot } from '../people/directory.ts';
import { groupResolver, groupsBelow } from '../people/membership.ts';
import { groupNamesIn } from '../rules.ts';
import { matchGroupName } from '../teams/desired-teams.ts';
import { compareText } from '../text.ts';

interface GroupsInUse {
  /** Object ids of the groups that the file names or may name, and of those assigned to the application. */
  named: string[];
  /** Those that only a pattern under `teams` matches. */
  matched: string[];
}

/** Returns the groups that the tenant file depends on, sorted, without those that are in them. */
function groupsInUse(
  rules: Parameters<typeof groupNamesIn>[0],
  { groups, appAssignments }: Pick<DirectorySnapshot, 'groups' | 'appAssignments'>,
): GroupsInUse {
  const resolve = groupResolver(groups);
  const known = new Set(groups.map(({ id }) => id));
  const named = new Set([
    ...groupNamesIn(rules).flatMap((name) => groupIdsOf(resolve(name), 'any')),
    ...appAssignments.filter((id) => known.has(id)),
  ]);
  const patterns = rules.teams.flatMap((rule) => (rule.kind === 'groupsNamed' ? rule.pattern : []));
  const matched = groups.filter(
    ({ id, name }) =>
      !named.has(id) && patterns.some((pattern) => matchGroupName(pattern, { id, name }) !== null),
  );
  return {
    named: [...named].sort(compareText),
    matched: matched.map(({ id }) => id).sort(compareText),
  };
}

interface HidingInUse {
  /** Those of the hiding groups that the tenant file depends on, by itself or by a group above. */
  inUse: string[];
  /** Groups in use that are, or contain, one of these. */
  affectedBy(unseen: readonly string[]): GroupsInUse;
}

/** Finds out which groups that hide their members matter to the tenant file. `memberships`: at least those of groups. */
export function hidingGroupsInUse(
  rules: Parameters<typeof groupNamesIn>[0],
  directory: Pick<DirectorySnapshot, 'groups' | 'appAssignments' | 'memberships'>,
  hiding: readonly string[],
): HidingInUse {
  const { named, matched } = groupsInUse(rules, directory);
  const { memberships } = directory;
  const below = new Map([...named, ...matched].map((id) => [id, groupsBelow([id], memberships)]));
  return {
    inUse: hiding.filter((id) => [...below.values()].some((ids) => ids.has(id))),
    affectedBy(unseen) {
      const isAffected = (id: string) => unseen.some((each) => below.get(id)?.has(each));
      return { named: named.filter(isAffected), matched: matched.filter(isAffected) };
    },
  };
}
