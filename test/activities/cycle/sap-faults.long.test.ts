/** What SAP gets wrong removes nobody who stays, and the next healthy cycle ends right. One company, cycle after cycle. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FaultySap, openFaultySap, type SetSapFault } from '../support/faulty-sap.ts';

let company: FaultySap;

beforeAll(async () => {
  company = await openFaultySap();
});
afterAll(() => company.close());

/** Faults of the pages of lists. */
const ofPages: [string, SetSapFault[]][] = [
  ['a page of people left out', [['pageLeftOut', { operation: 'users.list' }]]],
  ['a page of groups left out', [['pageLeftOut', { operation: 'groups.list' }]]],
  ['a total that is too high', [['totalWrong', { by: 3 }]]],
  ['a total that is too low', [['totalWrong', { by: -3 }]]],
  ['a total that rises between pages', [['totalMoves', { by: 2 }]]],
  ['a total that falls between pages', [['totalMoves', { by: -2 }]]],
  ['lists without a total', [['totalMissing']]],
  ['a person twice', [['movedToNextPage', { operation: 'users.list' }]]],
  ['a group twice', [['movedToNextPage', { operation: 'groups.list' }]]],
  ['people who moved to a page already read', [['movedToReadPage', { operation: 'users.list' }]]],
  ['a nextId that leads in a circle', [['repeatCursor', { operation: 'users.list' }]]],
  ['a nextId of groups that leads in a circle', [['repeatCursor', { operation: 'groups.list' }]]],
  ['pages without a nextId', [['nextIdMissing']]],
  ['a startId that is refused once', [['startIdInvalid', { operation: 'users.list', times: 1 }]]],
  ['a startId that is refused for ever', [['startIdInvalid', { operation: 'users.list' }]]],
  ['a startId of groups that is refused for ever', [['startIdInvalid', { operation: 'groups.list' }]]],
  ['empty lists', [['emptyList']]],
  ['30 % fewer people', [['fewerObjects', { operation: 'users.list' }]]],
  ['a few missing people, within readShrink', [['fewerObjects', { operation: 'users.list', percent: 8 }]]],
  ['30 % fewer groups', [['fewerObjects', { operation: 'groups.list' }]]],
  ['30 % fewer members', [['fewerMembers']]],
  ['a few missing members, within readShrink', [['fewerMembers', { percent: 8 }]]],
  ['people without their groups', [['userGroupsMissing']]],
  ['people without active', [['activeMissing']]],
  ['a few people without active', [['activeMissing', { percent: 6 }]]],
  ['a page of people without active', [['activeMissing', { times: 1, operation: 'users.list' }]]],
];

/** Faults of single answers and of the sign-in. */
const ofAnswers: [string, SetSapFault[]][] = [
  ['a 429 for everything', [['throttle', { retryAfter: 'nothing' }]]],
  ['a 429 for the second page', [['throttle', { operation: 'users.list', attempt: 2, retryAfter: 'date' }]]],
  ['a 429 for a point read', [['throttle', { operation: 'groups.get', times: 1, retryAfter: 'nothing' }]]],
  ['an expired certificate', [['certificateExpired']]],
  ['a lost authorization', [['permissionLost']]],
  ['503s with HTML', [['unavailable', { times: 3 }]]],
  ['503s for ever', [['unavailable']]],
  ['404s with HTML for single people and groups', [['unavailable', { operation: '*.get', status: 404 }]]],
  ['a body that is cut', [['cutBody', { times: 3 }]]],
  ['bodies that are cut for ever', [['cutBody', { operation: 'users.list' }]]],
  ['lost connections', [['dropConnection', { times: 3 }]]],
];

test.each([...ofPages, ...ofAnswers])(
  '%s: nobody who stays is removed in a whole read',
  async (_, faults) => {
    await company.cycleUnder(faults, { full: true });
  },
);

test.each([...ofPages, ...ofAnswers])(
  '%s: nobody who stays is removed in a read of changes',
  async (_, faults) => {
    await company.cycleUnder(faults, { leave: 'deleted' });
  },
);

test('who is blocked leaves under a fault too', async () => {
  expect(await company.cycleUnder([['cutBody', { times: 1 }]], { leave: 'blocked' })).toMatchObject({
    complete: true,
  });
});

test('who joins while everybody is read comes into Timely in the same cycle', async () => {
  const { faults, standing, cycle, pass } = company;
  const before = standing().present;
  pass();
  for (const attempt of [2, 3, 4]) faults.set('joinsMeanwhile', { attempt, times: 1 });
  expect(await cycle({ full: true })).toMatchObject({ complete: true });
  expect(faults.unfired()).toEqual([]);
  expect(standing().present).toHaveLength(before.length + 3);
  expect(standing().present).toEqual(expect.arrayContaining(before));
});

test('a deletion while everybody is read makes the read incomplete, and the next cycle finds it', async () => {
  const { faults, standing, cycle, pass } = company;
  const before = standing().present;
  pass();
  faults.set('leavesMeanwhile', { attempt: 3, times: 1 });
  expect(await cycle({ full: true })).toMatchObject({ complete: false });
  expect(faults.unfired()).toEqual([]);
  expect(standing().present).toEqual(before);
  pass();
  expect(await cycle()).toMatchObject({ complete: true });
  expect(standing().present).toHaveLength(before.length - 1);
});

/** A policy of SAP hides the people of a filter from the system: lists and totals have them no more. */
function hide(filter: string | null, byId: 'shown' | 'not found' = 'shown'): void {
  Object.assign(company.state.behaviour, { hiddenById: byId });
  company.state.hidden = filter;
  company.state.changes += 1;
  company.pass();
}
const partners = 'userType eq "partner"';
const employees = 'userType eq "employee"';

test.each([partners, employees])(
  'people whom a policy hides stay while they are found by id: %s',
  async (filter) => {
    const { standing, cycle } = company;
    const before = standing();
    hide(filter);
    for (const full of [true, false]) await cycle({ full });
    expect(standing()).toEqual(before);
    hide(null);
    expect(await cycle()).toMatchObject({ complete: true });
    expect(standing()).toEqual(before);
  },
);

test('who is hidden from lists and from their groups stays in Timely and in teams', async () => {
  const { state, standing, cycle } = company;
  const before = standing();
  state.behaviour.hiddenMembers = 'left out';
  hide('displayName sw "Newcomer"');
  for (const full of [true, false]) await cycle({ full });
  expect(standing()).toEqual(before);
  state.behaviour.hiddenMembers = 'shown';
  hide(null);
  expect(await cycle()).toMatchObject({ complete: true });
  expect(standing()).toEqual(before);
});

test('a policy that hides more people than readShrink, by id too, removes nobody', async () => {
  const { standing, cycle } = company;
  const before = standing();
  hide(employees, 'not found');
  for (const full of [true, false]) {
    const { complete, reasons } = await cycle({ full });
    expect({ complete, reasons: reasons.join() }).toEqual({
      complete: false,
      reasons: expect.stringContaining('safety.readShrink'),
    });
  }
  expect(standing()).toEqual(before);
  hide(null);
  expect(await cycle()).toMatchObject({ complete: true });
  expect(standing()).toEqual(before);
});

test('a policy that hides few people, by id too, looks like deletions: limits hold them, and they come back', async () => {
  const { world, limitless, standing, cycle } = company;
  const before = standing();
  await world.configure((text) => limitless(text).replace('removals: { max: 1000', 'removals: { max: 1'));
  hide(partners, 'not found');
  const { held } = await cycle();
  expect(held.filter((each) => each.endsWith('too-many-removals')).length).toBeGreaterThan(1);
  expect(standing()).toEqual(before);
  await world.configure(limitless);
  await cycle();
  expect(standing().present.length).toBeLessThan(before.present.length);
  hide(null);
  await cycle();
  await cycle();
  expect(standing()).toEqual(before);
});
