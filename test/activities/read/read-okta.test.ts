/** What reads of Okta prove, and what they take, under each hazard of docs/reference/okta.md. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { PermissionError } from '../../../domain/errors.ts';
import type { FaultSetting } from '../../../simulators/faults.ts';
import type { OktaFault } from '../../../simulators/okta/faults/faults.ts';
import { rejection } from '../../directory/entra/failures.ts';
import { expectRight, openReadOktaWorld, readOktaUnder } from '../support/okta-hazards.ts';
import type { OktaWorld } from '../support/okta-world.ts';

let world: OktaWorld;
let joined = 0;

beforeAll(async () => {
  world = await openReadOktaWorld();
});
afterEach(() => world.okta.faults.clear());
afterAll(() => world.close());

const minutes = (count: number) => world.pass(count * 60_000);
const fault = (name: OktaFault, setting: FaultSetting = {}) => world.okta.faults.set(name, setting);

/** Somebody new in a group of the tenant file. */
function join(group = 'Timely Users'): string {
  joined += 1;
  return world.state.join({ displayName: `New ${joined}`, groups: [group] }).id;
}

test('a whole read has everybody, and the members of the needed groups alone', async () => {
  await expectRight(world, { full: true });
});

test('an idle cycle costs at most six requests', async () => {
  for (let cycles = 1; cycles <= 2; cycles += 1) {
    minutes(20);
    await world.read();
  }
  minutes(5);
  const { requests, kind } = await world.read();
  expect(kind).toBe('incremental');
  expect(requests.length).toBeLessThanOrEqual(6);
});

test('changes of every kind are seen by the next incremental read', async () => {
  const [gone, left, away] = [join(), join(), join('Design Guild')];
  await world.read();
  minutes(5);
  world.state.purge(gone);
  world.state.leave(left);
  world.state.removeFromGroup(away, 'Design Guild');
  const id = join();
  world.state.change(id, { department: 'Elsewhere' });
  await expectRight(world);
  // The members of a group that has just changed may be listed late: they are read once more.
  minutes(5);
  await expectRight(world);
});

test('a group that comes to be needed, by its name, is read with its members', async () => {
  const { id } = world.state.createGroup({ displayName: 'Some Team' });
  world.state.addToGroup(join(), id);
  world.state.renameGroup('Design Guild', 'Design Guild of old');
  await world.read();
  world.state.renameGroup('Some Team', 'Design Guild');
  minutes(1);
  const { memberships } = await afterRead();
  expect(memberships.some((each) => each.startsWith(id))).toBe(true);
  // The name is bound to the renamed group, so its members are needed as well.
  const old = world.state.group('Design Guild of old').id;
  expect((await afterRead({ full: true })).memberships.some((each) => each.startsWith(old))).toBe(true);
  world.state.deleteGroup(id);
  world.state.renameGroup(old, 'Design Guild');
  minutes(1);
  await expectRight(world);
});

async function afterRead(options = {}) {
  expect(await world.read(options)).toMatchObject({ complete: true });
  return await world.replica();
}

/** Some: read-okta.long.test.ts has all. */
test.each<[OktaFault, FaultSetting?]>([
  ['emptyList', { operation: 'users.list' }],
  ['nextMissing', { operation: 'groups.members' }],
  ['fewerMembers', { percent: 5 }],
  ['staleList', {}],
  ['scopeLost', {}],
  ['logGap', {}],
])('%s %j takes nobody away in a whole read, and the next read is right', (name, setting = {}) =>
  readOktaUnder(world, name, setting),
);

test.each([5, 45, 55])(
  'who left %d seconds before a list of a minute ago, when somebody else came, is gone after the next read',
  async (ago) => {
    const [leaving, coming] = [join(), join()];
    world.state.addToGroup(leaving, 'Design Guild');
    minutes(3);
    await expectRight(world);
    world.state.removeFromGroup(leaving, 'Design Guild');
    world.state.addToGroup(coming, 'Design Guild');
    world.pass(ago * 1_000);
    fault('staleList');
    await world.read();
    world.okta.faults.clear();
    minutes(5);
    await expectRight(world);
  },
);

test('a lost administrator role is an error with its remedy, not an empty directory', async () => {
  fault('adminRoleLost');
  expect(await rejection(world.read())).toBeInstanceOf(PermissionError);
  expect(await world.read({ full: true }).catch((error) => error)).toBeInstanceOf(PermissionError);
});
