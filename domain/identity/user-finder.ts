/** Finds the Timely user of a person by link, external id or address. No user is found twice. */
import { lazy } from '../lazy.ts';
import { matchKey } from '../people/address.ts';
import type { PersonLink } from '../people/link.ts';
import { hasOneAddress, matchKeysOf } from '../people/person.ts';
import type { Hold } from '../plan/change.ts';
import type { PlanIndex } from '../plan/plan-index.ts';
import type { SyncRules } from '../rules.ts';
import { compareText, foldText } from '../text.ts';
import type { TimelySnapshot, TimelyUser } from '../timely.ts';
import { alreadyLinkedHold, possibleDuplicateHold, recycledAddressHold } from './match-holds.ts';
import type { Match, MatchCandidate } from './matching.ts';
import { isNamedLike, isOfOtherDirectory, ownerByAddress, ownerOf } from './user-owner.ts';

export interface MatchingInput {
  rules: Pick<SyncRules, 'names'>;
  candidates: readonly MatchCandidate[];
  timely: TimelySnapshot;
  personLinks: readonly PersonLink[];
  index: Pick<PlanIndex, 'user' | 'person' | 'linkOfPerson' | 'linkOfUser'>;
  /** Whether a person is certainly gone from the directory or out of scope. */
  hasLeft: (personId: string) => boolean;
  /** Object ids of people who certainly left, and whom the directory still has with an address. */
  leftWith: (key: string) => readonly string[];
}

export type FoundUser = Pick<Match, 'user' | 'how'> & { hold?: Hold };

/** `unmatched` returns the candidates without a present user: usually few, so the lookup tables cover only these. */
export function userFinder(input: MatchingInput, unmatched: () => MatchCandidate[]) {
  const { rules, candidates, timely, index, hasLeft, leftWith } = input;
  const tables = lookupTables(input, unmatched);
  const candidateNames = lazy(() => new Map(candidates.map(({ person }) => [person.id, person.name])));
  const takenBy = new Map<number, string>();

  function claim(user: TimelyUser, how: Match['how'], candidate: MatchCandidate): FoundUser {
    const { person, email } = candidate;
    const taker = takenBy.get(user.id);
    const owner =
      ownerOf(user, person.id, { index, hasLeft }) ??
      (how === 'email' ? ownerByAddress(user, person, { index, ids: leftWith(matchKey(user.email)) }) : null);
    if ((taker !== undefined && taker !== person.id) || owner?.hasLeft === false) {
      const id = (taker === undefined ? owner?.personId : taker) ?? '';
      const name = candidateNames().get(id);
      return {
        user: null,
        how: 'new',
        hold: alreadyLinkedHold(user, name === undefined ? null : { id, name }),
      };
    }
    takenBy.set(user.id, person.id);
    const hasMoved = isOfOtherDirectory(owner?.personId ?? person.id, person.id);
    const found: FoundUser = { user, how: owner?.isLinked ? (hasMoved ? 'moved' : 'rehire') : how };
    if (!owner || isNamedLike(person, email ?? '', owner, rules.names)) return found;
    return { ...found, hold: recycledAddressHold(candidate, user, owner) };
  }

  return {
    byLink({ person }: MatchCandidate): FoundUser | null {
      const link = index.linkOfPerson(person.id);
      if (!link) return null;
      const user = index.user(link.timelyId);
      if (user && !takenBy.has(user.id)) {
        takenBy.set(user.id, person.id);
        return { user, how: 'link' };
      }
      return timely.complete ? null : { user: null, how: 'link' };
    },

    byExternalId(candidate: MatchCandidate): FoundUser | null {
      const user = tables.externalIds().get(foldText(candidate.person.id));
      return user ? claim(user, 'external-id', candidate) : null;
    },

    byEmail(candidate: MatchCandidate): FoundUser | null {
      const user = candidate.email === null ? undefined : tables.emails().get(foldText(candidate.email));
      return user ? claim(user, 'email', candidate) : null;
    },

    /** A person who left had one of the addresses, perhaps an alias: the user is theirs, under another address by now. */
    byFormerOwner(candidate: MatchCandidate): FoundUser | null {
      for (const key of tables.leavers().size === 0 ? [] : keysOf(candidate)) {
        const user = index.user(tables.leavers().get(key)?.timelyId ?? 0);
        const isOwnKey = candidate.email !== null && key === foldText(candidate.email);
        // An alias is a weaker claim than the address under which another person has just got the user.
        if (user && (isOwnKey || !takenBy.has(user.id))) return claim(user, 'rehire', candidate);
      }
      return null;
    },

    /** A present user whom nobody else has may be the person under another of their addresses. */
    byOtherAddress(candidate: MatchCandidate): FoundUser | null {
      for (const key of candidate.email === null ? [] : keysOf(candidate)) {
        const user = tables.presentUsers().get(key);
        if (!user || takenBy.has(user.id)) continue;
        const owner = ownerOf(user, candidate.person.id, { index, hasLeft });
        // The account of somebody who left, without a link: perhaps the same human had it under another object id.
        if (owner === null || (owner.hasLeft && !owner.isLinked))
          return { user: null, how: 'new', hold: possibleDuplicateHold(candidate, user) };
      }
      return null;
    },
  };
}

/** All addresses of a person, the one that identifies them first. */
function keysOf({ person, email }: MatchCandidate): Iterable<string> {
  const own = email === null ? [] : [foldText(email)];
  return hasOneAddress(person, email) ? own : new Set([...own, ...matchKeysOf(person)]);
}

/** Each table is built on first use, for the keys of unmatched people. */
function lookupTables(
  { timely, personLinks, index, hasLeft }: MatchingInput,
  unmatched: () => MatchCandidate[],
) {
  // Present users before removed ones, then by id: among several matches the choice is always the same.
  const users = lazy(() =>
    timely.users.toSorted((a, b) => Number(a.removed) - Number(b.removed) || a.id - b.id),
  );
  // When most people are unmatched, as in a first plan, filtering by key saves nothing.
  const wanted = (keysFor: (candidate: MatchCandidate) => Iterable<string>) => {
    const remaining = unmatched();
    if (remaining.length * 2 >= timely.users.length) return null;
    return new Set(remaining.flatMap((candidate) => [...keysFor(candidate)]));
  };
  const emailKey = ({ email }: MatchCandidate) => (email === null ? [] : [foldText(email)]);
  const allKeys = lazy(() => wanted(keysOf));
  return {
    externalIds: lazy(() =>
      firstBy(
        users(),
        wanted(({ person }) => [foldText(person.id)]),
        ({ externalId }) => (externalId ? [foldText(externalId)] : []),
      ),
    ),
    emails: lazy(() => firstBy(users(), wanted(emailKey), ({ email }) => [matchKey(email)])),
    presentUsers: lazy(() =>
      firstBy(users(), allKeys(), ({ email, removed }) => (removed ? [] : [matchKey(email)])),
    ),
    leavers: lazy(() =>
      firstBy(
        personLinks.toSorted((a, b) => compareText(a.personId, b.personId)),
        allKeys(),
        (link) => (hasLeft(link.personId) ? keysOfLink(link, index) : []),
      ),
    ),
  };
}

/** All addresses that a linked person had. */
function keysOfLink(
  { personId, timelyId, email, former }: PersonLink,
  index: MatchingInput['index'],
): string[] {
  const known = index.person(personId) ?? former;
  const user = index.user(timelyId);
  return [foldText(email), ...(known ? matchKeysOf(known) : []), ...(user ? [matchKey(user.email)] : [])];
}

/** The first item of each key in `keys`, or of every key when `keys` is null. */
function firstBy<Item>(
  items: readonly Item[],
  keys: ReadonlySet<string> | null,
  keysFor: (item: Item) => readonly string[],
): Map<string, Item> {
  const first = new Map<string, Item>();
  for (const item of items) {
    for (const key of keysFor(item)) {
      if (keys?.has(key) !== false && !first.has(key)) first.set(key, item);
    }
  }
  return first;
}
