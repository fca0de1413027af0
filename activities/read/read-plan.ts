import { groupsNamedIn, needsAppAssignments } from '../../config/rules.ts';
import type { TenantFile } from '../../config/tenant-file.ts';
import type { ReadPlan } from '../../directory/source.ts';

/** What the tenant file needs from the directory. */
export function readPlanOf(file: TenantFile): ReadPlan {
  const { scope, teams, teamMembers } = file;
  const named = [...scope.include, ...scope.exclude].flatMap((rule) => Object.keys(rule.where ?? {}));
  return {
    attributes: [...new Set(named)].sort(),
    managers: teamMembers.leads === 'managers',
    groups: {
      names: groupsNamedIn(file),
      patterns: teams.flatMap(({ fromGroupsNamed }) => fromGroupsNamed ?? []),
      assigned: needsAppAssignments(file),
    },
  };
}
