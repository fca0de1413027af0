import { groupNamedBy } from '../domain/approvals/deciders.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { addressKey } from '../domain/people/address.ts';
import type { NameRules } from '../domain/people/names.ts';
import { groupNamesIn, type SyncRules, type TeamRule } from '../domain/rules.ts';
import { foldText } from '../domain/text.ts';
import type { TenantFile } from './tenant-file.ts';

/** The part of the tenant file that planning a cycle needs. */
export function syncRules(file: TenantFile): SyncRules {
  const { scope, roles, teamMembers, leavers, safety } = file;
  return {
    names: nameRules(file),
    scope,
    roles,
    teams: file.teams.map(teamRule),
    teamMembers,
    leavers,
    safety,
  };
}

/** What the file says about names. */
export const nameRules = ({ names: { refused, instead } }: TenantFile): NameRules => ({
  refused,
  // The first spelling of an address counts, so it comes last here.
  instead: new Map(
    Object.entries(instead)
      .reverse()
      .map(([address, name]) => [addressKey(address), name]),
  ),
});

/** Each group that the file names, once. */
export const groupsNamedIn = (file: TenantFile): string[] => [
  ...new Map(
    [...groupNamesIn(syncRules(file)), ...listedGroupsIn(file).map(({ name }) => name)].map((name) => [
      foldText(name),
      name,
    ]),
  ).values(),
];

/** The groups whose members may decide or look on, with the lines that name them. No change of a plan depends on them. */
export const listedGroupsIn = ({ approvals, console }: TenantFile): { label: string; name: string }[] => [
  ...labelled('approvals.who', approvals.who ?? []),
  ...labelled('console.viewers', console.viewers),
];

const labelled = (key: string, list: readonly string[]) =>
  list.flatMap((entry, index) => {
    const name = groupNamedBy(entry);
    return name === null ? [] : [{ label: `${key} ${index + 1}`, name }];
  });

/** Whether a line under `scope` asks for assignments to the enterprise application. */
export const needsAppAssignments = ({ scope }: TenantFile): boolean =>
  [...scope.include, ...scope.exclude].some((rule) => rule.assignedToApp);

function teamRule(team: TenantFile['teams'][number]): TeamRule {
  const name = team.name === undefined ? {} : { name: team.name };
  if (team.fromGroup !== undefined) return { kind: 'group', group: team.fromGroup, ...name };
  if (team.fromGroupsNamed !== undefined)
    return { kind: 'groupsNamed', pattern: team.fromGroupsNamed, ...name };
  if (team.fromDepartment !== undefined)
    return { kind: 'department', department: team.fromDepartment, ...name };
  if (team.fromEmailDomain !== undefined) {
    return { kind: 'emailDomain', emailDomain: team.fromEmailDomain, ...name };
  }
  throw new ConfigurationError('A line of teams has no source. This tenant file was not validated.');
}
