/** Roles of people who were in Timely before the sync (docs/reference/rules.md section 4.3). */
import { describe, expect, test } from '@jest/globals';
import {
  gated,
  group,
  labelWithHold,
  link,
  members,
  person,
  planOf,
  user,
  type World,
  worldWith,
} from '../support/world.ts';

const byHand = (role: string) => link('Ada', 10, { role, roleByHand: true });

interface Setting {
  role: string;
  groups?: string[];
  include?: string;
  link?: ReturnType<typeof link>;
  externalId?: string;
  removed?: boolean;
}

function worldOf({ role, groups = [], include, removed = false, ...setting }: Setting): World {
  return worldWith({
    rules: {
      scope: {
        include: [{ everyone: true, ...(include && { role: include }) }],
        exclude: [],
        guests: 'exclude',
        guestDomains: [],
      },
      roles: { default: 'employee', adopted: 'keep', rules: [{ group: 'Managers', role: 'manager' }] },
    },
    directory: {
      people: [person('Ada')],
      groups: [group('Managers')],
      memberships: groups.flatMap((id) => members(id, 'id-ada')),
    },
    timely: {
      users: [user(10, 'Ada', { role, removed, externalId: setting.externalId ?? null })],
      roles: ['admin', 'manager', 'employee', 'team_lead', 'Controller'].map((name, index) => ({
        id: 300 + index,
        name,
      })),
    },
    personLinks: setting.link ? [setting.link] : [],
  });
}

const rolesOf = (setting: Setting) =>
  gated(worldOf(setting)).map((change) => [
    change.kind,
    change.after && 'role' in change.after ? change.after.role : null,
  ]);

const managers = ['group-managers'];

describe('an adopted person', () => {
  test.each<[string, Setting, [string, string][]]>([
    ['keeps a higher role', { role: 'manager' }, [['link', 'manager']]],
    ['keeps a custom role', { role: 'Controller' }, [['link', 'Controller']]],
    ['found by external id keeps the role', { role: 'manager', externalId: 'id-ada' }, [['link', 'manager']]],
    [
      'gets the role of a line that fits',
      { role: 'employee', groups: managers },
      [
        ['link', 'employee'],
        ['changeRole', 'manager'],
      ],
    ],
    [
      'gets the role of the include rule',
      { role: 'Controller', include: 'employee' },
      [
        ['link', 'Controller'],
        ['changeRole', 'employee'],
      ],
    ],
    ['keeps the role in later cycles', { role: 'manager', link: byHand('manager') }, []],
    ['keeps a role that was changed by hand again', { role: 'manager', link: byHand('employee') }, []],
    [
      'gets the role of a line that fits later',
      { role: 'employee', link: byHand('employee'), groups: managers },
      [['changeRole', 'manager']],
    ],
    [
      'comes back with the role by hand',
      { role: 'Controller', removed: true, link: { ...byHand('Controller'), state: 'removed' } },
      [['reinstate', 'Controller']],
    ],
    [
      'comes back as the default when the role cannot be given',
      { role: 'team_lead', removed: true, link: { ...byHand('team_lead'), state: 'removed' } },
      [['reinstate', 'employee']],
    ],
  ])('%s', (_case, setting, expected) => {
    expect(rolesOf(setting)).toEqual(expected);
  });

  test('is told nothing about a role that was changed by hand again', () => {
    expect(
      planOf(worldOf({ role: 'manager', link: byHand('employee') })).findings.map(({ kind }) => kind),
    ).not.toContain('role-changed-by-hand');
  });
});

describe('all others follow the default', () => {
  test.each<[string, Setting, [string, string][]]>([
    [
      'a person whom the sync gave a role',
      { role: 'manager', link: link('Ada', 10, { role: 'employee' }) },
      [['changeRole', 'employee']],
    ],
    ['a removed user without a link', { role: 'manager', removed: true }, [['reinstate', 'employee']]],
  ])('%s', (_case, setting, expected) => {
    expect(rolesOf(setting)).toEqual(expected);
  });

  test('a rehired person, when the sync gave the earlier role', () => {
    const world = worldOf({ role: 'manager' });
    world.personLinks = [link('Old', 10, { email: 'ada@contoso.example', role: 'manager' })];
    expect(gated(world).map(labelWithHold)).toContain('changeRole ada@contoso.example');
    world.personLinks = [link('Old', 10, { email: 'ada@contoso.example', roleByHand: true })];
    expect(gated(world).map(labelWithHold)).toEqual(['link ada@contoso.example']);
  });
});

test('a role by hand ends once a line names the same role', () => {
  const agreed = (setting: Setting) => planOf(worldOf(setting)).agreedRoles;
  expect(agreed({ role: 'manager', link: byHand('manager'), groups: managers })).toEqual(['id-ada']);
  expect(agreed({ role: 'employee', link: byHand('employee'), include: 'employee' })).toEqual(['id-ada']);
  expect(agreed({ role: 'manager', link: byHand('manager') })).toEqual([]);
  expect(agreed({ role: 'manager', groups: managers })).toEqual([]);
});
