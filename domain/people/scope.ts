/** Who is in scope, and why (docs/reference/rules.md section 2). */

import type { Finding } from '../plan/change.ts';
import type { UnplannedContext } from '../plan/unplanned-context.ts';
import type { ScopeCondition, SyncRules } from '../rules.ts';
import { compareText } from '../text.ts';
import { type Condition, conditionSubjectOf, groupIdsOf } from './condition.ts';
import type { DirectorySnapshot, Group, Person } from './directory.ts';
import { groupFindings } from './group-findings.ts';
import { groupResolver, type MembershipIndex } from './membership.ts';
import { deleted, type Line, prepareLines, type ScopeVerdict, verdictOf } from './verdict.ts';

export interface ScopeResult {
  /** One for each person of the snapshot, sorted by object id. */
  verdicts: ScopeVerdict[];
  findings: Finding[];
  /** For each line that fits somebody one of them, by the line's label. */
  matchExamples: ReadonlyMap<string, string>;
  /**
   * Why somebody may seem out of scope who is not, in sentences: a named group is missing or ambiguous. Unless it is
   * empty, being out of scope proves nothing, and nobody may be removed for it.
   */
  doubts: string[];
}

/** Verdicts about everybody in the snapshot. `now` is ISO 8601: rules whose last day has passed are over. */
export function scopeVerdicts(input: {
  rules: Pick<SyncRules, 'scope'>;
  now: string;
  directory: DirectorySnapshot;
  index: MembershipIndex;
  unplanned?: Pick<UnplannedContext, 'fittingLines'> | undefined;
}): ScopeResult {
  const { directory, index } = input;
  const lines = prepareLines(input.rules, input.now, index.resolve);
  const useless = new Set([...lines.include, ...lines.exclude]);
  const matchExamples = new Map<string, string>();
  const assigned = appMembership(directory.appAssignments, index);
  const verdicts = directory.people.map((person) => {
    const candidate = conditionSubjectOf(person, {
      pathTo: (groupId) => index.pathTo(groupId, person.id),
      isAssignedToApp: () => assigned(person.id),
    });
    for (const line of useless) {
      if (line.condition.fit(candidate) === null) continue;
      useless.delete(line);
      matchExamples.set(line.label, person.id);
    }
    return verdictOf(candidate, lines);
  });
  const groups = [...lines.include, ...lines.exclude].flatMap(({ label, condition }) =>
    condition.group ? [{ label, ...condition.group }] : [],
  );
  const missing = groupFindings(groups);
  const matchless = [...useless]
    .filter(({ label, condition }) => resolves(condition) && !input.unplanned?.fittingLines.has(label))
    .map(matchesNobody);
  return {
    verdicts: verdicts.sort((a, b) => compareText(a.personId, b.personId)),
    findings: [...missing, ...matchless],
    matchExamples,
    doubts: missing.map((finding) => finding.message),
  };
}

/**
 * The verdict about one person from a point read: the person as they are now (null: gone), the ids of the groups that
 * they are in, nested membership included, and of the assigned groups that have them directly, which alone count for the
 * application. Ask about the groups of `relevantGroupIds`.
 */
export function verdictFor(
  fact: {
    personId: string;
    person: Person | null;
    groupIds: readonly string[];
    directGroupIds: readonly string[];
  },
  world: {
    rules: Pick<SyncRules, 'scope'>;
    now: string;
    groups: readonly Group[];
    appAssignments: readonly string[];
  },
): ScopeVerdict {
  if (!fact.person) return deleted(fact.personId);
  const names = new Map(world.groups.map((group) => [group.id, group.name]));
  const memberOf = new Set(fact.groupIds);
  const assignments = new Set(world.appAssignments);
  const candidate = conditionSubjectOf(fact.person, {
    pathTo: (groupId) => (memberOf.has(groupId) ? [names.get(groupId) ?? groupId] : null),
    isAssignedToApp: () =>
      assignments.has(fact.personId) || fact.directGroupIds.some((groupId) => assignments.has(groupId)),
  });
  return verdictOf(candidate, prepareLines(world.rules, world.now, groupResolver(world.groups)));
}

/** Ids of all groups that decide who is in scope: those the rules name, and those assigned to the application. */
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
 * Entra's own assignment counts direct members of an assigned group only
 * (docs/reference/microsoft-graph.md section 2.3).
 */
function appMembership(appAssignments: readonly string[], index: MembershipIndex): (id: string) => boolean {
  const assigned = new Set(appAssignments);
  return (personId) =>
    assigned.has(personId) || appAssignments.some((groupId) => index.hasDirectly(groupId, personId));
}

const resolves = ({ group }: Condition) => group === null || group.resolution.kind === 'found';

const matchesNobody = ({ label }: Line): Finding => ({
  kind: 'rule-matches-nobody',
  subject: label,
  message: `${label} matches nobody in the directory.`,
});
