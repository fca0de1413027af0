/** Conditions of the lines under `scope`, made ready to be asked of many people. */

import { memoize } from '../lazy.ts';
import type { ScopeCondition } from '../rules.ts';
import { foldText } from '../text.ts';
import type { Person } from './directory.ts';
import type { GroupResolution, ResolveGroup } from './membership.ts';
import { domainOf, emailOf, homeDomain } from './person.ts';

/** What conditions ask about one person. */
export interface ConditionSubject {
  person: Person;
  email: string | null;
  /** Home domain of people from outside, the address's domain of everybody else. */
  domain: string | null;
  /** Names of the groups by which they are in a group; null when they are not. */
  pathTo(groupId: string): string[] | null;
  isAssignedToApp(): boolean;
}

/** A condition made ready. */
export interface Condition {
  /** Says why the person fits, in words; null when they do not. */
  fit(candidate: ConditionSubject): string | null;
  /** What the named group stands for, when the condition names one. */
  group: { name: string; resolution: GroupResolution } | null;
}

type Check = (candidate: ConditionSubject) => string | null;

/** Prepares a person for being asked about. */
export function conditionSubjectOf(
  person: Person,
  { pathTo, isAssignedToApp }: Pick<ConditionSubject, 'pathTo' | 'isAssignedToApp'>,
): ConditionSubject {
  const email = emailOf(person);
  return { person, email, domain: homeDomain(person) ?? (email && domainOf(email)), pathTo, isAssignedToApp };
}

/**
 * Makes a condition ready: a person fits when every part given fits, and nobody fits a condition without parts.
 * `ambiguous` says what a name means that several groups have: nobody, or the members of any of them.
 */
export function prepareCondition(
  condition: ScopeCondition,
  resolve: ResolveGroup,
  ambiguous: 'nobody' | 'any',
): Condition {
  const { group, department, emailDomain, email, assignedToApp, where, everyone } = condition;
  const named = group === undefined ? null : { name: group, resolution: resolve(group) };
  const checks: Check[] = [];
  if (named) checks.push(inGroup(groupIdsOf(named.resolution, ambiguous)));
  if (department) checks.push(hasAttribute('department', department));
  if (emailDomain) checks.push(oneOf('domain', emailDomain, (candidate) => candidate.domain));
  if (email) checks.push(oneOf('address', email, (candidate) => candidate.email));
  if (assignedToApp) checks.push(({ isAssignedToApp }) => (isAssignedToApp() ? 'assigned to the app' : null));
  for (const [name, values] of Object.entries(where ?? {})) checks.push(hasAttribute(name, values));
  if (everyone) checks.push(() => 'everyone');
  return { group: named, fit: (candidate) => fitAll(checks, candidate) };
}

/** Object ids that a named group stands for. */
export function groupIdsOf(resolution: GroupResolution, ambiguous: 'nobody' | 'any'): string[] {
  if (resolution.kind === 'found') return [resolution.group.id];
  if (resolution.kind === 'ambiguous' && ambiguous === 'any')
    return resolution.groups.map((group) => group.id);
  return [];
}

function fitAll(checks: readonly Check[], candidate: ConditionSubject): string | null {
  const phrases: string[] = [];
  for (const check of checks) {
    const phrase = check(candidate);
    if (phrase === null) return null;
    phrases.push(phrase);
  }
  return phrases.length === 0 ? null : phrases.join(' and ');
}

function inGroup(groupIds: readonly string[]): Check {
  // All who are in a group by the same groups share one path.
  const phraseOf = memoize((path: string[]) => `in group ${path.map((name) => `"${name}"`).join(' > ')}`);
  return ({ pathTo }) => {
    for (const groupId of groupIds) {
      const path = pathTo(groupId);
      if (path) return phraseOf(path);
    }
    return null;
  };
}

function hasAttribute(name: string, values: readonly string[]): Check {
  return oneOf(name, values, ({ person }) => person.attributes[name] ?? null);
}

function oneOf(
  label: string,
  values: readonly string[],
  read: (candidate: ConditionSubject) => string | null,
): Check {
  const wanted = new Map(values.map((value) => [foldText(value), `${label} "${value.trim()}"`]));
  return (candidate) => wanted.get(foldText(read(candidate) ?? '')) ?? null;
}
