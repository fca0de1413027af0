/** What reads of Okta prove, and what they take, under each hazard of docs/reference/okta.md. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { PermissionError } from '../../../domain/errors.ts';
import type { FaultSetting } from '../../../simulators/faults.ts';
import type { OktaFault } from '../../../simulators/okta/faults/faults.ts';
import { rejection } from '../../directory/entra/failures.ts';
import { type OktaWorld, openOktaWorld } from '../support/okta-world.ts';

let world: OktaWorld;
let joined = 0;

beforeAll(async () => {
  world = await openOktaWorld();
  expect(await world.read()).toMatchObject({ complete: true, reasons: [], kind: 'full' });
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

/** A read without faults brings everything right. */
async function expectRight(reading: Promise<unknown> = world.read()): Promise<void> {
  expect(await reading).toMatchObject({ complete: true, reasons: [] });
  expect(await world.replica()).toEqual(world.truth());
}

test('a whole read has everybody, and the members of the needed groups alone', async () => {
  await expectRight(world.read({ full: true }));
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
  await expectRight();
  // The members of a group that has just changed may be listed late: they are read once more.
  minutes(5);
  await expectRight();
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
  await expectRight();
});

async function afterRead(options = {}) {
  expect(await world.read(options)).toMatchObject({ complete: true });
  return await world.replica();
}

test.each<[OktaFault, FaultSetting?]>([
  ['emptyList', { operation: 'users.list' }],
  ['nextMissing', { operation: 'users.list' }],
  ['nextMissing', { operation: 'groups.members' }],
  ['repeatCursor', {}],
  ['foreignNextLink', {}],
  ['fewerObjects', { operation: 'users.list', percent: 30 }],
  ['fewerObjects', { operation: 'users.list', percent: 5 }],
  ['fewerMembers', { percent: 30 }],
  ['fewerMembers', { percent: 5 }],
  ['movedToReadPage', { operation: 'groups.members' }],
  ['movedToNextPage', {}],
  ['missingFields', { operation: 'users.*' }],
  ['staleList', {}],
  ['resourceSetShrunk', {}],
  ['adminRoleLost', {}],
  ['scopeLost', {}],
  ['tokenExpired', { times: 1 }],
  ['nonceChanged', {}],
  ['tooManyAtOnce', { times: 3 }],
  ['throttle', { attempt: 2, retryAfter: 1 }],
  ['unavailable', { attempt: 3 }],
  ['readOnlyMode', { attempt: 2 }],
  ['cutBody', { attempt: 3 }],
  ['logDoubled', {}],
  ['logUnordered', {}],
  ['logGap', {}],
  ['htmlInValues', {}],
])('%s %j takes nobody away in a whole read, and the next read is right', async (name, setting = {}) => {
  const before = await world.replica();
  fault(name, setting);
  const reading = await world.read({ full: true, attempts: 4 }).catch((error: unknown) => ({ error }));
  const after = await world.replica();
  expect(before.people.filter((person) => !after.people.includes(person))).toEqual([]);
  expect(before.memberships.filter((each) => !after.memberships.includes(each))).toEqual([]);
  // Names may have changed: texts from outside hold anything.
  const groupIds = after.groups.map((group) => group.split(' ', 1)[0]);
  expect(before.groups.filter((group) => !groupIds.includes(group.split(' ', 1)[0]))).toEqual([]);
  expect(reading).toBeDefined();
  world.okta.faults.clear();
  await expectRight(world.read({ full: true }));
});

test.each([5, 45, 55])(
  'who left %d seconds before a list of a minute ago, when somebody else came, is gone after the next read',
  async (ago) => {
    const [leaving, coming] = [join(), join()];
    world.state.addToGroup(leaving, 'Design Guild');
    minutes(3);
    await expectRight();
    world.state.removeFromGroup(leaving, 'Design Guild');
    world.state.addToGroup(coming, 'Design Guild');
    world.pass(ago * 1_000);
    fault('staleList');
    await world.read();
    world.okta.faults.clear();
    minutes(5);
    await expectRight();
  },
);

test('a lost administrator role is an error with its remedy, not an empty directory', async () => {
  fault('adminRoleLost');
  expect(await rejection(world.read())).toBeInstanceOf(PermissionError);
  expect(await world.read({ full: true }).catch((error) => error)).toBeInstanceOf(PermissionError);
});
