/** A directory that refuses, cuts connections or has another clock. One running tenant. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FaultyDirectory, type SetFault, startFaultyDirectory } from './faulty-directory.ts';

let directory: FaultyDirectory;

beforeAll(async () => {
  directory = await startFaultyDirectory();
}, 90_000);
afterAll(() => directory.world.close());

const users = 'users.delta';
const groups = 'groups.delta';

/** Faults that a cycle handles by itself. */
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
])(
  'ends a cycle right despite %s',
  async (_name, faults, kind) => {
    const { health, cycleError } = await directory.cycleUnder(faults, kind);
    expect({ health, cycleError }).toEqual({ health: 'ok', cycleError: null });
  },
  60_000,
);

test('asks for consent and changes nothing when a permission is revoked between two pages', async () => {
  const { health, cycleError } = await directory.cycleUnder(
    [['permissionLost', { operation: groups, attempt: 2 }]],
    { full: true },
  );
  expect(health).toBe('needs-consent');
  expect(cycleError?.remedy).toContain('GroupMember.Read.All');
}, 60_000);

test.each([10, -10])(
  'works without delay when the clock of Microsoft is %i minutes off',
  async (minutes) => {
    const { app } = directory.microsoft.state;
    // A clock that is ahead ends each token sooner.
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
