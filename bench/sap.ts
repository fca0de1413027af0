/**
 * A full read and an idle cycle of a large SAP tenant, by three workers that share its rate. The rate and the simulator's
 * limits are five times SAP's, so that five minutes become one: what is compared is the time that the budget allows.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Client } from '@temporalio/client';
import type { ProcessGroup } from '../client/local/process-group.ts';
import { startStack } from '../client/local/stack.ts';
import { followCycle } from '../client/remote/cycle-report.ts';
import { openSandbox } from '../client/sandbox/control.ts';
import { objectIdOf } from '../simulators/contoso.ts';
import { startSandbox as fillSandbox } from '../simulators/sandbox.ts';
import type { SapState } from '../simulators/sap/directory/state.ts';
import { nudgeSignal, statusQuery, tenantWorkflowId } from '../workflows/messages.ts';
import { inLetters } from './support/company-names.ts';
import { judge, machine, type Ratio } from './support/figures.ts';
import { awaitFirstCycle, inFolder, readLedger, withClient } from './support/stack.ts';
import { withoutLimits, writeTenantFile } from './support/tenant-files.ts';

const workers = 3;
const scale = 5;
const perMinute = 120 * scale;
const ratioMax = 1.1;
const dayMs = 86_400_000;

interface Size {
  people: number;
  groups: number;
}

/** Prints time ÷ time at the budget of a full read, and the requests of an idle cycle. `--people N`, `--groups N`. */
export async function benchSap(args: string[]): Promise<Ratio[]> {
  const { values } = parseArgs({
    args,
    options: {
      people: { type: 'string', default: '10000' },
      groups: { type: 'string', default: '500' },
    },
  });
  const size = { people: Number(values.people), groups: Number(values.groups) };
  const { full, idle } = await inFolder((folder, group) => measure(folder, group, size));
  console.log(`${machine}, ${workers} workers; ${size.people} people, ${size.groups} groups`);
  console.log(`a full read: ${full.requests} requests in ${full.seconds.toFixed(1)} s`);
  const value = full.seconds / ((full.requests - 1) / (perMinute / 60));
  judge({ name: 'full read, time ÷ time at the budget', value, unit: '', atMost: ratioMax });
  const pages = Math.ceil((size.groups + 1) / 100);
  judge({ name: 'requests of an idle cycle', value: idle, unit: '', atMost: 3 + pages });
  return [{ name: 'sap: full read, time by the budget', value, better: 'lower' }];
}

async function measure(folder: string, group: ProcessGroup, size: Size) {
  const names = Array.from({ length: size.groups }, (_, index) => `Group ${inLetters(index)}`);
  await fill(folder, size, names);
  const stack = await startStack(group, {
    ...{ dataFolder: folder, sandbox: true, directory: 'sap', files: [], workers, say: console.error },
  });
  const sandbox = await openSandbox(folder);
  const rates = { free: 200 * scale, slowed: 280 * scale, perSecond: 50 * scale };
  await sandbox.order('sap', 'rates', { rates });
  const file = await writeTenantFile(
    folder,
    [
      ...withoutLimits,
      ['host: contoso', `requestsPerMinute: ${perMinute}\n  host: contoso`],
      // The members of each are needed, and nobody has to be invited.
      ['groups: [Executives, Directory Administrators]', `groups: [${names.join(', ')}]`],
    ],
    { base: 'contoso-sap.yaml' },
  );
  await awaitFirstCycle(stack.address, file);
  const full = await readLedger(folder, 'sap');
  const seconds = ((full.at(-1)?.at ?? 0) - (full[0]?.at ?? 0)) / 1_000;
  const idle = await withClient(stack.address, async (client) => {
    await nextCycle(client);
    const before = (await readLedger(folder, 'sap')).length;
    await nextCycle(client);
    return (await readLedger(folder, 'sap')).length - before;
  });
  return { full: { requests: full.length, seconds }, idle };
}

async function nextCycle(client: Client): Promise<void> {
  const loop = client.workflow.getHandle(tenantWorkflowId('contoso'));
  const { finishedCycle } = await loop.query(statusQuery);
  await loop.signal(nudgeSignal, { full: false });
  await followCycle(client, 'contoso', { after: finishedCycle });
}

/** A company that has not changed since yesterday. */
async function fill(folder: string, size: Size, names: readonly string[]): Promise<void> {
  const made = await fillSandbox({
    dataDir: join(folder, 'sandbox'),
    clock: () => new Date(Date.now() - dayMs),
    company: (_microsoft, _timely, _okta, sap) => fillSap(sap, size, names),
  });
  await made.close();
}

function fillSap(sap: SapState, { people }: Size, names: readonly string[]): void {
  for (const name of ['Timely Users', ...names]) sap.createGroup({ id: objectIdOf(name), displayName: name });
  for (let number = 0; number < people; number += 1) {
    const displayName = `Person ${inLetters(number)}`;
    const group = names[number % names.length] ?? 'Timely Users';
    sap.join({ id: objectIdOf(displayName), displayName, groups: [objectIdOf(group)] });
  }
}
