import { expect, test } from '@jest/globals';
import type { Person } from '../../../domain/people/directory.ts';
import type { TimelyUser } from '../../../domain/timely.ts';
import {
  gated,
  group,
  labelWithHold,
  link,
  members,
  person,
  user,
  type World,
  worldWith,
} from '../support/world.ts';
import { fingerprintsOf, firstDetail, names, sensitivity, tally } from './company.ts';

const admins = {
  roles: { default: 'employee', adopted: 'keep' as const, rules: [{ group: 'Admins', role: 'Admin' }] },
  safety: sensitivity({ timelyRoles: [] }),
};

function worldWithAdminAda(
  users: TimelyUser[],
  personLinks: World['personLinks'] = [],
  others: Person[] = [],
): World {
  return worldWith({
    rules: admins,
    directory: {
      people: [person('Ada'), ...others],
      groups: [group('Admins')],
      memberships: members('group-admins', 'id-ada'),
    },
    timely: { users },
    personLinks,
  });
}

test.each<[string, World, string[]]>([
  ['the invitation', worldWithAdminAda([]), ['invite ada@contoso.example (grants-admin)']],
  [
    'the reinstatement',
    worldWithAdminAda([user(10, 'Ada', { removed: true })], [link('Ada', 10, { state: 'removed' })]),
    ['reinstate ada@contoso.example (grants-admin)'],
  ],
  [
    'the change of role',
    worldWithAdminAda([user(10, 'Ada', { role: 'manager' })], [link('Ada', 10)]),
    ['changeRole ada@contoso.example (grants-admin)'],
  ],
  [
    'the change of role but not the link, which gives no right',
    worldWithAdminAda([user(10, 'Ada')]),
    ['link ada@contoso.example', 'changeRole ada@contoso.example (grants-admin)'],
  ],
  [
    'the link to an existing admin, as sensitive',
    worldWithAdminAda([user(10, 'Ada', { role: 'admin' })]),
    ['link ada@contoso.example (sensitive)'],
  ],
  [
    'nothing for a linked admin',
    worldWithAdminAda([user(10, 'Ada', { role: 'admin' })], [link('Ada', 10)]),
    [],
  ],
])('holds %s of a future admin', (_, world, expected) => {
  expect(gated(world).map(labelWithHold)).toEqual(expected);
});

test('holds a rehire who would become admin', () => {
  const world = worldWithAdminAda(
    [user(10, 'Ada', { role: 'employee' })],
    [link('Former', 10, { email: 'ada@contoso.example' })],
  );
  expect(gated(world).map(labelWithHold)).toEqual([
    'link ada@contoso.example',
    'changeRole ada@contoso.example (grants-admin)',
  ]);
});

test('holds a future admin by this rule when a limit trips too', () => {
  const world = worldWithAdminAda(
    [],
    [],
    names(4).map((name) => person(name)),
  );
  world.rules.safety.invitations = { max: 3 };
  expect(tally(world)).toEqual({ 'grants-admin': 1, 'too-many-invitations': 4 });
});

test('lets an approved admin pass and names the role', () => {
  const world = worldWithAdminAda([]);
  expect(tally(world, { approved: new Set(fingerprintsOf(world)) })).toEqual({ none: 1 });
  expect(firstDetail(world)).toBe('Would make the person admin in Timely, which always needs approval.');
});
