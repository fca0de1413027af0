/** `npm start` with a data folder of its own, and what it leaves there. */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { until } from '../../support/world.ts';

const program = join(import.meta.dirname, '..', '..', '..', 'setup', 'start.mjs');

const savedTimely = z.object({
  users: z.array(z.object({ id: z.number(), email: z.string(), deleted: z.boolean(), role_id: z.number() })),
  roles: z.array(z.object({ id: z.number(), name: z.string() })),
  teams: z.array(z.object({ name: z.string(), users: z.array(z.object({ user_id: z.number() })) })),
});
const ledgerLine = z.object({ number: z.number(), method: z.string(), operation: z.string() });
export const startDocument = z.object({
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

const markedSecret = 'marked-token-of-another-program';
const upRecord = z.object({ processes: z.array(z.object({ name: z.string(), pid: z.number() })) });

export type NpmStart = Awaited<ReturnType<typeof openNpmStart>>;

export async function openNpmStart() {
  const folder = await mkdtemp(join(tmpdir(), 'timely-sync-start-'));
  const data = join(folder, 'data');

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
      async interrupt(): Promise<{ exitCode: number | undefined; said: string }> {
        child.kill('SIGINT');
        const { exitCode } = await child;
        return { exitCode, said };
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

  return {
    data,
    npmStart,
    npmStartRunning,
    writes,
    timely,
    /** Names of the programs that `up` has started and whose environment holds the secret of another program. */
    programsThatHoldSecret: () => programsThatHold(markedSecret),
    openToOthers,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
