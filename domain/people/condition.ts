/** Conditions of the lines under `scope`, prepared once and checked for many people. */

import { memoize } from '../lazy.ts';
import type { ScopeCondition } from '../rules.ts';
import { foldText } from '../text.ts';
import type { Person } from './directory.ts';
import type { GroupResolution, ResolveGroup } from './membership.ts';
import { domainOf, emailOf, homeDomain } from './person.ts';

/** What conditions check about one person. */
export interface ConditionSubject {
  person: Person;
  email: string | null;
  /** The home domain of external people; for all others the domain of their address. */
  domain: string | null;
  /** Names of the groups through which the person is in a group; null for a non-member. */
  pathTo(groupId: string): string[] | null;
  isAssignedToApp(): boolean;
}

/** A prepared condition. */
export interface Condition {
  /** Why the person matches, in words; null when they do not. */
  match(subject: ConditionSubject): string | null;
  /** The group that the condition names, as resolved; null when it names none. */
  group: { name: string; resolution: GroupResolution } | null;
}

type Check = (subject: ConditionSubject) => string | null;

/** Collects what conditions check about a person. */
export function conditionSubjectOf(
  person: Person,
  { pathTo, isAssignedToApp }: Pick<ConditionSubject, 'pathTo' | 'isAssignedToApp'>,
): ConditionSubject {
  const email = emailOf(person);
  return { person, email, domain: homeDomain(person) ?? (email && domainOf(email)), pathTo, isAssignedToApp };
}

/**
 * Prepares a condition. A person matches when every given part matches; a condition without parts matches no one.
 * `ambiguous` says what a group name means that several groups share: no member at all, or the members of each group.
 */
export function prepareCondition(
  condition: ScopeCondition,
  resolve: ResolveGroup,
  ambiguous: 'none' | 'any',
): Condition {
  const { group, department, emailDomain, email, assignedToApp, where, everyone } = condition;
  const named = group === undefined ? null : { name: group, resolution: resolve(group) };
  const checks: Check[] = [];
  if (named) checks.push(inGroup(groupIdsOf(named.resolution, ambiguous)));
  if (department) checks.push(hasAttribute('department', department));
  if (emailDomain) checks.push(oneOf('domain', emailDomain, (subject) => subject.domain));
  if (email) checks.push(oneOf('address', email, (subject) => subject.email));
  if (assignedToApp) checks.push(({ isAssignedToApp }) => (isAssignedToApp() ? 'assigned to the app' : null));
  for (const [name, values] of Object.entries(where ?? {})) checks.push(hasAttribute(name, values));
  if (everyone) checks.push(() => 'everyone');
  return { group: named, match: (subject) => matchAll(checks, subject) };
}

/** Object ids of the groups that a resolved name means. */
export function groupIdsOf(resolution: GroupResolution, ambiguous: 'none' | 'any'): string[] {
  if (resolution.kind === 'found') return [resolution.group.id];
  if (resolution.kind === 'ambiguous' && ambiguous === 'any')
    return resolution.groups.map((group) => group.id);
  return [];
}

function matchAll(checks: readonly Check[], subject: ConditionSubject): string | null {
  const phrases: string[] = [];
  for (const check of checks) {
    const phrase = check(subject);
    if (phrase === null) return null;
    phrases.push(phrase);
  }
  return phrases.length === 0 ? null : phrases.join(' and ');
}

function inGroup(groupIds: readonly string[]): Check {
  // Members who reach a group by the same path share one phrase.
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
  read: (subject: ConditionSubject) => string | null,
): Check {
  const wanted = new Map(values.map((value) => [foldText(value), `${label} "${value.trim()}"`]));
  return (subject) => wanted.get(foldText(read(subject) ?? '')) ?? null;
}
