/** `npm start` on the data of earlier starts, running or paused. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runCommand } from '../../client/run-command.ts';
import { type NpmStart, openNpmStart } from './npm-start.ts';

let start: NpmStart;
let writesOfTheFirst: number[];

beforeAll(async () => {
  start = await openNpmStart();
  expect((await start.npmStart('--once')).exitCode).toBe(3);
  writesOfTheFirst = await start.writes();
}, 120_000);
afterAll(() => start.close());

test('continues from its data at the second start, writes nothing and leaves no process', async () => {
  const { exitCode, stdout } = await start.npmStart('--once');
  expect(exitCode).toBe(3);
  expect(await start.writes()).toEqual(writesOfTheFirst);
  expect(stdout).toContain('6 held');
  expect(stdout).toMatch(/^export TEMPORAL_ADDRESS=127\.0\.0\.1:\d+$/m);
  expect(existsSync(join(start.data, 'up.json'))).toBe(false);
  expect(existsSync(join(start.data, 'postgres', 'postmaster.pid'))).toBe(false);
}, 60_000);

test('says at the next start that a tenant is paused, and keeps running', async () => {
  const first = start.npmStartRunning();
  const line = await first.says(/export TEMPORAL_ADDRESS=\S+/);
  await first.says(/Everything keeps running/);
  process.env.TEMPORAL_ADDRESS = line.replace('export TEMPORAL_ADDRESS=', '');
  expect((await runCommand(['pause', 'contoso'])).exitCode).toBe(0);
  expect(await first.interrupt()).toMatchObject({ exitCode: 0 });

  const second = start.npmStartRunning();
  await second.says(/contoso is paused: `timely-sync resume contoso` lets it go on/);
  await second.says(/Everything keeps running/);
  expect(await second.interrupt()).toMatchObject({ exitCode: 0 });
}, 180_000);
