/** Asks the directory for one person, right before something is done about them. */
import { syncRules } from '../../config/rules.ts';
import type { DirectorySource } from '../../directory/source.ts';
import type { Person } from '../../domain/people/directory.ts';
import { relevantGroupIds, verdictFromPointRead } from '../../domain/people/scope.ts';
import type { ScopeVerdict } from '../../domain/people/verdict.ts';
import { loadGroups } from '../../store/replica/replica.ts';
import type { Services, Tenant } from '../services.ts';

export interface PersonNow {
  /** Null: the directory does not know the person (any more). */
  person: Person | null;
  verdict: ScopeVerdict;
}

/**
 * What the directory says of a person right now, by point reads (docs/reference/rules.md section 1.5); null without an
 * answer. It only decides what is done now, and never moves the replica: a point read may be behind what the stream of
 * changes has told (docs/reference/microsoft-graph.md section 1.6), and the stream does not tell it twice.
 */
export async function readPersonNow(
  { database, now }: Pick<Services, 'database' | 'now'>,
  { name, file, directory, readPlan }: Tenant,
  personId: string,
): Promise<PersonNow | null> {
  const rules = syncRules(file);
  const groups = await loadGroups(database, name);
  const byAssignment = [...file.scope.include, ...file.scope.exclude].some((rule) => rule.assignedToApp);
  const appAssignments = byAssignment ? await directory.appAssignments() : [];
  const groupIds = relevantGroupIds(rules, groups, appAssignments);
  const [fact] = await directory.confirm([personId], groupIds, readPlan);
  if (!fact) return null;
  // Members of a group may be many: only of those that the person is in at all is it asked whether directly.
  const assigned = fact.groupIds.filter((id) => appAssignments.includes(id));
  const directGroupIds = await groupsWith(directory, personId, assigned);
  const world = { rules, groups, appAssignments, now: now().toISOString() };
  return { person: fact.person, verdict: verdictFromPointRead({ ...fact, directGroupIds }, world) };
}

/** Those of the groups that have the person themselves, without the groups below them. */
async function groupsWith(
  directory: DirectorySource,
  personId: string,
  groupIds: string[],
): Promise<string[]> {
  if (groupIds.length === 0) return [];
  const groups = await directory.membersNow(groupIds);
  return groups
    .filter(({ members }) => members.some(({ id }) => id === personId))
    .map(({ groupId }) => groupId);
}
