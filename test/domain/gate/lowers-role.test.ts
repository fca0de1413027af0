import { describe, expect, test } from '@jest/globals';
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
import { askedAbout, fingerprintsOf, firstDetail } from './company.ts';

/** Ada is in Timely by hand, and the tenant file wants her as `wanted`. */
function adopting(role: string, wanted: 'employee' | 'manager', adopted: 'keep' | 'rules' = 'rules'): World {
  const world = worldWith({
    rules: { roles: { default: 'employee', adopted, rules: [{ group: 'Managers', role: 'manager' }] } },
    directory: {
      people: [person('Ada')],
      groups: [group('Managers')],
      memberships: wanted === 'manager' ? members('group-managers', 'id-ada') : [],
    },
    timely: { users: [user(10, 'Ada', { role })] },
  });
  world.timely.roles.push({ id: 400, name: 'Controller' });
  return world;
}

const labels = (world: World) => gated(world).map(labelWithHold);

describe('with roles.adopted: rules', () => {
  test.each([
    ['manager', 'employee', 'changeRole ada@contoso.example (lowers-role)'],
    ['Controller', 'employee', 'changeRole ada@contoso.example (lowers-role)'],
    ['Controller', 'manager', 'changeRole ada@contoso.example (lowers-role)'],
    ['employee', 'manager', 'changeRole ada@contoso.example'],
    ['team_lead', 'employee', null],
    ['employee', 'employee', null],
  ] as const)('asks about %s only where %s lowers it', (role, wanted, change) => {
    expect(labels(adopting(role, wanted))).toEqual([
      'link ada@contoso.example',
      ...(change === null ? [] : [change]),
    ]);
  });

  test('goes on holding once the person is linked, and says what to do', () => {
    const world = adopting('manager', 'employee');
    world.personLinks = [link('Ada', 10, { role: 'manager', roleByHand: true })];
    expect(labels(world)).toEqual(['changeRole ada@contoso.example (lowers-role)']);
    expect(firstDetail(world)).toBe(
      'Ada was manager in Timely before the sync, and the tenant file wants employee. Approve it, or give them a line under roles.rules.',
    );
    const requestedRules = askedAbout('lowers-role', fingerprintsOf(world));
    expect(gated(world, { requestedRules }).map(labelWithHold)).toEqual(labels(world));
    expect(gated(world, { approved: new Set(fingerprintsOf(world)) }).map(labelWithHold)).toEqual([
      'changeRole ada@contoso.example',
    ]);
  });

  test('does not hold a role that the sync gave', () => {
    const world = adopting('manager', 'employee');
    world.personLinks = [link('Ada', 10, { role: 'manager' })];
    expect(labels(world)).toEqual(['changeRole ada@contoso.example']);
  });
});
