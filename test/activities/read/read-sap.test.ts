/** What reads of SAP prove, and what they take, under each hazard of docs/reference/sap.md. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { ConsentNeededError } from '../../../domain/errors.ts';
import type { FaultSetting } from '../../../simulators/faults.ts';
import type { SapBehaviour } from '../../../simulators/sap/directory/behaviour.ts';
import type { SapFault } from '../../../simulators/sap/faults/faults.ts';
import { rejection } from '../../directory/entra/failures.ts';
import { forgetRefusals } from '../support/faulty-sap.ts';
import { expectNobodyGone, openSapHazards, type SapHazards } from '../support/sap-hazards.ts';

let hazards: SapHazards;
let world: SapHazards['world'];
let join: SapHazards['join'];
let minutes: SapHazards['minutes'];
let expectRight: SapHazards['expectRight'];

beforeAll(async () => {
  hazards = await openSapHazards();
  ({ world, join, minutes, expectRight } = hazards);
});
afterEach(() => hazards.recover());
afterAll(() => world.close());

test('a whole read has everybody, all groups, and the members of the needed ones and those below', async () => {
  await expectRight(world.read({ full: true }));
});

test('an idle cycle costs three requests and one for each page of groups, at most', async () => {
  world.state.behaviour.pageMax = 100;
  minutes(20);
  await world.read();
  minutes(5);
  const { requests, kind } = await world.read();
  expect(kind).toBe('incremental');
  expect(requests.length).toBeLessThanOrEqual(3);
});

test('who joins, changes, becomes inactive or leaves a group is seen by the next incremental read', async () => {
  const [left, away] = [join(), join('Design Guild')];
  await world.read();
  minutes(5);
  world.state.setEnabled(left, false);
  world.state.removeFromGroup(away, 'Design Guild');
  world.state.change(join(), { department: 'Elsewhere' });
  const { kind, requests } = await world.read();
  expect(kind).toBe('incremental');
  expect(requests.filter((each) => each.includes('/Users?startId=')).length).toBe(0);
  expect(await world.replica()).toEqual(world.truth());
});

test('members of a nested group are seen, and a group that comes to be nested', async () => {
  world.state.addToGroup(join('Not in Timely'), 'Finance Interns');
  world.state.createGroup({ displayName: 'Below' });
  world.state.nest('Below', 'Finance Interns');
  world.state.addToGroup(join('Not in Timely'), 'Below');
  minutes(1);
  await expectRight();
  world.state.nest('Timely Users', 'Below');
  minutes(1);
  await expectRight();
  world.state.unnest('Timely Users', 'Below');
  minutes(1);
  await expectRight();
});

test('who is deleted is gone in the cycle that sees the total fall, also beside a newcomer', async () => {
  const gone = join();
  await world.read();
  minutes(5);
  join();
  world.state.purge(gone);
  const reading = await world.read();
  expect(reading).toMatchObject({ complete: true, kind: 'incremental' });
  expect(await world.replica()).toEqual(world.truth());
  minutes(20);
  await world.read();
  minutes(5);
  // The next cycle is a cheap one again.
  expect((await world.read()).requests.filter((each) => each.includes('/Users?startId=')).length).toBe(0);
});

test('who was left out of lists until after the overlap is there in the cycle that sees the total rise', async () => {
  const id = join();
  world.state.hidden = `displayName eq "New ${hazards.joined()}"`;
  for (const _ of [1, 2]) {
    await world.read();
    minutes(20);
  }
  expect((await world.replica()).people.filter((person) => person.startsWith(id))).toEqual([]);
  world.state.hidden = null;
  world.state.changes += 1;
  await expectRight();
});

test('a deleted group is gone in the cycle that sees the total fall', async () => {
  const { id } = world.state.createGroup({ displayName: 'Short Lived' });
  await world.read();
  minutes(5);
  world.state.deleteGroup(id);
  await expectRight();
});

test('a 429 at the first, second or fifth request of a read takes nobody away, and the next is right', async () => {
  for (const attempt of [1, 2, 5]) expect(await hazards.throttledAt(attempt)).toBe(true);
  await expectRight();
});

/** Some: read-sap.long.test.ts has all. */
test.each<[SapFault, FaultSetting?]>([
  ['pageLeftOut', { operation: 'users.list' }],
  ['movedToReadPage', { operation: 'groups.list' }],
  ['fewerMembers', { percent: 30 }],
  ['activeMissing', {}],
  ['emptyList', {}],
])('%s %j takes nobody away, and the next healthy cycle is right', (name, setting = {}) =>
  hazards.readUnder(name, setting),
);

test('a refused sign-in is not tried again, by no worker', async () => {
  world.sap.faults.set('signInRefused');
  expect(await rejection(world.read())).toBeInstanceOf(ConsentNeededError);
  world.sap.faults.clear();
  world.restartWorker();
  const before = world.sap.ledger.last;
  expect(await rejection(world.read())).toBeInstanceOf(ConsentNeededError);
  expect(world.sap.ledger.last).toBe(before);
  await forgetRefusals(world.database);
  await expectRight();
});

test('a refused credential is tried once more in a new configuration', async () => {
  world.sap.faults.set('signInRefused');
  expect(await rejection(world.read())).toBeInstanceOf(ConsentNeededError);
  world.sap.faults.clear();
  expect(await rejection(world.read())).toBeInstanceOf(ConsentNeededError);
  await world.configure({ schedule: { every: '7m' } });
  await expectRight();
  await forgetRefusals(world.database);
});

test('a list begins again when the next page is refused, five times at most', async () => {
  for (const times of [5, 6]) {
    world.sap.faults.set('startIdInvalid', { operation: 'users.list', times });
    expect(await world.read({ full: true })).toMatchObject({ complete: times === 5 });
    // The last refusal begins the list again, or ends the read.
    expect(world.sap.faults.active()).toEqual([]);
  }
  await expectRight();
});

test('an interrupted read goes on at the page where it stopped', async () => {
  world.sap.faults.set('unavailable', { operation: 'users.list', attempt: 4, times: 1 });
  const { complete, requests } = await world.read({ full: true, attempts: 2 });
  const pages = Math.ceil(world.truth().people.length / hazards.pageMax);
  expect(complete).toBe(true);
  expect(requests.filter((each) => each === 'GET /scim/Users').length).toBeLessThanOrEqual(pages + 2);
});

test('who joins while everybody is read is there, also after an interruption', async () => {
  world.sap.faults.set('joinsMeanwhile', { attempt: 3, times: 1 });
  await expectRight(world.read({ full: true }));
  world.sap.faults.set('joinsMeanwhile', { attempt: 3, times: 1 });
  world.sap.faults.set('unavailable', { operation: 'users.list', attempt: 5, times: 1 });
  await expectRight(world.read({ full: true, attempts: 2 }));
  expect(world.sap.faults.active()).toEqual([]);
});

test('who joins while a long list of changes is read is there', async () => {
  minutes(20);
  await world.read();
  minutes(20);
  for (const { id } of world.state.users().slice(0, 2 * hazards.pageMax))
    world.state.change(id, { department: 'Reorganized' });
  world.sap.faults.set('joinsMeanwhile', { attempt: 2, times: 1 });
  await expectRight();
});

/** Some of read-sap.long.test.ts. */
test.each<Partial<SapBehaviour>>([{ vanishedStartId: 'next' }, { extensionNames: 'small letters' }])(
  'reads are right where SAP behaves like %j',
  (behaviour) => hazards.readWhere(behaviour),
);

test('people whom a policy hides keep their account, and cost a full read once', async () => {
  const before = await world.replica();
  world.state.hidden = 'displayName eq "Grace Hall" or displayName eq "Hana Sato"';
  world.state.changes += 1;
  minutes(10);
  expect(await world.read()).toMatchObject({ complete: true });
  expectNobodyGone(before, await world.replica());
  minutes(5);
  const { requests } = await world.read();
  expect(requests.filter((each) => each.includes('/Users?startId=')).length).toBe(0);
  expectNobodyGone(before, await world.replica());
});
