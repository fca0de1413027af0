/** `npm start -- --once` in a new clone, then once more. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { z } from 'zod';
import { runCommand } from '../../client/run-command.ts';
import * as expected from '../../simulators/expected-first-cycle.ts';
import { until } from '../../support/world.ts';

const program = join(import.meta.dirname, '..', '..', '..', 'setup', 'start.mjs');

const savedTimely = z.object({
  users: z.array(z.object({ id: z.number(), email: z.string(), deleted: z.boolean(), role_id: z.number() })),
  roles: z.array(z.object({ id: z.number(), name: z.string() })),
  teams: z.array(z.object({ name: z.string(), users: z.array(z.object({ user_id: z.number() })) })),
});
const ledgerLine = z.object({ number: z.number(), method: z.string(), operation: z.string() });
const startDocument = z.object({
  tenants: z.tuple([
    z.object({
      tenant: z.literal('contoso'),
      cycle: z.object({ counts: z.record(z.string(), z.number()) }).loose(),
      held: z.array(z.object({ change: z.string(), subject: z.string(), reason: z.string() })),
      failed: z.array(z.unknown()),
      findings: z.array(z.object({ kind: z.string(), subject: z.string(), message: z.string() })),
    }),
  ]),
});

let folder: string;
let data: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'timely-sync-start-'));
  data = join(folder, 'data');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function npmStart(...words: string[]): Promise<{ exitCode?: number; stdout: string }> {
  return await execa(process.execPath, [program, ...words, '--data', data], { reject: false });
}

/** Starts `npm start` until `stop`. `said` returns the output of both its streams so far. */
function npmStartRunning() {
  const child = execa(process.execPath, [program, '--data', data], {
    env: { ANOTHER_PROGRAMS_TOKEN: markedSecret },
    stdin: 'ignore',
    all: true,
    reject: false,
    forceKillAfterDelay: false,
  });
  let said = '';
  child.all.on('data', (text) => (said += String(text)));
  return {
    async says(pattern: RegExp): Promise<string> {
      const found = () => {
        if (child.exitCode !== null) throw new Error(`It has ended: ${said}`);
        return Promise.resolve(pattern.exec(said));
      };
      return (await until(`${pattern}`, found, 60_000))[0];
    },
    async interrupt(): Promise<number | undefined> {
      child.kill('SIGINT');
      return (await child).exitCode;
    },
  };
}

async function writes(): Promise<number[]> {
  const lines = (await readFile(join(data, 'sandbox', 'timely-ledger.jsonl'), 'utf8')).trim().split('\n');
  return lines
    .map((line) => ledgerLine.parse(JSON.parse(line)))
    .filter(({ method, operation }) => method !== 'GET' && !operation.startsWith('oauth.'))
    .map(({ number }) => number);
}

async function timely() {
  const { users, roles, teams } = savedTimely.parse(
    JSON.parse(await readFile(join(data, 'sandbox', 'timely.json'), 'utf8')),
  );
  const present = users.filter(({ deleted }) => !deleted);
  const email = (id: number) => users.find((user) => user.id === id)?.email ?? String(id);
  const role = (id: number) => roles.find((candidate) => candidate.id === id)?.name;
  return {
    people: present.map((user) => user.email).sort(),
    managers: present
      .filter(({ role_id }) => role(role_id) === 'manager')
      .map((user) => user.email)
      .sort(),
    teams: Object.fromEntries(
      teams.map(({ name, users }) => [name, users.map((user) => email(user.user_id)).sort()]),
    ),
  };
}

const markedSecret = 'marked-token-of-another-program';
const upRecord = z.object({ processes: z.array(z.object({ name: z.string(), pid: z.number() })) });

/** Names of the programs that `up` has started and whose environment holds the secret. Only Linux shows environments. */
async function programsThatHold(secret: string): Promise<{ all: string[]; holders: string[] }> {
  const { processes } = upRecord.parse(JSON.parse(await readFile(join(data, 'up.json'), 'utf8')));
  const holders: string[] = [];
  for (const { name, pid } of process.platform === 'linux' ? processes : []) {
    if ((await readFile(`/proc/${pid}/environ`, 'utf8')).includes(secret)) holders.push(name);
  }
  return { all: processes.map(({ name }) => name), holders };
}

/** Paths below the data folder that others than the owner may read, write or list. */
async function openToOthers(): Promise<string[]> {
  const paths = await readdir(data, { recursive: true });
  const modes = await Promise.all(
    ['.', ...paths].map(async (path) => ({ path, mode: (await stat(join(data, path))).mode & 0o777 })),
  );
  // Run by root, the data folder lets PostgreSQL's user pass.
  const isOpen = ({ path, mode }: { path: string; mode: number }) =>
    (mode & (path === '.' ? 0o066 : 0o077)) !== 0;
  return modes.filter(isOpen).map(({ path, mode }) => `${path} ${mode.toString(8)}`);
}

const sorted = (...lists: (readonly string[])[]) => lists.flat().sort();

describe('npm start', () => {
  let writesOfTheFirst: number[];

  test('brings in exactly the expected people and teams, and lists the held ones', async () => {
    const { exitCode, stdout } = await npmStart('--once', '--json');
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
    const { people, managers, teams } = await timely();
    const before = [...expected.unmanaged, expected.owner, 'priya.natarajan@contoso.example'];
    expect(people).toEqual(sorted(expected.invited, expected.reinstated, expected.linked, before));
    expect(managers).toEqual(sorted(expected.managers));
    expect(teams).toEqual(
      Object.fromEntries(Object.entries(expected.teams).map(([name, members]) => [name, sorted(members)])),
    );
    writesOfTheFirst = await writes();
  }, 120_000);

  test('continues from its data at the second start, writes nothing and leaves no process', async () => {
    const { exitCode, stdout } = await npmStart('--once');
    expect(exitCode).toBe(3);
    expect(await writes()).toEqual(writesOfTheFirst);
    expect(stdout).toContain('6 held');
    expect(stdout).toMatch(/^export TEMPORAL_ADDRESS=127\.0\.0\.1:\d+$/m);
    expect(existsSync(join(data, 'up.json'))).toBe(false);
    expect(existsSync(join(data, 'postgres', 'postmaster.pid'))).toBe(false);
  }, 60_000);

  test('keeps running with a paused tenant, its files and programs closed to others', async () => {
    const first = npmStartRunning();
    const line = await first.says(/export TEMPORAL_ADDRESS=\S+/);
    await first.says(/Everything keeps running/);
    const { all, holders } = await programsThatHold(markedSecret);
    expect(all.sort()).toEqual(['PostgreSQL', 'Temporal', 'The sandbox', 'The worker']);
    expect(holders).toEqual([]);
    expect(await openToOthers()).toEqual([]);
    const consoleUrl = await first.says(/http:\/\/localhost:\d+(?=\/tenants)/);
    expect((await fetch(consoleUrl)).headers.get('content-security-policy')).toContain("default-src 'none'");
    process.env.TEMPORAL_ADDRESS = line.replace('export TEMPORAL_ADDRESS=', '');
    expect((await runCommand(['pause', 'contoso'])).exitCode).toBe(0);
    expect(await first.interrupt()).toBe(0);

    const second = npmStartRunning();
    await second.says(/contoso is paused: `timely-sync resume contoso` lets it go on/);
    await second.says(/Everything keeps running/);
    expect(await second.interrupt()).toBe(0);
  }, 180_000);
});
