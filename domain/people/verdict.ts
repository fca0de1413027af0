/** The verdict about one person: in scope or not, and which line of `scope` decides (docs/reference/rules.md section 2). */

import { memoize } from '../lazy.ts';
import type { IncludeRule, ScopeCondition, SyncRules } from '../rules.ts';
import { dayMs } from '../time.ts';
import { type Condition, type ConditionSubject, prepareCondition } from './condition.ts';
import type { Person } from './directory.ts';
import { groupProblem, type NamedGroup } from './group-findings.ts';
import type { ResolveGroup } from './membership.ts';
import { isOwnAddress, otherAddressKeysOf } from './person.ts';

/** Why a person is in scope or is not. */
export const verdictCodes = [
  'included',
  'deleted',
  'disabled',
  'paused',
  'agent',
  'other-kind',
  'excluded',
  'guest-not-accepted',
  'guest-not-allowed',
  'no-rule',
] as const;
export type VerdictCode = (typeof verdictCodes)[number];

export interface ScopeVerdict {
  personId: string;
  inScope: boolean;
  code: VerdictCode;
  /** A sentence that names the line and the groups through which it matches. */
  reason: string;
  /** Index in `scope.include`, or in `scope.exclude` when `code` is `excluded`; null when no line decides. */
  ruleIndex: number | null;
  /** The role of the first matching include line that names one. */
  role: string | null;
  /** The address that identifies the person in Timely; null without a usable one. */
  email: string | null;
  /** Keys of all their other addresses, former ones among them. */
  otherAddresses: readonly string[];
  /** As the directory spells it, trimmed; null without one. */
  department: string | null;
  /** The home domain of external people; for all others the domain of their address. */
  domain: string | null;
  /** Set when the person is in scope, but anyone may have typed their address: what gives them an account needs approval. */
  blocked?: 'identity-mismatch' | 'unverified-email';
  /** Set when the person is out of scope only as far as is known: why a group is unresolved, in sentences. */
  doubt?: string;
  /** Roles of include lines that may match the person: their groups are unresolved. Absent when there are none. */
  possibleRoles?: PossibleRole[];
}

/** A role that a line gives to the person if its unresolved group has them. */
export interface PossibleRole {
  role: string;
  /** Why the group is unresolved, in sentences. */
  problem: string;
}

/** One line under `scope`, prepared. */
export interface ScopeLine {
  label: string;
  condition: Condition;
  /** Why the line's group is unresolved, in sentences; null when it is resolved, or the line names none. */
  problem: string | null;
}

interface IncludeLine extends ScopeLine {
  index: number;
  /** The line and why it matches. People who match in the same way share one string. */
  reasonOf(match: string): string;
  guests: boolean;
  role: string | null;
}

interface ScopeLines {
  include: IncludeLine[];
  /** Those of `include` whose group is unresolved. */
  unresolved: IncludeLine[];
  exclude: ScopeLine[];
  guestDomains: readonly (readonly string[])[];
  /** `YYYY-MM-DD` in UTC. */
  today: string;
}

/** Prepares the lines under `scope` that hold at `now`, an ISO 8601 moment. */
export function prepareLines(
  { scope }: Pick<SyncRules, 'scope'>,
  now: string,
  resolve: ResolveGroup,
): ScopeLines {
  const lineOf = (label: string, rule: ScopeCondition, ambiguous: 'none' | 'any'): ScopeLine => {
    const condition = prepareCondition(rule, resolve, ambiguous);
    return { label, condition, problem: condition.group && groupProblem({ label, ...condition.group }) };
  };
  const include = scope.include.map((rule, index) => ({
    index,
    ...lineOf(`scope.include ${index + 1}`, rule, 'none'),
    reasonOf: memoize((match: string) => `scope.include ${index + 1}: ${match}`),
    guests: rule.guests ?? scope.guests === 'include',
    role: rule.role ?? null,
    isOver: isOver(rule, now),
  }));
  // An unresolved name excludes the known members of each group that it may mean: a guess must not let a person in.
  const exclude = scope.exclude.map((rule, index) => lineOf(`scope.exclude ${index + 1}`, rule, 'any'));
  const { guestDomains } = scope;
  const lasting = include.filter((line) => !line.isOver);
  const unresolved = lasting.filter(({ problem }) => problem !== null);
  return { include: lasting, unresolved, exclude, guestDomains, today: now.slice(0, 10) };
}

/** `until` is the last day on which a line holds, in UTC. */
function isOver({ until }: IncludeRule, now: string): boolean {
  return until !== undefined && Date.parse(now) >= Date.parse(`${until}T00:00:00Z`) + dayMs;
}

/** Returns the verdict about a person of the directory. */
export function judgeScope(subject: ConditionSubject, lines: ScopeLines): ScopeVerdict {
  const { person } = subject;
  const { include, unresolved, exclude } = lines;
  const dead = whyNotLive(person, lines.today);
  if (dead) return outOfScope(subject, dead.code, dead.reason);
  let uncertain: ScopeVerdict | null = null;
  for (const [index, line] of exclude.entries()) {
    const match = line.condition.match(subject);
    if (match === null) continue;
    const verdict = outOfScope(subject, 'excluded', `${line.label}: ${match}`, index);
    if (line.problem === null) return verdict;
    uncertain ??= { ...verdict, doubt: line.problem };
  }
  if (uncertain) return uncertain;
  const matching = include.filter(({ condition }) => condition.match(subject) !== null);
  const lets = ({ guests }: IncludeLine) => person.kind !== 'guest' || guests;
  const allowed = matching.filter(lets);
  const possible = unresolved.filter((line) => line.condition.mayMatch(subject) && lets(line));
  if (allowed[0]) {
    const verdict = included(subject, allowed[0], allowed, lines);
    return possible.length > 0 ? withPossibleRoles(verdict, allowed, possible) : verdict;
  }
  const verdict = matching[0]
    ? outOfScope(subject, 'guest-not-allowed', `${matching[0].label} leaves out guests`)
    : outOfScope(subject, 'no-rule', 'no line of scope.include matches');
  const doubt = possible[0]?.problem;
  return doubt ? { ...verdict, doubt } : verdict;
}

/** Whether an account is one of a person who may come in, whatever the lines say. `today` is `YYYY-MM-DD` in UTC. */
export const isLive = (person: Person, today: string): boolean => whyNotLive(person, today) === null;

function whyNotLive(person: Person, today: string): { code: VerdictCode; reason: string } | null {
  if (!person.enabled) return { code: 'disabled', reason: 'the account is disabled in the directory' };
  const invalid = whyInvalid(person, today);
  if (invalid !== null) return { code: 'disabled', reason: invalid };
  if (person.isPaused)
    return { code: 'paused', reason: 'the account is suspended in the directory for some time' };
  if (person.isAgent) return { code: 'agent', reason: 'the account belongs to an AI agent, not to a person' };
  if (typeof person.otherKind === 'string')
    return { code: 'other-kind', reason: `accounts of the kind "${person.otherKind}" are never brought in` };
  if (person.invitation === 'pending')
    return { code: 'guest-not-accepted', reason: 'the invitation is not accepted yet' };
  return null;
}

/** Why an account is not valid today; null when it is. */
function whyInvalid({ validFrom, validTo }: Person, today: string): string | null {
  if (validFrom && today < validFrom) return `the account is valid from ${validFrom} on`;
  return validTo && today > validTo ? `the account was valid until ${validTo}` : null;
}

/** Adds the roles of lines that may match, as far as they come before the line whose role counts. */
function withPossibleRoles(
  verdict: ScopeVerdict,
  allowed: readonly IncludeLine[],
  possible: readonly IncludeLine[],
): ScopeVerdict {
  const deciding = allowed.find(({ role }) => role !== null)?.index ?? Infinity;
  const possibleRoles = possible.flatMap(({ index, role, problem }) =>
    role === null || problem === null || index > deciding ? [] : [{ role, problem }],
  );
  return possibleRoles.length > 0 ? { ...verdict, possibleRoles } : verdict;
}

/** Returns the groups that `scope.exclude` names. */
export const excludedGroups = ({ scope }: Pick<SyncRules, 'scope'>, resolve: ResolveGroup): NamedGroup[] =>
  scope.exclude.flatMap(({ group }, position) =>
    group === undefined
      ? []
      : [{ label: `scope.exclude ${position + 1}`, name: group, resolution: resolve(group) }],
  );

/** Returns the groups that the lines name. */
export const groupsOfLines = (lines: readonly ScopeLine[]): NamedGroup[] =>
  lines.flatMap(({ label, condition }) => (condition.group ? [{ label, ...condition.group }] : []));

function included(
  subject: ConditionSubject,
  first: IncludeLine,
  allowed: IncludeLine[],
  { guestDomains }: Pick<ScopeLines, 'guestDomains'>,
): ScopeVerdict {
  const reason = first.reasonOf(first.condition.match(subject) ?? '');
  const role = allowed.find((line) => line.role !== null)?.role ?? null;
  const verdict = verdictAbout(subject, {
    inScope: true,
    code: 'included',
    reason,
    ruleIndex: first.index,
    role,
  });
  if (subject.email === null) return verdict;
  if (!isOwnAddress(subject.person, subject.email, guestDomains))
    return { ...verdict, blocked: 'identity-mismatch' };
  return subject.person.isMailUnverified ? { ...verdict, blocked: 'unverified-email' } : verdict;
}

function outOfScope(
  subject: ConditionSubject,
  code: VerdictCode,
  reason: string,
  ruleIndex: number | null = null,
): ScopeVerdict {
  return verdictAbout(subject, { inScope: false, code, reason, ruleIndex, role: null });
}

/** Lists each field: V8 stores an object built by spreading as a hash table of ten times the size. */
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
  const otherAddresses = otherAddressKeysOf(person, email);
  const { id: personId } = person;
  return { personId, inScope, code, reason, ruleIndex, role, email, otherAddresses, department, domain };
}
