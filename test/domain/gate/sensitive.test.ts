import { describe, expect, test } from '@jest/globals';
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
  worldWith({ rules: { safety }, ...patch, directory: { people: [person('Ada')], ...patch.directory } });
const privileged = [{ personId: 'id-ada', roles: ['Global Administrator', 'User Administrator'] }];
const executives = {
  groups: [group('Executives'), board],
  memberships: [...members('group-executives', board.id), ...members(board.id, 'id-ada')],
};

test.each<[string, World, Record<string, number>, string | undefined]>([
  [
    'as holders of privileged directory roles',
    ada({}, { directory: { privileged } }),
    { sensitive: 1 },
    'Holds privileged directory roles: Global Administrator, User Administrator.',
  ],
  [
    'not when directory roles do not matter',
    ada(sensitivity({ directoryRoles: false }), { directory: { privileged } }),
    { none: 1 },
    undefined,
  ],
  [
    'as members of a sensitive group, nested ones included',
    ada(sensitivity({ groups: ['executives'] }), { directory: executives }),
    { sensitive: 1 },
    'Is in the sensitive group "Executives" > "Board".',
  ],
  [
    'by address',
    ada(sensitivity({ emails: ['ADA@contoso.example '] })),
    { sensitive: 1 },
    'The address is listed under safety.sensitive.emails.',
  ],
  [
    'by their Timely role when they leave',
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
    'as an admin to adopt, whatever the tenant file says',
    ada(sensitivity({ timelyRoles: [] }), { timely: { users: [user(10, 'Ada', { role: 'admin' })] } }),
    { sensitive: 2 },
    'Would adopt somebody who is an admin in Timely.',
  ],
  [
    'by the address that Timely has',
    ada(sensitivity({ emails: ['ava@contoso.example'] }), {
      directory: { people: [person('Ada', { enabled: false })] },
      timely: { users: [user(10, 'Ava')] },
      personLinks: [link('Ada', 10)],
    }),
    { sensitive: 1 },
    'The address is listed under safety.sensitive.emails.',
  ],
  [
    'by an account that was made anew, when what the old one left is taken away',
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
  ['and nobody else', ada({}), { none: 1 }, undefined],
])('sensitive people wait: %s', (_, world, expected, detail) => {
  expect(tally(world)).toEqual(expected);
  expect(firstDetail(world)).toBe(detail);
});

describe('each change of a sensitive person waits', () => {
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
      'a link that moves to a new account of theirs',
      ada(listed, {
        timely: { users: [user(10, 'Ada')] },
        personLinks: [link('Former', 10, { email: 'ada@contoso.example' })],
      }),
      ['link ada@contoso.example (sensitive)'],
    ],
  ])('%s', (_, world, expected) => {
    expect(gated(world).map(labelWithHold)).toEqual(expected);
  });

  test('but not the change of a team that they join: it gives no right in Timely, and others would wait', () => {
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

describe('what is asked about a sensitive person', () => {
  const world = ada({}, { directory: { privileged } });
  test('is applied after an approval of exactly that change', () => {
    expect(tally(world, { approved: new Set(fingerprintsOf(world)) })).toEqual({ none: 1 });
    expect(tally(world, { approved: new Set(['of something else']) })).toEqual({ sensitive: 1 });
  });

  test('is asked no more when they are not sensitive any longer, as whole reads tell', () => {
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

test('the role of somebody whose link waits is not changed, although only the link was asked about', () => {
  const world = ada({}, { timely: { users: [user(10, 'Ada', { role: 'manager' })] } });
  const [linking = ''] = fingerprintsOf(world);
  const asked = askedAbout('sensitive', [linking]);
  expect(tally(world, { requestedRules: asked, rejected: new Set([linking]) })).toEqual({ sensitive: 2 });
});

test('a sensitive person is asked about alone, whatever limit is tripped', () => {
  const world = companyWith(20, 12, {
    removals: { max: 10, percent: 100, windowDays: 7 },
    ...sensitivity({ emails: ['p000@contoso.example'] }),
  });
  expect(tally(world)).toEqual({ sensitive: 1, 'too-many-removals': 11 });
});
