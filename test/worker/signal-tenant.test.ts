/** What the receiver of change notifications sends to tenants' loops, by what the store says of them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { controlOf, storeOrder } from '../../store/control.ts';
import { storeConfiguration, tenantRow } from '../../store/tenants.ts';
import { createLog } from '../../worker/log.ts';
import { createTenantSignaller } from '../../worker/receiver/signal-tenant.ts';
import { openTestStore } from '../support/database.ts';

const tenant = 'contoso';
let store: Awaited<ReturnType<typeof openTestStore>>;
const signals: unknown[] = [];
/** Stands for Temporal. */
const client = {
  withDeadline: (_at: number, send: () => Promise<void>) => send(),
  workflow: { getHandle: () => ({ signal: async (_name: unknown, input: unknown) => signals.push(input) }) },
} as unknown as Client;

beforeAll(async () => {
  store = await openTestStore();
  await storeConfiguration(store.database, tenant, {});
});
afterAll(() => store.close());

const signal = (full: boolean) =>
  createTenantSignaller(store.database, client, createLog('fatal'))(tenant, { full, renew: new Set() });

const order = (kind: 'paused' | 'resumed' | 'stopped') =>
  storeOrder(store.database, tenant, { kind, id: kind, at: new Date(), by: null, reason: '' });

async function signalsSent(act: () => Promise<void>): Promise<number> {
  const before = signals.length;
  await act();
  return signals.length - before;
}

test('a paused or stopped tenant gets no signal, and keeps the request to read everything', async () => {
  expect(await signalsSent(() => signal(false))).toBe(1);
  await order('paused');
  expect(await signalsSent(() => signal(false))).toBe(0);
  expect(await signalsSent(() => signal(true))).toBe(0);
  expect(await tenantRow(store.database, tenant)).toMatchObject({
    fullReadsRequested: 1,
    fullReadsServed: 0,
  });
  await order('resumed');
  expect(await signalsSent(() => signal(false))).toBe(1);
  await order('stopped');
  expect(await signalsSent(() => signal(false))).toBe(0);
  expect(await controlOf(store.database, tenant)).toEqual({ paused: null, undoing: null, stopped: true });
});
