import { describe, expect, test } from '@jest/globals';
import type { FormerPerson } from '../../../domain/people/link.ts';
import type { SafetyRules } from '../../../domain/rules.ts';
import {
  gated,
  group,
  labelWithHold,
  link,
  members,
  person,
  team,
  user,
  type World,
  worldWith,
} from '../support/world.ts';
import { askedAbout, companyWith, fingerprintsOf, firstDetail, sensitivity, tally } from './company.ts';

const board = group('Board');
const ada = (safety: Partial<SafetyRules>, patch: Parameters<typeof worldWith>[0] = {}) =>
  worldWith({
    rules: { safety, roles: { default: 'employee', adopted: 'rules', rules: [] } },
    ...patch,
    directory: { people: [person('Ada')], ...patch.directory },
  });
const privileged = [{ personId: 'id-ada', roles: ['Global Administrator', 'User Administrator'] }];
const executives = {
  groups: [group('Executives'), board],
  memberships: [...members('group-executives', board.id), ...members(board.id, 'id-ada')],
};

/** Ada is linked, and her account is deleted. */
function leaver(safety: Partial<SafetyRules>, former: Partial<FormerPerson>): World {
  const { name, userPrincipalName, mail, proxyAddresses, kind } = person('Ada');
  return ada(safety, {
    directory: { people: [], ...executives },
    timely: { users: [user(10, 'Ada')] },
    personLinks: [
      link('Ada', 10, { former: { name, userPrincipalName, mail, proxyAddresses, kind, ...former } }),
    ],
  });
}

test.each<[string, World, Record<string, number>, string | undefined]>([
  [
    'holders of privileged directory roles',
    ada({}, { directory: { privileged } }),
    { sensitive: 1 },
    'Holds privileged directory roles: Global Administrator, User Administrator.',
  ],
  [
    'no holder of directory roles when the tenant file ignores them',
    ada(sensitivity({ directoryRoles: false }), { directory: { privileged } }),
    { none: 1 },
    undefined,
  ],
  [
    'members of a sensitive group, nested groups included',
    ada(sensitivity({ groups: ['executives'] }), { directory: executives }),
    { sensitive: 1 },
    'Is in the sensitive group "Executives" > "Board".',
  ],
  [
    'listed addresses',
    ada(sensitivity({ emails: ['ADA@contoso.example '] })),
    { sensitive: 1 },
    'The address is listed under safety.sensitive.emails.',
  ],
  [
    'leavers with a sensitive Timely role',
    ada(
      {},
      {
        directory: { people: [] },
        timely: { users: [user(10, 'Ada', { role: 'Admin' })] },
        personLinks: [link('Ada', 10)],
      },
    ),
    { sensitive: 1 },
    'Is Admin in Timely.',
  ],
  [
    'links to an existing admin under any tenant file',
    ada(sensitivity({ timelyRoles: [] }), { timely: { users: [user(10, 'Ada', { role: 'admin' })] } }),
    { sensitive: 1, 'lowers-role': 1 },
    'Would link a person who is already an admin in Timely.',
  ],
  [
    'listed addresses in Timely',
    ada(sensitivity({ emails: ['ava@contoso.example'] }), {
      directory: { people: [person('Ada', { enabled: false })] },
      timely: { users: [user(10, 'Ava')] },
      personLinks: [link('Ada', 10)],
    }),
    { sensitive: 1 },
    'The address is listed under safety.sensitive.emails.',
  ],
  [
    'the removal of an account that was recreated as a sensitive one',
    ada(sensitivity({ groups: ['Executives'] }), {
      directory: {
        people: [person('Ada', { id: 'id-ada-again', enabled: false })],
        groups: [group('Executives')],
        memberships: members('group-executives', 'id-ada-again'),
      },
      timely: { users: [user(10, 'Ada')] },
      personLinks: [link('Ada', 10)],
    }),
    { sensitive: 1 },
    'Another account has the same address: Is in the sensitive group "Executives".',
  ],
  [
    'a deleted account that was in a sensitive group, nested groups included',
    leaver(sensitivity({ groups: ['Executives'] }), { groupIds: ['group-guild', board.id] }),
    { sensitive: 1 },
    'Was in the sensitive group "Executives" > "Board" until the account was deleted.',
  ],
  [
    'a deleted account that held privileged directory roles',
    leaver({}, { roles: ['Global Administrator'] }),
    { sensitive: 1 },
    'Held privileged directory roles until the account was deleted: Global Administrator.',
  ],
  [
    'no deleted account of other groups, or with roles that the tenant file ignores',
    leaver(sensitivity({ groups: ['Executives'], directoryRoles: false }), {
      groupIds: ['group-guild'],
      roles: ['Global Administrator'],
    }),
    { none: 1 },
    undefined,
  ],
  ['no other person', ada({}), { none: 1 }, undefined],
])('holds %s', (_, world, expected, detail) => {
  expect(tally(world)).toEqual(expected);
  expect(firstDetail(world)).toBe(detail);
});

describe('a sensitive person', () => {
  const listed = sensitivity({ emails: ['ada@contoso.example'] });
  const linked = { personLinks: [link('Ada', 10)] };
  test.each<[string, World, string[]]>([
    ['invite', ada(listed), ['invite ada@contoso.example (sensitive)']],
    [
      'reinstate',
      ada(listed, { timely: { users: [user(10, 'Ada', { removed: true })] } }),
      ['reinstate ada@contoso.example (sensitive)'],
    ],
    [
      'link and changeRole',
      ada(listed, { timely: { users: [user(10, 'Ada', { role: 'manager' })] } }),
      ['link ada@contoso.example (sensitive)', 'changeRole ada@contoso.example (sensitive)'],
    ],
    [
      'changeRole',
      ada(listed, { timely: { users: [user(10, 'Ada', { role: 'manager' })] }, ...linked }),
      ['changeRole ada@contoso.example (sensitive)'],
    ],
    [
      'remove',
      ada(listed, { directory: { people: [] }, timely: { users: [user(10, 'Ada')] }, ...linked }),
      ['remove ada@contoso.example (sensitive)'],
    ],
    [
      'a link that moves to their new account',
      ada(listed, {
        timely: { users: [user(10, 'Ada')] },
        personLinks: [link('Former', 10, { email: 'ada@contoso.example' })],
      }),
      ['link ada@contoso.example (sensitive)'],
    ],
  ])('waits with each change: %s', (_, world, expected) => {
    expect(gated(world).map(labelWithHold)).toEqual(expected);
  });

  test('does not hold the team that they join, which gives no right in Timely', () => {
    const guild = group('Guild');
    const world = ada(listed, {
      directory: {
        people: [person('Ada'), person('Bo')],
        groups: [guild],
        memberships: members(guild.id, 'id-ada', 'id-bo'),
      },
      timely: { users: [user(10, 'Ada'), user(11, 'Bo')], teams: [team(50, 'Guild')] },
      personLinks: [link('Ada', 10), link('Bo', 11)],
    });
    world.rules.teams = [{ kind: 'group', group: guild.id }];
    expect(gated(world).map(labelWithHold)).toEqual(['setTeamMembers Guild']);
  });
});

describe('an approval about a sensitive person', () => {
  const world = ada({}, { directory: { privileged } });
  test('lets exactly the approved change pass', () => {
    expect(tally(world, { approved: new Set(fingerprintsOf(world)) })).toEqual({ none: 1 });
    expect(tally(world, { approved: new Set(['of something else']) })).toEqual({ sensitive: 1 });
  });

  test('ends when complete reads show that the person is no longer sensitive', () => {
    const before = ada({});
    const asked = askedAbout('sensitive', fingerprintsOf(before));
    expect(tally(before, { requestedRules: asked })).toEqual({ none: 1 });
    expect(tally(before, { requestedRules: asked, rejected: new Set(asked.keys()) })).toEqual({
      sensitive: 1,
    });
    before.directory.complete = false;
    expect(tally(before, { requestedRules: asked })).toEqual({ sensitive: 1 });
  });
});

test('holds the change of role while the link of the person waits', () => {
  const world = ada({}, { timely: { users: [user(10, 'Ada')] } });
  world.rules.roles.default = 'manager';
  const [linking = ''] = fingerprintsOf(world);
  const asked = askedAbout('sensitive', [linking]);
  expect(tally(world, { requestedRules: asked, rejected: new Set([linking]) })).toEqual({ sensitive: 2 });
});

test('holds the new account of a person whose deleted one was in a sensitive group', () => {
  const world = leaver(sensitivity({ groups: ['Executives'] }), { groupIds: ['group-executives'] });
  world.directory.people = [person('Ada', { id: 'id-ada-again' })];
  expect(gated(world).map(labelWithHold)).toEqual(['link ada@contoso.example (sensitive)']);
});

test('holds a sensitive person by this rule when a limit trips too', () => {
  const world = companyWith(20, 12, {
    removals: { max: 10, percent: 100, windowDays: 7 },
    ...sensitivity({ emails: ['p000@contoso.example'] }),
  });
  expect(tally(world)).toEqual({ sensitive: 1, 'too-many-removals': 11 });
});
