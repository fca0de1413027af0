/** Why a match waits, in words (docs/reference/rules.md section 3). */
import { groupBy } from '../group-by.ts';
import { homeAddress } from '../people/person.ts';
import type { Hold } from '../plan/change.ts';
import { foldText } from '../text.ts';
import type { TimelyUser } from '../timely.ts';
import type { MatchCandidate } from './matching.ts';
import type { UserOwner } from './user-owner.ts';

/** The owner with their id, so that an erasure finds the sentence. */
export function alreadyLinkedHold(user: TimelyUser, owner: { id: string; name: string } | null): Hold {
  const who = owner === null ? 'a person who has not certainly left' : `${owner.name} (${owner.id})`;
  const detail = `The Timely user ${user.email} already belongs to ${who}. This ends when that person leaves, or when one of the two gets another address.`;
  return { rule: 'already-linked', detail };
}

/** The address of somebody who left may have gone to another human, with all hours of the account behind it. */
export function recycledAddressHold(candidate: MatchCandidate, user: TimelyUser, owner: UserOwner): Hold {
  const former = owner.personId === null ? '' : ` (${owner.personId})`;
  const detail = `The Timely user ${user.email} (${user.id}) belonged to ${owner.name}${former}, who left. ${candidate.person.name} has the address now, and another name. Approve when both are the same human: they get that user and its hours. Otherwise give one of the two another address.`;
  return { rule: 'identity-mismatch', detail };
}

export function possibleDuplicateHold({ person }: MatchCandidate, user: TimelyUser): Hold {
  const detail = `Timely has ${user.name} (${user.email}, user ${user.id}), which is another address of ${person.name}. If they are one human, tie them with timely-sync link <tenant> ${person.id} ${user.id}. Otherwise approve: that gives them a second account, which takes a seat.`;
  return { rule: 'possible-duplicate', detail };
}

/** Anyone may have typed an address that nobody has verified. Whoever is in Timely by their link keeps what they have. */
export const unverifiedHold = ({ person, email }: MatchCandidate): Hold => ({
  rule: 'identity-mismatch',
  detail: `The directory says that the address ${email} of ${person.name} is not verified. Anyone may have typed it. Have it verified in the directory, or approve when the mailbox is theirs.`,
});

/** Anyone may have typed the contact address of a person from outside. */
export function contactAddressHold({ person, email, verdict }: MatchCandidate): Hold | null {
  if (verdict.blocked !== 'identity-mismatch') return null;
  const home = homeAddress(person);
  const detail = `The contact address ${email} is not the home address ${home ? `${home} ` : ''}in ${person.userPrincipalName}. Anyone may have typed it. Approve when the mailbox is theirs; domains that belong together go under scope.guestDomains.`;
  return { rule: 'identity-mismatch', detail };
}

export function guestAdoptionHold({ person }: MatchCandidate, user: TimelyUser): Hold {
  const detail = `${person.name} is a guest, and Timely had the user ${user.email} (${user.id}) before. Approve when that user is theirs: the sync then gives it their role, and removes it when they leave.`;
  return { rule: 'identity-mismatch', detail };
}

/** Returns the hold of each candidate who shares an address: all of them wait. A blocked person does not hold the others. */
export function duplicateHolds(
  candidates: readonly MatchCandidate[],
): (candidate: MatchCandidate) => Hold | null {
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
