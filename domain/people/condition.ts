/** Conditions of the lines under `scope`, prepared once and checked for many people. */

import { memoize } from '../lazy.ts';
import type { ScopeCondition } from '../rules.ts';
import { foldText } from '../text.ts';
import { addressKey, domainKey } from './address.ts';
import type { Person } from './directory.ts';
import type { GroupResolution, ResolveGroup } from './membership.ts';
import { addressKeysOf, domainOf, emailOf, homeDomain } from './person.ts';

/** What conditions check about one person. */
export interface ConditionSubject {
  person: Person;
  email: string | null;
  /** The home domain of external people, for all others the domain of their address, as `domainKey` has it. */
  domain: string | null;
  /** Names of the groups through which the person is in a group; null for a non-member. */
  pathTo(groupId: string): string[] | null;
  /** The address of the Timely user linked to the person; null without one. */
  timelyEmail(): string | null;
  isAssignedToApp(): boolean;
}

/** A prepared condition. */
export interface Condition {
  /** Why the person matches, in words; null when they do not. */
  match(subject: ConditionSubject): string | null;
  /** Whether the group is unresolved and everything else matches: then the person may or may not match. */
  mayMatch(subject: ConditionSubject): boolean;
  /** The group that the condition names, as resolved; null when it names none. */
  group: { name: string; resolution: GroupResolution } | null;
}

type Check = (subject: ConditionSubject) => string | null;

/** Collects what conditions check about a person. */
export function conditionSubjectOf(
  person: Person,
  asked: Pick<ConditionSubject, 'pathTo' | 'isAssignedToApp' | 'timelyEmail'>,
): ConditionSubject {
  const email = emailOf(person);
  return { person, email, domain: homeDomain(person) ?? (email && domainOf(email)), ...asked };
}

/**
 * Prepares a condition. A person matches when every given part matches; a condition without parts matches no one.
 * `ambiguous` says what an unresolved group means: no member at all, or the known members of each group that may be meant.
 * `any` is for lines that keep people out: they compare all addresses of a person.
 */
export function prepareCondition(
  condition: ScopeCondition,
  resolve: ResolveGroup,
  ambiguous: 'none' | 'any',
): Condition {
  const { group, department, emailDomain, email, assignedToApp, where, everyone } = condition;
  const named = group === undefined ? null : { name: group, resolution: resolve(group) };
  const groupChecks = named ? [inGroup(groupIdsOf(named.resolution, ambiguous))] : [];
  const checks: Check[] = [];
  if (department) checks.push(hasAttribute('department', department));
  if (emailDomain) checks.push(oneOf('domain', emailDomain, domainKey, ({ domain }) => domain));
  if (email && ambiguous === 'any') checks.push(anyAddress(email));
  else if (email)
    checks.push(oneOf('address', email, addressKey, (subject) => subject.email && addressKey(subject.email)));
  if (assignedToApp) checks.push(({ isAssignedToApp }) => (isAssignedToApp() ? 'assigned to the app' : null));
  for (const [name, values] of Object.entries(where ?? {})) checks.push(hasAttribute(name, values));
  if (everyone) checks.push(() => 'everyone');
  const all = [...groupChecks, ...checks];
  const isUnresolved = named !== null && named.resolution.kind !== 'found';
  return {
    group: named,
    match: (subject) => matchAll(all, subject),
    mayMatch: (subject) => isUnresolved && checks.every((check) => check(subject) !== null),
  };
}

/** Object ids of the groups that a name means, or with `any` may mean. */
export function groupIdsOf(resolution: GroupResolution, ambiguous: 'none' | 'any'): string[] {
  switch (resolution.kind) {
    case 'found':
      return [resolution.group.id];
    case 'hidden':
      return ambiguous === 'any' ? [resolution.group.id] : [];
    case 'ambiguous':
      return ambiguous === 'any' ? resolution.groups.map((group) => group.id) : [];
    case 'missing':
      return [];
  }
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
  return oneOf(name, values, foldText, ({ person }) =>
    Object.hasOwn(person.attributes, name) ? foldText(person.attributes[name] ?? '') : null,
  );
}

/** A robot or a person of another company must not come in by another of their addresses. */
function anyAddress(values: readonly string[]): Check {
  const wanted = new Map(values.map((value) => [addressKey(value), `address "${value.trim()}"`]));
  return ({ person, timelyEmail }) => {
    const inTimely = timelyEmail();
    const keys = [...addressKeysOf(person), ...(inTimely === null ? [] : [addressKey(inTimely)])];
    const key = keys.find((each) => wanted.has(each));
    return key === undefined ? null : (wanted.get(key) ?? null);
  };
}

/** `readKey` returns what of a person is compared, in the form that `keyOf` gives the values. */
function oneOf(
  label: string,
  values: readonly string[],
  keyOf: (value: string) => string,
  readKey: (subject: ConditionSubject) => string | null,
): Check {
  const wanted = new Map(values.map((value) => [keyOf(value), `${label} "${value.trim()}"`]));
  return (subject) => wanted.get(readKey(subject) ?? '') ?? null;
}
