/** What Okta gets wrong removes nobody who stays, and the next healthy cycle ends right. One company, cycle after cycle. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { noAccess, shrunkAccess } from '../../../simulators/okta/directory/access.ts';
import { type FaultyOkta, openFaultyOkta, type SetOktaFault } from '../support/faulty-okta.ts';

let company: FaultyOkta;

beforeAll(async () => {
  company = await openFaultyOkta();
});
afterAll(() => company.close());

test.each<[string, SetOktaFault[]]>([
  ['an empty 200 for people', [['emptyList']]],
  ['an empty 200 for groups', [['emptyList', { operation: 'groups.list' }]]],
  ['an empty 200 for members', [['emptyList', { operation: 'groups.members' }]]],
  ['a list of people without its next link', [['nextMissing', { operation: 'users.list' }]]],
  ['a list of groups without its next link', [['nextMissing', { operation: 'groups.list' }]]],
  ['lists of members without their next link', [['nextMissing', { operation: 'groups.members' }]]],
  ['a cursor that comes twice', [['repeatCursor', { operation: 'users.list' }]]],
  ['a cursor of members that comes twice', [['repeatCursor', { operation: 'groups.members' }]]],
  ['30 % fewer people', [['fewerObjects', { operation: 'users.list' }]]],
  ['a few missing people, within readShrink', [['fewerObjects', { operation: 'users.list', percent: 8 }]]],
  ['30 % fewer members', [['fewerMembers']]],
  ['a few missing members, within readShrink', [['fewerMembers', { percent: 8 }]]],
  ['people who moved to a page already read', [['movedToReadPage', { operation: 'users.list' }]]],
  ['members who moved to a page already read', [['movedToReadPage', { operation: 'groups.members' }]]],
  ['people without status and profile', [['missingFields', { operation: 'users.list' }]]],
  ['stale lists', [['staleList']]],
  ['a lost administrator role', [['adminRoleLost']]],
  ['a smaller resource set', [['resourceSetShrunk']]],
  ['a resource set that lacks a few people', [['resourceSetShrunk', { percent: 10 }]]],
  ['a foreign next link', [['foreignNextLink', { operation: 'users.list' }]]],
])('%s removes nobody who stays in a whole read', async (_name, faults) => {
  await company.cycleUnder(faults, { full: true });
});

test.each<[string, SetOktaFault[]]>([
  ['an empty 200', [['emptyList']]],
  ['a lost scope', [['scopeLost']]],
  ['stale lists', [['staleList']]],
  ['late events', [['logLate', { milliseconds: 120_000 }]]],
  ['a revoked key', [['keyRevoked'], ['tokenExpired', { times: 1 }]]],
  ['a new nonce of DPoP', [['nonceChanged'], ['tokenExpired', { times: 1 }]]],
  ['doubled events', [['logDoubled']]],
  ['events in another order', [['logUnordered']]],
  ['a gap in the log', [['logGap']]],
  ['a 429 of a bucket', [['throttle', { times: 1 }]]],
  ['429s for too many at one time', [['tooManyAtOnce', { times: 3 }]]],
  ['503s with HTML', [['unavailable', { times: 3 }]]],
  ['a body that is cut', [['cutBody', { times: 3 }]]],
  ['a token that ends during the read', [['tokenExpired', { attempt: 3 }]]],
  ['a nonce that the API asks for', [['apiNonce', { times: 1 }]]],
  ['a lost administrator role', [['adminRoleLost']]],
  ['a resource set that lacks a few people', [['resourceSetShrunk', { percent: 10 }]]],
  ['a list of changes without its next link', [['nextMissing', { operation: '*.list' }]]],
  ['members without their next link', [['nextMissing', { operation: 'groups.members' }]]],
  ['a few missing members', [['fewerMembers', { percent: 8 }]]],
  ['a foreign next link', [['foreignNextLink']]],
])('%s removes nobody who stays in a read of changes', async (_name, faults) => {
  const isOfLog = faults.some(([name]) => name.startsWith('log'));
  await company.cycleUnder(faults, { leave: isOfLog ? 'deleted' : 'deactivated' });
});

const hiddenPeople = async () =>
  (await company.world.findings()).flatMap(({ kind, subject }) =>
    kind === 'hidden-person' ? [subject] : [],
  );

test('a person whom the role no longer reaches stays, is named, and a deleted one goes once all is proven', async () => {
  const { state, faults, standing, join, cycle, pass } = company;
  const percent = 5;
  const reached = shrunkAccess({ ...noAccess, sees: () => true }, 100 - percent);
  const hidden = join();
  while (reached.sees(state.user(hidden.id))) Object.assign(hidden, join());
  const deleted = join();
  while (!reached.sees(state.user(deleted.id))) Object.assign(deleted, join());
  await cycle();
  const before = standing().present;
  pass();
  state.purge(deleted.id);
  faults.set('resourceSetShrunk', { percent });
  await cycle({ full: true });
  expect(await hiddenPeople()).toContain(hidden.id);
  expect(await hiddenPeople()).not.toContain(deleted.id);
  // The members of a group are fewer than its own count, so that removals wait.
  expect(standing().present).toEqual(before);
  faults.clear();
  pass();
  await cycle({ full: true });
  expect(await hiddenPeople()).toEqual([]);
  expect(standing().present).toEqual(before.filter((email) => email !== deleted.email));
});

test('a deletion that the log does not have removes nobody, until the log has it', async () => {
  const { state, faults, standing, join, cycle, pass } = company;
  const { id, email } = join();
  await cycle();
  pass();
  state.purge(id);
  faults.set('logGap');
  await cycle({ full: true });
  expect(await hiddenPeople()).toEqual([id]);
  expect(standing().present).toContain(email);
  faults.clear();
  pass();
  await cycle({ full: true });
  expect(standing().present).not.toContain(email);
});
