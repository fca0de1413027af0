/** A directory that refuses, cuts connections or has another clock. One company, cycle after cycle. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  type FaultyDirectory,
  openFaultyDirectory,
  refusalsOfEachKind,
} from '../support/faulty-directory.ts';

let directory: FaultyDirectory;

beforeAll(async () => {
  directory = await openFaultyDirectory();
});
afterAll(() => directory.close());

const users = 'users.delta';
const groups = 'groups.delta';

/** refused-reads.long.test.ts has all. */
test.each(refusalsOfEachKind)('ends a cycle right despite %s', async (_name, faults, kind) => {
  expect(await directory.cycleUnder(faults, kind)).toMatchObject({ complete: true, reasons: [] });
});

test('changes nothing, and names the permission, when one is revoked between two pages', async () => {
  const { microsoft, cycle, standing } = directory;
  const before = standing();
  microsoft.state.leave('Umar Farouk');
  microsoft.faults.set('permissionLost', { operation: groups, attempt: 2 });
  const during = await cycle({ full: true }).catch((error: unknown) => error);
  expect(during).toMatchObject({
    name: 'PermissionError',
    remedy: expect.stringContaining('GroupMember.Read.All'),
  });
  expect(standing()).toEqual(before);
  microsoft.faults.clear();
  await cycle();
  expect(standing().present).toEqual(
    before.present.filter((email) => email !== 'umar.farouk@contoso.example'),
  );
});

test.each([10, -10])('works without delay when the clock of Microsoft is %i minutes off', async (minutes) => {
  const { app } = directory.microsoft.state;
  // A clock that is ahead ends each token sooner.
  app.tokenLifetimeSeconds = 420;
  const startedMs = Date.now();
  const { complete } = await directory.cycleUnder(
    [
      ['clockOff', { minutes }],
      ['throttle', { operation: users, attempt: 2, retryAfter: 'date' }],
    ],
    { full: true },
  );
  expect(complete).toBe(true);
  expect(Date.now() - startedMs).toBeLessThan(30_000);
});
