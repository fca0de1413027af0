/**
 * What Timely must look like, computed from the rules in words and from the simulators alone, without any code of the
 * product. Slow and simple on purpose.
 */
import type { StoredUser } from '../../simulators/timely/objects.ts';
import type { TimelyState } from '../../simulators/timely/state.ts';
import { crews, type GroupIds, scopedDepartments } from './company.ts';
import { groupIn, type StoryDirectory, type StoryPerson } from './directories/directory.ts';

/** What the story itself knows: which users the sync must not touch, and which people a decision left as they are. */
export interface Known {
  /** The group that each use means now. */
  groups: GroupIds;
  /** Roles that hands gave to people before the sync knew them, by object id; null once it may have another. */
  handRoles: ReadonlyMap<string, string | null>;
  /** Timely users that were added by hand. */
  strangers: ReadonlySet<number>;
  /** Their places in teams, as hands left them: `team id/user id/lead/hidden`. */
  strangersPlaces: ReadonlySet<string>;
  /** Addresses that another human got: the user of the one before leaves, or passes to the other by a decision. */
  recycled: ReadonlySet<string>;
  /** Addresses of people in rejected approvals. */
  spared: ReadonlySet<string>;
  /** Every address that the person has had. */
  addressesOf(personId: string): string[];
}

interface Wanted {
  person: StoryPerson;
  /** Null: any. */
  role: string | null;
  teams: string[];
}

/** The differences between Timely and what it must look like, in sentences. */
export function differences(directory: StoryDirectory, timely: TimelyState, known: Known): string[] {
  const people = directory.people();
  const wanted = new Map(
    people
      .filter((person) => isInScope(directory, person, known))
      .map((person) => [person.id, want(directory, person, known)]),
  );
  const ours = timely.present.filter(({ id }) => !known.strangers.has(id) && id !== timely.account.owner_id);
  const standing = (person: StoryPerson) => ours.filter((user) => standsFor(user, person, known));
  const isSpared = (person: StoryPerson) =>
    known.addressesOf(person.id).some((address) => known.spared.has(address));
  return [
    ...people
      .filter((person) => !isSpared(person))
      .flatMap((person) => {
        const elsewhere = people.some((other) => wanted.has(other.id) && sameHuman(person, other, known));
        return ofPerson(person, wanted.get(person.id), standing(person), timely, elsewhere);
      }),
    ...ours
      .filter((user) => !people.some((person) => standsFor(user, person, known)))
      .map((user) => `${user.email} is in Timely and belongs to no person.`),
    ...ofTeams([...wanted.values()], timely, known, isSpared, standing),
    ...ofStrangers(timely, known),
    ...ofMails(timely),
  ];
}

/** The current places of the strangers in teams, as in `Known.strangersPlaces`. */
export function placesOf(timely: TimelyState, strangers: ReadonlySet<number>): Set<string> {
  return new Set(
    timely.teams.flatMap(({ id, users }) =>
      users
        .filter(({ user_id }) => strangers.has(user_id))
        .map(({ user_id, lead, hide_hours }) => `${id}/${user_id}/${lead}/${hide_hours}`),
    ),
  );
}

/** Whether the rules want a person in Timely now. */
export function isInScope(
  directory: StoryDirectory,
  person: StoryPerson,
  { groups }: Pick<Known, 'groups'>,
): boolean {
  if (person.status !== 'live' || !person.isEnabled) return false;
  if (isBelow(directory, groups.excluded, person.id)) return false;
  const byDepartment = scopedDepartments.some((scoped) => scoped === departmentOf(person));
  return byDepartment || isBelow(directory, groups.users, person.id);
}

/** Spellings that look alike are one department. */
const departmentOf = ({ department }: StoryPerson) => department.normalize('NFC');

function want(directory: StoryDirectory, person: StoryPerson, { groups, handRoles }: Known): Wanted {
  const teams = [groups.guild, ...crews.map((crew) => groups[crew])]
    .filter((id) => isBelow(directory, id, person.id))
    .map((id) => groupIn(directory, id)?.name ?? '');
  const isManager = isBelow(directory, groups.managers, person.id);
  const handRole = handRoles.get(person.id);
  return {
    person,
    role: isManager ? 'manager' : handRole === undefined ? 'employee' : handRole,
    teams: [departmentOf(person), ...teams],
  };
}

/** Whether a person is in a group or in a group below it. Groups may form a circle. */
export function isBelow(
  directory: StoryDirectory,
  groupId: string,
  personId: string,
  seen = new Set<string>(),
): boolean {
  const group = groupIn(directory, groupId);
  if (!group || seen.has(groupId)) return false;
  seen.add(groupId);
  return group.members.some(
    (memberId) => memberId === personId || isBelow(directory, memberId, personId, seen),
  );
}

function standsFor(user: StoredUser, person: StoryPerson, known: Known): boolean {
  return user.external_id === person.id || known.addressesOf(person.id).includes(user.email.toLowerCase());
}

/** A person with a new account keeps the Timely user of the old one. */
function sameHuman(one: StoryPerson, other: StoryPerson, known: Known): boolean {
  const addresses = known.addressesOf(one.id);
  return known.addressesOf(other.id).some((address) => addresses.includes(address));
}

function ofPerson(
  person: StoryPerson,
  wanted: Wanted | undefined,
  users: StoredUser[],
  timely: TimelyState,
  hasNewAccount: boolean,
): string[] {
  const { name } = person;
  if (!wanted) return users.length > 0 && !hasNewAccount ? [`${name} is out of scope and in Timely.`] : [];
  const [user, ...others] = users;
  if (!user) return [`${name} is in scope and not in Timely.`];
  if (others.length > 0) return [`${name} is in Timely ${users.length} times.`];
  const role = timely.role(user.role_id)?.name;
  // A role that was given by hand before the sync linked the user stays until a line fits.
  const mayKeep = wanted.role === 'employee' && user.external_id === null;
  return wanted.role === null || role === wanted.role || mayKeep
    ? []
    : [`${name} has the role ${role} and not ${wanted.role}.`];
}

function ofTeams(
  wanted: readonly Wanted[],
  timely: TimelyState,
  known: Known,
  isSpared: (person: StoryPerson) => boolean,
  standing: (person: StoryPerson) => StoredUser[],
): string[] {
  const spared = new Set(
    timely.present.filter(({ email }) => known.spared.has(email.toLowerCase())).map(({ id }) => id),
  );
  const names = new Set(wanted.filter(({ person }) => !isSpared(person)).flatMap(({ teams }) => teams));
  return [...names].flatMap((name) => {
    const [team, ...others] = timely.teams.filter((candidate) => candidate.name === name);
    if (!team) return [`There is no team ${name}.`];
    if (others.length > 0) return [`There are ${others.length + 1} teams ${name}.`];
    const members = wanted.filter(({ person, teams }) => teams.includes(name) && !isSpared(person));
    const ids = new Set(members.flatMap(({ person }) => standing(person).map(({ id }) => id)));
    const isThere = new Set(team.users.map(({ user_id }) => user_id));
    const missing = [...ids].filter((id) => !isThere.has(id));
    const extra = [...isThere].filter((id) => !ids.has(id) && !known.strangers.has(id) && !spared.has(id));
    const address = (id: number) => timely.user(id)?.email ?? String(id);
    return [
      ...missing.map((id) => `${address(id)} is not in the team ${name}.`),
      ...extra.map((id) => `${address(id)} is in the team ${name} and should not be.`),
    ];
  });
}

/** Places in teams that the sync took from users who were added by hand, in sentences. */
export function lostPlaces(timely: TimelyState, { strangers, strangersPlaces }: Known): string[] {
  const places = placesOf(timely, strangers);
  return [...strangersPlaces]
    .filter((place) => !places.has(place))
    .map((place) => `A place by hand is lost: ${place} (team/user/lead/hidden).`);
}

function ofStrangers(timely: TimelyState, known: Known): string[] {
  const places = placesOf(timely, known.strangers);
  const gained = [...places].filter((place) => !known.strangersPlaces.has(place));
  const removed = [...known.strangers].filter((id) => timely.user(id)?.deleted !== false);
  return [
    ...lostPlaces(timely, known),
    ...gained.map((place) => `A user who was added by hand got a place: ${place}.`),
    ...removed.map((id) => `${timely.user(id)?.email} was added by hand and is gone.`),
  ];
}

function ofMails({ mails }: TimelyState): string[] {
  const invited = mails.filter(({ kind }) => kind !== 'reinstatement').map(({ email }) => email);
  return [...new Set(invited)]
    .filter((email) => invited.indexOf(email) !== invited.lastIndexOf(email))
    .map((email) => `${email} was mailed more than once.`);
}
