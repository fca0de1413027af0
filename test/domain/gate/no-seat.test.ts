import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { GateInput } from '../../../domain/gate/gate-input.ts';
import type { Person } from '../../../domain/people/directory.ts';
import { seatFindings, seatsOf } from '../../../domain/plan/seats.ts';
import type { TimelyAccount } from '../../../domain/timely.ts';
import { gated, labelWithHold, link, person, planOf, user, type World, worldWith } from '../support/world.ts';

/** People who want to get in, with the day they start; in Timely are the owner and the sync's own user. */
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

const first = (label: string) => label.replace('invite ', '').replace('@contoso.example', '');
const outcome = (world: World, patch: Partial<GateInput> = {}) =>
  gated(world, patch).map(labelWithHold).map(first);

const three = { Ada: '2026-12-01', Bo: '2026-11-30', Cy: null };

describe('when there are fewer seats than people who want one', () => {
  test.each<[string, Partial<TimelyAccount>, string[]]>([
    ['enough are free', { seats: 5, userCount: 2 }, ['ada', 'bo', 'cy']],
    ['two are free: who starts later waits', { seats: 4, userCount: 2 }, ['ada', 'bo', 'cy (no-seat)']],
    [
      'one is free: who starts first gets it',
      { seats: 3, userCount: 2 },
      ['ada (no-seat)', 'bo', 'cy (no-seat)'],
    ],
    ['none is free', { seats: 2, userCount: 2 }, ['ada (no-seat)', 'bo (no-seat)', 'cy (no-seat)']],
    [
      'more are used than paid for',
      { seats: 1, userCount: 2 },
      ['ada (no-seat)', 'bo (no-seat)', 'cy (no-seat)'],
    ],
    [
      'the account counts more than are listed',
      { seats: 5, userCount: 4 },
      ['ada (no-seat)', 'bo', 'cy (no-seat)'],
    ],
    [
      'the account counts fewer than are listed',
      { seats: 3, userCount: 0 },
      ['ada (no-seat)', 'bo', 'cy (no-seat)'],
    ],
    ['the account does not count', { seats: 4 }, ['ada', 'bo', 'cy (no-seat)']],
    ['the account names no seats', { userCount: 2 }, ['ada', 'bo', 'cy']],
    ['0 seats are no limit', { seats: 0, userCount: 2 }, ['ada', 'bo', 'cy']],
    ['0 users at most are no limit', { seats: 9, usersMax: 0, userCount: 2 }, ['ada', 'bo', 'cy']],
    [
      'the plan allows fewer than the seats',
      { seats: 9, usersMax: 4, userCount: 2 },
      ['ada', 'bo', 'cy (no-seat)'],
    ],
  ])('%s', (_case, account, expected) => {
    expect(outcome(joining(account, three))).toEqual(expected);
  });

  test('people who start on one day, or without a day, go by their names', () => {
    const world = joining({ seats: 4 }, { Eve: null, Dan: null, Zoe: '2026-12-01', Max: '2026-12-01' });
    expect(outcome(world)).toEqual(['dan (no-seat)', 'eve (no-seat)', 'max', 'zoe']);
  });

  test('a start date that is no date counts as none', () => {
    const world = joining({ seats: 3 }, { Ada: 'soon', Bo: '2030-01-01' });
    expect(outcome(world)).toEqual(['ada (no-seat)', 'bo']);
  });

  test('the hold tells the place in the queue and the figures', () => {
    const changes = gated(joining({ seats: 3, userCount: 2 }, three));
    expect(changes.map(({ hold }) => hold?.detail ?? null)).toEqual([
      '3 seats are paid for, 2 are used, 3 people want one; waits as number 1 of 2, in order of start date and name. Goes on by itself when a seat is free.',
      null,
      expect.stringContaining('waits as number 2 of 2'),
    ]);
  });
});

test('who comes back needs a seat like somebody new; who is there already does not', () => {
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

test('a removal of the same plan frees no seat yet', () => {
  const world = worldWith({
    directory: { people: [person('Bo')] },
    timely: { users: [user(7, 'Ada')] },
    personLinks: [link('Ada', 7)],
  });
  world.timely.account.seats = 3;
  expect(gated(world).map(labelWithHold)).toEqual([
    'remove ada@contoso.example',
    'invite bo@contoso.example (no-seat)',
  ]);
});

test('who waits for a person, or for another try, takes no place in the queue; an approval gives no seat', () => {
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
  ['whatever the numbers say', { seats: 80 }],
  ['without any numbers', {}],
])('after a refusal for want of a seat one person tries, %s', (_case, account) => {
  const world = joining(account, three);
  expect(outcome(world, { seatRefused: true })).toEqual(['ada (no-seat)', 'bo', 'cy (no-seat)']);
});

test('a finding tells an operator what is paid for, used and wanted, and who waits', () => {
  const findingsOf = (seats: number) => {
    const world = joining({ seats }, three);
    return seatFindings(gated(world), world.timely);
  };
  expect(findingsOf(4)).toEqual([
    {
      kind: 'no-seat',
      subject: 'Contoso',
      message: expect.stringContaining('1 person waits for a seat: 4 are paid for, 2 used, 3 more wanted.'),
    },
  ]);
  expect(findingsOf(7)).toEqual([
    {
      kind: 'seats',
      subject: 'Contoso',
      message:
        "Seats: 7 are paid for, 2 used, 3 more wanted, 2 left then; what a seat costs is not in Timely's API.",
    },
  ]);
  const nobody = joining({ seats: 7 }, {});
  expect(seatFindings(gated(nobody), nobody.timely)).toEqual([]);
});

test('never are more invited than seats are free, and none of those who wait starts before one who goes', () => {
  const start = fc.option(fc.integer({ min: 10, max: 28 }).map((day) => `2026-12-${day}`));
  fc.assert(
    fc.property(fc.array(start, { maxLength: 12 }), fc.integer({ min: 1, max: 14 }), (starts, seats) => {
      const people = Object.fromEntries(starts.map((date, index) => [`P${'abcdefghijkl'[index]}`, date]));
      const world = joining({ seats }, people);
      const changes = gated(world);
      const startOf = (entry: (typeof changes)[number]) =>
        world.directory.people.find(({ name }: Person) => name === entry.subject.name)?.attributes
          .employeeHireDate ?? 'none';
      const going = changes.filter(({ hold }) => !hold).map(startOf);
      const waiting = changes.filter(({ hold }) => hold).map(startOf);
      const free = seatsOf(world.timely)?.free ?? 0;
      expect(going).toHaveLength(Math.min(free, starts.length));
      for (const gone of going) for (const left of waiting) expect(gone <= left).toBe(true);
    }),
  );
});
