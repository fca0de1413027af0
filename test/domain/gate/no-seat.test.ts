import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { GateInput } from '../../../domain/gate/gate-input.ts';
import type { Person } from '../../../domain/people/directory.ts';
import { seatFindings, seatsOf } from '../../../domain/plan/seats.ts';
import type { TimelyAccount } from '../../../domain/timely.ts';
import { gated, labelWithHold, link, person, planOf, user, type World, worldWith } from '../support/world.ts';

/** Joiners with their start dates. Timely has the owner and the sync's own user. */
function joining(account: Partial<TimelyAccount>, people: Record<string, string | null>): World {
  const world = worldWith({
    directory: {
      people: Object.entries(people).map(([name, start]) =>
        person(name, start === null ? {} : { attributes: { employeeHireDate: `${start}T00:00:00Z` } }),
      ),
    },
  });
  Object.assign(world.timely.account, account);
  return world;
}

const nameIn = (label: string) => label.replace('invite ', '').replace('@contoso.example', '');
const outcome = (world: World, patch: Partial<GateInput> = {}) =>
  gated(world, patch).map(labelWithHold).map(nameIn);

const three = { Ada: '2026-12-01', Bo: '2026-11-30', Cy: null };

describe('with three joiners', () => {
  test.each<[string, Partial<TimelyAccount>, string[]]>([
    ['no one when enough seats are free', { seats: 5, userCount: 2 }, ['ada', 'bo', 'cy']],
    ['the latest starter when two seats are free', { seats: 4, userCount: 2 }, ['ada', 'bo', 'cy (no-seat)']],
    [
      'all but the first starter when one seat is free',
      { seats: 3, userCount: 2 },
      ['ada (no-seat)', 'bo', 'cy (no-seat)'],
    ],
    [
      'all when no seat is free',
      { seats: 2, userCount: 2 },
      ['ada (no-seat)', 'bo (no-seat)', 'cy (no-seat)'],
    ],
    [
      'all when more seats are used than paid for',
      { seats: 1, userCount: 2 },
      ['ada (no-seat)', 'bo (no-seat)', 'cy (no-seat)'],
    ],
    [
      'two when the account counts more users than it lists',
      { seats: 5, userCount: 4 },
      ['ada (no-seat)', 'bo', 'cy (no-seat)'],
    ],
    [
      'two when the account counts fewer users than it lists',
      { seats: 3, userCount: 0 },
      ['ada (no-seat)', 'bo', 'cy (no-seat)'],
    ],
    ['one when the account states no count', { seats: 4 }, ['ada', 'bo', 'cy (no-seat)']],
    ['no one when the account states no seats', { userCount: 2 }, ['ada', 'bo', 'cy']],
    [
      'no one when the account has 0 seats, which is no limit',
      { seats: 0, userCount: 2 },
      ['ada', 'bo', 'cy'],
    ],
    [
      'no one when the user limit is 0, which is no limit',
      { seats: 9, usersMax: 0, userCount: 2 },
      ['ada', 'bo', 'cy'],
    ],
    [
      'one when the user limit is below the seats',
      { seats: 9, usersMax: 4, userCount: 2 },
      ['ada', 'bo', 'cy (no-seat)'],
    ],
  ])('holds %s', (_case, account, expected) => {
    expect(outcome(joining(account, three))).toEqual(expected);
  });

  test('orders people with the same or no start date by name', () => {
    const world = joining({ seats: 4 }, { Eve: null, Dan: null, Zoe: '2026-12-01', Max: '2026-12-01' });
    expect(outcome(world)).toEqual(['dan (no-seat)', 'eve (no-seat)', 'max', 'zoe']);
  });

  test('ignores an invalid start date', () => {
    const world = joining({ seats: 3 }, { Ada: 'soon', Bo: '2030-01-01' });
    expect(outcome(world)).toEqual(['ada (no-seat)', 'bo']);
  });

  test('states the position in the queue and the figures', () => {
    const changes = gated(joining({ seats: 3, userCount: 2 }, three));
    expect(changes.map(({ hold }) => hold?.detail ?? null)).toEqual([
      '3 seats are paid for, 2 are used, 3 people need one; number 1 of 2 in the queue, in order of start date and name. This ends when a seat is free.',
      null,
      expect.stringContaining('number 2 of 2 in the queue'),
    ]);
  });
});

test('holds a reinstatement for a seat, but not a link', () => {
  const world = worldWith({
    directory: { people: [person('Ada'), person('Bo')] },
    timely: { users: [user(7, 'Ada', { removed: true }), user(8, 'Bo')] },
    personLinks: [link('Ada', 7, { state: 'removed' })],
  });
  world.timely.account.seats = 3;
  expect(gated(world).map(labelWithHold)).toEqual([
    'reinstate ada@contoso.example (no-seat)',
    'link bo@contoso.example',
  ]);
});

describe('with a removal in the same plan', () => {
  const leaving = (seats: number) => {
    const world = worldWith({
      directory: { people: [person('Bo'), person('Cy')] },
      timely: { users: [user(7, 'Ada')] },
      personLinks: [link('Ada', 7)],
    });
    world.timely.account.seats = seats;
    return world;
  };

  test('gives the freed seat away', () => {
    expect(gated(leaving(3)).map(labelWithHold)).toEqual([
      'remove ada@contoso.example',
      'invite bo@contoso.example',
      'invite cy@contoso.example (no-seat)',
    ]);
    expect(gated(leaving(3)).at(-1)?.hold?.detail).toBe(
      '3 seats are paid for, 3 are used, removals of this plan free 1, 2 people need one; number 1 of 1 in the queue, in order of start date and name. This ends when a seat is free.',
    );
    expect(seatFindings(gated(leaving(4)), leaving(4).timely)).toEqual([
      expect.objectContaining({
        message: expect.stringContaining(
          '4 paid for, 3 used, 1 freed by removals, 2 more needed, 0 free after that',
        ),
      }),
    ]);
  });

  test('gives no seat away while more seats are used than paid for', () => {
    expect(gated(leaving(2)).map(labelWithHold).slice(1)).toEqual([
      'invite bo@contoso.example (no-seat)',
      'invite cy@contoso.example (no-seat)',
    ]);
  });

  test.each([
    ['waiting', { removalsWait: true }],
    ['held', { firstCycle: true }],
    ['parked', { parked: new Set([planOf(leaving(3)).changes[0]?.fingerprint ?? '']) }],
  ])('gives no seat of a %s removal away', (_case, patch) => {
    expect(gated(leaving(3), patch).map(labelWithHold).slice(1)).toEqual([
      'invite bo@contoso.example (no-seat)',
      'invite cy@contoso.example (no-seat)',
    ]);
  });

  test('lets as many people try as seats were freed, after Timely refused one', () => {
    expect(gated(leaving(80), { seatRefused: true }).map(labelWithHold).slice(1)).toEqual([
      'invite bo@contoso.example',
      'invite cy@contoso.example (no-seat)',
    ]);
  });
});

test('leaves held and parked changes out of the queue, and holds approved ones for a seat', () => {
  const world = joining({ seats: 3 }, { Ada: '2026-01-01', Bo: '2026-02-01', Cy: '2026-03-01' });
  world.rules.safety.sensitive.emails = ['ada@contoso.example'];
  const [ada = '', bo = ''] = planOf(world).changes.map(({ fingerprint }) => fingerprint);
  expect(outcome(world)).toEqual(['ada (sensitive)', 'bo', 'cy (no-seat)']);
  expect(outcome(world, { parked: new Set([bo]) })).toEqual(['ada (sensitive)', 'bo', 'cy']);
  world.timely.account.seats = 2;
  expect(outcome(world, { approved: new Set([ada]) })).toEqual([
    'ada (no-seat)',
    'bo (no-seat)',
    'cy (no-seat)',
  ]);
});

test.each([
  ['while its numbers show free seats', { seats: 80 }],
  ['without numbers', {}],
])('lets one person try after Timely refused a seat, %s', (_case, account) => {
  const world = joining(account, three);
  expect(outcome(world, { seatRefused: true })).toEqual(['ada (no-seat)', 'bo', 'cy (no-seat)']);
});

test('reports the seats paid for, used and needed, and who waits', () => {
  const findingsOf = (seats: number) => {
    const world = joining({ seats }, three);
    return seatFindings(gated(world), world.timely);
  };
  expect(findingsOf(4)).toEqual([
    {
      kind: 'no-seat',
      subject: 'Contoso',
      message: expect.stringContaining('1 person waits for a seat: 4 paid for, 2 used, 3 more needed.'),
    },
  ]);
  expect(findingsOf(7)).toEqual([
    {
      kind: 'seats',
      subject: 'Contoso',
      message:
        "Seats before this plan: 7 paid for, 2 used, 3 more needed, 2 free after that; what a seat costs is not in Timely's API.",
    },
  ]);
  const noJoiner = joining({ seats: 7 }, {});
  expect(seatFindings(gated(noJoiner), noJoiner.timely)).toEqual([]);
});

test('never invites more people than seats are free, nor a later starter before an earlier one', () => {
  const start = fc.option(fc.integer({ min: 10, max: 28 }).map((day) => `2026-12-${day}`));
  fc.assert(
    fc.property(fc.array(start, { maxLength: 12 }), fc.integer({ min: 1, max: 14 }), (starts, seats) => {
      const people = Object.fromEntries(starts.map((date, index) => [`P${'abcdefghijkl'[index]}`, date]));
      const world = joining({ seats }, people);
      const changes = gated(world);
      const startOf = (entry: (typeof changes)[number]) =>
        world.directory.people.find(({ name }: Person) => name === entry.subject.name)?.attributes
          .employeeHireDate ?? 'none';
      const invited = changes.filter(({ hold }) => !hold).map(startOf);
      const waiting = changes.filter(({ hold }) => hold).map(startOf);
      const free = seatsOf(world.timely)?.free ?? 0;
      expect(invited).toHaveLength(Math.min(free, starts.length));
      for (const first of invited) for (const later of waiting) expect(first <= later).toBe(true);
    }),
  );
});
