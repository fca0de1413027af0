/** Who is in scope, and why (docs/reference/rules.md section 2). */

import { memoize } from '../lazy.ts';
import type { Finding } from '../plan/change.ts';
import type { UnplannedContext } from '../plan/unplanned-context.ts';
import type { IncludeRule, ScopeCondition, SyncRules } from '../rules.ts';
import { compareText } from '../text.ts';
import { dayMs } from '../time.ts';
import {
  type Condition,
  type ConditionSubject,
  conditionSubjectOf,
  groupIdsOf,
  prepareCondition,
} from './condition.ts';
import type { DirectorySnapshot, Group, Person } from './directory.ts';
import { groupFindings } from './group-findings.ts';
import { groupResolver, type MembershipIndex, type ResolveGroup } from './membership.ts';
import { domainOf } from './person.ts';

/** Why somebody is in scope or is not. */
export type VerdictCode =
  | 'included'
  | 'deleted'
  | 'disabled'
  | 'excluded'
  | 'guest-not-accepted'
  | 'guest-not-allowed'
  | 'no-rule';

export interface ScopeVerdict {
  personId: string;
  inScope: boolean;
  code: VerdictCode;
  /** A sentence that names the rule and the groups by which it fits. */
  reason: string;
  /** Place in `scope.include`, or in `scope.exclude` when `code` is `excluded`; null when no rule decided. */
  ruleIndex: number | null;
  /** Role that the rule asks for which brings them in: the first one that fits and names a role. */
  role: string | null;
  /** Address under which Timely knows them; null without a usable one. */
  email: string | null;
  /** As the directory spells it, trimmed; null without one. */
  department: string | null;
  /** Home domain of people from outside, the address's domain of everybody else. */
  domain: string | null;
  /** Set when the person is in scope, but nothing may be done for them without somebody's approval. */
  blocked?: 'identity-mismatch';
}

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

interface Line {
  label: string;
  condition: Condition;
}

interface IncludeLine extends Line {
  index: number;
  /** The line and why it fits, one text for all whom it fits in the same way. */
  reasonOf(fit: string): string;
  guests: boolean;
  role: string | null;
}

interface ScopeLines {
  include: IncludeLine[];
  exclude: Line[];
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

function prepareLines({ scope }: Pick<SyncRules, 'scope'>, now: string, resolve: ResolveGroup): ScopeLines {
  const include = scope.include.map((rule, index) => ({
    index,
    label: `scope.include ${index + 1}`,
    reasonOf: memoize((fit: string) => `scope.include ${index + 1}: ${fit}`),
    condition: prepareCondition(rule, resolve, 'nobody'),
    guests: rule.guests ?? scope.guests === 'include',
    role: rule.role ?? null,
    over: isOver(rule, now),
  }));
  // A name that several groups have excludes the members of each: nobody is let in by a guess.
  const exclude = scope.exclude.map((rule, index) => ({
    label: `scope.exclude ${index + 1}`,
    condition: prepareCondition(rule, resolve, 'any'),
  }));
  return { include: include.filter(({ over }) => !over), exclude };
}

/** `until` is the last day on which a rule holds, in UTC. */
function isOver({ until }: IncludeRule, now: string): boolean {
  return until !== undefined && Date.parse(now) >= Date.parse(`${until}T00:00:00Z`) + dayMs;
}

function verdictOf(candidate: ConditionSubject, { include, exclude }: ScopeLines): ScopeVerdict {
  const { person } = candidate;
  if (!person.enabled) return out(candidate, 'disabled', 'the account is disabled in the directory');
  if (!hasAccepted(person)) return out(candidate, 'guest-not-accepted', 'the invitation is not accepted yet');
  for (const [index, { label, condition }] of exclude.entries()) {
    const fit = condition.fit(candidate);
    if (fit !== null) return out(candidate, 'excluded', `${label}: ${fit}`, index);
  }
  const fitting = include.filter(({ condition }) => condition.fit(candidate) !== null);
  const allowed = fitting.filter(({ guests }) => person.kind !== 'guest' || guests);
  const [first] = allowed;
  if (first) {
    const reason = first.reasonOf(first.condition.fit(candidate) ?? '');
    const role = allowed.find((line) => line.role !== null)?.role ?? null;
    const verdict = verdictAbout(candidate, {
      inScope: true,
      code: 'included',
      reason,
      ruleIndex: first.index,
      role,
    });
    return hasForeignContact(candidate) ? { ...verdict, blocked: 'identity-mismatch' } : verdict;
  }
  if (fitting[0]) return out(candidate, 'guest-not-allowed', `${fitting[0].label} leaves guests out`);
  return out(candidate, 'no-rule', 'no rule of scope.include fits');
}

/** Somebody who was never invited has nothing to accept, unless they are a guest. */
function hasAccepted({ kind, invitation }: Person): boolean {
  return invitation === 'accepted' || (invitation === null && kind !== 'guest');
}

/** Anyone may have typed the contact address of somebody from outside (docs/reference/rules.md section 2). */
function hasForeignContact({ email, domain }: ConditionSubject): boolean {
  return email !== null && domain !== domainOf(email);
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

function out(
  candidate: ConditionSubject,
  code: VerdictCode,
  reason: string,
  ruleIndex: number | null = null,
): ScopeVerdict {
  return verdictAbout(candidate, { inScope: false, code, reason, ruleIndex, role: null });
}

/** Written out, since V8 keeps an object that is spread into a larger one as a table of ten times its size. */
function verdictAbout(
  { person, email, domain }: ConditionSubject,
  {
    inScope,
    code,
    reason,
    ruleIndex,
    role,
  }: Pick<ScopeVerdict, 'inScope' | 'code' | 'reason' | 'ruleIndex' | 'role'>,
): ScopeVerdict {
  const department = person.attributes.department?.trim() || null;
  return { personId: person.id, inScope, code, reason, ruleIndex, role, email, department, domain };
}

function deleted(personId: string): ScopeVerdict {
  const reason = 'the directory no longer has the account';
  const nothing = { email: null, department: null, domain: null, ruleIndex: null, role: null };
  return { personId, inScope: false, code: 'deleted', reason, ...nothing };
}

const resolves = ({ group }: Condition) => group === null || group.resolution.kind === 'found';

const matchesNobody = ({ label }: Line): Finding => ({
  kind: 'rule-matches-nobody',
  subject: label,
  message: `${label} matches nobody in the directory.`,
});
