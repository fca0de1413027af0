/** Each fault of refusals and cut connections that a cycle handles by itself. refused-reads.test.ts has one of each kind. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FaultyDirectory, openFaultyDirectory, type SetFault } from '../support/faulty-directory.ts';

let directory: FaultyDirectory;

beforeAll(async () => {
  directory = await openFaultyDirectory();
});
afterAll(() => directory.close());

const users = 'users.delta';
const groups = 'groups.delta';

test.each<[string, SetFault[], { full: boolean }]>([
  [
    'a token that expires between two pages',
    [['tokenExpired', { operation: users, attempt: 2 }]],
    { full: true },
  ],
  [
    'an expired delta token of users (400)',
    [['cursorExpired400', { operation: users, times: 1 }]],
    { full: false },
  ],
  ['a lost delta token of users (410)', [['cursorGone410', { operation: users, times: 1 }]], { full: false }],
  [
    'an expired delta token of groups (400)',
    [['cursorExpired400', { operation: groups, times: 1 }]],
    { full: false },
  ],
  [
    'a lost delta token of groups (410)',
    [['cursorGone410', { operation: groups, times: 1 }]],
    { full: false },
  ],
  [
    'a page link that expires in the middle of a whole read',
    [['cursorGone410', { operation: users, times: 1 }]],
    { full: true },
  ],
  ['429 with decimals', [['throttle', { operation: users, attempt: 2, retryAfter: 0.3 }]], { full: true }],
  ['429 with a date', [['throttle', { operation: users, attempt: 2, retryAfter: 'date' }]], { full: true }],
  [
    '429 without Retry-After',
    [['throttle', { operation: groups, attempt: 2, retryAfter: 'nothing' }]],
    { full: true },
  ],
  ['503 with HTML', [['unavailable', { operation: users, attempt: 3 }]], { full: true }],
  [
    'a connection that is cut before the response',
    [['dropConnection', { operation: groups, attempt: 2 }]],
    { full: true },
  ],
  [
    'a connection that is cut in the middle of a body',
    [['cutBody', { operation: users, attempt: 2 }]],
    { full: true },
  ],
])('ends a cycle right despite %s', async (_name, faults, kind) => {
  expect(await directory.cycleUnder(faults, kind)).toMatchObject({ complete: true, reasons: [] });
});
