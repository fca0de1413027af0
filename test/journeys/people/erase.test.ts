/** `erase` removes a person from the store, and the journal stays whole. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { commandsFor } from '../../support/commands.ts';
import { startWorld, type World } from '../../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.startWorker();
  await world.start();
}, 90_000);
afterAll(() => world.close());

/** Returns all rows of all tables, as texts. */
async function rows(): Promise<string[]> {
  const store = new Client({ connectionString: world.databaseUrl });
  await store.connect();
  const tables = await store.query<{ name: string }>(
    "select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public'",
  );
  const found: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await store.query<{ row: string }>(`select t::text as row from ${name} t`);
    found.push(...rows.map(({ row }) => `${name} ${row}`));
  }
  await store.end();
  return found;
}

test('erase refuses people in scope, removes all data of a leaver, and keeps the chain whole', async () => {
  const { state } = world.sandbox.microsoft;
  const email = 'nora.winter@contoso.example';
  state.join({ displayName: 'Nora Winter', department: 'Design', groups: ['Timely Users', 'Design Guild'] });
  await world.cycle();
  const user = world.sandbox.timely.state.present.find((present) => present.email === email);
  const traces = [email, 'Nora Winter', String(user?.external_id)];
  const commands = commandsFor(world);
  const erase = () => commands.run('erase', world.tenant, email, '--yes', '--by', 'privacy');
  const refused = await erase();
  expect(refused.exitCode).toBe(2);
  expect(refused.err).toContain('in scope');

  state.leave('Nora Winter');
  await world.cycle();
  expect(world.present()).not.toContain(email);
  const mentions = async () =>
    (await rows()).filter(
      (row) =>
        traces.some((trace) => row.toLowerCase().includes(trace.toLowerCase())) ||
        row.includes(`"userId": ${user?.id},`),
    );
  expect((await mentions()).length).toBeGreaterThan(5);

  expect((await erase()).exitCode).toBe(0);
  expect(await mentions()).toEqual([]);
  const { document } = await commands.json<{ whole: boolean }>('history', world.tenant, '--verify');
  expect(document.whole).toBe(true);
  expect((await erase()).err).toContain('knows no person');
  expect((await world.cycle({ full: true })).health).toBe('ok');
  commands.release();
}, 60_000);
