/** What reads of SAP prove, and what they take, under each hazard of docs/reference/sap.md. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { ConsentNeededError, ThrottledError } from '../../../domain/errors.ts';
import type { FaultSetting } from '../../../simulators/faults.ts';
import { defaultSapBehaviour, type SapBehaviour } from '../../../simulators/sap/directory/behaviour.ts';
import type { SapFault } from '../../../simulators/sap/faults/faults.ts';
import { rejection } from '../../directory/entra/failures.ts';
import { forgetRefusals } from '../support/faulty-sap.ts';
import { openSapReader, type SapReader } from '../support/sap-reader.ts';

let world: SapReader;
let joined = 0;
const pageMax = 12;

beforeAll(async () => {
  world = await openSapReader({ pageMax });
  expect(await world.read()).toMatchObject({ complete: true, reasons: [], kind: 'full' });
});
afterEach(() => {
  world.sap.faults.clear();
  Object.assign(world.state.behaviour, { ...defaultSapBehaviour, pageMax });
  world.state.hidden = null;
  world.state.changes += 1;
});
afterAll(() => world.close());

const minutes = (count: number) => world.pass(count * 60_000);

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

type Replica = Awaited<ReturnType<SapReader['replica']>>;

function expectNobodyGone(before: Replica, after: Replica): void {
  for (const part of ['people', 'groups', 'memberships'] as const)
    expect([part, before[part].filter((each) => !after[part].includes(each))]).toEqual([part, []]);
}

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
  world.state.hidden = `displayName eq "New ${joined}"`;
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

test('a 429 at each request of a read takes nobody away, and the next healthy cycle is right', async () => {
  world.state.behaviour.pageMax = 50;
  let isReached = true;
  for (let attempt = 1; isReached; attempt += 1) {
    const before = await world.replica();
    world.sap.faults.set('throttle', { attempt, times: 1, retryAfter: 'nothing' });
    const reading = await world.read({ full: true }).catch((error: unknown) => error);
    isReached = world.sap.faults.active().length === 0;
    if (isReached) expect(reading).toBeInstanceOf(ThrottledError);
    expectNobodyGone(before, await world.replica());
    world.sap.faults.clear();
    await forgetRefusals(world.database);
  }
  await expectRight();
});

test.each<[SapFault, FaultSetting?]>([
  ['pageLeftOut', { operation: 'users.list' }],
  ['pageLeftOut', { operation: 'groups.list' }],
  ['totalWrong', { by: -1 }],
  ['totalWrong', { by: 1 }],
  ['totalMoves', { by: 1 }],
  ['totalMissing', {}],
  ['movedToNextPage', { operation: 'users.list' }],
  ['movedToNextPage', { operation: 'groups.list' }],
  ['movedToReadPage', { operation: 'users.list' }],
  ['movedToReadPage', { operation: 'groups.list' }],
  ['repeatCursor', {}],
  ['nextIdMissing', {}],
  ['startIdInvalid', {}],
  ['startIdInvalid', { times: 1 }],
  ['fewerObjects', { operation: 'users.list', percent: 30 }],
  ['fewerObjects', { operation: 'users.list', percent: 8 }],
  ['fewerObjects', { operation: 'groups.list', percent: 30 }],
  ['fewerMembers', { percent: 30 }],
  ['userGroupsMissing', {}],
  ['activeMissing', {}],
  ['emptyList', {}],
  ['throttle', { attempt: 2, retryAfter: 'nothing' }],
  ['unavailable', { attempt: 3 }],
  ['permissionLost', {}],
  ['signInRefused', {}],
  ['certificateExpired', {}],
  ['cutBody', { attempt: 3 }],
  ['clockOff', { minutes: 30 }],
])('%s %j takes nobody away, and the next healthy cycle is right', async (name, setting = {}) => {
  const before = await world.replica();
  for (const full of [true, false]) {
    minutes(5);
    // So many changes that they come on two pages.
    for (const { id } of world.state.users().slice(0, pageMax + 1))
      world.state.change(id, { department: `Moved ${name} ${full}` });
    join('Design Guild');
    world.sap.faults.set(name, setting);
    await world.read({ full, attempts: 6 }).catch((error: unknown) => error);
    const fired = world.sap.faults.active().find((fault) => fault.name === name)?.fired ?? 1;
    // The clock is off without a request that it fires for.
    expect([name, full, fired > 0 || name === 'clockOff']).toEqual([name, full, true]);
    expectNobodyGone(before, await world.replica());
    world.sap.faults.clear();
    await forgetRefusals(world.database);
  }
  await expectRight();
});

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
  const pages = Math.ceil(world.truth().people.length / pageMax);
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
  for (const { id } of world.state.users().slice(0, 2 * pageMax))
    world.state.change(id, { department: 'Reorganized' });
  world.sap.faults.set('joinsMeanwhile', { attempt: 2, times: 1 });
  await expectRight();
});

test.each<Partial<SapBehaviour>>([
  { totalResults: 'first page' },
  { emptyResources: 'list' },
  { vanishedStartId: 'next' },
  { noDisplayName: 'absent' },
  { dates: 'date' },
  { versions: 'absent' },
  { versions: 'number' },
  { unknownFilter: 'ignored' },
  { hiddenMembers: 'left out' },
  { lastNextId: 'absent' },
  { counts: 'texts' },
  { extensionNames: 'small letters' },
  { memberTypes: 'absent' },
  { compression: 'on' },
])('reads are right where SAP behaves like %j', async (behaviour) => {
  Object.assign(world.state.behaviour, behaviour);
  world.state.changes += 1;
  await expectRight(world.read({ full: true }));
  minutes(5);
  const id = join();
  world.state.removeFromGroup(join('Design Guild'), 'Design Guild');
  await expectRight();
  world.state.removeFromGroup(id, 'Timely Users');
  await expectRight();
});

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
