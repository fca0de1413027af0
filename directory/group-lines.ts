/** The preflight's lines about the groups that a tenant file names. */
import { type CheckResult, checkError, checkOk } from '../domain/contract/check.ts';
import type { Group } from '../domain/people/directory.ts';
import { type GroupResolution, groupResolver } from '../domain/people/membership.ts';
import { foldText } from '../domain/text.ts';
import type { SelfTest } from './source.ts';

interface FoundGroups extends Required<Pick<SelfTest, 'boundGroups'>> {
  names: string[];
  /** Every group that one of the names may mean. */
  groups: Group[];
  /** As `DirectoryCapabilities` has it. */
  hiddenMembership: string | null;
}

/** A line for each group that is missing, ambiguous or hidden; one line when all are there. */
export function groupLines({ names, boundGroups, groups, hiddenMembership }: FoundGroups): CheckResult[] {
  if (names.length === 0) return [checkOk('groups', 'The tenant file names no group.')];
  const resolve = groupResolver(
    groups.map((group) => {
      const knownAs = names.filter((each) => boundGroups.get(foldText(each)) === group.id);
      return { ...group, knownAs };
    }),
  );
  const problems = names.flatMap((name) => problemWith(name, resolve(name), hiddenMembership ?? 'groups'));
  return problems.length > 0
    ? problems
    : [checkOk('groups', `All named groups exist, each once: ${names.length}.`)];
}

function problemWith(name: string, resolution: GroupResolution, permission: string): CheckResult[] {
  switch (resolution.kind) {
    case 'found':
      return [];
    case 'hidden':
      return [hidden(name, permission)];
    case 'missing':
      return [missing(name)];
    case 'ambiguous':
      return [ambiguous(name, resolution.groups.length)];
  }
}

/** Ends with a full stop, in whose place the preflight may name a group that is called nearly the same. */
export const missingGroupText = (name: string): string => `The directory has no group "${name}".`;

const missing = (name: string) =>
  checkError(
    'groups',
    missingGroupText(name),
    'Correct the tenant file, or create the group. The sync holds what depends on the group while it is missing.',
  );
const ambiguous = (name: string, count: number) =>
  checkError('groups', `${count} groups are named "${name}".`, 'Write the object id of the intended group.');
const hidden = (name: string, permission: string) =>
  checkError(
    permission,
    `The group "${name}" has hidden membership, and the application sees no member of it.`,
    `Grant the application permission ${permission} and have an administrator consent to it. If it is granted, the group is empty: add a member, or take the group out of the tenant file.`,
  );
