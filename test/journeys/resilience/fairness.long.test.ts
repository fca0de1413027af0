/** Two tenants on one worker: a big one with a low rate does not delay a small one. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Priority } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { priorities } from '../../../workflows/activity-proxies.ts';
import { nudgeSignal, tenantWorkflowId } from '../../../workflows/messages.ts';
import { startWorld, testTemporal, until, type World } from '../../support/world.ts';

let small: World;
let big: World;

beforeAll(async () => {
  small = await startWorld();
  big = await startWorld({
    beside: small,
    editFile: (text) => text.replaceAll('env:', 'env:BIG_').replace('{ max: 100 }', '{ max: 1000 }'),
  });
  for (const { sandbox } of [small, big]) sandbox.timely.state.account.seats = 1_000;
  // Each sandbox has its own authority, and the worker trusts both.
  const authorities = join(small.folder, 'authorities.pem');
  const texts = await Promise.all([small, big].map(({ sandbox }) => readFile(sandbox.caFile, 'utf8')));
  await writeFile(authorities, texts.join('\n'));
  const ofBig = Object.entries(big.variables).map(([name, value]) => [`BIG_${name}`, value]);
  Object.assign(small.variables, Object.fromEntries(ofBig), { NODE_EXTRA_CA_CERTS: authorities });
  await small.startWorker();
  await small.start();
  await big.start();
}, 120_000);
afterAll(() => Promise.all([big.close(), small.close()]));

/** Adds people in scope. Timely takes no digits in names. */
function addPeople(world: World, count: number, family: string): string[] {
  return Array.from({ length: count }, (_, number) => {
    const letters = [...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    world.sandbox.microsoft.state.join({ displayName: `P${letters} ${family}`, groups: ['Timely Users'] });
    return `p${letters}.${family.toLowerCase()}@contoso.example`;
  });
}

/** Returns the milliseconds until twenty new people of the small tenant are in Timely. */
async function cycleMs(family: string): Promise<number> {
  const people = addPeople(small, 20, family);
  const beganMs = performance.now();
  await small.client.workflow.getHandle(tenantWorkflowId(small.tenant)).signal(nudgeSignal, {});
  await until(
    'the small tenant to be served',
    async () => people.every((email) => small.present().includes(email)) || null,
  );
  return performance.now() - beganMs;
}

test('a small tenant is as fast beside a big one as alone', async () => {
  const aloneMs = await cycleMs('Alone');
  const many = addPeople(big, 300, 'Many');
  await big.configure((text) => text.replace(/requestsPerSecond: \d+/, 'requestsPerSecond: 10'));
  const arrived = () => many.filter((email) => big.present().includes(email)).length;
  await until('the big tenant to invite', async () => arrived() > 10 || null);
  const besideMs = await cycleMs('Beside');
  // The big tenant still has work, so both ran at the same time.
  expect(arrived()).toBeLessThan(many.length);
  expect(besideMs).toBeLessThan(aloneMs * 3 + 2_000);
}, 120_000);

test('workflows and activities of a tenant have its name as fairness key', async () => {
  const { client, tenant, taskQueue } = big;
  const begun = new Map<string, Set<string>>();
  const note = (what: string, key = '') => begun.set(what, (begun.get(what) ?? new Set()).add(key));
  const ofBig = `TaskQueue = '${taskQueue}' AND WorkflowId STARTS_WITH '${tenantWorkflowId(tenant)}'`;
  for await (const { workflowId, runId } of client.workflow.list({ query: ofBig })) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const event of events ?? []) {
      const workflow = event.workflowExecutionStartedEventAttributes;
      if (workflow) note(workflow.workflowType?.name ?? '', workflow.priority?.fairnessKey ?? '');
      const activity = event.activityTaskScheduledEventAttributes;
      if (activity) note(activity.activityType?.name ?? '', activity.priority?.fairnessKey ?? '');
    }
  }
  const keysOf = (what: string) => [...(begun.get(what) ?? [])];
  for (const what of ['tenantSync', 'applyPlan', 'applyChange'])
    expect([what, keysOf(what)]).toEqual([what, [tenant]]);
  // An activity without a key inherits that of its workflow (docs/reference/temporal.md section 2.11).
  const others = new Set([...begun.values()].flatMap((keys) => [...keys]));
  expect([...others].filter((key) => key !== '')).toEqual([tenant]);
});

/** Runs one activity after the other, after all of them wait, and returns the order in which they ran. */
async function orderOf(waiting: { name: string; count: number; priority: Priority }[]): Promise<string[]> {
  const { client } = small;
  const taskQueue = `order-${small.taskQueue}`;
  const order: string[] = [];
  for (const { name, count, priority } of waiting) {
    const options = { taskQueue, priority, scheduleToCloseTimeout: '1 minute', args: [name] } as const;
    const starts = Array.from({ length: count }, (_, number) =>
      client.activity.start('note', { ...options, id: `${taskQueue}/${name}/${number}` }),
    );
    await Promise.all(starts);
  }
  const connection = await NativeConnection.connect({ address: testTemporal() });
  const activities = { note: async (name: string) => void order.push(name) };
  const oneByOne = { maxConcurrentActivityTaskExecutions: 1, maxConcurrentActivityTaskPolls: 1 };
  const worker = await Worker.create({ connection, taskQueue, activities, ...oneByOne });
  const total = waiting.reduce((sum, { count }) => sum + count, 0);
  await worker.runUntil(until('all of them', async () => (order.length === total ? true : null)));
  await connection.close();
  return order;
}

test('the server takes turns between tenants, and removals of a tenant before its other changes', async () => {
  const priorityKey = priorities.otherChange;
  const order = await orderOf([
    { name: 'big', count: 200, priority: { fairnessKey: 'big', priorityKey } },
    { name: 'small', count: 20, priority: { fairnessKey: 'small', priorityKey } },
    { name: 'removal', count: 20, priority: { fairnessKey: 'big', priorityKey: priorities.removal } },
  ]);
  // A queue has partitions, which a worker may empty one after the other. Without fairness and priorities what came last is
  // last in each of them, and so in the second half on average.
  for (const name of ['small', 'removal']) {
    const places = order.flatMap((each, place) => (each === name ? [place] : []));
    const average = places.reduce((sum, place) => sum + place, 0) / places.length;
    expect(average).toBeLessThan(order.length / 2);
  }
}, 90_000);
