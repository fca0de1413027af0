/** Which Timely user stands for which person (behaviour.md, section 3). */
import { groupBy } from './collect.ts';
import type { Person } from './directory.ts';
import type { Hold } from './draft.ts';
import type { PersonLink } from './link.ts';
import type { ScopeVerdict } from './scope.ts';
import { compareText, foldText } from './text.ts';
import type { TimelySnapshot, TimelyUser } from './timely.ts';

/** Somebody in scope who looks for their Timely user. */
interface Seeker {
  person: Person;
  /** Null without a usable address. */
  email: string | null;
  verdict: ScopeVerdict;
}

export interface Match extends Seeker {
  /** Their Timely user as read, removed or not; null when there is none, or none was seen. */
  user: TimelyUser | null;
  /** By what they were found. `rehire`: the user was linked to somebody who left, and the link moves. */
  how: 'link' | 'external-id' | 'email' | 'rehire' | 'new';
  /** Their own link, which may point to another user than the one found, or to one that was not seen. */
  link: PersonLink | null;
  holds: Hold[];
}

interface MatchingInput {
  seekers: readonly Seeker[];
  timely: TimelySnapshot;
  personLinks: readonly PersonLink[];
  /** Whether somebody is known for sure to be gone from the directory or out of scope. */
  hasLeft: (personId: string) => boolean;
}

type Found = Pick<Match, 'user' | 'how'> & { hold?: Hold };

/**
 * Matches everybody in scope: by link, else by external id, else by e-mail among present and removed users, else new.
 * No Timely user is matched twice. The answer has one match for each seeker, in order of object ids.
 */
export function matchPeople(input: MatchingInput): Match[] {
  const seekers = input.seekers.toSorted((a, b) => compareText(a.person.id, b.person.id));
  const personLinks = input.personLinks.toSorted((a, b) => compareText(a.personId, b.personId));
  const links = new Map(personLinks.map((link) => [link.personId, link]));
  const find = finder({ ...input, personLinks });
  const found = new Map<string, Found>();
  // Who has a better claim comes first: links, then external ids, then addresses; blocked people last, so that somebody
  // who merely typed another's address cannot take their place.
  const rounds: ((seeker: Seeker) => Found | null)[] = [
    ({ person }) => find.byLink(links.get(person.id)),
    ({ person }) => find.byExternalId(person.id),
    (seeker) => (seeker.verdict.blocked ? null : find.byEmail(seeker)),
    (seeker) => find.byEmail(seeker),
  ];
  for (const round of rounds) {
    for (const seeker of seekers) {
      if (found.has(seeker.person.id)) continue;
      const match = round(seeker);
      if (match) found.set(seeker.person.id, match);
    }
  }
  const duplicates = duplicateHolds(seekers);
  return seekers.map((seeker): Match => {
    const { hold, ...match } = found.get(seeker.person.id) ?? { user: null, how: 'new' as const };
    const link = links.get(seeker.person.id) ?? null;
    const holds = [identityHold(seeker), duplicates(seeker), hold].filter((each) => each != null);
    // A linked user whom a whole read of Timely does not show is gone, but the link still says who they were.
    return { ...seeker, ...match, how: match.how === 'new' && link ? 'link' : match.how, link, holds };
  });
}

function finder({ seekers, timely, personLinks, hasLeft }: MatchingInput) {
  // Present users before removed ones, then the oldest: where several would do, the choice is always the same.
  const users = timely.users.toSorted((a, b) => Number(a.removed) - Number(b.removed) || a.id - b.id);
  const byId = new Map(users.map((user) => [user.id, user]));
  const byExternalId = groupBy(users, ({ externalId }) => externalId && foldText(externalId));
  const byEmail = groupBy(users, ({ email }) => foldText(email));
  const leftByEmail = groupBy(personLinks, (link) => (hasLeft(link.personId) ? foldText(link.email) : null));
  const linkOf = new Map(personLinks.map((link) => [link.timelyId, link]));
  const seekerNames = new Map(seekers.map(({ person }) => [person.id, person.name]));
  const takenBy = new Map<number, string>();

  function claim(user: TimelyUser, how: Match['how'], personId: string): Found {
    const owner = takenBy.get(user.id) ?? linkOf.get(user.id)?.personId;
    const isTaken = owner !== undefined && owner !== personId;
    if (isTaken && (takenBy.has(user.id) || !hasLeft(owner))) {
      return { user: null, how: 'new', hold: alreadyLinked(user, seekerNames.get(owner)) };
    }
    takenBy.set(user.id, personId);
    return { user, how: isTaken ? 'rehire' : how };
  }

  return {
    byLink(link: PersonLink | undefined): Found | null {
      if (!link) return null;
      const user = byId.get(link.timelyId);
      if (user && !takenBy.has(user.id)) return claim(user, 'link', link.personId);
      return timely.complete ? null : { user: null, how: 'link' };
    },
    byExternalId(personId: string): Found | null {
      const [user] = byExternalId.get(foldText(personId)) ?? [];
      return user ? claim(user, 'external-id', personId) : null;
    },
    byEmail({ person, email }: Seeker): Found | null {
      if (email === null) return null;
      const [former] = leftByEmail.get(foldText(email)) ?? [];
      const user = byEmail.get(foldText(email))?.[0] ?? (former && byId.get(former.timelyId));
      return user ? claim(user, 'email', person.id) : null;
    },
  };
}

function alreadyLinked(user: TimelyUser, ownerName: string | undefined): Hold {
  const owner = ownerName ?? 'somebody who is not known for sure to have left';
  const detail = `The Timely user ${user.email} stands for ${owner} already. This ends when that person leaves, or when one of the two gets another address.`;
  return { rule: 'already-linked', detail };
}

function identityHold({ person, email, verdict }: Seeker): Hold | null {
  if (verdict.blocked !== 'identity-mismatch') return null;
  const detail = `The contact address ${email} names another domain than the home address in ${person.userPrincipalName}, and anyone may have typed it.`;
  return { rule: 'identity-mismatch', detail };
}

/** People who share an address wait, all of them; somebody who is blocked anyway makes no trouble for others. */
function duplicateHolds(seekers: readonly Seeker[]): (seeker: Seeker) => Hold | null {
  const byEmail = groupBy(seekers, ({ email }) => email && foldText(email));
  return ({ person, email, verdict }) => {
    const sharing = byEmail.get(foldText(email ?? '')) ?? [];
    const others = sharing.filter(
      (other) => other.person.id !== person.id && (verdict.blocked || !other.verdict.blocked),
    );
    if (others.length === 0) return null;
    const names = others.map((other) => `${other.person.name} (${other.person.id})`).join(', ');
    return { rule: 'duplicate-email', detail: `In scope with the same address ${email}: ${names}.` };
  };
}
