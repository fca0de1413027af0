/** What a read is trusted for, and how it treats gaps, against the simulated Microsoft and a real store. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AttemptsExhaustedError, TransientError } from '../../../domain/errors.ts';
import { dayMs } from '../../../domain/time.ts';
import type { FaultSetting } from '../../../simulators/faults.ts';
import type { MicrosoftState } from '../../../simulators/microsoft/directory/state.ts';
import type { MicrosoftFault } from '../../../simulators/microsoft/faults/faults.ts';
import {
  type DirectoryReader,
  type DirectoryWorld,
  openReader,
  readUnderFaults,
} from '../support/directory-world.ts';

let reader: DirectoryReader;

beforeAll(async () => {
  reader = await openReader();
});
afterAll(() => reader.close());

/** Twenty people in ten groups, two in each; page after page of five. */
const company = (state: MicrosoftState) => {
  for (let group = 0; group < 10; group += 1) state.createGroup({ displayName: `Group ${group}` });
  for (let person = 0; person < 20; person += 1) {
    state.join({ displayName: `Person ${person}`, groups: [`Group ${person % 10}`] });
  }
};

async function withWorld(run: (world: DirectoryWorld) => Promise<void>): Promise<void> {
  const world = await reader.world(company);
  world.sandbox.microsoft.options.deltaPage = { objects: 5, links: 100 };
  try {
    await world.read();
    await run(world);
  } finally {
    await world.close();
  }
}

const lost = 'the application has probably lost the permission';

test.each<[string, [MicrosoftFault, FaultSetting?][], string[]]>([
  [
    'fewer users than before',
    [['fewerObjects', { operation: 'users.delta' }], ['cannotCount']],
    ['14 users were read, 30 % fewer than the 20 known before; safety.readShrink allows 20 %'],
  ],
  [
    'fewer users than the directory counts',
    [['fewerObjects', { operation: 'users.delta', percent: 10 }]],
    ['18 users were read, and the directory counts 20'],
  ],
  [
    'fewer memberships than before',
    [['fewerMembers']],
    [
      '14 memberships of groups were read, 30 % fewer than the 20 known before; safety.readShrink allows 20 %',
    ],
  ],
  [
    'fewer groups than the directory counts',
    [['movedToReadPage', { operation: 'groups.delta', times: 1 }]],
    ['9 groups were read, and the directory counts 10'],
  ],
  [
    'a group that the read left out',
    [['movedToReadPage', { operation: 'groups.delta', times: 1 }], ['cannotCount']],
    ['groups of the directory that the read left out: 1'],
  ],
  [
    'a lost permission for groups',
    [['wallOfNulls', { operation: 'groups.delta', times: 1 }]],
    [`5 of 5 groups on page 1 came without a name: ${lost} GroupMember.Read.All.`],
  ],
  [
    'missing pages',
    [['lastPageMissing', { operation: 'users.delta' }]],
    ['the read of users ended without a cursor: pages are missing'],
  ],
])('proves nothing, says why and removes no person in a full read with %s', (_name, faults, reasons) =>
  withWorld(async (world) => {
    const before = await world.replica();
    const reading = await readUnderFaults(world, faults);
    expect(reading).toMatchObject({ complete: false, reasons, evidence: { complete: false, reasons } });
    expect(await world.replica()).toEqual(before);
    expect(await world.read({ full: true })).toMatchObject({ complete: true, reasons: [] });
  }),
);

test('keeps a person whom a full read left out when a point read finds them', () =>
  withWorld(async (world) => {
    const before = await world.replica();
    const faults: [MicrosoftFault, FaultSetting?][] = [
      ['movedToReadPage', { operation: 'users.delta', times: 1 }],
      ['cannotCount'],
    ];
    expect(await readUnderFaults(world, faults)).toMatchObject({ complete: true });
    expect(await world.replica()).toEqual(before);
  }));

test('removes a person whom a full read left out when a point read does not find them', () =>
  withWorld(async (world) => {
    const { users } = world.state.objects;
    const [first] = users;
    // Gone without a trace, as when the account was purged before the round began.
    if (first) Object.assign(first, { status: 'purged', left: 0 });
    expect(await world.read({ full: true })).toMatchObject({ complete: true });
    expect((await world.replica()).people).toHaveLength(19);
  }));

test('trusts a full read after incremental reads have removed many people', () =>
  withWorld(async (world) => {
    for (const person of [1, 2, 3, 4, 5, 6, 7, 8]) world.state.leave(`Person ${person}`);
    expect(await world.read()).toMatchObject({ complete: true });
    expect(await world.read({ full: true })).toMatchObject({ complete: true, reasons: [] });
    expect(await world.replica()).toEqual(world.truth());
  }));

test('asks a point read about a person who is both live and removed in one round', () =>
  withWorld(async (world) => {
    world.state.change('Person 1', { department: 'Design' });
    world.state.leave('Person 2');
    const last = world.sandbox.microsoft.ledger.last;
    const reading = await readUnderFaults(world, [['liveAndRemoved', { operation: 'users.delta' }]], {
      full: false,
    });
    expect(reading).toMatchObject({ complete: true, evidence: { kind: 'incremental' } });
    const points = world.sandbox.microsoft.ledger
      .entries(last)
      .filter(({ operation }) => operation === 'users.get');
    expect(points).toHaveLength(1);
    expect(await world.replica()).toEqual(world.truth());
  }));

test('keeps the members of an existing group that is both live and removed in one round', () =>
  withWorld(async (world) => {
    world.state.addToGroup('Person 1', 'Group 2');
    world.state.deleteGroup('Group 3');
    const faults: [MicrosoftFault, FaultSetting?][] = [['liveAndRemoved', { operation: 'groups.delta' }]];
    expect(await readUnderFaults(world, faults, { full: false })).toMatchObject({ complete: true });
    expect(await world.replica()).toEqual(world.truth());
  }));

test('keeps memberships that a full read left out when point reads find them', () =>
  withWorld(async (world) => {
    const before = await world.replica();
    const reading = await readUnderFaults(world, [['fewerMembers', { percent: 15 }]]);
    expect(reading).toMatchObject({ complete: true, reasons: [] });
    expect(await world.replica()).toEqual(before);
  }));

test('asks the group about a member who is both in it and out of it in one round', () =>
  withWorld(async (world) => {
    world.state.addToGroup('Person 1', 'Group 2');
    world.state.removeFromGroup('Person 2', 'Group 2');
    expect(await readUnderFaults(world, [['membersBothWays']], { full: false })).toMatchObject({
      complete: true,
    });
    expect(await world.replica()).toEqual(world.truth());
    expect(await readUnderFaults(world, [['membersBothWays']])).toMatchObject({ complete: true });
    expect(await world.replica()).toEqual(world.truth());
  }));

test('forgets a manager whom a full read no longer reports', () =>
  withWorld(async (world) => {
    world.state.change('Person 1', { manager: 'Person 2' });
    await world.read();
    world.state.change('Person 1', { manager: null });
    await world.read({ full: true });
    expect(await world.replica()).toEqual(world.truth());
  }));

test('uses a cursor for six days and not a minute longer, although the service would accept it', () =>
  withWorld(async (world) => {
    await world.configure((text) => text.replace('fullEvery: 24h', 'fullEvery: 30d'));
    expect((await world.read()).evidence?.kind).toBe('incremental');
    world.pass(6 * dayMs - 60_000);
    expect((await world.read()).evidence?.kind).toBe('incremental');
    world.pass(6 * dayMs + 60_000);
    expect((await world.read()).evidence?.kind).toBe('full');
  }));

test('reads everything again after `fullEvery`, and when a rule asks for another attribute', () =>
  withWorld(async (world) => {
    world.pass(dayMs + 60_000);
    expect((await world.read()).evidence?.kind).toBe('full');
    expect((await world.read()).evidence?.kind).toBe('incremental');
    await world.configure((text) => text.replace('jobTitle: Meeting room', 'city: Nowhere'));
    expect((await world.read()).evidence?.kind).toBe('full');
  }));

const deltaPages = (world: DirectoryWorld, after: number) =>
  world.sandbox.microsoft.ledger
    .entries(after)
    .filter(({ operation, status }) => operation.endsWith('.delta') && status === 200);

test.each([true, false])(
  'reads each page once from a directory that refuses each third request (full: %s)',
  (full) =>
    withWorld(async (world) => {
      for (let person = 0; person < 20; person += 1)
        world.state.change(`Person ${person}`, { department: 'Law' });
      let attempts = 0;
      const last = world.sandbox.microsoft.ledger.last;
      const reading = await world.read({
        full,
        attempts: 20,
        before(attempt) {
          attempts = attempt;
          world.faults.clear();
          world.faults.set('unavailable', { operation: '*.delta', attempt: 3 });
        },
      });
      world.faults.clear();
      expect(reading).toMatchObject({
        complete: true,
        reasons: [],
        evidence: { users: { objects: 20 }, kind: full ? 'full' : 'incremental' },
      });
      expect(await world.replica()).toEqual(world.truth());
      expect(attempts).toBeGreaterThan(2);
      const pages = deltaPages(world, last).length;
      const { users, groups } = reading.evidence ?? { users: { pages: 0 }, groups: { pages: 0 } };
      expect(pages).toBe(users.pages + groups.pages);
    }),
);

test('gives up after five attempts without progress', () =>
  withWorld(async (world) => {
    let attempts = 0;
    const before = (attempt: number) => {
      attempts = attempt;
      world.faults.clear();
      world.faults.set('unavailable', { operation: '*.delta', ...(attempt === 1 && { attempt: 2 }) });
    };
    await expect(world.read({ full: true, attempts: 20, before })).rejects.toThrow(AttemptsExhaustedError);
    // The first got a page.
    expect(attempts).toBe(6);
    world.faults.clear();
    expect(await world.read()).toMatchObject({ complete: true, reasons: [] });
    expect(await world.replica()).toEqual(world.truth());
  }));

test('reads everything again in the cycle after one that failed', () =>
  withWorld(async (world) => {
    world.faults.set('unavailable', { operation: 'groups.delta' });
    await expect(world.read({ full: true })).rejects.toThrow(TransientError);
    world.faults.clear();
    const last = world.sandbox.microsoft.ledger.last;
    expect(await world.read({ full: true })).toMatchObject({ complete: true, reasons: [] });
    expect(deltaPages(world, last).filter(({ operation }) => operation === 'users.delta').length).toBe(4);
    expect(await world.replica()).toEqual(world.truth());
  }));
