/** What is to be done about people who are linked and no longer in scope, and about users nobody stands for. */

import type { Finding } from '../plan/change.ts';
import type { PlanIndex } from '../plan/plan-index.ts';
import type { NeedsReplan } from '../plan/unplanned-context.ts';
import type { Hold, UnsignedPersonChange } from '../plan/unsigned-change.ts';
import type { SyncRules } from '../rules.ts';
import { compareText, foldText } from '../text.ts';
import { dayMs } from '../time.ts';
import type { TimelySnapshot, TimelyUser } from '../timely.ts';
import type { Person } from './directory.ts';
import type { PersonLink } from './link.ts';
import { emailOf } from './person.ts';
import type { ScopeVerdict } from './scope.ts';

/** How somebody left. Grace days are for `out-of-scope` alone (docs/tenant-file.md). */
export type Departure = 'deleted' | 'disabled' | 'out-of-scope';

/** A new value of `outOfScopeSince` of a link. */
export interface LinkUpdate {
  personId: string;
  outOfScopeSince: string | null;
}

export interface LeaverPlan {
  drafts: UnsignedPersonChange[];
  findings: Finding[];
  linkUpdates: LinkUpdate[];
  /** Linked people who left and are still in Timely. */
  stillPresent: ReadonlySet<string>;
  /** People who left, and users nobody stands for: with something to be done, told, or waited for. */
  needsReplan: Pick<NeedsReplan, 'people' | 'users'>;
}

interface LeaverInput {
  rules: Pick<SyncRules, 'leavers'>;
  /** ISO 8601. */
  now: string;
  people: readonly Person[];
  timely: TimelySnapshot;
  personLinks: readonly PersonLink[];
  index: Pick<PlanIndex, 'person' | 'user' | 'linkOfPerson' | 'linkOfUser'>;
  verdicts: ReadonlyMap<string, ScopeVerdict>;
  /** Timely users who stand for somebody in scope, even while that waits. */
  matchedUserIds: ReadonlySet<number>;
  /** Those of them whose match waits: they may still be removed from somebody who left. */
  waitingUserIds: ReadonlySet<number>;
  /** Why being out of scope proves nothing in this plan; empty when it does. */
  doubts: readonly string[];
}

interface Leaver {
  personId: string;
  person: Person | null;
  user: TimelyUser;
  departure: Departure;
  verdict: ScopeVerdict | null;
}

/** How a verdict says that somebody left; null while they are in scope. No verdict: the directory no longer has them. */
export function departureOf(verdict: ScopeVerdict | null): Departure | null {
  if (verdict === null || verdict.code === 'deleted') return 'deleted';
  if (verdict.inScope) return null;
  return verdict.code === 'disabled' ? 'disabled' : 'out-of-scope';
}

/**
 * Whether a planned removal still holds against a fresh verdict. It does not when the person is in scope again, nor
 * when it was planned for a disabled or deleted account that now is merely out of scope and has grace days.
 */
export function isRemovalStillDue(
  removal: { reason: string },
  verdict: ScopeVerdict,
  leavers: SyncRules['leavers'],
): boolean {
  const departure = departureOf(verdict);
  if (departure === null) return false;
  return departure !== 'out-of-scope' || leavers.graceDays === 0 || removal.reason.startsWith('out-of-scope');
}

/** Removals of people who left, what is told about them and about unmanaged users, and since when links are out of scope. */
export function planLeavers(input: LeaverInput): LeaverPlan {
  const linked = linkedLeavers(input);
  const strays = strayLeavers(input);
  const { action, graceDays } = input.rules.leavers;
  const sinceOf = (personId: string) => input.index.linkOfPerson(personId)?.outOfScopeSince;
  const due = [...linked, ...strays].filter(
    ({ personId, departure }) =>
      departure !== 'out-of-scope' || isGraceOver(sinceOf(personId) ?? input.now, graceDays, input.now),
  );
  const handled = new Set([...linked, ...due].map(({ user }) => user.id));
  const unmanaged = unmanagedUsers(input, handled);
  return {
    drafts: action === 'remove' ? due.map((leaver) => removal(leaver, input.doubts)) : [],
    findings: [
      ...(action === 'report' ? due.map(leaverFinding) : []),
      ...unmanagedFindings(input, unmanaged),
    ],
    linkUpdates: linkUpdates(input),
    stillPresent: new Set(linked.map(({ personId }) => personId)),
    needsReplan: {
      people: new Set([...linked, ...strays].map(({ personId }) => personId)),
      users: new Set([...unmanaged, ...[...linked, ...strays].map(({ user }) => user)].map(({ id }) => id)),
    },
  };
}

/** People whom a link says we have in Timely. A user who is gone from there already leaves nothing to do. */
function linkedLeavers({ personLinks, index, verdicts, ...input }: LeaverInput): Leaver[] {
  const leavers: Leaver[] = [];
  for (const { personId, timelyId, state } of personLinks) {
    const verdict = verdicts.get(personId) ?? null;
    const departure = departureOf(verdict);
    if (state === 'removed' || departure === null) continue;
    const user = index.user(timelyId);
    const isKept = input.matchedUserIds.has(timelyId) && !input.waitingUserIds.has(timelyId);
    if (!user || user.removed || isKept) continue;
    leavers.push({ personId, person: index.person(personId) ?? null, user, departure, verdict });
  }
  return leavers;
}

/** People whom an earlier invitation of ours brought in, although their link is lost: the external id says so. */
function strayLeavers({ people, timely, index, verdicts, matchedUserIds }: LeaverInput): Leaver[] {
  const unlinked = timely.users.flatMap((user) => {
    const isStray = !user.removed && !matchedUserIds.has(user.id) && !index.linkOfUser(user.id);
    return isStray && user.externalId !== null ? [{ user, key: foldText(user.externalId) }] : [];
  });
  const sought = new Set(unlinked.map(({ key }) => key));
  const ids = new Map<string, string>();
  for (const { id } of sought.size > 0 ? people : []) if (sought.has(foldText(id))) ids.set(foldText(id), id);
  const leavers: Leaver[] = [];
  for (const { user, key } of unlinked) {
    const personId = ids.get(key);
    if (personId === undefined || index.linkOfPerson(personId)) continue;
    const verdict = verdicts.get(personId) ?? null;
    const departure = departureOf(verdict);
    const person = index.person(personId) ?? null;
    if (departure) leavers.push({ personId, person, user, departure, verdict });
  }
  return leavers;
}

function isGraceOver(since: string, graceDays: number, now: string): boolean {
  return Date.parse(now) >= Date.parse(since) + graceDays * dayMs;
}

function removal(leaver: Leaver, doubts: readonly string[]): UnsignedPersonChange {
  const { personId, person, user, departure } = leaver;
  const isDoubtful = departure === 'out-of-scope' && doubts.length > 0;
  const detail = `Nobody is removed for being out of scope while that is in doubt: ${doubts.join(' ')}`;
  const holds: Hold[] = isDoubtful ? [{ rule: 'incomplete-read', detail }] : [];
  return {
    kind: 'remove',
    subject: {
      type: 'person',
      personId,
      timelyId: user.id,
      email: (person && emailOf(person)) ?? user.email,
      name: person?.name ?? user.name,
    },
    reason: reasonOf(leaver),
    before: { role: user.role },
    after: null,
    holds,
  };
}

const reasonOf = ({ departure, verdict }: Leaver) =>
  `${departure}: ${verdict?.reason ?? 'the directory no longer has the account'}`;

function leaverFinding(leaver: Leaver): Finding {
  const message = `${leaver.user.name} left (${reasonOf(leaver)}) and is still in Timely: leavers.action is "report".`;
  return { kind: 'leaver', subject: leaver.user.email, message };
}

function unmanagedUsers({ timely, matchedUserIds }: LeaverInput, handled: ReadonlySet<number>) {
  return timely.users.filter(
    (user) => !user.removed && !handled.has(user.id) && !matchedUserIds.has(user.id),
  );
}

/** Users nobody in scope stands for are told about, never touched. */
function unmanagedFindings(input: LeaverInput, unmanaged: readonly TimelyUser[]): Finding[] {
  const outside = verdictsOutside(input, new Set(unmanaged.map((user) => foldText(user.email))));
  return unmanaged.map((user) => {
    const verdict = outside.get(foldText(user.email));
    const message = verdict
      ? `${user.name} is in Timely, and the directory has that address out of scope (${verdict.reason}). The sync did not bring them in and leaves them alone.`
      : `${user.name} is in Timely and nobody in the directory's scope stands for them. They are left alone.`;
    return { kind: verdict ? 'unmanaged-leaver' : 'unmanaged', subject: user.email, message };
  });
}

/** Verdicts about the people out of scope who have one of these addresses. */
function verdictsOutside(
  { people, verdicts }: LeaverInput,
  addresses: ReadonlySet<string>,
): Map<string, ScopeVerdict> {
  const outside = new Map<string, ScopeVerdict>();
  if (addresses.size === 0) return outside;
  for (const person of people) {
    const verdict = verdicts.get(person.id);
    const email = verdict?.inScope === false ? verdict.email : null;
    if (verdict && email !== null && addresses.has(foldText(email))) outside.set(foldText(email), verdict);
  }
  return outside;
}

/** The clock of the grace days starts with the first cycle that is sure they are out, and stops when they are back. */
function linkUpdates({ personLinks, verdicts, doubts, now }: LeaverInput): LinkUpdate[] {
  const updates: LinkUpdate[] = [];
  for (const { personId, outOfScopeSince } of personLinks) {
    const departure = departureOf(verdicts.get(personId) ?? null);
    if (departure === null) {
      if (outOfScopeSince !== null) updates.push({ personId, outOfScopeSince: null });
    } else if (outOfScopeSince === null && doubts.length === 0) {
      updates.push({ personId, outOfScopeSince: now });
    }
  }
  return updates.sort((a, b) => compareText(a.personId, b.personId));
}
