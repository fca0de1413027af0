import { describe, expect, test } from '@jest/globals';
import type { Person } from '../../../domain/people/directory.ts';
import type { SafetyRules } from '../../../domain/rules.ts';
import {
  gated,
  labelWithHold,
  link,
  person,
  rulesWith,
  user,
  type World,
  worldWith,
} from '../support/world.ts';
import { companyWith, fingerprintsOf, sensitivity, tally } from './company.ts';

const admin = { role: 'admin' };
const others = [user(8, 'Any', admin), user(9, 'Other', admin)];

function worldOf(
  people: Person[],
  users: ReturnType<typeof user>[],
  personLinks: ReturnType<typeof link>[],
  safety: Partial<SafetyRules> = {},
): World {
  const made = worldWith({
    rules: { safety: { ...sensitivity({ timelyRoles: [] }), ...safety } },
    directory: { people },
    personLinks,
  });
  return { ...made, timely: { ...made.timely, users } };
}

const refusedEvenIfApproved = (made: World) =>
  gated(made, { approved: new Set(fingerprintsOf(made)) }).map(labelWithHold);

test.each([
  ['owner', 1, {}, 'Owns the Timely account. Transfer the ownership in Timely first.'],
  ['own-user', 2, {}, 'Is the Timely user whose access the sync uses. Connect as another user first.'],
  ['protected', 10, { protect: ['ADA@contoso.example'] }, 'Is listed under safety.protect.'],
])('refuses removal and demotion by the rule %s', (rule, id, safety, detail) => {
  const users = [user(id, 'Ada', admin), ...others];
  const leaving = worldOf([], users, [link('Ada', id)], safety);
  expect(refusedEvenIfApproved(leaving)).toEqual([`remove ada@contoso.example (${rule})`]);
  expect(gated(leaving)[0]?.refusal?.detail).toBe(detail);
  expect(refusedEvenIfApproved(worldOf([person('Ada')], users, [link('Ada', id)], safety))).toEqual([
    `changeRole ada@contoso.example (${rule})`,
  ]);
});

describe('a protected person', () => {
  const ada = (from: string, to: string) => {
    const made = worldOf([person('Ada')], [user(10, 'Ada', { role: from }), ...others], [link('Ada', 10)], {
      protect: ['ada@contoso.example'],
    });
    made.timely.roles.push({ id: 390, name: 'director' });
    return { ...made, rules: { ...made.rules, roles: { ...rulesWith().roles, default: to } } };
  };
  test.each([
    ['employee', 'manager', ''],
    ['employee', 'admin', ' (grants-admin)'],
    ['manager', 'employee', ' (protected)'],
    ['admin', 'director', ' (protected)'],
    ['manager', 'director', ' (protected)'],
    ['director', 'employee', ' (protected)'],
    ['director', 'admin', ' (grants-admin)'],
  ])('changes from %s to %s unless it is a demotion', (from, to, suffix) => {
    expect(gated(ada(from, to)).map(labelWithHold)).toEqual([`changeRole ada@contoso.example${suffix}`]);
  });
  test('is recognized by the address in Timely too', () => {
    const users = [user(10, 'Ava'), ...others];
    const made = worldOf([person('Ada', { enabled: false })], users, [link('Ada', 10)], {
      protect: ['ava@contoso.example'],
    });
    expect(refusedEvenIfApproved(made)).toEqual(['remove ada@contoso.example (protected)']);
  });
});

test('refuses only the later change in the plan when the last two admins leave', () => {
  const links = [link('Ada', 10), link('Bo', 11)];
  const users = [user(11, 'Bo', admin), user(10, 'Ada', admin)];
  expect(refusedEvenIfApproved(worldOf([], users, links))).toEqual([
    'remove ada@contoso.example',
    'remove bo@contoso.example (last-admin)',
  ]);
  expect(refusedEvenIfApproved(worldOf([person('Ada')], users, links))).toEqual([
    'remove bo@contoso.example',
    'changeRole ada@contoso.example (last-admin)',
  ]);
  expect(refusedEvenIfApproved(worldOf([], [...users, user(12, 'Cy', admin)], links)).join()).not.toContain(
    'last-admin',
  );
});

test('does not count a refused removal towards the limit', () => {
  const made = companyWith(20, 11, {
    removals: { max: 10, percent: 100, windowDays: 7 },
    protect: ['p000@contoso.example'],
  });
  expect(tally(made)).toEqual({ protected: 1, none: 10 });
});
