import { lazy } from '../lazy.ts';
import { groupProblem } from '../people/group-findings.ts';
import { sensitiveGroups } from '../people/sensitive.ts';
import { excludedGroups } from '../people/verdict.ts';
import { isEntry, type PlannedChange, subjectTitleOf } from '../plan/change.ts';
import type { GateInput, HoldCheck } from './gate-input.ts';

/**
 * Holds what a group of `scope.exclude` or `safety.sensitive.groups` protects while that group is unresolved, and the end of
 * a team whose people may be in scope after all. Planning itself holds what else depends on the groups of `scope.include` and
 * `roles.rules`, person by person.
 */
export function holdForUnresolvedGroups({ rules, plan, directory, isUndo }: GateInput): HoldCheck {
  const { resolve } = plan.index.membership;
  const problemIn = (groups: ReturnType<typeof sensitiveGroups>) =>
    groups.map(groupProblem).find((problem) => problem !== null) ?? null;
  // An undo asks no line under `scope` whom it lets in.
  const excluded = isUndo
    ? null
    : (problemIn(excludedGroups(rules, resolve)) ?? assignmentProblem(rules, directory));
  const sensitive = problemIn(sensitiveGroups(rules, resolve));
  const entryDetail = `${excluded} It may keep this person out, so every invitation, reinstatement and link waits until the group is resolved.`;
  const sensitiveDetail = `${sensitive} This person may be in it, so every removal and every role change waits until the group is resolved.`;
  // Only the end of a team asks for it, and a plan has a verdict for each person.
  const doubts = lazy(
    () => new Map(plan.verdicts.flatMap(({ personId, doubt }) => (doubt ? [[personId, doubt]] : []))),
  );
  return (change) => {
    const { kind, subject } = change;
    if (kind === 'retireTeam') return retirementDetail(change, doubts());
    if (subject.type !== 'person') return null;
    if (excluded !== null && isEntry(kind)) return entryDetail;
    return sensitive !== null && (kind === 'remove' || kind === 'changeRole') ? sensitiveDetail : null;
  };
}

/** A department or domain has nobody in scope, perhaps only because a group cannot be resolved: then it is not gone. */
function retirementDetail(
  { subject, before }: PlannedChange,
  doubts: ReadonlyMap<string, string>,
): string | null {
  const personIds = before !== null && 'personIds' in before ? before.personIds : [];
  const doubt = personIds.map((personId) => doubts.get(personId)).find((each) => each !== undefined);
  return doubt
    ? `People of the team "${subjectTitleOf(subject)}" may be in scope after all, so its end waits until the group is resolved: ${doubt}`
    : null;
}

/** Why it is not known who is assigned to the application, where a line keeps those people out. */
function assignmentProblem(
  { scope }: GateInput['rules'],
  { groups, appAssignments }: GateInput['directory'],
): string | null {
  const position = scope.exclude.findIndex(({ assignedToApp }) => assignedToApp);
  const assigned = new Set(position === -1 ? [] : appAssignments);
  const hidden = groups.find(({ id, isHidden }) => isHidden && assigned.has(id));
  return hidden
    ? `scope.exclude ${position + 1} means all who are assigned to the application, and the members of the assigned group "${hidden.name}" are hidden from it. \`timely-sync check\` names the permission to grant.`
    : null;
}
