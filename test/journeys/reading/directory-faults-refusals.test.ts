/** A directory that refuses, breaks off or counts time differently. One running tenant. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FaultyDirectory, type SetFault, startFaultyDirectory } from './faulty-directory.ts';

let directory: FaultyDirectory;

beforeAll(async () => {
  directory = await startFaultyDirectory();
}, 90_000);
afterAll(() => directory.world.close());

const users = 'users.delta';
const groups = 'groups.delta';

/** What a cycle gets over by itself. */
test.each<[string, SetFault[], { full: boolean }]>([
  [
    'a token that expires between two pages',
    [['tokenExpired', { operation: users, attempt: 2 }]],
    { full: true },
  ],
  [
    'a delta token of users that expired (400)',
    [['cursorExpired400', { operation: users, times: 1 }]],
    { full: false },
  ],
  [
    'a delta token of users that is gone (410)',
    [['cursorGone410', { operation: users, times: 1 }]],
    { full: false },
  ],
  [
    'a delta token of groups that expired (400)',
    [['cursorExpired400', { operation: groups, times: 1 }]],
    { full: false },
  ],
  [
    'a delta token of groups that is gone (410)',
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
    '429 with nothing',
    [['throttle', { operation: groups, attempt: 2, retryAfter: 'nothing' }]],
    { full: true },
  ],
  ['503 with HTML', [['unavailable', { operation: users, attempt: 3 }]], { full: true }],
  [
    'a connection that is cut before the answer',
    [['dropConnection', { operation: groups, attempt: 2 }]],
    { full: true },
  ],
  [
    'a connection that is cut in the middle of a body',
    [['cutBody', { operation: users, attempt: 2 }]],
    { full: true },
  ],
])(
  'a cycle gets over %s',
  async (_name, faults, kind) => {
    const { health, cycleError } = await directory.cycleUnder(faults, kind);
    expect({ health, cycleError }).toEqual({ health: 'ok', cycleError: null });
  },
  60_000,
);

test('a permission that is taken away between two pages asks for consent, and nothing is believed', async () => {
  const { health, cycleError } = await directory.cycleUnder(
    [['permissionLost', { operation: groups, attempt: 2 }]],
    { full: true },
  );
  expect(health).toBe('needs-consent');
  expect(cycleError?.remedy).toContain('GroupMember.Read.All');
}, 60_000);

test.each([10, -10])(
  'a clock that is %i minutes off makes no difference, and nobody waits for it',
  async (minutes) => {
    const { app } = directory.microsoft.state;
    // By a clock that runs ahead each token is over sooner.
    app.tokenLifetimeSeconds = 420;
    const startedMs = Date.now();
    const { health } = await directory.cycleUnder(
      [
        ['clockOff', { minutes }],
        ['throttle', { operation: users, attempt: 2, retryAfter: 'date' }],
      ],
      { full: true },
    );
    expect(health).toBe('ok');
    expect(Date.now() - startedMs).toBeLessThan(30_000);
  },
  60_000,
);
