/** Which Timely user belongs to which person (docs/reference/rules.md section 3). */

import type { Person } from '../people/directory.ts';
import type { PersonLink } from '../people/link.ts';
import { isFromOutside } from '../people/person.ts';
import type { ScopeVerdict } from '../people/verdict.ts';
import type { Hold } from '../plan/change.ts';
import { compareText } from '../text.ts';
import type { TimelyUser } from '../timely.ts';
import { contactAddressHold, duplicateHolds, guestAdoptionHold, unverifiedHold } from './match-holds.ts';
import { type FoundUser, type MatchingInput, userFinder } from './user-finder.ts';

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
  /**
   * How the user was found. `rehire`: the user was linked to a person who left, and the link moves. `moved`: the same, and the
   * person was in another directory.
   */
  how: 'link' | 'external-id' | 'email' | 'rehire' | 'moved' | 'new';
  /** The person's own link. It may point to a different user than the matched one, or to one that the read did not show. */
  link: PersonLink | null;
  holds: readonly Hold[];
}

/**
 * Matches people in scope with Timely users: by link, else by external id, else by e-mail address, else by the addresses of
 * people who left, else as new people. Removed users match too. No user is matched twice. Returns one match per candidate, in
 * the order of object ids.
 */
export function matchPeople(input: MatchingInput): Match[] {
  const { index } = input;
  const candidates = input.candidates.toSorted((a, b) => compareText(a.person.id, b.person.id));
  const found: (FoundUser | null)[] = candidates.map(() => null);
  const find = userFinder(input, () => candidates.filter((_, position) => isAbsent(found[position] ?? null)));
  // The strongest claim comes first: links, then external ids, then addresses. Blocked people come last, because a guest
  // may have typed the address of another person.
  const rounds: ((candidate: MatchCandidate) => FoundUser | null)[] = [
    find.byLink,
    find.byExternalId,
    (candidate) => (candidate.verdict.blocked ? null : find.byEmail(candidate)),
    find.byEmail,
    find.byFormerOwner,
    find.byOtherAddress,
  ];
  for (const round of rounds) {
    for (const [position, candidate] of candidates.entries()) found[position] ??= round(candidate);
  }
  const duplicates = duplicateHolds(candidates);
  return candidates.map((candidate, position): Match => {
    const match = found[position] ?? noUser;
    const { user, how, hold } = match;
    const link = index.linkOfPerson(candidate.person.id) ?? null;
    // A removed user that is taken back would be a second account as well.
    const second = how !== 'link' && user?.removed === true ? find.byOtherAddress(candidate) : null;
    return {
      person: candidate.person,
      email: candidate.email,
      verdict: candidate.verdict,
      user,
      // A linked user missing from a complete read of Timely is gone, but the link still identifies the person.
      how: how === 'new' && link ? 'link' : how,
      link,
      holds: holdsOf(
        identityHold(candidate, user, how),
        duplicates(candidate),
        hold ?? null,
        second?.hold ?? null,
      ),
    };
  });
}

const noUser: FoundUser = { user: null, how: 'new' };
const isAbsent = (found: FoundUser | null) => found === null || found.user?.removed === true;
const noHolds: readonly Hold[] = [];

/** Few people have a hold. All others share one empty list, which saves memory. */
function holdsOf(...holds: (Hold | null)[]): readonly Hold[] {
  return holds.every((hold) => hold === null) ? noHolds : holds.filter((hold) => hold !== null);
}

function identityHold(candidate: MatchCandidate, user: TimelyUser | null, how: Match['how']): Hold | null {
  if (candidate.verdict.blocked === 'unverified-email')
    return (how === 'link' || how === 'external-id') && user?.removed === false
      ? null
      : unverifiedHold(candidate);
  const isAdoption = how === 'email' || how === 'rehire' || how === 'moved';
  if (candidate.verdict.blocked || !user || !isAdoption) return contactAddressHold(candidate);
  return isFromOutside(candidate.person) ? guestAdoptionHold(candidate, user) : null;
}
