/** `timely-sync check` by a running worker. test/activities/check/problems.test.ts has each problem. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseTenantFile } from '../../../config/tenant-file.ts';
import type { CheckLine, CheckReport } from '../../../domain/contract/check.ts';
import { closeDatabase, openDatabase } from '../../../store/database.ts';
import { listTenants } from '../../../store/tenants.ts';
import { ask } from '../../support/ask.ts';
import { runBuiltProgram } from '../../support/program.ts';
import { startWorld, testTemporal, type World } from '../../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.startWorker();
}, 60_000);
afterAll(() => world.close());

/** Runs the query of the command, with the tenant's file after an edit. */
async function check(edit: (text: string) => string = (text) => text): Promise<CheckLine[]> {
  const file = parseTenantFile(edit(await readFile(world.file, 'utf8')), world.file);
  const report: CheckReport = await ask(world.client, world.taskQueue, { about: 'check', file });
  expect(report.tenant).toBe(world.tenant);
  return report.lines;
}

/** Runs the command in a process that knows only the address of Temporal. */
const command = (...words: string[]) =>
  runBuiltProgram(words, { TEMPORAL_ADDRESS: testTemporal(), TIMELY_SYNC_TASK_QUEUE: world.taskQueue });

/** The size of the sandbox's company, and of its scope. */
const inScope = '57 people of 65 would be in scope';

const withoutOk = (lines: CheckLine[]) => lines.filter(({ state }) => state !== 'ok');

describe('before the first start', () => {
  test('reports no problem, and stores and writes nothing', async () => {
    const { exitCode, out } = await command('check', world.file, '--json');
    expect(exitCode).toBe(0);
    const { tenant, lines } = JSON.parse(out);
    expect(tenant).toBe(world.tenant);
    expect(withoutOk(lines)).toEqual([]);
    expect(lines.map(({ side, name }: CheckLine) => `${side} ${name}`)).toEqual([
      'directory sign-in',
      'directory User.Read.All',
      'directory GroupMember.Read.All',
      'directory RoleManagement.Read.Directory',
      'directory least privilege',
      'directory people',
      'directory groups',
      'directory credential',
      'directory scope',
      'timely sign-in',
      'timely user permissions',
      'timely team permissions',
      'timely owner',
      'timely subscription',
      'timely features',
      'timely seats',
      'timely roles',
      'timely another writer',
      'temporal search attributes',
    ]);
    const scope = lines.find(({ name }: CheckLine) => name === 'scope');
    expect(scope.message).toBe(`${inScope}, as the directory is now.`);
    expect(world.writes()).toEqual([]);
    const database = await openDatabase(world.databaseUrl);
    expect(await listTenants(database, { after: 0, limit: 10 })).toEqual([]);
    await closeDatabase(database);
  });

  test('lets the first start use the tokens of the check', async () => {
    expect(await world.start()).toMatchObject({ health: 'ok', finishedCycle: 1 });
    const exchanges = world.sandbox.timely.ledger
      .entries()
      .filter(({ operation }) => operation === 'oauth.token');
    expect(exchanges.map(({ status }) => status)).toEqual([200]);
  });

  test('counts the scope of an edited file after the start', async () => {
    const scopeOf = (lines: CheckLine[]) => lines.filter(({ name }) => name === 'scope');
    // The replica gives the same count as the directory before.
    const message = `${inScope}, as the directory was last read.`;
    expect(scopeOf(await check())).toEqual([expect.objectContaining({ state: 'ok', message })]);
    const lines = scopeOf(await check((text) => text.replace('[Design, Engineering]', 'Alchemy')));
    expect(lines).toContainEqual(
      expect.objectContaining({ state: 'warning', message: expect.stringContaining('scope.include 2') }),
    );
  });
});

test('the command ends with 1 and shows a table', async () => {
  world.sandbox.timely.state.oauth.revokeAll();
  const { exitCode, out } = await command('check', world.file);
  expect(exitCode).toBe(1);
  const text = out.replace(/[\s│]+/g, ' ');
  expect(text).toContain('error timely sign-in Timely no longer accepts our sign-in. Run');
  expect(text).toContain('timely-sync connect');
  expect(text).toContain('1 error, 0 warnings.');
});
