/**
 * The buttons of Temporal's UI and the commands beside them, on a server that takes few signals and calls short histories
 * long: what operators ordered outlives the workflow that took the order.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { choosePort } from '../../../client/local/ports.ts';
import type { CycleReport } from '../../../domain/contract/report.ts';
import {
  applyPlanWorkflowId,
  nudgeSignal,
  pauseSignal,
  resumeSignal,
  stopSignal,
  tenantWorkflowId,
} from '../../../workflows/messages.ts';
import { projectFile } from '../../production/files.ts';
import { ask } from '../../support/ask.ts';
import { runBuiltProgram } from '../../support/program.ts';
import { startWorld, until, type World } from '../../support/world.ts';
import { startLimitedTemporal } from '../limited-temporal.ts';

const signalsMax = 120;
let temporal: Awaited<ReturnType<typeof startLimitedTemporal>>;
let world: World;

beforeAll(async () => {
  temporal = await startLimitedTemporal({
    'history.maximumSignalsPerExecution': signalsMax,
    'limit.historyCount.suggestContinueAsNew': 150,
  });
  const postgres = process.env.TEST_POSTGRES_URL ?? '';
  world = await startWorld({
    servers: { temporal: temporal.address, postgres },
    editFile: (text) =>
      text
        .replace('every: 5m', 'every: 1h')
        .replace('invitations: { max: 100 }', 'invitations: { max: 1000 }'),
  });
  world.sandbox.timely.state.account.seats = 1_000;
  const port = await choosePort(world.folder, 'worker');
  world.variables.TIMELY_SYNC_HEALTH_PORT = String(port);
  world.variables.TIMELY_SYNC_PUBLIC_URL = `http://127.0.0.1:${port}/notifications`;
  await world.startWorker();
  await world.start();
}, 120_000);
afterAll(async () => {
  await world.close();
  await temporal.stop();
});

const loop = () => world.client.workflow.getHandle(tenantWorkflowId(world.tenant));
const runId = async () => (await loop().describe()).runId;
const command = (...words: string[]) => runBuiltProgram(words, world.variables);
const untilStage = (stage: string) =>
  until(`stage ${stage}`, async () => (await world.status()).stage === stage || null, 20_000);

const cycles = (limit: number): Promise<CycleReport[]> =>
  ask(world.client, world.taskQueue, { about: 'cycles', tenant: world.tenant, limit });

async function journal(): Promise<{ kind: string; reason: string; after: unknown }[]> {
  const page = await ask(world.client, world.taskQueue, { about: 'history', tenant: world.tenant, after: 0 });
  return page.items as Awaited<ReturnType<typeof journal>>;
}

async function details(): Promise<string> {
  const { currentDetails } = Object(await loop().query('__temporal_workflow_metadata'));
  return String(currentDetails);
}

/** Adds people in scope. Timely takes no digits in names. */
function join(count: number, family: string): string[] {
  return Array.from({ length: count }, (_, number) => {
    const letters = [...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    world.sandbox.microsoft.state.join({ displayName: `P${letters} ${family}`, groups: ['Timely Users'] });
    return `p${letters}.${family.toLowerCase()}@contoso.example`;
  });
}
const arrived = (people: string[]) => people.filter((email) => world.present().includes(email));

/** Resets the newest run to its first workflow task, and leaves out the signals that came after it. */
async function resetToStart(): Promise<void> {
  const { workflowId, runId } = await loop().describe();
  const { events } = await loop().fetchHistory();
  const first = events?.find(({ workflowTaskCompletedEventAttributes: completed }) => completed);
  await world.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    reason: 'a test',
    workflowTaskFinishEventId: first?.eventId ?? null,
    requestId: `reset-${runId}`,
    resetReapplyExcludeTypes: [1],
  });
}

async function terminateAndStart(): Promise<{ exitCode: number | undefined; out: string }> {
  await loop().terminate('a test');
  return await command('start', world.file);
}

test('cycles that find nothing share a run, and each has its report', async () => {
  const { cycle: before } = await world.cycle();
  const runs = new Set<string>();
  for (let count = 0; count < 4; count += 1) {
    await world.cycle();
    runs.add(await runId());
  }
  // The first run becomes long by its first cycle, on this server.
  expect(runs.size).toBeLessThanOrEqual(2);
  const rows = await cycles(4);
  const numbers = rows.map(({ number }) => number);
  expect(numbers).toEqual([before + 4, before + 3, before + 2, before + 1]);
  for (const row of rows)
    expect(row).toMatchObject({
      kind: 'incremental',
      cycleError: null,
      finishedAt: expect.any(String),
    });
});

test('a paused tenant stays paused after terminate and start, and after a reset', async () => {
  expect((await command('pause', world.tenant)).exitCode).toBe(0);
  await untilStage('paused');
  expect(await details()).toMatch(/\*\*Paused\*\* since .*timely-sync resume/s);
  const people = join(1, 'Waiting');
  const started = await terminateAndStart();
  expect(started.out).toContain('is paused');
  expect(await world.status()).toMatchObject({ paused: true });
  await loop().signal(nudgeSignal, { full: true });

  await resetToStart();
  await until('the reset run', async () => (await world.status()).paused || null);
  await loop().signal(nudgeSignal, {});
  expect(await world.status()).toMatchObject({ paused: true, stage: 'paused' });
  expect(arrived(people)).toEqual([]);
  const { status } = JSON.parse((await command('status', world.tenant, '--json')).out);
  expect(status).toMatchObject({ paused: true, nextCycleAt: null });
});

test('a paused tenant takes any number of signals, and then resume; the full read asked for is not lost', async () => {
  for (let sent = 0; sent < 3 * signalsMax; sent += 1) {
    await loop().signal(nudgeSignal, {});
    // A query is answered after the signals before it: none arrives faster than a worker takes them.
    if (sent % 20 === 0) await world.status();
  }
  expect(await world.status()).toMatchObject({ paused: true });
  const { cycle } = await world.status();
  await loop().signal(resumeSignal);
  const after = await world.untilCycle(cycle);
  const [row] = await cycles(1);
  expect(row).toMatchObject({ number: after.cycle, kind: 'full' });
  expect(after.paused).toBe(false);
});

test('a full read that failed is made up for, also by a new workflow', async () => {
  world.sandbox.microsoft.faults.set('permissionLost');
  const failed = await world.cycle({ full: true });
  expect(failed.cycleError).not.toBeNull();
  world.sandbox.microsoft.faults.clear();
  await terminateAndStart();
  await world.untilCycle(failed.cycle);
  expect((await cycles(1))[0]).toMatchObject({ kind: 'full', cycleError: null });
  await world.cycle();
  expect((await cycles(1))[0]).toMatchObject({ kind: 'incremental' });
});

test('a cancelled batch completes what it has begun, and the next cycle does the rest', async () => {
  const people = join(30, 'Batch');
  await world.configure((text) => text.replace(/requestsPerSecond: \d+/, 'requestsPerSecond: 6'));
  await until('the first invitations', async () => arrived(people).length >= 2 || null);
  const { cycle } = await world.status();
  await world.client.workflow.getHandle(applyPlanWorkflowId(world.tenant, cycle, 1)).cancel();
  const ended = await world.untilCycle(cycle - 1);
  expect(ended.cycleError).toBeNull();
  expect(arrived(people).length).toBeLessThan(people.length);
  await world.configure((text) => text.replace(/requestsPerSecond: \d+/, 'requestsPerSecond: 200'));
  await until('all people', async () => arrived(people).length === people.length || null);
  for (const email of people) expect(world.sandbox.timely.state.mailsTo(email)).toBe(1);
});

test('cancelling the loop while it applies is a stop: nothing is begun any more, nothing is left behind', async () => {
  const { state } = world.sandbox.microsoft;
  expect(state.subscriptions).toHaveLength(2);
  const people = join(30, 'Cancelled');
  await world.configure((text) => text.replace(/requestsPerSecond: \d+/, 'requestsPerSecond: 6'));
  await until('the first invitations', async () => arrived(people).length >= 2 || null);
  const { cycle } = await world.status();
  await loop().cancel();
  await expect(loop().result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  expect((await loop().describe()).status.name).toBe('CANCELLED');
  expect(arrived(people).length).toBeLessThan(people.length);
  expect(state.subscriptions).toEqual([]);
  expect((await cycles(1))[0]).toMatchObject({ number: cycle, cycleError: null });
  const stop = (await journal()).find(({ kind }) => kind === 'stopped');
  expect(stop).toMatchObject({ reason: 'cancelled in Temporal' });

  await world.configure((text) => text.replace(/requestsPerSecond: \d+/, 'requestsPerSecond: 200'));
  await until('all people', async () => arrived(people).length === people.length || null);
  for (const email of people) expect(world.sandbox.timely.state.mailsTo(email)).toBe(1);
  expect((await journal()).map(({ kind }) => kind)).toContain('started');
});

test('a run that is started by hand for a stopped tenant ends again, and start lets it run', async () => {
  await loop().signal(stopSignal, { by: 'it-lead' });
  await loop().result();
  expect((await journal())[0]).toMatchObject({ kind: 'stopped', after: { by: 'it-lead' } });
  const byHand = await world.client.workflow.start('tenantSync', {
    workflowId: tenantWorkflowId(world.tenant),
    taskQueue: world.taskQueue,
    args: [{ tenant: world.tenant, configurationVersion: 1 }],
  });
  await byHand.result();
  const { out } = await command('start', world.file);
  expect(out).toContain('runs');
  await until('a cycle', async () => (await world.status()).finishedCycle > 0 || null);
});

test('the server takes the saved views of the docs, and they find the tenant', async () => {
  await loop().signal(pauseSignal, { by: 'it-lead' });
  await untilStage('paused');
  const found = async (query: string) => {
    const ids: string[] = [];
    for await (const { workflowId } of world.client.workflow.list({ query })) ids.push(workflowId);
    return ids;
  };
  const text = projectFile('docs', 'operating.md');
  const section = text.slice(text.indexOf('## Saved views'), text.indexOf('## What a tenant file'));
  const views = new Map(
    [...section.matchAll(/^\| ([^|`]+) \| `(.+)` \|$/gm)].map(([, title = '', query = '']) => [
      title,
      query.replaceAll('contoso', world.tenant),
    ]),
  );
  expect(views.size).toBe(10);
  for (const query of views.values()) await found(query);
  for (const title of ['tenants', 'paused', 'one tenant, the loop', 'one tenant, all its workflows'])
    await until(title, async () => (await found(views.get(title) ?? '')).includes(loop().workflowId) || null);
});
