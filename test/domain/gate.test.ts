import { describe, expect, test } from '@jest/globals';
import type { HoldRule } from '../../domain/change.ts';
import type { Person } from '../../domain/directory.ts';
import type { GateInput } from '../../domain/gate/input.ts';
import type { SafetyRules } from '../../domain/rules.ts';
import {
  gated,
  group,
  labelWithHold,
  link,
  members,
  person,
  planOf,
  rulesWith,
  team,
  user,
  type World,
  worldWith,
} from './world.ts';

const names = (count: number) =>
  Array.from({ length: count }, (_, index) => `P${String(index).padStart(3, '0')}`);

/** A company of linked people, of whom the first ones have been deleted from the directory. */
function companyWith(people: number, leavers: number, safety: Partial<SafetyRules> = {}): World {
  const all = names(people);
  return worldWith({
    rules: { safety },
    directory: { people: all.slice(leavers).map((name) => person(name)) },
    timely: { users: all.map((name, index) => user(100 + index, name)) },
    personLinks: all.map((name, index) => link(name, 100 + index)),
  });
}

/** What becomes of the changes of a world: each rule, or `none`, with how many changes it holds. */
function tally(world: World, patch: Partial<GateInput> = {}): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { hold, refusal } of gated(world, patch)) {
    const rule = hold?.rule ?? refusal?.rule ?? 'none';
    counts[rule] = (counts[rule] ?? 0) + 1;
  }
  return counts;
}

const fingerprintsOf = (world: World) => planOf(world).changes.map(({ fingerprint }) => fingerprint);
const sensitivity = (patch: Partial<SafetyRules['sensitive']>): Partial<SafetyRules> => ({
  sensitive: { directoryRoles: true, timelyRoles: ['admin'], groups: [], emails: [], ...patch },
});

describe('too many removals', () => {
  const removals = (max: number, percent: number) => ({ removals: { max, percent, windowDays: 7 } });
  test.each([
    ['at the number', 100, 10, removals(10, 50), 0, { none: 10 }],
    ['above the number, all wait', 100, 11, removals(10, 50), 0, { 'too-many-removals': 11 }],
    ['at the percentage', 50, 5, removals(10, 10), 0, { none: 5 }],
    ['above the percentage', 50, 6, removals(10, 10), 0, { 'too-many-removals': 6 }],
    ['below a whole person, one may go', 5, 1, removals(10, 10), 0, { none: 1 }],
    ['below a whole person, two may not', 5, 2, removals(10, 10), 0, { 'too-many-removals': 2 }],
    ['with 0 %, none may', 100, 1, removals(10, 0), 0, { 'too-many-removals': 1 }],
    ['those done lately count: at the limit', 96, 6, removals(10, 10), 4, { none: 6 }],
    ['those done lately count: above it', 96, 7, removals(10, 10), 4, { 'too-many-removals': 7 }],
    [
      'those done lately count as people who were there',
      50,
      2,
      removals(10, 10),
      10,
      { 'too-many-removals': 2 },
    ],
    ['many small cuts add up', 100, 1, removals(10, 50), 10, { 'too-many-removals': 1 }],
  ])('%s', (_, people, leavers, safety, recentRemovals, expected) => {
    expect(tally(companyWith(people, leavers, safety), { recentRemovals })).toEqual(expected);
  });
  test('the hold tells the figures and the limit', () => {
    const [change] = gated(companyWith(100, 11, removals(10, 50)), { recentRemovals: 2 });
    expect(change?.hold?.detail).toBe(
      '11 planned and 2 done within 7 days make 13; the limit is 10 (the lower of 10 and 50 % of the people).',
    );
  });
  test('people who are invited in the same plan are not held', () => {
    const world = companyWith(30, 11, removals(10, 50));
    world.directory.people.push(person('New'));
    expect(tally(world)).toEqual({ 'too-many-removals': 11, none: 1 });
  });
  test('the approved ones go and count no more; what is asked about stays held whatever the counts say', () => {
    const world = companyWith(100, 11, removals(10, 50));
    const all = fingerprintsOf(world);
    expect(tally(world, { approved: new Set(all) })).toEqual({ none: 11 });
    expect(tally(world, { approved: new Set(all.slice(0, 6)) })).toEqual({ none: 11 });
    const asked = new Map<string, HoldRule>(all.map((fingerprint) => [fingerprint, 'too-many-removals']));
    expect(tally(world, { approved: new Set(all.slice(0, 6)), asked })).toEqual({
      none: 6,
      'too-many-removals': 5,
    });
  });
});

describe('too many invitations', () => {
  const arriving = (count: number, max: number) =>
    worldWith({
      rules: { safety: { invitations: { max } } },
      directory: { people: names(count).map((name) => person(name)) },
    });
  test.each([
    [3, 3, { none: 3 }],
    [4, 3, { 'too-many-invitations': 4 }],
    [1, 0, { 'too-many-invitations': 1 }],
  ])('%d with a limit of %d', (count, max, expected) => {
    expect(tally(arriving(count, max))).toEqual(expected);
  });
  test('reinstatements count, links do not', () => {
    const world = arriving(4, 1);
    world.timely.users.push(user(100, 'P000'), user(101, 'P001', { removed: true }));
    expect(tally(world)).toEqual({ none: 1, 'too-many-invitations': 3 });
  });
});

describe('removals wait', () => {
  test('in the first cycle, unless that is allowed', () => {
    expect(tally(companyWith(9, 2), { firstCycle: true })).toEqual({ 'first-cycle': 2 });
    expect(tally(companyWith(9, 2, { firstCycle: { removals: 'allow' } }), { firstCycle: true })).toEqual({
      none: 2,
    });
    expect(tally(companyWith(9, 2))).toEqual({ none: 2 });
  });
  test.each(['directory', 'timely'] as const)(
    'while the read of %s is not complete, and no approval helps',
    (side) => {
      const world = companyWith(9, 2);
      world.directory.people.push(person('New'));
      world[side].complete = false;
      const approved = new Set(fingerprintsOf(world));
      expect(tally(world)).toEqual({ 'incomplete-read': 2, none: 1 });
      expect(tally(world, { approved })).toEqual({ 'incomplete-read': 2, none: 1 });
    },
  );
});

describe('team shrinks', () => {
  const guild = group('Guild');
  const shrinking = (of: number, out: number, manual: 'keep' | 'remove' = 'keep') => {
    const world = companyWith(of, 0, { teamShrink: { percent: 50, min: 5 } });
    return {
      ...world,
      rules: {
        ...world.rules,
        teams: [{ kind: 'group' as const, group: guild.id }],
        teamMembers: { ...world.rules.teamMembers, manual },
      },
      directory: {
        ...world.directory,
        groups: [guild],
        memberships: members(guild.id, ...world.directory.people.slice(out).map(({ id }) => id)),
      },
      timely: { ...world.timely, teams: [team(50, 'Guild', ...names(of).map((_, index) => 100 + index))] },
      teamLinks: [
        {
          source: `group:${guild.id}`,
          timelyId: 50,
          origin: 'created' as const,
          name: null,
          personIds: manual === 'keep' ? world.directory.people.map(({ id }) => id) : [],
        },
      ],
    };
  };
  test.each([
    [10, 5, { 'team-shrinks': 1 }],
    [10, 4, { none: 1 }],
    [11, 5, { none: 1 }],
    [12, 6, { 'team-shrinks': 1 }],
    [4, 4, { none: 1 }],
  ])('of %d members %d leave', (of, out, expected) => {
    expect(tally(shrinking(of, out))).toEqual(expected);
  });
  test('members added by hand count when they are to leave as well', () => {
    expect(tally(shrinking(10, 5, 'remove'))).toEqual({ 'team-shrinks': 1 });
    expect(tally(shrinking(10, 4, 'remove'))).toEqual({ none: 1 });
  });
  test('an approval lets the people go', () => {
    const world = shrinking(10, 5);
    expect(tally(world, { approved: new Set(fingerprintsOf(world)) })).toEqual({ none: 1 });
  });
});

describe('sensitive people wait', () => {
  const board = group('Board');
  const ada = (safety: Partial<SafetyRules>, patch: Parameters<typeof worldWith>[0] = {}) =>
    worldWith({ rules: { safety }, ...patch, directory: { people: [person('Ada')], ...patch.directory } });
  const privileged = [{ personId: 'id-ada', roles: ['Global Administrator', 'User Administrator'] }];
  test.each<[string, World, Record<string, number>]>([
    ['as holders of privileged directory roles', ada({}, { directory: { privileged } }), { sensitive: 1 }],
    [
      'not when directory roles do not matter',
      ada(sensitivity({ directoryRoles: false }), { directory: { privileged } }),
      { none: 1 },
    ],
    [
      'as members of a sensitive group, nested ones included',
      ada(sensitivity({ groups: ['executives'] }), {
        directory: {
          groups: [group('Executives'), board],
          memberships: [...members('group-executives', board.id), ...members(board.id, 'id-ada')],
        },
      }),
      { sensitive: 1 },
    ],
    ['by address', ada(sensitivity({ emails: ['ADA@contoso.example '] })), { sensitive: 1 }],
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
    ],
    [
      'as an admin to adopt, whatever the tenant file says',
      ada(sensitivity({ timelyRoles: [] }), { timely: { users: [user(10, 'Ada', { role: 'admin' })] } }),
      { sensitive: 2 },
    ],
    [
      'by the address that Timely has',
      ada(sensitivity({ emails: ['ava@contoso.example'] }), {
        directory: { people: [person('Ada', { enabled: false })] },
        timely: { users: [user(10, 'Ava')] },
        personLinks: [link('Ada', 10)],
      }),
      { sensitive: 1 },
    ],
    ['and nobody else', ada({}), { none: 1 }],
  ])('%s', (_, world, expected) => {
    expect(tally(world)).toEqual(expected);
  });
  test('until an approval of exactly that change', () => {
    const world = ada({}, { directory: { privileged } });
    expect(tally(world, { approved: new Set(fingerprintsOf(world)) })).toEqual({ none: 1 });
    expect(tally(world, { approved: new Set(['of something else']) })).toEqual({ sensitive: 1 });
  });
  test('and the first rule in order is named', () => {
    const world = companyWith(20, 12, {
      removals: { max: 10, percent: 100, windowDays: 7 },
      ...sensitivity({ emails: ['p000@contoso.example'] }),
    });
    expect(tally(world)).toEqual({ sensitive: 1, 'too-many-removals': 11 });
  });
});

describe('granting admin', () => {
  const admins = {
    roles: { default: 'employee', rules: [{ group: 'Admins', role: 'admin' }] },
    safety: sensitivity({ timelyRoles: [] }),
  };
  const directory = {
    people: [person('Ada')],
    groups: [group('Admins')],
    memberships: members('group-admins', 'id-ada'),
  };
  test('waits for invitations and for changes of role', () => {
    expect(tally(worldWith({ rules: admins, directory }))).toEqual({ 'grants-admin': 1 });
    expect(
      tally(
        worldWith({
          rules: admins,
          directory,
          timely: { users: [user(10, 'Ada')] },
          personLinks: [link('Ada', 10)],
        }),
      ),
    ).toEqual({ 'grants-admin': 1 });
  });
  test('of somebody not linked yet: the link goes on', () => {
    expect(
      gated(worldWith({ rules: admins, directory, timely: { users: [user(10, 'Ada')] } })).map(labelWithHold),
    ).toEqual(['link ada@contoso.example', 'changeRole ada@contoso.example (grants-admin)']);
  });
});

test('the role of somebody whose link waits is not changed, although only the link was asked about', () => {
  const world = worldWith({
    directory: { people: [person('Ada')] },
    timely: { users: [user(10, 'Ada', { role: 'manager' })] },
  });
  const [linking] = fingerprintsOf(world);
  const asked = new Map<string, HoldRule>([[linking ?? '', 'sensitive']]);
  expect(tally(world, { asked })).toEqual({ sensitive: 2 });
});

describe('never to be approved', () => {
  const admin = { role: 'admin' };
  const world = (
    people: Person[],
    users: ReturnType<typeof user>[],
    personLinks: ReturnType<typeof link>[],
    safety: Partial<SafetyRules> = {},
  ) => {
    const made = worldWith({
      rules: { safety: { ...sensitivity({ timelyRoles: [] }), ...safety } },
      directory: { people },
      personLinks,
    });
    return { ...made, timely: { ...made.timely, users } };
  };
  const refusedEvenIfApproved = (made: World) =>
    gated(made, { approved: new Set(fingerprintsOf(made)) }).map(labelWithHold);
  const others = [user(8, 'Any', admin), user(9, 'Other', admin)];

  test.each([
    ['owner', 1, {}],
    ['own-user', 2, {}],
    ['protected', 10, { protect: ['ADA@contoso.example'] }],
  ])('removal and demotion: %s', (rule, id, safety) => {
    const users = [user(id, 'Ada', admin), ...others];
    expect(refusedEvenIfApproved(world([], users, [link('Ada', id)], safety))).toEqual([
      `remove ada@contoso.example (${rule})`,
    ]);
    expect(refusedEvenIfApproved(world([person('Ada')], users, [link('Ada', id)], safety))).toEqual([
      `changeRole ada@contoso.example (${rule})`,
    ]);
  });
  test('a protected manager is not demoted either, and may be promoted', () => {
    const ada = (role: string) => {
      const made = world([person('Ada')], [user(10, 'Ada', { role }), ...others], [link('Ada', 10)], {
        protect: ['ada@contoso.example'],
      });
      return { ...made, rules: { ...made.rules, roles: { default: 'manager', rules: [] } } };
    };
    expect(refusedEvenIfApproved(ada('employee'))).toEqual(['changeRole ada@contoso.example']);
    const demoted = ada('manager');
    expect(
      refusedEvenIfApproved({ ...demoted, rules: { ...demoted.rules, roles: rulesWith().roles } }),
    ).toEqual(['changeRole ada@contoso.example (protected)']);
  });
  test('a protected address counts as Timely has it, too', () => {
    const users = [user(10, 'Ava'), ...others];
    const made = world([person('Ada', { enabled: false })], users, [link('Ada', 10)], {
      protect: ['ava@contoso.example'],
    });
    expect(refusedEvenIfApproved(made)).toEqual(['remove ada@contoso.example (protected)']);
  });
  test('of two last admins who both leave, the later one in the plan', () => {
    const links = [link('Ada', 10), link('Bo', 11)];
    const users = [user(11, 'Bo', admin), user(10, 'Ada', admin)];
    expect(refusedEvenIfApproved(world([], users, links))).toEqual([
      'remove ada@contoso.example',
      'remove bo@contoso.example (last-admin)',
    ]);
    expect(refusedEvenIfApproved(world([person('Ada')], users, links))).toEqual([
      'remove bo@contoso.example',
      'changeRole ada@contoso.example (last-admin)',
    ]);
    expect(refusedEvenIfApproved(world([], [...users, user(12, 'Cy', admin)], links)).join()).not.toContain(
      'last-admin',
    );
  });
  test('a refused removal does not count towards the limit', () => {
    const made = companyWith(20, 11, {
      removals: { max: 10, percent: 100, windowDays: 7 },
      protect: ['p000@contoso.example'],
    });
    expect(tally(made)).toEqual({ protected: 1, none: 10 });
  });
});
