/** What a reading is trusted for, and what it makes of gaps, against the simulated Microsoft and a real store. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AttemptsExhaustedError, TransientError } from '../../../domain/errors.ts';
import type { FaultSetting } from '../../../simulators/faults.ts';
import type { MicrosoftState } from '../../../simulators/microsoft/directory/state.ts';
import type { MicrosoftFault } from '../../../simulators/microsoft/faults/faults.ts';
import {
  type DirectoryReader,
  type DirectoryWorld,
  openReader,
  type Reading,
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

/** A reading under faults that must have fired. */
async function readUnder(
  world: DirectoryWorld,
  faults: [MicrosoftFault, FaultSetting?][],
  { full = true } = {},
): Promise<Reading> {
  for (const [name, setting] of faults) world.faults.set(name, setting);
  const reading = await world.read({ full });
  expect(world.faults.unfired()).toEqual([]);
  world.faults.clear();
  return reading;
}

const lost = 'the application has probably lost the permission';

test.each<[string, [MicrosoftFault, FaultSetting?][], string[]]>([
  [
    'users who are fewer than before',
    [['fewerObjects', { operation: 'users.delta' }], ['cannotCount']],
    ['14 users were read, 30 % fewer than the 20 known before; safety.readShrink allows 20 %'],
  ],
  [
    'users who are fewer than the directory counts',
    [['fewerObjects', { operation: 'users.delta', percent: 10 }]],
    ['18 users were read, and the directory counts 20'],
  ],
  [
    'members who are fewer than before',
    [['fewerMembers']],
    [
      '14 memberships of groups were read, 30 % fewer than the 20 known before; safety.readShrink allows 20 %',
    ],
  ],
  [
    'a group fewer than the directory counts',
    [['movedToReadPage', { operation: 'groups.delta', times: 1 }]],
    ['9 groups were read, and the directory counts 10'],
  ],
  [
    'a group that the read left out',
    [['movedToReadPage', { operation: 'groups.delta', times: 1 }], ['cannotCount']],
    ['1 groups are in the directory that the read left out'],
  ],
  [
    'a permission for groups that was lost',
    [['wallOfNulls', { operation: 'groups.delta', times: 1 }]],
    [`5 of 5 groups on page 1 came without a name: ${lost} GroupMember.Read.All.`],
  ],
  [
    'pages that are missing',
    [['lastPageMissing', { operation: 'users.delta' }]],
    ['the read of users ended without a cursor: pages are missing'],
  ],
])('a whole read with %s proves nothing, says why, and takes nobody away', (_name, faults, reasons) =>
  withWorld(async (world) => {
    const before = await world.replica();
    const reading = await readUnder(world, faults);
    expect(reading).toMatchObject({ complete: false, reasons, evidence: { complete: false, reasons } });
    expect(await world.replica()).toEqual(before);
    expect(await world.read({ full: true })).toMatchObject({ complete: true, reasons: [] });
  }),
);

test('a person who is missing from a whole read is asked for, and stays when the directory knows them', () =>
  withWorld(async (world) => {
    const before = await world.replica();
    const faults: [MicrosoftFault, FaultSetting?][] = [
      ['movedToReadPage', { operation: 'users.delta', times: 1 }],
      ['cannotCount'],
    ];
    expect(await readUnder(world, faults)).toMatchObject({ complete: true });
    expect(await world.replica()).toEqual(before);
  }));

test('a person who is missing from a whole read and gone is taken out', () =>
  withWorld(async (world) => {
    const { users } = world.state.objects;
    const [first] = users;
    // Gone without a trace, as when the account was purged before the round began.
    if (first) Object.assign(first, { status: 'purged', left: 0 });
    expect(await world.read({ full: true })).toMatchObject({ complete: true });
    expect((await world.replica()).people).toHaveLength(19);
  }));

test('people who really left, told bit by bit, do not make the next whole read doubtful', () =>
  withWorld(async (world) => {
    for (const person of [1, 2, 3, 4, 5, 6, 7, 8]) world.state.leave(`Person ${person}`);
    expect(await world.read()).toMatchObject({ complete: true });
    expect(await world.read({ full: true })).toMatchObject({ complete: true, reasons: [] });
    expect(await world.replica()).toEqual(world.truth());
  }));

test('who is both live and removed in one round is as a point read says', () =>
  withWorld(async (world) => {
    world.state.change('Person 1', { department: 'Design' });
    world.state.leave('Person 2');
    const asked = world.sandbox.microsoft.ledger.last;
    const reading = await readUnder(world, [['liveAndRemoved', { operation: 'users.delta' }]], {
      full: false,
    });
    expect(reading).toMatchObject({ complete: true, evidence: { kind: 'incremental' } });
    const points = world.sandbox.microsoft.ledger
      .entries(asked)
      .filter(({ operation }) => operation === 'users.get');
    expect(points).toHaveLength(1);
    expect(await world.replica()).toEqual(world.truth());
  }));

test('a group that is both live and removed in one round keeps its members when it exists', () =>
  withWorld(async (world) => {
    world.state.addToGroup('Person 1', 'Group 2');
    world.state.deleteGroup('Group 3');
    const faults: [MicrosoftFault, FaultSetting?][] = [['liveAndRemoved', { operation: 'groups.delta' }]];
    expect(await readUnder(world, faults, { full: false })).toMatchObject({ complete: true });
    expect(await world.replica()).toEqual(world.truth());
  }));

test('members who are missing from a whole read are asked for, and stay when their groups have them', () =>
  withWorld(async (world) => {
    const before = await world.replica();
    const reading = await readUnder(world, [['fewerMembers', { percent: 15 }]]);
    expect(reading).toMatchObject({ complete: true, reasons: [] });
    expect(await world.replica()).toEqual(before);
  }));

test('who is both in a group and out of it in one round is as the group says', () =>
  withWorld(async (world) => {
    world.state.addToGroup('Person 1', 'Group 2');
    world.state.removeFromGroup('Person 2', 'Group 2');
    expect(await readUnder(world, [['membersBothWays']], { full: false })).toMatchObject({ complete: true });
    expect(await world.replica()).toEqual(world.truth());
    expect(await readUnder(world, [['membersBothWays']])).toMatchObject({ complete: true });
    expect(await world.replica()).toEqual(world.truth());
  }));

test('a whole read replaces what was known: a manager who is no longer told of is no longer one', () =>
  withWorld(async (world) => {
    world.state.change('Person 1', { manager: 'Person 2' });
    await world.read();
    world.state.change('Person 1', { manager: null });
    await world.read({ full: true });
    expect(await world.replica()).toEqual(world.truth());
  }));

const dayMs = 24 * 3_600_000;

test('a cursor is used for six days and not a minute more, though the service would still take it', () =>
  withWorld(async (world) => {
    await world.configure((text) => text.replace('fullEvery: 24h', 'fullEvery: 30d'));
    expect((await world.read()).evidence?.kind).toBe('incremental');
    world.pass(6 * dayMs - 60_000);
    expect((await world.read()).evidence?.kind).toBe('incremental');
    world.pass(6 * dayMs + 60_000);
    expect((await world.read()).evidence?.kind).toBe('full');
  }));

test('everything is read anew after `fullEvery`, and when a rule asks for another attribute', () =>
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
  'a directory that refuses each third request is read to the end, each page once (whole: %s)',
  (full) =>
    withWorld(async (world) => {
      for (let person = 0; person < 20; person += 1)
        world.state.change(`Person ${person}`, { department: 'Law' });
      let attempts = 0;
      const asked = world.sandbox.microsoft.ledger.last;
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
      const pages = deltaPages(world, asked).length;
      const { users, groups } = reading.evidence ?? { users: { pages: 0 }, groups: { pages: 0 } };
      expect(pages).toBe(users.pages + groups.pages);
    }),
);

test('a reading that gets no further is given up after five attempts', () =>
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

test('what a cycle has read of a directory that failed it is read anew by the next one', () =>
  withWorld(async (world) => {
    world.faults.set('unavailable', { operation: 'groups.delta' });
    await expect(world.read({ full: true })).rejects.toThrow(TransientError);
    world.faults.clear();
    const asked = world.sandbox.microsoft.ledger.last;
    expect(await world.read({ full: true })).toMatchObject({ complete: true, reasons: [] });
    expect(deltaPages(world, asked).filter(({ operation }) => operation === 'users.delta').length).toBe(4);
    expect(await world.replica()).toEqual(world.truth());
  }));
