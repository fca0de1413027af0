/** Leavers one after another: the time from the directory's notification to the removal in Timely, by both ledgers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { ProcessGroup } from '../client/local/process-group.ts';
import { startStack } from '../client/local/stack.ts';
import { openSandbox, type SandboxControl } from '../client/sandbox/control.ts';
import { registerEventHook } from '../client/sandbox/event-hook.ts';
import { inLetters } from './support/company-names.ts';
import { judge, machine, percentile } from './support/figures.ts';
import { awaitFirstCycle, inFolder, readLedger } from './support/stack.ts';
import { withoutLimits, writeTenantFile } from './support/tenant-files.ts';

/** A person who leaves during the measurement. */
export interface Leaver {
  name: string;
  email: string;
}

type NotifyingDirectory = keyof typeof sendOperation;

/** What the directory's ledger calls a notification. */
const sendOperation = { microsoft: 'notifications.send', okta: 'hooks.send' } as const;

/** Okta's System Log has a limit of its own: half of it is a request in two seconds. */
const restMs = { microsoft: 0, okta: 3_000 } as const;
const pollEveryMs = 50;
const p95MsMax = 2_000;
const removedWithinMs = 60_000;
const present = z.object({ users: z.array(z.object({ email: z.string() })) });

/** Prints p50 and p95. `--leavers N` (50). */
export async function benchNotifications(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { leavers: { type: 'string', default: '50' } } });
  const leavers = Array.from({ length: Number(values.leavers) }, (_, index): Leaver => {
    return { name: `Leaver ${index + 1}`, email: `leaver.${index + 1}@contoso.example` };
  });
  await measureLeavers(leavers, 'microsoft');
}

/** With Okta: from the event hook, and with a rest after each leaver. */
export async function benchEventHooks(count: number): Promise<void> {
  const leavers = Array.from({ length: count }, (_, index): Leaver => {
    const name = inLetters(index);
    return { name: `Leaver ${name}`, email: `leaver.${name}@contoso.example` };
  });
  await measureLeavers(leavers, 'okta');
}

async function measureLeavers(leavers: Leaver[], directory: NotifyingDirectory): Promise<void> {
  const waits = await inFolder((folder, group) => measure(folder, group, leavers, directory));
  console.log(`${machine}, ${leavers.length} leavers one after another`);
  const p95 = percentile(waits, 95);
  console.log(
    `notification to removal: p50 ${percentile(waits, 50)} ms, p95 ${p95} ms, longest ${percentile(waits, 100)} ms`,
  );
  judge({ name: 'p95', value: p95, unit: ' ms', atMost: p95MsMax });
}

/** Returns milliseconds for each leaver. */
async function measure(
  folder: string,
  group: ProcessGroup,
  leavers: Leaver[],
  directory: NotifyingDirectory,
): Promise<number[]> {
  const stack = await startStack(group, {
    dataFolder: folder,
    sandbox: true,
    directory,
    files: [],
    say: console.error,
  });
  const sandbox = await openSandbox(folder);
  await sandbox.order('timely', 'account', { seats: 1_000 + leavers.length });
  for (const { name } of leavers) await sandbox.order(directory, 'join', { name, groups: ['Timely Users'] });
  const base = directory === 'okta' ? 'contoso-okta.yaml' : 'contoso.yaml';
  await awaitFirstCycle(stack.address, await writeTenantFile(folder, withoutLimits, { base }));
  if (directory === 'okta') await registerEventHook(folder, stack.publicUrl ?? '', console.error);
  const leftAt = new Map<string, number>();
  for (const { name, email } of leavers) {
    leftAt.set(email, Date.now());
    await sandbox.order(directory, 'leave', { person: name });
    await untilRemoved(sandbox, email);
    await sleep(restMs[directory]);
    if (leftAt.size % 10 === 0) console.error(`${leftAt.size} of ${leavers.length} have left`);
  }
  return await waitsByLedgers(folder, leftAt, directory);
}

async function untilRemoved(sandbox: SandboxControl, email: string): Promise<void> {
  for (const giveUpAt = Date.now() + removedWithinMs; Date.now() < giveUpAt; await sleep(pollEveryMs)) {
    const { users } = present.parse(await sandbox.state('timely'));
    if (!users.some((user) => user.email === email)) return;
  }
  throw new Error(`${email} is still in Timely ${removedWithinMs / 1_000} s after leaving.`);
}

/** Returns milliseconds from notification to removal, for each leaver by e-mail address. */
export async function waitsByLedgers(
  folder: string,
  leftAt: Map<string, number>,
  directory: NotifyingDirectory = 'microsoft',
): Promise<number[]> {
  const [requests, timely] = await Promise.all([readLedger(folder, directory), readLedger(folder, 'timely')]);
  const sent = requests.filter(({ operation }) => operation === sendOperation[directory]).map(({ at }) => at);
  return [...leftAt].map(([email, left]) => {
    const arrived = sent.find((at) => at >= left);
    const removed = timely.find(({ method, subject }) => method === 'DELETE' && subject === email);
    if (arrived === undefined || !removed) throw new Error(`The ledgers do not show how ${email} left.`);
    return removed.at - arrived;
  });
}
