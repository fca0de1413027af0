/** Asks the directory for one person, right before a change of that person is applied. */
import { needsAppAssignments, syncRules } from '../../config/rules.ts';
import type { DirectorySource } from '../../directory/source.ts';
import type { Person } from '../../domain/people/directory.ts';
import { hiddenVerdict } from '../../domain/people/lost-verdict.ts';
import { relevantGroupIds, verdictFromPointRead } from '../../domain/people/scope.ts';
import type { ScopeVerdict } from '../../domain/people/verdict.ts';
import { personLinkOf, timelyUserOf } from '../../store/query/why.ts';
import { loadGroups } from '../../store/replica/replica.ts';
import type { Services, Tenant } from '../services.ts';

export interface PersonNow {
  /** Null: the directory does not show the person (any more). */
  person: Person | null;
  verdict: ScopeVerdict;
}

/**
 * What the directory says about a person right now, by point reads (docs/reference/rules.md section 1.5); null without a
 * response. It only decides about the current change and never moves the replica: a point read may be older than the stream
 * of changes (docs/reference/microsoft-graph.md section 1.6), which reports a change only once.
 */
export async function readPersonNow(
  { database, now }: Pick<Services, 'database' | 'now'>,
  { name, file, directory, readPlan }: Tenant,
  personId: string,
): Promise<PersonNow | null> {
  const rules = syncRules(file);
  const groups = await loadGroups(database, name);
  const appAssignments = needsAppAssignments(file) ? await directory.appAssignments() : [];
  const groupIds = relevantGroupIds(rules, groups, appAssignments);
  const [fact] = await directory.confirm([personId], groupIds, readPlan);
  if (!fact) return null;
  // A group may have many members: only groups that the person is in are read, to see whether they are in it directly.
  const assigned = fact.groupIds.filter((id) => appAssignments.includes(id));
  const directGroupIds = await directGroupsOf(directory, personId, assigned);
  const link = await personLinkOf(database, name, personId);
  const timelyEmail = link ? ((await timelyUserOf(database, name, link.timelyId))?.email ?? null) : null;
  const world = { rules, groups, appAssignments, now: now().toISOString() };
  return {
    person: fact.person,
    verdict: fact.isHidden
      ? hiddenVerdict(personId)
      : verdictFromPointRead({ ...fact, directGroupIds, timelyEmail }, world),
  };
}

/** Those of the groups that have the person as a direct member. */
async function directGroupsOf(
  directory: DirectorySource,
  personId: string,
  groupIds: string[],
): Promise<string[]> {
  if (groupIds.length === 0) return [];
  const groups = await directory.currentMembers(groupIds);
  return groups
    .filter(({ members }) => members.some(({ id }) => id === personId))
    .map(({ groupId }) => groupId);
}
