/** Which Timely user belongs to which person (docs/reference/rules.md section 3). */
import { groupBy } from '../group-by.ts';
import { lazy } from '../lazy.ts';
import type { Hold } from '../plan/change.ts';
import type { PlanIndex } from '../plan/plan-index.ts';
import { compareText, foldText } from '../text.ts';
import type { TimelySnapshot, TimelyUser } from '../timely.ts';
import { usableAddress } from './address.ts';
import type { Person } from './directory.ts';
import type { PersonLink } from './link.ts';
import type { ScopeVerdict } from './verdict.ts';

/** A person in scope to be matched with a Timely user. */
export interface MatchCandidate {
  person: Person;
  /** Null without a usable address. */
  email: string | null;
  verdict: ScopeVerdict;
}

export interface Match extends MatchCandidate {
  /** The matched Timely user, present or removed; null when there is none, or when the read did not show one. */
  user: TimelyUser | null;
  /** How the user was found. `rehire`: the user was linked to a person who left, and the link moves. */
  how: 'link' | 'external-id' | 'email' | 'rehire' | 'new';
  /** The person's own link. It may point to a different user than the matched one, or to one that the read did not show. */
  link: PersonLink | null;
  holds: readonly Hold[];
}

interface MatchingInput {
  candidates: readonly MatchCandidate[];
  timely: TimelySnapshot;
  personLinks: readonly PersonLink[];
  index: Pick<PlanIndex, 'user' | 'linkOfPerson' | 'linkOfUser'>;
  /** Whether a person is certainly gone from the directory or out of scope. */
  hasLeft: (personId: string) => boolean;
}

type Found = Pick<Match, 'user' | 'how'> & { hold?: Hold };

/**
 * Matches people in scope with Timely users: by link, else by external id, else by e-mail address, else as new people.
 * Removed users match too. No user is matched twice. Returns one match per candidate, in the order of object ids.
 */
export function matchPeople(input: MatchingInput): Match[] {
  const { index } = input;
  const candidates = input.candidates.toSorted((a, b) => compareText(a.person.id, b.person.id));
  const found: (Found | null)[] = candidates.map(() => null);
  const find = userFinder(input, () => candidates.filter((_, position) => found[position] === null));
  // The strongest claim comes first: links, then external ids, then addresses. Blocked people come last, because a guest
  // may have typed the address of another person.
  const rounds: ((candidate: MatchCandidate) => Found | null)[] = [
    ({ person }) => find.byLink(index.linkOfPerson(person.id)),
    ({ person }) => find.byExternalId(person.id),
    (candidate) => (candidate.verdict.blocked ? null : find.byEmail(candidate)),
    (candidate) => find.byEmail(candidate),
  ];
  for (const round of rounds) {
    for (const [position, candidate] of candidates.entries()) found[position] ??= round(candidate);
  }
  const duplicates = duplicateHolds(candidates);
  return candidates.map((candidate, position): Match => {
    const { user, how, hold } = found[position] ?? noUser;
    const link = index.linkOfPerson(candidate.person.id) ?? null;
    return {
      person: candidate.person,
      email: candidate.email,
      verdict: candidate.verdict,
      user,
      // A linked user missing from a complete read of Timely is gone, but the link still identifies the person.
      how: how === 'new' && link ? 'link' : how,
      link,
      holds: holdsOf(identityHold(candidate), duplicates(candidate), hold ?? null),
    };
  });
}

const noUser: Found = { user: null, how: 'new' };
const noHolds: readonly Hold[] = [];

/** Few people have a hold. All others share one empty list, which saves memory. */
function holdsOf(...holds: (Hold | null)[]): readonly Hold[] {
  return holds.every((hold) => hold === null) ? noHolds : holds.filter((hold) => hold !== null);
}

/** `unmatched` returns the candidates without a link: usually few, so the lookup tables cover only these. */
function userFinder(
  { candidates, timely, personLinks, index, hasLeft }: MatchingInput,
  unmatched: () => MatchCandidate[],
) {
  // Present users before removed ones, then by id: among several matches the choice is always the same.
  const users = lazy(() =>
    timely.users.toSorted((a, b) => Number(a.removed) - Number(b.removed) || a.id - b.id),
  );
  // When most people are unmatched, as in a first plan, filtering by key saves nothing.
  const keysOf = (keyOf: (candidate: MatchCandidate) => string) => {
    const remaining = unmatched();
    return remaining.length * 2 < timely.users.length
      ? new Set(remaining.map((candidate) => foldText(keyOf(candidate))))
      : null;
  };
  const byExternalId = lazy(() => {
    const keys = keysOf(({ person }) => person.id);
    return firstBy(users(), keys, ({ externalId }) => (externalId ? foldText(externalId) : null));
  });
  const addresses = lazy(() => keysOf(({ email }) => email ?? ''));
  const byEmail = lazy(() => firstBy(users(), addresses(), ({ email }) => sentForm(email)));
  const leaverLinkByEmail = lazy(() =>
    firstBy(
      personLinks.toSorted((a, b) => compareText(a.personId, b.personId)),
      addresses(),
      (link) => (hasLeft(link.personId) ? foldText(link.email) : null),
    ),
  );
  const candidateNames = lazy(() => new Map(candidates.map(({ person }) => [person.id, person.name])));
  const takenBy = new Map<number, string>();

  function claim(user: TimelyUser, how: Match['how'], personId: string): Found {
    const owner = takenBy.get(user.id) ?? index.linkOfUser(user.id)?.personId;
    const isTaken = owner !== undefined && owner !== personId;
    if (isTaken && (takenBy.has(user.id) || !hasLeft(owner))) {
      return { user: null, how: 'new', hold: alreadyLinkedHold(user, candidateNames().get(owner)) };
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
      const former = leaverLinkByEmail().get(foldText(email));
      const user = byEmail().get(foldText(email)) ?? (former && index.user(former.timelyId));
      return user ? claim(user, 'email', person.id) : null;
    },
  };
}

/** Candidates have their address as it goes out. An address in Timely that only looks like it is another one. */
function sentForm(email: string): string {
  const usable = usableAddress(email);
  return usable === null ? email : foldText(usable);
}

/** The first item of each key in `keys`, or of every key when `keys` is null. Skips items without a key. */
function firstBy<Item>(
  items: readonly Item[],
  keys: ReadonlySet<string> | null,
  keyOf: (item: Item) => string | null,
): Map<string, Item> {
  const first = new Map<string, Item>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== null && keys?.has(key) !== false && !first.has(key)) first.set(key, item);
  }
  return first;
}

function alreadyLinkedHold(user: TimelyUser, ownerName: string | undefined): Hold {
  const owner = ownerName ?? 'a person who has not certainly left';
  const detail = `The Timely user ${user.email} already belongs to ${owner}. This ends when that person leaves, or when one of the two gets another address.`;
  return { rule: 'already-linked', detail };
}

function identityHold({ person, email, verdict }: MatchCandidate): Hold | null {
  if (verdict.blocked !== 'identity-mismatch') return null;
  const detail = `The contact address ${email} has another domain than the home address in ${person.userPrincipalName}. Anyone may have typed it.`;
  return { rule: 'identity-mismatch', detail };
}

/** All people who share an address wait. A blocked person does not hold the others. */
function duplicateHolds(candidates: readonly MatchCandidate[]): (candidate: MatchCandidate) => Hold | null {
  const sharing = sharedAddresses(candidates);
  return ({ person, email, verdict }) => {
    if (sharing.size === 0 || email === null) return null;
    const others = (sharing.get(foldText(email)) ?? []).filter(
      (other) => other.person.id !== person.id && (verdict.blocked || !other.verdict.blocked),
    );
    if (others.length === 0) return null;
    const names = others.map((other) => `${other.person.name} (${other.person.id})`).join(', ');
    return {
      rule: 'duplicate-email',
      detail: `Other people in scope have the same address ${email}: ${names}.`,
    };
  };
}

/** Addresses shared by several people, with these people in order. */
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
