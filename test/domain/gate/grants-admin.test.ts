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
  roles: { default: 'employee', rules: [{ group: 'Admins', role: 'Admin' }] },
  safety: sensitivity({ timelyRoles: [] }),
};

function adaAsAdmin(
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
  ['invited', adaAsAdmin([]), ['invite ada@contoso.example (grants-admin)']],
  [
    'taken back, whatever they were before',
    adaAsAdmin([user(10, 'Ada', { removed: true })], [link('Ada', 10, { state: 'removed' })]),
    ['reinstate ada@contoso.example (grants-admin)'],
  ],
  [
    'given another role',
    adaAsAdmin([user(10, 'Ada', { role: 'manager' })], [link('Ada', 10)]),
    ['changeRole ada@contoso.example (grants-admin)'],
  ],
  [
    'linked first: the link takes nothing and gives nothing, so it goes on',
    adaAsAdmin([user(10, 'Ada')]),
    ['link ada@contoso.example', 'changeRole ada@contoso.example (grants-admin)'],
  ],
  [
    'taken over as the admin that they are: a sensitive adoption',
    adaAsAdmin([user(10, 'Ada', { role: 'admin' })]),
    ['link ada@contoso.example (sensitive)'],
  ],
  ['an admin already and linked', adaAsAdmin([user(10, 'Ada', { role: 'admin' })], [link('Ada', 10)]), []],
])('an admin to be is %s', (_, world, expected) => {
  expect(gated(world).map(labelWithHold)).toEqual(expected);
});

test('a rehire that would become admin waits as well', () => {
  const world = adaAsAdmin(
    [user(10, 'Ada', { role: 'employee' })],
    [link('Former', 10, { email: 'ada@contoso.example' })],
  );
  expect(gated(world).map(labelWithHold)).toEqual([
    'link ada@contoso.example',
    'changeRole ada@contoso.example (grants-admin)',
  ]);
});

test('does not hide among the many of a tripped limit: that person is asked about alone', () => {
  const world = adaAsAdmin(
    [],
    [],
    names(4).map((name) => person(name)),
  );
  world.rules.safety.invitations = { max: 3 };
  expect(tally(world)).toEqual({ 'grants-admin': 1, 'too-many-invitations': 4 });
});

test('an approval lets them in, and the hold says what it would give', () => {
  const world = adaAsAdmin([]);
  expect(tally(world, { approved: new Set(fingerprintsOf(world)) })).toEqual({ none: 1 });
  expect(firstDetail(world)).toBe(
    'Would make them admin in Timely, and granting that always needs approval.',
  );
});
