/** Wrong pages cause no wrong removals, and the next healthy cycle ends right. One company, cycle after cycle. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FaultyDirectory, openFaultyDirectory, type SetFault } from '../support/faulty-directory.ts';

let directory: FaultyDirectory;

beforeAll(async () => {
  directory = await openFaultyDirectory();
});
afterAll(() => directory.close());

/** Without a count from Graph, only the pages can show that they are wrong. */
const uncounted: SetFault = ['cannotCount'];

test.each<[string, SetFault[]]>([
  ['empty pages with 200', [['emptyPage', { times: 4 }]]],
  ['a whole empty directory with 200', [['fewerObjects', { percent: 100 }], uncounted]],
  ['a missing last page', [['lastPageMissing', { operation: '*.delta' }]]],
  ['a repeated cursor', [['repeatCursor', { operation: '*.delta' }]]],
  ['users who moved to a page not yet read', [['movedToNextPage']]],
  ['users who moved to a page already read', [['movedToReadPage', { operation: 'users.delta' }], uncounted]],
  ['groups that moved to a page already read', [['movedToReadPage', { operation: 'groups.delta' }]]],
  ['a wall of nulls from the second page of users on', wallFrom('users.delta')],
  ['a wall of nulls for groups', [['wallOfNulls', { operation: 'groups.delta' }]]],
  ['30 % fewer users', [['fewerObjects', { operation: 'users.delta' }], uncounted]],
  ['30 % fewer groups', [['fewerObjects', { operation: 'groups.delta' }]]],
  ['30 % fewer members of groups', [['fewerMembers']]],
  ['a few missing members of groups, within readShrink', [['fewerMembers', { percent: 12 }]]],
  ['all people both live and removed', [['liveAndRemoved']]],
  ['all members both present and removed', [['membersBothWays']]],
])('removes no wrong person in a whole read with %s', async (_name, faults) => {
  await directory.cycleUnder(faults, { full: true });
});

function wallFrom(operation: string): SetFault[] {
  return [2, 3, 4].map((attempt): SetFault => ['wallOfNulls', { operation, attempt }]);
}

test.each<[string, SetFault[]]>([
  ['empty pages', [['emptyPage', { times: 3 }]]],
  ['a repetition of all changes', [['replay']]],
  ['changes that are not listed yet', [['lag']]],
  ['a missing end', [['lastPageMissing']]],
  ['a wall of nulls', [['wallOfNulls']]],
  ['all people both live and removed', [['liveAndRemoved']]],
  ['all members both present and removed', [['membersBothWays']]],
])('removes no wrong person in an incremental read with %s', async (_name, faults) => {
  await directory.cycleUnder(faults);
});

test('never requests a nextLink to a foreign host', async () => {
  const { timely } = directory;
  const before = timely.ledger.last;
  await directory.cycleUnder([['foreignNextLink', { host: timely.url }]], { full: true });
  const arrived = timely.ledger.entries(before).filter(({ path }) => path.includes('delta'));
  expect(arrived).toEqual([]);
});
