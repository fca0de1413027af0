/** Both sides of a large tenant as a plan gets them, without servers. The same numbers and seed give the same sides. */

import type { DirectorySnapshot, Membership, Person } from '../../domain/people/directory.ts';
import type { PersonLink } from '../../domain/people/link.ts';
import type { TimelySnapshot, TimelyUser } from '../../domain/timely.ts';
import { objectIdOf } from '../../simulators/contoso.ts';
import { departments, inLetters, namedGroups } from '../support/company-names.ts';

export interface PlanSize {
  people: number;
  groups: number;
  memberships: number;
  /** Changes of each kind: people who joined, were deleted, were disabled, or need another role. */
  changes: number;
  /** False: no person is linked yet, as in a first plan. */
  linked: boolean;
  seed: string;
}

export interface PlanSides {
  directory: DirectorySnapshot;
  timely: TimelySnapshot;
  personLinks: PersonLink[];
}

/** Makes the directory, and the Timely account as it was before the last changes. */
export function planSides(size: PlanSize): PlanSides {
  const idOf = (name: string) => objectIdOf(`${size.seed}/${name}`);
  const people = Array.from({ length: size.people }, (_, number) => personOf(number, size, idOf));
  const groups = Array.from({ length: size.groups }, (_, number) => {
    const name = namedGroups[number] ?? `Group ${number}`;
    return { id: idOf(name), name };
  });
  const [users, managers, ...others] = groups.map(({ id }) => id);
  if (!users || !managers) throw new Error('A company has at least two groups.');
  const memberships = people.map((person) => memberOf(users, person));
  // People in the middle get another role.
  const promoted = people.slice(size.people / 2, size.people / 2 + size.changes);
  for (const person of promoted) memberships.push(memberOf(managers, person));
  const spread = size.memberships - memberships.length;
  for (let place = 0; place < spread; place += 1) {
    const [person, group] = [people[place % people.length], others[place % others.length]];
    if (person && group) memberships.push(memberOf(group, person));
  }
  // The newest people are not in Timely yet. As many others left the directory.
  const known = people.slice(0, size.people - size.changes);
  const left = Array.from({ length: size.changes }, (_, index) => personOf(size.people + index, size, idOf));
  const timelyUsers = [...known, ...left].map(userOf);
  const personLinks = size.linked ? [...known, ...left].map(linkOf) : [];
  return {
    directory: {
      people,
      groups,
      memberships,
      privileged: [],
      appAssignments: [],
      complete: true,
      groupsRead: 'now',
    },
    timely: {
      account: { id: 1, name: 'Contoso', ownerId: 1, seats: null, usersMax: null, userCount: null },
      ownUserId: 1,
      users: timelyUsers,
      teams: [],
      roles: ['admin', 'manager', 'employee', 'team_lead'].map((name, index) => ({ id: index + 1, name })),
      complete: true,
    },
    personLinks,
  };
}

function personOf(number: number, { changes }: PlanSize, idOf: (name: string) => string): Person {
  const name = `Person ${inLetters(number)}`;
  const address = `person.${number}@contoso.example`;
  return {
    id: idOf(name),
    name,
    userPrincipalName: address,
    mail: address,
    proxyAddresses: [`SMTP:${address}`],
    enabled: number >= changes,
    kind: 'member',
    invitation: null,
    attributes: { department: departments[number % departments.length] ?? '', jobTitle: 'Specialist' },
    managerId: null,
  };
}

const memberOf = (groupId: string, { id }: Person): Membership => ({
  groupId,
  memberId: id,
  memberKind: 'user',
});

function userOf({ id, name, mail }: Person, index: number): TimelyUser {
  return {
    id: index + 1,
    email: mail ?? '',
    name,
    roleId: 3,
    role: 'employee',
    externalId: id,
    removed: false,
    updatedAt: 0,
  };
}

function linkOf({ id, mail }: Person, index: number): PersonLink {
  return {
    personId: id,
    timelyId: index + 1,
    state: 'present',
    email: mail ?? '',
    role: 'employee',
    outOfScopeSince: null,
  };
}
