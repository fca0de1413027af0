/** `up` at a terminal of 80 columns: its moving line, its keys, and what a killed one leaves to the next. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { builtProgram } from '../../support/program.ts';
import { until } from '../../support/world.ts';
import { atTerminal, type Typist } from '../support/pseudo-terminal.ts';

let folder: string;
let opened: string;
const people: Typist[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'timely-sync-up-'));
  opened = join(folder, 'opened');
  await mkdir(join(folder, 'path'));
  // The browser of this machine.
  await writeFile(join(folder, 'path', 'xdg-open'), `#!/bin/sh\necho "$1" >'${opened}'\n`);
  await chmod(join(folder, 'path', 'xdg-open'), 0o755);
});
afterAll(async () => {
  // A test that failed leaves an `up`, which stops what it has started.
  const left = await ownerOf().catch(() => null);
  if (left !== null) process.kill(left, 'SIGTERM');
  for (const person of people) await Promise.race([person.ended, sleep(60_000)]);
  for (const person of people) person.kill();
  await rm(folder, { recursive: true, force: true });
}, 90_000);

function up(): Typist {
  const env = {
    PATH: `${join(folder, 'path')}:${process.env.PATH}`,
    TEMPORAL_CLI_PATH: process.env.TEMPORAL_CLI_PATH,
  };
  const person = atTerminal([builtProgram, 'up', '--sandbox', '--data', join(folder, 'data')], env, folder);
  people.push(person);
  return person;
}

/** The process of the `up` that runs. */
async function ownerOf(): Promise<number> {
  const record: unknown = JSON.parse(await readFile(join(folder, 'data', 'up.json'), 'utf8'));
  return (record as { owner: { pid: number } }).owner.pid;
}

/** Temporal, PostgreSQL, a worker and a cycle, on a busy machine. */
const startsWithinMs = 120_000;

/** Web addresses, and what is pasted into a shell, stay whole. */
const toPaste = /https?:|timely-sync sandbox|^export /;

async function expectToRun(person: Typist): Promise<void> {
  await person.see('export TEMPORAL_ADDRESS=127.0.0.1:', startsWithinMs);
  await person.see('Everything keeps running.', startsWithinMs);
  await person.see("Keys: u opens Temporal's UI, s shows the status, q stops everything.");
  // The line that moves.
  await person.see('contoso: waiting, next cycle at ');
}

test('shows what goes on in one line, and listens to its keys', async () => {
  const person = up();
  await expectToRun(person);
  person.press('s');
  await person.see('│ contoso │ waiting │');
  person.press('u');
  const url = await until(
    'the browser',
    async () => (await readFile(opened, 'utf8').catch(() => '')).trim() || null,
  );
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+/);
  person.press('q');
  expect(await person.ended).toBe(0);
  expect(person.brokenLines().filter((line) => !toPaste.test(line))).toEqual([]);
}, 300_000);

test('goes on after it was killed, and Ctrl-C stops it', async () => {
  const killed = up();
  await expectToRun(killed);
  process.kill(await ownerOf(), 'SIGKILL');
  await killed.ended;

  const next = up();
  await expectToRun(next);
  next.press('\u0003');
  expect(await next.ended).toBe(0);
  await expect(readFile(join(folder, 'data', 'up.json'))).rejects.toThrow('ENOENT');
}, 600_000);
