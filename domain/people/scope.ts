/** Who is in scope, and why (docs/reference/rules.md section 2). */

import type { Finding } from '../plan/change.ts';
import type { UnplannedContext } from '../plan/unplanned-context.ts';
import type { ScopeCondition, SyncRules } from '../rules.ts';
import { compareText, formatCount } from '../text.ts';
import { type Condition, conditionSubjectOf, groupIdsOf } from './condition.ts';
import type { DirectorySnapshot, Group, Person } from './directory.ts';
import { groupFindings } from './group-findings.ts';
import { deletedVerdict } from './lost-verdict.ts';
import { groupResolver, type MembershipIndex } from './membership.ts';
import { groupsOfLines, judgeScope, prepareLines, type ScopeLine, type ScopeVerdict } from './verdict.ts';

export interface ScopeResult {
  /** One for each person of the snapshot, sorted by object id. */
  verdicts: ScopeVerdict[];
  findings: Finding[];
  /** One matching person for each line that matches, by the label of the line. */
  matchExamples: ReadonlyMap<string, string>;
}

/** Returns the verdicts about all people of the snapshot. `now` is ISO 8601: lines end with their last day. */
export function scopeVerdicts(input: {
  rules: Pick<SyncRules, 'scope'>;
  now: string;
  directory: DirectorySnapshot;
  index: MembershipIndex;
  unplanned?: Pick<UnplannedContext, 'matchedLines'> | undefined;
  /** The address of the Timely user linked to a person; null without one. Default: none. */
  timelyEmailOf?(personId: string): string | null;
}): ScopeResult {
  const { directory, index } = input;
  const lines = prepareLines(input.rules, input.now, index.resolve);
  const unmatched = new Set([...lines.include, ...lines.exclude]);
  const matchExamples = new Map<string, string>();
  const isAssigned = appMembership(directory.appAssignments, index);
  const verdicts = directory.people.map((person) => {
    const subject = conditionSubjectOf(person, {
      pathTo: (groupId) => index.pathTo(groupId, person.id),
      isAssignedToApp: () => isAssigned(person.id),
      timelyEmail: () => input.timelyEmailOf?.(person.id) ?? null,
    });
    for (const line of unmatched) {
      if (line.condition.match(subject) === null) continue;
      unmatched.delete(line);
      matchExamples.set(line.label, person.id);
    }
    return judgeScope(subject, lines);
  });
  const groups = groupsOfLines([...lines.include, ...lines.exclude]);
  const matchless = [...unmatched]
    .filter(({ label, condition }) => isResolved(condition) && !input.unplanned?.matchedLines.has(label))
    .map(noMatchFinding);
  return {
    verdicts: verdicts.sort((a, b) => compareText(a.personId, b.personId)),
    findings: [...groupFindings(groups), ...matchless],
    matchExamples,
  };
}

/**
 * Returns the verdict about one person from a point read: the person as they are now (null when gone) and their groups among
 * those of `relevantGroupIds`. `groupIds` includes nested membership. `directGroupIds` has direct membership only, which
 * alone counts for the assignment to the application.
 */
export function verdictFromPointRead(
  read: {
    personId: string;
    person: Person | null;
    groupIds: readonly string[];
    directGroupIds: readonly string[];
    /** The address of the Timely user linked to the person; null without one. */
    timelyEmail: string | null;
  },
  directory: {
    rules: Pick<SyncRules, 'scope'>;
    /** ISO 8601. */
    now: string;
    groups: readonly Group[];
    appAssignments: readonly string[];
  },
): ScopeVerdict {
  if (!read.person) return deletedVerdict(read.personId);
  const names = new Map(directory.groups.map((group) => [group.id, group.name]));
  const memberOf = new Set(read.groupIds);
  const assignments = new Set(directory.appAssignments);
  const subject = conditionSubjectOf(read.person, {
    pathTo: (groupId) => (memberOf.has(groupId) ? [names.get(groupId) ?? groupId] : null),
    isAssignedToApp: () =>
      assignments.has(read.personId) || read.directGroupIds.some((groupId) => assignments.has(groupId)),
    timelyEmail: () => read.timelyEmail,
  });
  const lines = prepareLines(directory.rules, directory.now, groupResolver(directory.groups));
  return judgeScope(subject, lines);
}

/**
 * Returns a sentence for each line of `scope.include` that brings in nobody, because lines of `scope.exclude` take out all whom
 * it fits. `verdicts` are those of the people of the snapshot.
 */
export function takenOutLines(input: {
  rules: Pick<SyncRules, 'scope'>;
  /** ISO 8601. */
  now: string;
  directory: DirectorySnapshot;
  index: MembershipIndex;
  verdicts: readonly ScopeVerdict[];
}): string[] {
  const { rules, now, directory, index } = input;
  const verdictOf = new Map(input.verdicts.map((verdict) => [verdict.personId, verdict]));
  const isAssigned = appMembership(directory.appAssignments, index);
  const lines = prepareLines(rules, now, index.resolve).include.map((line) => ({
    ...line,
    takenOut: 0,
    by: new Set<string>(),
    fitsAnother: false,
  }));
  for (const person of directory.people) {
    const verdict = verdictOf.get(person.id);
    // Of people who are out for another reason, a line says nothing.
    if (!verdict || !(verdict.inScope || verdict.code === 'excluded')) continue;
    const subject = conditionSubjectOf(person, {
      pathTo: (groupId) => index.pathTo(groupId, person.id),
      isAssignedToApp: () => isAssigned(person.id),
      timelyEmail: () => null,
    });
    for (const line of lines) {
      if (line.fitsAnother || line.condition.match(subject) === null) continue;
      if (verdict.inScope) line.fitsAnother = true;
      else {
        line.takenOut += 1;
        line.by.add(`scope.exclude ${(verdict.ruleIndex ?? 0) + 1}`);
      }
    }
  }
  return lines
    .filter(({ takenOut, fitsAnother }) => takenOut > 0 && !fitsAnother)
    .map(({ label, takenOut, by }) => {
      const excluders = [...by].sort().join(' and ');
      const whom = takenOut === 1 ? 'the only person' : `all ${formatCount(takenOut, 'person', 'people')}`;
      return `${excluders} ${by.size === 1 ? 'takes' : 'take'} out ${whom} that ${label} fits.`;
    });
}

/** Returns the ids of all groups that decide who is in scope: named by the rules, or assigned to the application. */
export function relevantGroupIds(
  rules: Pick<SyncRules, 'scope'>,
  groups: readonly Group[],
  appAssignments: readonly string[],
): string[] {
  const resolve = groupResolver(groups);
  const conditions: ScopeCondition[] = [...rules.scope.include, ...rules.scope.exclude];
  const named = conditions.flatMap(({ group }) => (group ? groupIdsOf(resolve(group), 'any') : []));
  const known = new Set(groups.map((group) => group.id));
  const assigned = conditions.some(({ assignedToApp }) => assignedToApp)
    ? appAssignments.filter((id) => known.has(id))
    : [];
  return [...new Set([...named, ...assigned])].sort(compareText);
}

/**
 * For an application assignment, Entra counts only direct members of an assigned group
 * (docs/reference/microsoft-graph.md section 2.3).
 */
function appMembership(appAssignments: readonly string[], index: MembershipIndex): (id: string) => boolean {
  const assigned = new Set(appAssignments);
  return (personId) =>
    assigned.has(personId) || appAssignments.some((groupId) => index.hasDirectly(groupId, personId));
}

const isResolved = ({ group }: Condition) => group === null || group.resolution.kind === 'found';

const noMatchFinding = ({ label }: ScopeLine): Finding => ({
  kind: 'rule-matches-nobody',
  subject: label,
  message: `The directory has no person for ${label}. Correct the line, or remove it from the tenant file.`,
});
