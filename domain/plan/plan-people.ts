/** What the plan does for people, and what teams need to know about them. */

import { type MatchCandidate, matchPeople } from '../identity/matching.ts';
import { lazy } from '../lazy.ts';
import type { DirectorySnapshot } from '../people/directory.ts';
import { type JoinerPlan, planJoiners } from '../people/joiners.ts';
import { departureOf, type LeaverPlan, planLeavers } from '../people/leavers.ts';
import { prepareRoles } from '../people/roles.ts';
import { scopeVerdicts } from '../people/scope.ts';
import type { ScopeVerdict } from '../people/verdict.ts';
import type { TeamPeople } from '../teams/bind-teams.ts';
import { foldText } from '../text.ts';
import type { Hold } from './change.ts';
import type { PlanInput } from './plan.ts';
import type { PlanIndex } from './plan-index.ts';
import type { UnplannedContext } from './unplanned-context.ts';
/** Judges who is in scope, matches them with Timely users, and plans for joiners and leavers. */
export function planPeople(input: PlanInput, index: PlanIndex) {
  const { rules, now, directory, timely, personLinks } = input;
  const { people } = directory;
  const roles = prepareRoles(rules, timely.roles, index.membership);
  const scope = scopeVerdicts({
    rules,
    now,
    directory,
    index: index.membership,
    unplanned: input.unplanned,
    timelyEmailOf: (personId) => index.user(index.linkOfPerson(personId)?.timelyId ?? 0)?.email ?? null,
  });
  const verdicts = new Map<string, ScopeVerdict>();
  for (const verdict of scope.verdicts) verdicts.set(verdict.personId, verdict);
  const candidates: MatchCandidate[] = [];
  for (const person of people) {
    const verdict = verdicts.get(person.id);
    if (verdict?.inScope) candidates.push({ person, email: verdict.email, verdict });
  }
  const doubtAbout = (verdict: ScopeVerdict | null) => departureDoubt(verdict, directory);
  const hasLeft = departureCheck(verdicts, directory);
  const leftWith = holdersWhoLeft(scope.verdicts, hasLeft);
  const matches = matchPeople({ rules, candidates, timely, personLinks, index, hasLeft, leftWith });
  const joiners = planJoiners(matches, { rules, timely, roles, index });
  const { matchedUserIds, waitingUserIds } = joiners;
  const leavers = planLeavers({
    rules,
    now,
    people,
    timely,
    personLinks,
    index,
    verdicts,
    isComplete: directory.complete,
    doubtAbout,
    matchedUserIds,
    waitingUserIds,
  });
  return { scope, candidates, joiners, leavers, groups: roles.groups };
}

/** Returns whether a person has certainly left: a disabled account always has, others unless a read or rule is in doubt. */
function departureCheck(
  verdicts: ReadonlyMap<string, ScopeVerdict>,
  directory: DirectorySnapshot,
): (personId: string) => boolean {
  return (personId) => {
    const verdict = verdicts.get(personId) ?? null;
    const departure = departureOf(verdict);
    if (departure === 'out-of-scope') return departureDoubt(verdict, directory) === null;
    return departure === 'disabled' || (departure === 'deleted' && directory.complete);
  };
}

/** Returns a function that gives the object ids of people who certainly left, and whom the directory has with an address. */
function holdersWhoLeft(
  verdicts: readonly ScopeVerdict[],
  hasLeft: (personId: string) => boolean,
): (key: string) => readonly string[] {
  const holders = lazy(() => {
    const idsByKey = new Map<string, string[]>();
    for (const { personId, inScope, email, otherAddresses } of verdicts) {
      if (inScope || !hasLeft(personId)) continue;
      for (const key of new Set([...(email === null ? [] : [foldText(email)]), ...otherAddresses]))
        idsByKey.set(key, [...(idsByKey.get(key) ?? []), personId]);
    }
    return idsByKey;
  });
  return (key) => holders().get(key) ?? [];
}

/** Returns why a person out of scope may be in scope after all; null without doubt. */
function departureDoubt(
  verdict: ScopeVerdict | null,
  { complete }: Pick<DirectorySnapshot, 'complete'>,
): Hold | null {
  if (departureOf(verdict) !== 'out-of-scope') return null;
  if (!complete) return { rule: 'incomplete-read', detail: 'The read of the directory is not complete.' };
  return verdict?.doubt === undefined ? null : { rule: 'unresolved-group', detail: verdict.doubt };
}

/** Returns what teams need to know about people, given the people whose changes wait. */
export function teamPeopleOf(
  index: PlanIndex,
  { joiners, leavers }: { joiners: JoinerPlan; leavers: LeaverPlan },
  unplanned: UnplannedContext | undefined,
) {
  const { present, entering, userOf } = joiners;
  const unplannedIds = new Set(unplanned?.people.map(({ personId }) => personId));
  const leaving = new Set(leavers.drafts.map(({ subject }) => subject.personId));
  return (waiting: ReadonlySet<string>): TeamPeople => ({
    isPresent: (personId) => present.has(personId) || unplannedIds.has(personId),
    isComing: (personId) =>
      entering.has(personId) ? !waiting.has(personId) : present.has(personId) || unplannedIds.has(personId),
    isStaying: (personId) =>
      leavers.stillPresent.has(personId) && !(leaving.has(personId) && !waiting.has(personId)),
    // While a match waits, the existing link counts.
    timelyIdOf: (personId) =>
      (waiting.has(personId) ? null : userOf.get(personId)) ?? index.linkedUserOf(personId),
    managerOf: index.managerOf,
    addressOf: (timelyId) =>
      index.user(timelyId)?.email ?? unplanned?.addresses.get(timelyId) ?? `user ${timelyId}`,
  });
}
