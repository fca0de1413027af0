/** A request of 40,000 changes on the console: how long its page takes to open, and an answer to count. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ProcessGroup } from '../../client/local/process-group.ts';
import { startStack } from '../../client/local/stack.ts';
import { storedSecret } from '../../client/local/stored-secret.ts';
import { startSandbox } from '../../simulators/sandbox.ts';
import { createTenantLinks } from '../../worker/console/tenant-links.ts';
import { fillCompany } from '../scale/scale-company.ts';
import { judge, machine, percentile } from '../support/figures.ts';
import { memory, workerPid } from '../support/processes.ts';
import { awaitFirstCycle, inFolder } from '../support/stack.ts';
import { writeTenantFile } from '../support/tenant-files.ts';
import { BrowserOfOne } from './browser-of-one.ts';

const p95MsMax = 300;
const decider = { displayName: 'Amelie Roth', address: 'amelie.roth@contoso.example' };

/** Holds all invitations of the first cycle in one request, and starts no cycle by the clock. */
const heldAtOnce = [
  [/invitations: \{ max: .*/, 'invitations: { max: 10 }'],
  [/every: \S+/, 'every: 1h'],
  ['approvals:\n', `approvals:\n  who: [${decider.address}]\n`],
] as const;

interface Waits {
  opened: number[];
  searched: number[];
  reviewed: number[];
  decided: number[];
  /** The answer about all changes that are left. */
  decidedAllMs: number;
  workerMiB: number;
}

/** Prints p95 of opening the request and of answering it. `--people N` (40,000), `--rounds N` (20). */
export async function benchConsole(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { people: { type: 'string', default: '40000' }, rounds: { type: 'string', default: '20' } },
  });
  const [people, rounds] = [Number(values.people), Number(values.rounds)];
  const waits = await inFolder((folder, group) => measure(folder, group, people, rounds));
  console.log(`${machine}, a request of ${people} changes, ${rounds} rounds`);
  const opened = Math.round(percentile(waits.opened, 95));
  judge({ name: 'open the request, p95', value: opened, unit: ' ms', atMost: p95MsMax });
  const shown = (name: string, given: readonly number[]) =>
    console.log(`${name}, p95: ${Math.round(percentile(given, 95))} ms`);
  shown('search in it', waits.searched);
  shown('sum an answer up', waits.reviewed);
  shown('answer about one change', waits.decided);
  console.log(`answer about all others: ${Math.round(waits.decidedAllMs)} ms`);
  console.log(`worker's memory: ${waits.workerMiB.toFixed(0)} MiB`);
}

async function measure(folder: string, group: ProcessGroup, people: number, rounds: number): Promise<Waits> {
  const made = await startSandbox({
    dataDir: join(folder, 'sandbox'),
    company: (microsoft, timely) => {
      const groups = people / 20;
      const size = { people, groups, memberships: people * 3, inScope: people, inTimely: 0, seed: 'contoso' };
      fillCompany(microsoft, timely, size);
      microsoft.join({ displayName: decider.displayName, department: 'Board' });
    },
  });
  await made.close();
  const stack = await startStack(group, { dataFolder: folder, sandbox: true, files: [], say: console.error });
  await awaitFirstCycle(stack.address, await writeTenantFile(folder, heldAtOnce));
  const key = Buffer.from(await storedSecret(join(folder, 'encryption.key')), 'base64');
  const list = `${stack.consoleUrl}${createTenantLinks([key]).pathOf('contoso')}/approvals`;
  const browser = new BrowserOfOne(made.caPem);
  await browser.signIn(list, decider.address);
  const page = await pageOfInvitations(browser, list);
  return { ...(await answer(browser, page, rounds)), workerMiB: await memory(await workerPid(folder)) };
}

/** The company's administrator is asked about apart. */
async function pageOfInvitations(browser: BrowserOfOne, list: string): Promise<string> {
  const rows = (await browser.get(list)).split('<tr>');
  const row = rows.find((each) => each.includes('too-many-invitations'));
  const path = /href="([^"]+\/approvals\/\d+)"/.exec(row ?? '')?.[1];
  if (path === undefined) throw new Error('No request asks about the invitations.');
  return String(new URL(path, list));
}

async function answer(
  browser: BrowserOfOne,
  page: string,
  rounds: number,
): Promise<Omit<Waits, 'workerMiB'>> {
  const waits = { opened: [], searched: [], reviewed: [], decided: [] } as Record<string, number[]>;
  const timed = async <Result>(name: string, act: () => Promise<Result>): Promise<Result> => {
    const beganMs = performance.now();
    const result = await act();
    waits[name]?.push(performance.now() - beganMs);
    return result;
  };
  let shown = await browser.get(page);
  for (let round = 0; round < rounds; round += 1) {
    shown = await timed('opened', () => browser.get(page));
    await timed('searched', () => browser.get(`${page}?go=search&search=${searchedFor(round)}`));
  }
  const changes = [...shown.matchAll(/name="shown" value="([^"]+)"/g)].map(([, key = '']) => key);
  if (changes.length < rounds) throw new Error(`The page shows ${changes.length} changes to choose from.`);
  for (const change of changes.slice(0, rounds)) {
    const only = { kind: 'only', other: change };
    await timed('reviewed', () => browser.send(page, { ...only, go: 'reject' }));
    await timed('decided', () => browser.send(page, { ...only, go: 'send', decision: 'reject' }));
  }
  const beganMs = performance.now();
  await browser.send(page, { kind: 'except', go: 'send', decision: 'reject' });
  return { ...(waits as unknown as Waits), decidedAllMs: performance.now() - beganMs };
}

/** Another part of a name each time: `Person …` with letters in place of digits. */
const searchedFor = (round: number): string => `person%20${'abcdefghij'.charAt(round % 10)}`;
