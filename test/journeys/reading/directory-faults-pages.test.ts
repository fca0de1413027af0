/** Pages that lie: nobody is removed who should not be, and the next healthy cycle ends right. One running tenant. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FaultyDirectory, type SetFault, startFaultyDirectory } from './faulty-directory.ts';

let directory: FaultyDirectory;

beforeAll(async () => {
  directory = await startFaultyDirectory();
}, 90_000);
afterAll(() => directory.world.close());

/** Where Graph does not count either, the pages alone have to prove themselves. */
const uncounted: SetFault = ['cannotCount'];

test.each<[string, SetFault[]]>([
  ['pages that are empty with 200', [['emptyPage', { times: 4 }]]],
  ['a whole directory that is empty with 200', [['fewerObjects', { percent: 100 }], uncounted]],
  ['a last page that is missing', [['lastPageMissing', { operation: '*.delta' }]]],
  ['a cursor that repeats', [['repeatCursor', { operation: '*.delta' }]]],
  ['users who moved to a page not yet read', [['movedToNextPage']]],
  ['users who moved to a page already read', [['movedToReadPage', { operation: 'users.delta' }], uncounted]],
  ['groups that moved to a page already read', [['movedToReadPage', { operation: 'groups.delta' }]]],
  ['a wall of nulls from the second page of users on', wallFrom('users.delta')],
  ['a wall of nulls for groups', [['wallOfNulls', { operation: 'groups.delta' }]]],
  ['30 % fewer users', [['fewerObjects', { operation: 'users.delta' }], uncounted]],
  ['30 % fewer groups', [['fewerObjects', { operation: 'groups.delta' }]]],
  ['30 % fewer members of groups', [['fewerMembers']]],
  ['a few members of groups fewer, within what readShrink allows', [['fewerMembers', { percent: 12 }]]],
  ['everybody both live and removed', [['liveAndRemoved']]],
  ['every member both there and gone', [['membersBothWays']]],
])(
  'a whole read with %s',
  async (_name, faults) => {
    await directory.cycleUnder(faults, { full: true });
  },
  60_000,
);

function wallFrom(operation: string): SetFault[] {
  return [2, 3, 4].map((attempt): SetFault => ['wallOfNulls', { operation, attempt }]);
}

test.each<[string, SetFault[]]>([
  ['empty pages', [['emptyPage', { times: 3 }]]],
  ['all changes there ever were, once more', [['replay']]],
  ['changes that are not told yet', [['lag']]],
  ['a missing end', [['lastPageMissing']]],
  ['a wall of nulls', [['wallOfNulls']]],
  ['everybody both live and removed', [['liveAndRemoved']]],
  ['every member both there and gone', [['membersBothWays']]],
])(
  'an incremental read with %s',
  async (_name, faults) => {
    await directory.cycleUnder(faults);
  },
  60_000,
);

test('a nextLink to a foreign host is not followed: no token arrives there, nor anything else', async () => {
  const { timely } = directory.world.sandbox;
  const before = timely.ledger.last;
  await directory.cycleUnder([['foreignNextLink', { host: timely.url }]], { full: true });
  const arrived = timely.ledger.entries(before).filter(({ path }) => path.includes('delta'));
  expect(arrived).toEqual([]);
}, 60_000);
