import { describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '../../../domain/errors.ts';
import {
  gated,
  group,
  labelOf,
  link,
  members,
  person,
  planOf,
  user,
  type World,
  worldWith,
} from '../support/world.ts';

const admins = group('Timely Admins');
const managers = group('Timely Managers');

function worldOfAda(
  currentRole: string,
  patch: { role?: string; groups?: string[]; rules?: { group: string; role: string }[] },
): World {
  return worldWith({
    rules: {
      scope: {
        include: [{ everyone: true, ...(patch.role && { role: patch.role }) }],
        exclude: [],
        guests: 'exclude',
        guestDomains: [],
      },
      roles: {
        default: 'employee',
        adopted: 'keep' as const,
        rules: patch.rules ?? [
          { group: 'Timely Managers', role: 'Manager ' },
          { group: 'Timely Admins', role: 'admin' },
        ],
      },
    },
    directory: {
      people: [person('Ada')],
      groups: [admins, managers],
      memberships: (patch.groups ?? []).flatMap((groupId) => members(groupId, 'id-ada')),
    },
    timely: { users: [user(10, 'Ada', { role: currentRole })] },
    personLinks: [link('Ada', 10)],
  });
}

describe('the role of a present person', () => {
  test.each([
    [
      'follows the first matching line of roles.rules',
      'employee',
      { groups: [admins.id, managers.id] },
      'manager',
    ],
    [
      'follows a role rule before the role of an include rule',
      'employee',
      { groups: [managers.id], role: 'admin' },
      'manager',
    ],
    ['follows the role of an include rule before the default', 'employee', { role: 'manager' }, 'manager'],
    ['follows the default without a rule', 'manager', {}, 'employee'],
    ['stays team lead while the rules want the default', 'team_lead', {}, null],
    ['changes from team lead when a rule says so', 'team_lead', { groups: [managers.id] }, 'manager'],
    ['ignores case', 'EMPLOYEE', {}, null],
    [
      'does not become the role of a line whose group is missing',
      'employee',
      { rules: [{ group: 'Renamed', role: 'manager' }] },
      null,
    ],
  ])('%s', (_, current, patch, expected) => {
    const changes = planOf(worldOfAda(current, patch)).changes;
    expect(changes.map(({ kind, after }) => [kind, after])).toEqual(
      expected === null ? [] : [['changeRole', { role: expected }]],
    );
  });

  test.each([
    ['the role of a line', 'manager', [{ group: 'Renamed', role: 'manager' }]],
    ['a higher role than that of a line', 'admin', [{ group: 'Renamed', role: 'manager' }]],
    ['a lower role than that of a line', 'manager', [{ group: 'Renamed', role: 'admin' }]],
  ])('waits with %s while the group of the line is missing', (_, current, rules) => {
    const changes = gated(worldOfAda(current, { rules }));
    expect(changes.map(({ after, hold }) => [after, hold?.rule])).toEqual([
      [{ role: 'employee' }, 'unresolved-group'],
    ]);
    expect(changes[0]?.hold?.detail).toContain('roles.rules 1 names the group "Renamed"');
  });

  test('is lowered to the role of an earlier line, whatever a later unresolved line says', () => {
    const rules = [
      { group: 'Timely Managers', role: 'manager' },
      { group: 'Renamed', role: 'admin' },
    ];
    const world = worldOfAda('admin', { groups: [managers.id], rules });
    const [change] = gated(world);
    expect([change?.after, change?.hold?.rule]).toEqual([{ role: 'manager' }, 'sensitive']);
  });

  test('waits when an include line with an unresolved group may give a higher one', () => {
    const world = worldOfAda('manager', { rules: [] });
    world.rules.scope.include = [{ group: 'Renamed', role: 'manager' }, { everyone: true }];
    expect(gated(world).map(({ after, hold }) => [after, hold?.rule])).toEqual([
      [{ role: 'employee' }, 'unresolved-group'],
    ]);
    world.rules.scope.include = [{ group: 'Renamed', role: 'employee' }, { everyone: true }];
    expect(gated(world).map(({ after, hold }) => [after, hold])).toEqual([[{ role: 'employee' }, null]]);
  });

  test('causes a finding when the group of a rule is missing', () => {
    const { findings } = planOf(worldOfAda('employee', { rules: [{ group: 'Renamed', role: 'manager' }] }));
    expect(findings.filter(({ kind }) => kind === 'missing-group').map(({ subject }) => subject)).toEqual([
      'Renamed',
    ]);
  });
});

test.each([
  ['the default', { roles: { default: 'boss', adopted: 'keep' as const, rules: [] } }],
  [
    'a role rule',
    { roles: { default: 'employee', adopted: 'keep' as const, rules: [{ group: 'Any', role: 'boss' }] } },
  ],
  [
    'an include rule',
    {
      scope: {
        include: [{ everyone: true as const, role: 'boss' }],
        exclude: [],
        guests: 'exclude' as const,
        guestDomains: [],
      },
    },
  ],
])('a role that Timely does not have is a mistake in the tenant file: %s', (_, rules) => {
  const planning = () => planOf(worldWith({ rules }));
  expect(planning).toThrow(ConfigurationError);
  expect(planning).toThrow('"boss"');
});

test('a new person is invited with the role of the rules', () => {
  const world = worldOfAda('employee', { groups: [managers.id] });
  const changes = gated({ ...world, personLinks: [], timely: { ...world.timely, users: [] } });
  expect(changes.map((change) => [labelOf(change), change.after])).toEqual([
    ['invite ada@contoso.example', { role: 'manager' }],
  ]);
});
