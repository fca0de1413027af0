/** Arbitrary small worlds with few names, so that addresses, groups and teams collide often. */
import fc from 'fast-check';
import type { Membership, Person } from '../../../domain/people/directory.ts';
import type { PersonLink, TeamLink } from '../../../domain/people/link.ts';
import type { SyncRules, TeamRule } from '../../../domain/rules.ts';
import type { TimelyTeam, TimelyUser } from '../../../domain/timely.ts';
import { group, guest, person, rulesWith, user, type World, worldWith } from './world.ts';

const names = ['Ada', 'Bo', 'Cy', 'Di', 'Ed', 'Fay'];
const groupNames = ['Users', 'Guild', 'Admins', 'Board'];
const groups = groupNames.map((name) => group(name));
const departments = ['Design', 'design ', 'Law'];

const address = fc.constantFrom(...names).map((name) => `${name.toLowerCase()}@contoso.example`);

const people: fc.Arbitrary<Person[]> = fc.uniqueArray(
  fc
    .record({
      name: fc.constantFrom(...names),
      isGuest: fc.boolean(),
      enabled: fc.constantFrom(true, true, true, false),
      mail: fc.option(address, { freq: 4 }),
      alias: fc.option(address, { freq: 3 }),
      department: fc.option(fc.constantFrom(...departments)),
    })
    .map(({ name, isGuest, enabled, mail, alias, department }) => {
      const proxyAddresses = alias ? [`smtp:${alias}`] : [];
      const attributes = department ? { department } : {};
      const patch = { enabled, ...(mail && { mail }), proxyAddresses, attributes };
      return isGuest ? guest(name, patch) : person(name, patch);
    }),
  { selector: ({ id }) => id },
);

const memberships: fc.Arbitrary<Membership[]> = fc
  .array(
    fc.record({
      groupId: fc.constantFrom(...groups.map(({ id }) => id)),
      memberId: fc.constantFrom(
        ...names.map((name) => `id-${name.toLowerCase()}`),
        ...groups.map(({ id }) => id),
      ),
    }),
    { maxLength: 12 },
  )
  .map((pairs) =>
    pairs.map((pair) => ({ ...pair, memberKind: pair.memberId.startsWith('group-') ? 'group' : 'user' })),
  );

const users: fc.Arbitrary<TimelyUser[]> = fc.uniqueArray(
  fc
    .record({
      id: fc.integer({ min: 10, max: 17 }),
      name: fc.constantFrom(...names, 'Zoe', 'Yan'),
      role: fc.constantFrom('employee', 'manager', 'admin', 'team_lead'),
      removed: fc.boolean(),
      pending: fc.boolean(),
      externalId: fc.option(fc.constantFrom(...names.map((name) => `id-${name.toLowerCase()}`), 'foreign'), {
        freq: 2,
      }),
    })
    .map(({ id, name, pending, ...patch }) => user(id, name, pending ? { ...patch, pending } : patch)),
  { selector: ({ id }) => id },
);

const personLinks: fc.Arbitrary<PersonLink[]> = fc
  .array(
    fc.record({
      personId: fc.constantFrom(...names.map((name) => `id-${name.toLowerCase()}`), 'id-former'),
      timelyId: fc.integer({ min: 10, max: 18 }),
      state: fc.constantFrom('present' as const, 'removed' as const),
      email: address,
      role: fc.option(fc.constantFrom('employee', 'manager')),
      outOfScopeSince: fc.option(fc.constant('2026-11-20T00:00:00.000Z')),
    }),
    { maxLength: 5 },
  )
  .map((links) =>
    links.filter(
      (link, index) =>
        links.findIndex(({ personId }) => personId === link.personId) === index &&
        links.findIndex(({ timelyId }) => timelyId === link.timelyId) === index,
    ),
  );

const teams: fc.Arbitrary<TimelyTeam[]> = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 50, max: 54 }),
    name: fc.constantFrom(...groupNames, 'Design', 'By hand'),
    members: fc.uniqueArray(
      fc.record({ userId: fc.integer({ min: 10, max: 17 }), lead: fc.boolean(), hideHours: fc.boolean() }),
      { selector: ({ userId }) => userId },
    ),
  }),
  { selector: ({ id }) => id },
);

const teamLinks: fc.Arbitrary<TeamLink[]> = fc
  .uniqueArray(
    fc.record({
      source: fc.constantFrom(...groups.map(({ id }) => `group:${id}`), 'department:design', 'group:gone'),
      timelyId: fc.integer({ min: 50, max: 54 }),
      name: fc.option(fc.constantFrom(...groupNames)),
      origin: fc.constantFrom('created' as const, 'adopted' as const),
      personIds: fc.uniqueArray(fc.constantFrom(...names.map((name) => `id-${name.toLowerCase()}`))),
    }),
    { selector: ({ timelyId }) => timelyId },
  )
  .map((links) =>
    links.filter((link, index) => links.findIndex(({ source }) => source === link.source) === index),
  );

const teamRules: fc.Arbitrary<TeamRule[]> = fc.array(
  fc.oneof(
    fc.constantFrom<TeamRule>(
      { kind: 'department', department: '*' },
      { kind: 'groupsNamed', pattern: '*', name: '$1' },
      { kind: 'emailDomain', emailDomain: 'partner.example', name: 'Partner' },
      { kind: 'group', group: 'Nobody' },
    ),
    fc.constantFrom(...groupNames).map((name): TeamRule => ({ kind: 'group', group: name })),
  ),
  { maxLength: 3 },
);

const rules: fc.Arbitrary<SyncRules> = fc
  .record({
    include: fc.constantFrom<SyncRules['scope']['include']>(
      [{ everyone: true }],
      [{ group: 'Users' }, { department: ['Law'], role: 'manager' }],
      [{ group: 'Missing' }, { emailDomain: ['partner.example'], guests: true }],
    ),
    excluded: fc.boolean(),
    guests: fc.constantFrom('include' as const, 'exclude' as const),
    teams: teamRules,
    manual: fc.constantFrom('keep' as const, 'remove' as const),
    graceDays: fc.constantFrom(0, 2, 9),
    removedInTimely: fc.constantFrom('ask' as const, 'restore' as const, 'respect' as const),
    sensitive: fc.boolean(),
  })
  .map((chance) =>
    rulesWith({
      scope: {
        include: chance.include,
        exclude: chance.excluded ? [{ group: 'Board' }] : [],
        guests: chance.guests,
        guestDomains: [],
      },
      roles: { default: 'employee', adopted: 'keep', rules: [{ group: 'Admins', role: 'admin' }] },
      teams: chance.teams,
      teamMembers: { ...rulesWith().teamMembers, manual: chance.manual },
      leavers: { action: 'remove', graceDays: chance.graceDays, removedInTimely: chance.removedInTimely },
      safety: {
        teamShrink: { percent: 50, min: 2 },
        sensitive: {
          directoryRoles: true,
          timelyRoles: chance.sensitive ? ['admin'] : [],
          groups: [],
          emails: [],
        },
      },
    }),
  );

/** The groups, some with each other's names: they were renamed since their teams were bound. */
const renamedGroups = fc.oneof(
  { weight: 2, arbitrary: fc.constant(groups) },
  {
    weight: 1,
    arbitrary: fc
      .shuffledSubarray(groupNames, { minLength: groupNames.length })
      .map((taken) => groups.map((each, index) => ({ ...each, name: taken[index] ?? each.name }))),
  },
);

/** A world with nearly any state that the store and both services allow. */
export const arbitraryWorld: fc.Arbitrary<World> = fc
  .record({
    rules,
    people,
    memberships,
    groups: renamedGroups,
    users,
    personLinks,
    teams,
    teamLinks,
    completeDirectory: fc.boolean(),
    completeTimely: fc.boolean(),
  })
  .map(({ rules: chosen, ...chance }) => ({
    ...worldWith({
      directory: {
        people: chance.people,
        groups: chance.groups,
        memberships: chance.memberships,
        privileged: [{ personId: 'id-fay', roles: ['Global Administrator'] }],
        complete: chance.completeDirectory,
      },
      timely: { users: chance.users, teams: chance.teams, complete: chance.completeTimely },
      personLinks: chance.personLinks,
      // People that the sync added to a team have a link.
      teamLinks: chance.teamLinks.map((link) => ({
        ...link,
        personIds: link.personIds.filter((id) => chance.personLinks.some(({ personId }) => personId === id)),
      })),
    }),
    rules: chosen,
  }));

/** The same, with any user as owner and as the sync's own user, perhaps the last admins, and with limited seats. */
export const arbitraryWorldOfAnyOwner: fc.Arbitrary<World> = fc
  .record({
    world: arbitraryWorld,
    ownerId: fc.option(fc.constantFrom(1, 10, 11, 12, 13)),
    ownUserId: fc.constantFrom(2, 10, 11, 12, 13),
    othersAreAdmins: fc.boolean(),
    seats: fc.option(fc.integer({ min: 2, max: 12 })),
    leads: fc.constantFrom('keep' as const, 'managers' as const),
    managers: fc.array(fc.option(fc.constantFrom(...names.map((name) => `id-${name.toLowerCase()}`))), {
      minLength: names.length,
      maxLength: names.length,
    }),
  })
  .map(({ world, ownerId, ownUserId, othersAreAdmins, seats, leads, managers }) => ({
    ...world,
    rules: { ...world.rules, teamMembers: { ...world.rules.teamMembers, leads } },
    directory: {
      ...world.directory,
      people: world.directory.people.map((one, index) => ({ ...one, managerId: managers[index] ?? null })),
    },
    timely: {
      ...world.timely,
      account: { ...world.timely.account, ownerId, seats },
      ownUserId,
      users: world.timely.users.map((one) =>
        one.id <= 2 && !othersAreAdmins ? { ...one, role: 'employee' } : one,
      ),
    },
  }));
