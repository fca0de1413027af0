/**
 * What a tenant costs that has nothing to do: Temporal's actions, as Temporal Cloud counts and charges them, of a real
 * history over some cycles that find nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { ProcessGroup } from '../client/local/process-group.ts';
import { startStack } from '../client/local/stack.ts';
import { statusQuery, tenantWorkflowId } from '../workflows/messages.ts';
import { judge, machine } from './support/figures.ts';
import { awaitFirstCycle, inFolder, withClient } from './support/stack.ts';
import { type TenantFileEdit, withoutLimits, writeTenantFile } from './support/tenant-files.ts';

const actionsMax = 2.5;
const rowsMax = 0.1;
const pollEveryMs = 250;

/** Few enough changes that the cycles after the first find nothing, and short waits between them. */
const idleEdits: readonly TenantFileEdit[] = [
  ...withoutLimits.filter(([from]) => !String(from).includes('every')),
  [/every: \S+/, 'every: 1s'],
  ['notifications: true', 'notifications: false'],
];

/** Prints actions and rows of Temporal's list for each idle cycle, and a month's sum. `--cycles N` (45). */
export async function benchIdleCost(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { cycles: { type: 'string', default: '45' } } });
  const counted = await inFolder((folder, group) => measure(folder, group, Number(values.cycles)));
  const each = counted.actions / counted.cycles;
  console.log(`${machine}; ${counted.cycles} cycles that found nothing, in ${counted.runs} runs`);
  for (const [name, count] of Object.entries(counted.kinds)) console.log(`  ${name}: ${count}`);
  judge({ name: 'actions for each idle cycle', value: each, unit: '', atMost: actionsMax });
  const runs = counted.runs / counted.cycles;
  judge({ name: "rows in Temporal's list for each idle cycle", value: runs, unit: '', atMost: rowsMax });
  const monthly = Math.round((each * 30 * 24 * 60) / 5);
  console.log(`an idle tenant at \`every: 5m\`: ${monthly} actions in 30 days`);
}

interface Counted {
  cycles: number;
  runs: number;
  actions: number;
  kinds: Record<string, number>;
}

async function measure(folder: string, group: ProcessGroup, cycles: number): Promise<Counted> {
  const stack = await startStack(group, { dataFolder: folder, sandbox: true, files: [], say: console.error });
  await awaitFirstCycle(stack.address, await writeTenantFile(folder, idleEdits));
  return await withClient(stack.address, async (client) => {
    // The cycle after the first one checks what that did.
    await untilCycle(client, 2 + cycles);
    return await countActions(client);
  });
}

async function untilCycle(client: Client, number: number): Promise<void> {
  const loop = client.workflow.getHandle(tenantWorkflowId('contoso'));
  const finished = async () => (await loop.query(statusQuery)).finishedCycle;
  // Between two runs there is no answer.
  while ((await finished().catch(() => 0)) < number) await sleep(pollEveryMs);
}

type Event = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** What counts as an action, by the events of a history. A retried attempt leaves no event of its own, but its number. */
const actionsOf: Record<string, (event: Event) => number> = {
  'attempts of activities': ({ activityTaskStartedEventAttributes: started }) => started?.attempt ?? 0,
  timers: ({ timerStartedEventAttributes: timer }) => Number(timer != null),
  signals: ({ workflowExecutionSignaledEventAttributes: signal }) => Number(signal != null),
  updates: ({ workflowExecutionUpdateAcceptedEventAttributes: update }) => Number(update != null),
  'upserts of search attributes': ({ upsertWorkflowSearchAttributesEventAttributes: upsert }) =>
    Number(upsert != null),
  'child workflows': ({ startChildWorkflowExecutionInitiatedEventAttributes: child }) =>
    Number(child != null),
  'starts and continue-as-new': ({ workflowExecutionStartedEventAttributes: started }) =>
    Number(started != null),
};

/**
 * Counts the runs of the loop in which no cycle found anything. A heartbeat is an action too, and leaves no event: an
 * activity sends its first one after two seconds, which such a cycle does not take.
 */
async function countActions(client: Client): Promise<Counted> {
  const kinds: Record<string, number> = {};
  let [cycles, runs] = [0, 0];
  const query = `WorkflowId = '${tenantWorkflowId('contoso')}'`;
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    const events = (await client.workflow.getHandle(workflowId, runId).fetchHistory()).events ?? [];
    const activities = events.flatMap(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
    );
    if (activities.length === 0 || activities.some((name) => name !== 'beginCycle')) continue;
    cycles += activities.length;
    runs += 1;
    for (const [kind, actions] of Object.entries(actionsOf))
      kinds[kind] = events.reduce((sum, event) => sum + actions(event), kinds[kind] ?? 0);
  }
  return { cycles, runs, kinds, actions: Object.values(kinds).reduce((sum, each) => sum + each, 0) };
}
