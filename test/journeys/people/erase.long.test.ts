/** `erase` removes a person from the store, and the journal stays whole. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { commandsFor } from '../../support/commands.ts';
import { startWorld, type World } from '../../support/world.ts';

let world: World;
/** What the worker wrote. */
const logged: string[] = [];

beforeAll(async () => {
  world = await startWorld();
  world.variables.TIMELY_SYNC_LOG_LEVEL = 'info';
  await world.startWorker((line) => logged.push(line));
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

interface Verified {
  whole: boolean;
  opened: { by: string; entries: number }[];
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
  const { document } = await commands.json<Verified>('history', world.tenant, '--verify');
  expect(document).toMatchObject({ whole: true, opened: [{ by: 'privacy' }] });
  expect(document.opened[0]?.entries).toBeGreaterThan(1);
  const verified = await commands.run('history', world.tenant, '--verify');
  expect(verified.out).toMatch(/entries were opened by the erasure of entry \d+ \(.*, by privacy\)/);
  for (const who of [email, 'Nora Winter'])
    expect((await commands.run('erase', world.tenant, who, '--yes')).err).toContain('knows no person');
  for (const words of [['history'], ['findings'], ['status'], ['approvals', 'list']])
    expect([0, 3]).toContain((await commands.run(...words, world.tenant)).exitCode);
  expect(logged.length).toBeGreaterThan(5);
  expect(logged.filter((line) => traces.some((trace) => line.includes(trace)))).toEqual([]);
  expect((await world.cycle({ full: true })).health).toBe('ok');
  commands.release();
}, 60_000);
