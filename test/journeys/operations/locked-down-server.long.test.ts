/**
 * A Temporal that lets workers neither list nor add search attributes, with a namespace that has none: Temporal Cloud, or a
 * server with an authorizer.
 */

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import { parseTenantFile } from '../../../config/tenant-file.ts';
import type { CheckReport } from '../../../domain/contract/check.ts';
import { searchAttributes } from '../../../workflows/messages.ts';
import { ask } from '../../support/ask.ts';
import { endProcess } from '../../support/program.ts';
import { startWorld, testTemporal, until, type World } from '../../support/world.ts';
import { refusals, startLockedDownFrontend } from './locked-down-frontend.ts';

const namespace = `locked-${randomBytes(4).toString('hex')}`;
const names = Object.values(searchAttributes).map(({ name }) => name);
const { EventType, IndexedValueType } = proto.temporal.api.enums.v1;

let frontend: Awaited<ReturnType<typeof startLockedDownFrontend>>;
let administrator: Connection;
let world: World;

beforeAll(async () => {
  administrator = await Connection.connect({ address: testTemporal() });
  await administrator.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  frontend = await startLockedDownFrontend(testTemporal(), refusals.permissionDenied);
  world = await startWorld({ namespace, temporal: frontend.address });
}, 60_000);
afterAll(async () => {
  await world.close();
  frontend.close();
  await administrator.close();
});

async function lineOfCheck() {
  const file = parseTenantFile(await readFile(world.file, 'utf8'), world.file);
  const { lines }: CheckReport = await ask(world.client, world.taskQueue, { about: 'check', file });
  return lines.find(({ side }) => side === 'temporal');
}

/** Kinds of the events in all runs of the namespace. */
async function kindsOfEvents(): Promise<Set<string>> {
  const kinds = new Set<string>();
  for await (const { workflowId, runId } of world.client.workflow.list()) {
    const { events } = await world.client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const { eventType } of events ?? []) kinds.add(EventType[eventType ?? 0] ?? '');
  }
  return kinds;
}

test('a worker starts, and a cycle goes through without a failed workflow task', async () => {
  const lines: string[] = [];
  world.variables.TIMELY_SYNC_LOG_LEVEL = 'warn';
  const worker = await world.startWorker((line) => void lines.push(line));
  expect(frontend.state.refused).toBeGreaterThan(0);
  expect(lines.join('\n')).toContain(
    `temporal operator search-attribute create --namespace ${namespace} --name ${names[0]} --type Keyword`,
  );
  await world.start(100_000);
  expect(world.present().length).toBeGreaterThan(40);
  const kinds = await kindsOfEvents();
  expect(kinds).toContain('EVENT_TYPE_TIMER_STARTED');
  expect(kinds).not.toContain('EVENT_TYPE_WORKFLOW_TASK_FAILED');
  expect(kinds).not.toContain('EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES');
  expect(await lineOfCheck()).toMatchObject({
    state: 'warning',
    message: expect.stringContaining(names.join(', ')),
    remedy: expect.stringContaining('temporal operator search-attribute create'),
  });
  await endProcess(worker);
  world.workers.delete(worker);
}, 180_000);

test('once an administrator has registered them, tenants are found by them', async () => {
  const types = Object.values(searchAttributes).map(
    ({ name, type }) => [name, IndexedValueType[`INDEXED_VALUE_TYPE_${type}`]] as const,
  );
  await administrator.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(types),
  });
  // This one does not even say no.
  frontend.state.refusal = refusals.silence;
  await until('the attributes to be known', async () => {
    await world.client.workflow.count(`${names[0]} IS NULL`);
    return true;
  });
  await world.startWorker();
  expect(await lineOfCheck()).toMatchObject({ state: 'ok' });
  await world.cycle();
  await until('the tenant to be found', async () =>
    (await world.client.workflow.count("SyncHealth = 'ok'")).count > 0 ? true : null,
  );
  expect(await kindsOfEvents()).not.toContain('EVENT_TYPE_WORKFLOW_TASK_FAILED');
}, 180_000);
