/** Which groups a tenant file needs, for a directory that does not list members with the groups. */
import { matchGroupName } from '../domain/teams/desired-teams.ts';
import { foldText } from '../domain/text.ts';
import type { NeededGroups } from './source.ts';

/** Whether the tenant file needs the members of a group. `others`: object ids of further groups that it needs. */
export function neededCheck(
  { names, patterns, bound = [] }: NeededGroups,
  others: readonly string[],
): (group: { id: string; name: string }) => boolean {
  const known = new Set([...names, ...bound, ...others].map(foldText));
  return ({ id, name }) =>
    known.has(foldText(id)) ||
    known.has(foldText(name)) ||
    patterns.some((pattern) => matchGroupName(pattern, { id, name }) !== null);
}
