/** `npm start -- --once` in a new clone, then `npm start`. npm-start-again.long.test.ts has later starts. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as expected from '../../simulators/expected-first-cycle.ts';
import { type NpmStart, openNpmStart, startDocument } from './npm-start.ts';

let start: NpmStart;

beforeAll(async () => {
  start = await openNpmStart();
});
afterAll(() => start.close());

const sorted = (...lists: (readonly string[])[]) => lists.flat().sort();

let writesOfTheFirst: number[];

test('brings in exactly the expected people and teams, and lists the held ones', async () => {
  const { exitCode, stdout } = await start.npmStart('--once', '--json');
  expect(exitCode).toBe(3);
  const [contoso] = startDocument.parse(JSON.parse(stdout)).tenants;
  expect(contoso.cycle.counts).toMatchObject({
    invited: 48,
    reinstated: 1,
    linked: 1,
    teamsCreated: 6,
    held: 6,
  });
  expect(contoso.held.map(({ subject, reason }) => `${subject} ${reason}`).sort()).toEqual(
    expected.held.map(({ email, rule }) => `${email} ${rule}`).sort(),
  );
  expect(contoso.failed).toEqual([]);
  const { people, managers, teams } = await start.timely();
  const before = [...expected.unmanaged, expected.owner, 'priya.natarajan@contoso.example'];
  expect(people).toEqual(sorted(expected.invited, expected.reinstated, expected.linked, before));
  expect(managers).toEqual(sorted(expected.managers));
  expect(teams).toEqual(
    Object.fromEntries(Object.entries(expected.teams).map(([name, members]) => [name, sorted(members)])),
  );
  writesOfTheFirst = await start.writes();
}, 120_000);

test('keeps running at the next start, writes nothing, and closes its files and programs to others', async () => {
  const first = start.npmStartRunning();
  await first.says(/export TEMPORAL_ADDRESS=127\.0\.0\.1:\d+/);
  await first.says(/Everything keeps running/);
  const { all, holders } = await start.programsThatHoldSecret();
  expect(all.sort()).toEqual(['PostgreSQL', 'Temporal', 'The sandbox', 'The worker']);
  expect(holders).toEqual([]);
  expect(await start.openToOthers()).toEqual([]);
  const consoleUrl = await first.says(/http:\/\/localhost:\d+(?=\/tenants)/);
  expect((await fetch(consoleUrl)).headers.get('content-security-policy')).toContain("default-src 'none'");
  const { exitCode, said } = await first.interrupt();
  expect(exitCode).toBe(0);
  expect(said).toContain('up: stopping: Ctrl-C (SIGINT)');
  expect(await start.writes()).toEqual(writesOfTheFirst);
  expect(existsSync(join(start.data, 'up.json'))).toBe(false);
  expect(existsSync(join(start.data, 'postgres', 'postmaster.pid'))).toBe(false);
}, 120_000);
