/** Which Timely user stands for which person (docs/reference/rules.md section 3). */
import { groupBy } from '../group-by.ts';
import { lazy } from '../lazy.ts';
import type { Hold } from '../plan/change.ts';
import type { PlanIndex } from '../plan/plan-index.ts';
import { compareText, foldText } from '../text.ts';
import type { TimelySnapshot, TimelyUser } from '../timely.ts';
import type { Person } from './directory.ts';
import type { PersonLink } from './link.ts';
import type { ScopeVerdict } from './verdict.ts';

/** Somebody in scope who looks for their Timely user. */
export interface MatchCandidate {
  person: Person;
  /** Null without a usable address. */
  email: string | null;
  verdict: ScopeVerdict;
}

export interface Match extends MatchCandidate {
  /** Their Timely user as read, removed or not; null when there is none, or none was seen. */
  user: TimelyUser | null;
  /** By what they were found. `rehire`: the user was linked to somebody who left, and the link moves. */
  how: 'link' | 'external-id' | 'email' | 'rehire' | 'new';
  /** Their own link, which may point to another user than the one found, or to one that was not seen. */
  link: PersonLink | null;
  holds: readonly Hold[];
}

interface MatchingInput {
  candidates: readonly MatchCandidate[];
  timely: TimelySnapshot;
  personLinks: readonly PersonLink[];
  index: Pick<PlanIndex, 'user' | 'linkOfPerson' | 'linkOfUser'>;
  /** Whether somebody is known for sure to be gone from the directory or out of scope. */
  hasLeft: (personId: string) => boolean;
}

type Found = Pick<Match, 'user' | 'how'> & { hold?: Hold };

/**
 * Matches everybody in scope: by link, else by external id, else by e-mail among present and removed users, else new.
 * No Timely user is matched twice. The answer has one match for each seeker, in order of object ids.
 */
export function matchPeople(input: MatchingInput): Match[] {
  const { index } = input;
  const candidates = input.candidates.toSorted((a, b) => compareText(a.person.id, b.person.id));
  const found: (Found | null)[] = candidates.map(() => null);
  const find = finder(input, () => candidates.filter((_, place) => found[place] === null));
  // Who has a better claim comes first: links, then external ids, then addresses; blocked people last, so that somebody
  // who merely typed another's address cannot take their place.
  const rounds: ((candidate: MatchCandidate) => Found | null)[] = [
    ({ person }) => find.byLink(index.linkOfPerson(person.id)),
    ({ person }) => find.byExternalId(person.id),
    (candidate) => (candidate.verdict.blocked ? null : find.byEmail(candidate)),
    (candidate) => find.byEmail(candidate),
  ];
  for (const round of rounds) {
    for (const [place, candidate] of candidates.entries()) found[place] ??= round(candidate);
  }
  const duplicates = duplicateHolds(candidates);
  return candidates.map((candidate, place): Match => {
    const { user, how, hold } = found[place] ?? nobody;
    const link = index.linkOfPerson(candidate.person.id) ?? null;
    return {
      person: candidate.person,
      email: candidate.email,
      verdict: candidate.verdict,
      user,
      // A linked user whom a whole read of Timely does not show is gone, but the link still says who they were.
      how: how === 'new' && link ? 'link' : how,
      link,
      holds: holdsOf(identityHold(candidate), duplicates(candidate), hold ?? null),
    };
  });
}

const nobody: Found = { user: null, how: 'new' };
const noHolds: readonly Hold[] = [];

/** Nearly nobody has a hold, and those who have none share one empty list. */
function holdsOf(...holds: (Hold | null)[]): readonly Hold[] {
  return holds.every((hold) => hold === null) ? noHolds : holds.filter((hold) => hold !== null);
}

/** `searching` answers who is not found by a link: nearly nobody as a rule, so only they are looked up in tables. */
function finder(
  { candidates, timely, personLinks, index, hasLeft }: MatchingInput,
  searching: () => MatchCandidate[],
) {
  // Present users before removed ones, then the oldest: where several would do, the choice is always the same.
  const users = lazy(() =>
    timely.users.toSorted((a, b) => Number(a.removed) - Number(b.removed) || a.id - b.id),
  );
  // Where most people are searched for, as in a first plan, telling them from the others saves nothing.
  const keysOf = (keyOf: (candidate: MatchCandidate) => string) => {
    const few = searching();
    return few.length * 2 < timely.users.length
      ? new Set(few.map((candidate) => foldText(keyOf(candidate))))
      : null;
  };
  const byExternalId = lazy(() => {
    const sought = keysOf(({ person }) => person.id);
    return firstBy(users(), sought, ({ externalId }) => (externalId ? foldText(externalId) : null));
  });
  const addresses = lazy(() => keysOf(({ email }) => email ?? ''));
  const byEmail = lazy(() => firstBy(users(), addresses(), ({ email }) => foldText(email)));
  const leftByEmail = lazy(() =>
    firstBy(
      personLinks.toSorted((a, b) => compareText(a.personId, b.personId)),
      addresses(),
      (link) => (hasLeft(link.personId) ? foldText(link.email) : null),
    ),
  );
  const seekerNames = lazy(() => new Map(candidates.map(({ person }) => [person.id, person.name])));
  const takenBy = new Map<number, string>();

  function claim(user: TimelyUser, how: Match['how'], personId: string): Found {
    const owner = takenBy.get(user.id) ?? index.linkOfUser(user.id)?.personId;
    const isTaken = owner !== undefined && owner !== personId;
    if (isTaken && (takenBy.has(user.id) || !hasLeft(owner))) {
      return { user: null, how: 'new', hold: alreadyLinked(user, seekerNames().get(owner)) };
    }
    takenBy.set(user.id, personId);
    return { user, how: isTaken ? 'rehire' : how };
  }

  return {
    byLink(link: PersonLink | undefined): Found | null {
      if (!link) return null;
      const user = index.user(link.timelyId);
      if (user && !takenBy.has(user.id)) return claim(user, 'link', link.personId);
      return timely.complete ? null : { user: null, how: 'link' };
    },
    byExternalId(personId: string): Found | null {
      const user = byExternalId().get(foldText(personId));
      return user ? claim(user, 'external-id', personId) : null;
    },
    byEmail({ person, email }: MatchCandidate): Found | null {
      if (email === null) return null;
      const former = leftByEmail().get(foldText(email));
      const user = byEmail().get(foldText(email)) ?? (former && index.user(former.timelyId));
      return user ? claim(user, 'email', person.id) : null;
    },
  };
}

/** The first item of each key that is sought, or of each when that is null; items without a key are left out. */
function firstBy<Item>(
  items: readonly Item[],
  sought: ReadonlySet<string> | null,
  keyOf: (item: Item) => string | null,
): Map<string, Item> {
  const first = new Map<string, Item>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== null && sought?.has(key) !== false && !first.has(key)) first.set(key, item);
  }
  return first;
}

function alreadyLinked(user: TimelyUser, ownerName: string | undefined): Hold {
  const owner = ownerName ?? 'somebody who is not known for sure to have left';
  const detail = `The Timely user ${user.email} stands for ${owner} already. This ends when that person leaves, or when one of the two gets another address.`;
  return { rule: 'already-linked', detail };
}

function identityHold({ person, email, verdict }: MatchCandidate): Hold | null {
  if (verdict.blocked !== 'identity-mismatch') return null;
  const detail = `The contact address ${email} names another domain than the home address in ${person.userPrincipalName}, and anyone may have typed it.`;
  return { rule: 'identity-mismatch', detail };
}

/** People who share an address wait, all of them; somebody who is blocked anyway makes no trouble for others. */
function duplicateHolds(candidates: readonly MatchCandidate[]): (candidate: MatchCandidate) => Hold | null {
  const sharing = sharedAddresses(candidates);
  return ({ person, email, verdict }) => {
    if (sharing.size === 0 || email === null) return null;
    const others = (sharing.get(foldText(email)) ?? []).filter(
      (other) => other.person.id !== person.id && (verdict.blocked || !other.verdict.blocked),
    );
    if (others.length === 0) return null;
    const names = others.map((other) => `${other.person.name} (${other.person.id})`).join(', ');
    return { rule: 'duplicate-email', detail: `In scope with the same address ${email}: ${names}.` };
  };
}

/** Addresses that several people have, with those people in order. */
function sharedAddresses(candidates: readonly MatchCandidate[]): Map<string, MatchCandidate[]> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { email } of candidates) {
    const address = email === null ? null : foldText(email);
    if (address !== null) (seen.has(address) ? shared : seen).add(address);
  }
  if (shared.size === 0) return new Map();
  return groupBy(candidates, ({ email }) =>
    email !== null && shared.has(foldText(email)) ? foldText(email) : null,
  );
}
