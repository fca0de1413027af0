import { memoize } from '../lazy.ts';
import type { IncludeRule, SyncRules } from '../rules.ts';
import { type Condition, type ConditionSubject, prepareCondition } from './condition.ts';
import type { Person } from './directory.ts';
import type { ResolveGroup } from './membership.ts';
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

export interface Line {
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

const millisecondsPerDay = 86_400_000;

export function prepareLines(
  { scope }: Pick<SyncRules, 'scope'>,
  now: string,
  resolve: ResolveGroup,
): ScopeLines {
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
  return until !== undefined && Date.parse(now) >= Date.parse(`${until}T00:00:00Z`) + millisecondsPerDay;
}

export function verdictOf(candidate: ConditionSubject, { include, exclude }: ScopeLines): ScopeVerdict {
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

export function deleted(personId: string): ScopeVerdict {
  const reason = 'the directory no longer has the account';
  const nothing = { email: null, department: null, domain: null, ruleIndex: null, role: null };
  return { personId, inScope: false, code: 'deleted', reason, ...nothing };
}
