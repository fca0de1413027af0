/** Plans for linked people who are no longer in scope, and reports Timely users who match no person in scope. */

import type { Finding, Hold } from '../plan/change.ts';
import type { UnsignedPersonChange } from '../plan/fingerprint.ts';
import type { PlanIndex } from '../plan/plan-index.ts';
import type { NeedsReplan } from '../plan/unplanned-context.ts';
import type { SyncRules } from '../rules.ts';
import { compareText, foldText } from '../text.ts';
import { dayMs } from '../time.ts';
import type { TimelySnapshot, TimelyUser } from '../timely.ts';
import type { Person } from './directory.ts';
import type { PersonLink } from './link.ts';
import { emailOf, isOwnAddress } from './person.ts';
import type { ScopeVerdict } from './verdict.ts';

/**
 * How a person left. Only `out-of-scope` has grace days (docs/tenant-file.md). Who is `paused` comes back: they stay as they
 * are.
 */
export type Departure = 'deleted' | 'disabled' | 'paused' | 'out-of-scope';

/** A new value for the `outOfScopeSince` of a link. */
export interface LinkUpdate {
  personId: string;
  outOfScopeSince: string | null;
}

export interface LeaverPlan {
  drafts: UnsignedPersonChange[];
  findings: Finding[];
  linkUpdates: LinkUpdate[];
  /** Object ids of linked people who left and are still in Timely. */
  stillPresent: ReadonlySet<string>;
  /** Leavers and unmatched users with a change, a finding, or grace days left. */
  needsReplan: Pick<NeedsReplan, 'people' | 'users'>;
}

interface LeaverInput {
  rules: Pick<SyncRules, 'leavers' | 'scope'>;
  /** ISO 8601. */
  now: string;
  people: readonly Person[];
  timely: TimelySnapshot;
  personLinks: readonly PersonLink[];
  index: Pick<PlanIndex, 'person' | 'user' | 'linkOfPerson' | 'linkOfUser'>;
  verdicts: ReadonlyMap<string, ScopeVerdict>;
  /** Timely users who are matched with a person in scope, even while the match waits. */
  matchedUserIds: ReadonlySet<number>;
  /** Those of `matchedUserIds` whose match waits: a leaver may still lose them. */
  waitingUserIds: ReadonlySet<number>;
  /** Whether the read of the directory may cause removals. */
  isComplete: boolean;
  /** Why a person out of scope may be in scope after all; null without doubt. */
  doubtAbout(verdict: ScopeVerdict | null): Hold | null;
}

interface Leaver {
  personId: string;
  person: Person | null;
  user: TimelyUser;
  departure: Departure;
  verdict: ScopeVerdict | null;
}

/** Returns how a person left; null while they are in scope. A null verdict means that the directory lost the account. */
export function departureOf(verdict: ScopeVerdict | null): Departure | null {
  if (verdict === null || verdict.code === 'deleted') return 'deleted';
  if (verdict.inScope) return null;
  return verdict.code === 'disabled' || verdict.code === 'paused' ? verdict.code : 'out-of-scope';
}

/**
 * Whether a planned removal is still due under a fresh verdict. It is not when the person is in scope again, or may be. It is
 * not either when a disabled or deleted account is now only out of scope and has grace days.
 */
export function isRemovalStillDue(
  removal: { reason: string },
  verdict: ScopeVerdict,
  leavers: SyncRules['leavers'],
): boolean {
  const departure = departureOf(verdict);
  if (departure === null || departure === 'paused' || verdict.doubt !== undefined) return false;
  return departure !== 'out-of-scope' || leavers.graceDays === 0 || removal.reason.startsWith('out-of-scope');
}

/** Plans removals, reports leavers and unmanaged users, and updates since when linked people are out of scope. */
export function planLeavers(input: LeaverInput): LeaverPlan {
  const linked = linkedLeavers(input);
  const unlinked = unlinkedLeavers(input);
  const { action, graceDays } = input.rules.leavers;
  const sinceOf = (personId: string) => input.index.linkOfPerson(personId)?.outOfScopeSince;
  const all = [...linked, ...unlinked];
  const due = all.filter(
    ({ personId, departure }) =>
      departure !== 'paused' &&
      (departure !== 'out-of-scope' || isGraceOver(sinceOf(personId) ?? input.now, graceDays, input.now)),
  );
  const handled = new Set([...linked, ...due].map(({ user }) => user.id));
  const unmanaged = unmanagedUsers(input, handled);
  return {
    drafts: action === 'remove' ? due.map((leaver) => removalOf(leaver, input)) : [],
    findings: [
      ...(action === 'report' ? due.map(leaverFinding) : []),
      ...unmanagedFindings(input, unmanaged),
    ],
    linkUpdates: linkUpdates(input),
    stillPresent: new Set(linked.map(({ personId }) => personId)),
    needsReplan: {
      people: new Set(all.map(({ personId }) => personId)),
      users: new Set([...unmanaged, ...all.map(({ user }) => user)].map(({ id }) => id)),
    },
  };
}

/** Leavers with a link. One whose user is no longer in Timely needs no removal. */
function linkedLeavers({ personLinks, index, verdicts, ...input }: LeaverInput): Leaver[] {
  const leavers: Leaver[] = [];
  for (const { personId, timelyId, state } of personLinks) {
    const verdict = verdicts.get(personId) ?? null;
    const departure = departureOf(verdict);
    if (state === 'removed' || departure === null) continue;
    const user = index.user(timelyId);
    const isMatched = input.matchedUserIds.has(timelyId) && !input.waitingUserIds.has(timelyId);
    if (!user || user.removed || isMatched) continue;
    leavers.push({ personId, person: index.person(personId) ?? null, user, departure, verdict });
  }
  return leavers;
}

/** Leavers whose link is lost, but whose external id shows an earlier invitation by the sync. */
function unlinkedLeavers({ people, timely, index, verdicts, matchedUserIds }: LeaverInput): Leaver[] {
  const unlinked = timely.users.flatMap((user) => {
    const isUnlinked = !user.removed && !matchedUserIds.has(user.id) && !index.linkOfUser(user.id);
    return isUnlinked && user.externalId !== null ? [{ user, key: foldText(user.externalId) }] : [];
  });
  const keys = new Set(unlinked.map(({ key }) => key));
  const ids = new Map<string, string>();
  for (const { id } of keys.size > 0 ? people : []) if (keys.has(foldText(id))) ids.set(foldText(id), id);
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

function removalOf(leaver: Leaver, input: LeaverInput): UnsignedPersonChange {
  const { personId, person, user } = leaver;
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
    holds: [...doubtHolds(leaver, input), ...unprovenGuestHolds(leaver, input)],
  };
}

function doubtHolds({ user, verdict }: Leaver, { doubtAbout }: LeaverInput): Hold[] {
  const doubt = doubtAbout(verdict);
  if (doubt === null) return [];
  const notSure = `${user.name} is not removed for being out of scope while that is in doubt`;
  return [{ rule: doubt.rule, detail: `${notSure}: ${doubt.detail}` }];
}

/** The contact address of a guest, which anyone may have typed, may have tied them to the user of somebody else. */
function unprovenGuestHolds({ personId, person, user }: Leaver, { rules, index }: LeaverInput): Hold[] {
  const link = index.linkOfPerson(personId);
  const known = person ?? link?.former;
  const isSafe = link?.confirmed === true || user.externalId === personId;
  if (!known || isSafe || isOwnAddress(known, user.email, rules.scope.guestDomains)) return [];
  const detail = `${known.name} (${known.userPrincipalName}) left and is linked to the Timely user ${user.email} (${user.id}), which is not their home address. No person has approved that it is theirs. Approve when it is; otherwise untie them with timely-sync unlink <tenant> ${personId}.`;
  return [{ rule: 'identity-mismatch', detail }];
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

/** Users who match no person in scope are reported and never changed. */
function unmanagedFindings(input: LeaverInput, unmanaged: readonly TimelyUser[]): Finding[] {
  const outside = verdictsOutside(input, new Set(unmanaged.map((user) => foldText(user.email))));
  return unmanaged.map((user) => {
    const verdict = outside.get(foldText(user.email));
    const message = verdict
      ? `${user.name} is in Timely, but the directory has the person with that address out of scope (${verdict.reason}). The sync did not add them to Timely and leaves them alone.`
      : `${user.name} is in Timely, but matches no person in scope. The sync leaves them alone.`;
    return { kind: verdict ? 'unmanaged-leaver' : 'unmanaged', subject: user.email, message };
  });
}

/** Verdicts about people out of scope, by address, for the given addresses. */
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

/** Grace days start with the first cycle that is certain about the departure, and end when the person returns. */
function linkUpdates({ personLinks, verdicts, isComplete, doubtAbout, now }: LeaverInput): LinkUpdate[] {
  const updates: LinkUpdate[] = [];
  for (const { personId, outOfScopeSince } of personLinks) {
    const verdict = verdicts.get(personId) ?? null;
    const departure = departureOf(verdict);
    if (departure === null || departure === 'paused') {
      if (outOfScopeSince !== null) updates.push({ personId, outOfScopeSince: null });
    } else if (outOfScopeSince === null && isComplete && doubtAbout(verdict) === null) {
      updates.push({ personId, outOfScopeSince: now });
    }
  }
  return updates.sort((a, b) => compareText(a.personId, b.personId));
}
