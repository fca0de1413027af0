/** A worker that is killed while it renews the tokens of Timely. One running tenant. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { decrypt } from '../../../store/account/encryption.ts';
import { parseStoredTokens } from '../../../timely/token-source.ts';
import { runCommand } from '../../client/run-command.ts';
import { codeShown } from '../../client/support/code-shown.ts';
import { commandsFor } from '../../support/commands.ts';
import { endProcess } from '../../support/program.ts';
import { startWorld, until, type World } from '../../support/world.ts';

let world: World;
let commands: ReturnType<typeof commandsFor>;

beforeAll(async () => {
  world = await startWorld();
  commands = commandsFor(world);
  await world.startWorker();
  await world.start();
}, 90_000);
afterAll(async () => {
  commands.release();
  await world.close();
});

test('the status says that a worker was killed in the middle of a token renewal', async () => {
  const { oauth } = world.sandbox.timely.state;
  const { faults } = world.sandbox.timely;
  const pairs = () => oauth.save().pairs.length;
  await world.cycle();
  const pairsBefore = pairs();
  // Timely has used the refresh token, and its response is on the way.
  faults.set('latency', { operation: 'oauth.token', when: 'after', milliseconds: 3_000, times: 1 });
  oauth.expireAccess();
  const cycle = world.cycle();
  await until('the renewal', async () => pairs() > pairsBefore || null);
  await Promise.all([...world.workers].map(endProcess));
  await world.startWorker();
  expect(await cycle).toMatchObject({
    health: 'needs-connect',
    cycleError: { message: expect.stringContaining('cut off') },
  });
  const codeOf = (written: string) => codeShown(world, written);
  const { exitCode } = await runCommand(['connect', world.tenant, '--paste'], { type: codeOf });
  expect(exitCode).toBe(0);
  await until('the tenant to be well', async () => (await world.status()).health === 'ok' || null);
}, 90_000);

test('a tenant continues when its worker is killed after it stored a renewed pair', async () => {
  const { oauth } = world.sandbox.timely.state;
  const { faults, ledger } = world.sandbox.timely;
  await world.cycle();
  const renewals = () => ledger.entries().filter(({ operation }) => operation === 'oauth.token').length;
  const [renewalsBefore, pairBefore] = [renewals(), await storedPair()];
  // Slow enough that the first use of the new pair is unfinished when the worker dies.
  faults.set('latency', { milliseconds: 1_500 });
  oauth.expireAccess();
  const cycle = world.cycle();
  await until('the new pair in the store', async () => {
    const { accessToken, renewalBeganAt } = await storedPair();
    return (accessToken !== pairBefore.accessToken && renewalBeganAt === null) || null;
  });
  await Promise.all([...world.workers].map(endProcess));
  faults.clear();
  await world.startWorker();
  expect(await cycle).toMatchObject({ health: 'ok', cycleError: null });
  expect(renewals()).toBe(renewalsBefore + 1);
}, 90_000);

/** Returns the stored pair, decrypted with the key of the test's workers. */
async function storedPair() {
  const store = new Client({ connectionString: world.databaseUrl });
  await store.connect();
  const { rows } = await store.query<{ encrypted: Buffer; context: string[] }>(
    "select encrypted, array['oauth_tokens', tenant, account_id::text, origin] as context from oauth_tokens",
  );
  await store.end();
  const [row] = rows;
  if (!row) throw new Error('No tokens are stored.');
  const context = row.context.map((part, index) => (index === 2 ? Number(part) : part));
  return parseStoredTokens(
    JSON.parse(decrypt(row.encrypted, Buffer.alloc(32, 7), JSON.stringify(context))?.text ?? ''),
  );
}
