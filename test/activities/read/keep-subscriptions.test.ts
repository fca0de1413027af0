/** Subscriptions against the sandbox's Microsoft, with a real store and receiver, and a clock that can be put forward. */

import { serve } from '@hono/node-server';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createClientStates } from '../../../activities/read/client-states.ts';
import { directoryFindings } from '../../../activities/read/directory-findings.ts';
import {
  createKeepSubscriptionsActivities,
  subscriptionsState,
} from '../../../activities/read/keep-subscriptions.ts';
import { createServices, type Services } from '../../../activities/services.ts';
import { parseTenantFile } from '../../../config/tenant-file.ts';
import { noMeter } from '../../../domain/meter.ts';
import { dayMs } from '../../../domain/time.ts';
import { type Sandbox, startSandbox } from '../../../simulators/sandbox.ts';
import { subscriptionsOf } from '../../../store/replica/subscriptions.ts';
import { storeConfiguration } from '../../../store/tenants.ts';
import { Debouncer } from '../../../worker/receiver/debounce.ts';
import { createReceiver } from '../../../worker/receiver/notifications.ts';
import { sandboxPolicy } from '../../config/policy.ts';
import { trust } from '../../directory/entra/trust.ts';
import { projectFile } from '../../production/files.ts';
import { openTestStore } from '../../support/database.ts';

const tenant = 'contoso';
const key = Buffer.alloc(32, 7);

let now: Date;
let sandbox: Sandbox;
let store: Awaited<ReturnType<typeof openTestStore>>;
let receiverUrl: string;
let closeReceiver: () => void;
let version: number;

beforeAll(async () => {
  now = new Date();
  [sandbox, store] = await Promise.all([startSandbox({ clock: () => now }), openTestStore()]);
  trust(sandbox.caPem);
  Object.assign(process.env, {
    TENANT_CONTOSO_MICROSOFT: sandbox.microsoft.url,
    TENANT_CONTOSO_TIMELY: sandbox.timely.url,
    TENANT_CONTOSO_ENTRA_SECRET: sandbox.credentials.clientSecret,
    TIMELY_CLIENT_ID: 'unused',
    TIMELY_CLIENT_SECRET: 'unused',
    TENANT_CONTOSO_REFRESH_TOKEN: 'unused',
  });
  const { app } = createReceiver(createClientStates(key), new Debouncer(async () => undefined));
  await new Promise<void>((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      receiverUrl = `http://127.0.0.1:${port}/notifications`;
      resolve();
    });
    closeReceiver = () => server.close();
  });
});
afterAll(async () => {
  closeReceiver();
  await Promise.all([sandbox.close(), store.close()]);
});

beforeEach(async () => {
  sandbox.microsoft.faults.clear();
  await configure();
  await keep(servicesAt(receiverUrl), true);
  expect(subscribed()).toEqual([]);
});

async function configure(edit: (text: string) => string = (text) => text): Promise<void> {
  const file = parseTenantFile(edit(projectFile('tenants', 'contoso.yaml')), 'contoso.yaml');
  version = (await storeConfiguration(store.database, tenant, file)).version;
}

/** What a worker has whose receiver is at this address. */
function servicesAt(url: string | null): Services {
  const receiver = url === null ? null : { url, clientStates: createClientStates(key) };
  return { ...createServices(store.database, key, sandboxPolicy(), () => noMeter, receiver), now: () => now };
}

const keep = (services: Services, stopping = false) =>
  createKeepSubscriptionsActivities(services).keepSubscriptions({
    tenant,
    configurationVersion: version,
    stopping,
  });
const stateOf = async (services: Services) =>
  await subscriptionsState(services, await services.tenant(tenant, version));
const subscriptions = () => sandbox.microsoft.state.subscriptions;
const subscribed = () =>
  subscriptions()
    .map(({ resource }) => resource)
    .sort();
const idOf = (resource: string) => subscriptions().find((one) => one.resource === resource)?.id;
const requestsSince = (since: number) =>
  sandbox.microsoft.ledger
    .entries(since)
    .map(({ operation }) => operation)
    .filter((operation) => operation.startsWith('subscriptions.'));

test('subscribes to users and groups, with a client state that the store does not hold', async () => {
  const services = servicesAt(receiverUrl);
  expect(await stateOf(services)).toBe('due');
  await keep(services);
  expect(subscribed()).toEqual(['groups', 'users']);
  const lifeMs = subscriptions().map(
    ({ expirationDateTime }) => Date.parse(expirationDateTime) - now.getTime(),
  );
  for (const one of lifeMs) expect(one).toBeLessThan(41_760 * 60_000 * 0.5);
  const clientState = String(subscriptions()[0]?.clientState);
  expect(clientState.length).toBeGreaterThan(40);
  expect(JSON.stringify(await subscriptionsOf(store.database, tenant))).not.toContain(clientState);
  expect(await stateOf(services)).toBe('kept');
});

test('sends no request while nothing is due', async () => {
  const services = servicesAt(receiverUrl);
  await keep(services);
  const { last } = sandbox.microsoft.ledger;
  await keep(services);
  expect(requestsSince(last)).toEqual([]);
});

test('renews the same subscriptions when less than half of their life is left', async () => {
  const services = servicesAt(receiverUrl);
  await keep(services);
  const ids = [idOf('users'), idOf('groups')];
  now = new Date(now.getTime() + 3 * dayMs);
  expect(await stateOf(services)).toBe('kept');
  now = new Date(now.getTime() + 1 * dayMs);
  expect(await stateOf(services)).toBe('due');
  await keep(services);
  expect([idOf('users'), idOf('groups')]).toEqual(ids);
  for (const { expirationDateTime } of subscriptions())
    expect(Date.parse(expirationDateTime)).toBeGreaterThan(now.getTime() + 6 * dayMs);
  expect(await stateOf(services)).toBe('kept');
});

test('creates new subscriptions when Microsoft no longer knows the old ones', async () => {
  const services = servicesAt(receiverUrl);
  await keep(services);
  const before = idOf('users');
  now = new Date(now.getTime() + 20 * dayMs);
  await keep(services);
  const live = subscriptions().filter(
    ({ expirationDateTime }) => Date.parse(expirationDateTime) > now.getTime(),
  );
  expect(live.map(({ resource }) => resource).sort()).toEqual(['groups', 'users']);
  expect(live.map(({ id }) => id)).not.toContain(before);
  subscriptions().splice(0, Infinity);
});

test('replaces the subscriptions when the public address changes', async () => {
  await keep(servicesAt(receiverUrl));
  const moved = servicesAt(receiverUrl.replace('notifications', 'elsewhere'));
  expect(await stateOf(moved)).toBe('due');
  await keep(moved);
  expect(subscriptions().map(({ notificationUrl }) => notificationUrl)).toEqual(
    Array(2).fill(receiverUrl.replace('notifications', 'elsewhere')),
  );
});

test('subscribes to users alone without the permission for groups, and a finding names it', async () => {
  sandbox.microsoft.faults.set('permissionLost', { operation: 'subscriptions.create', subject: 'groups' });
  const services = servicesAt(receiverUrl);
  await keep(services);
  expect(subscribed()).toEqual(['users']);
  const [finding, ...others] = await directoryFindings(services, tenant);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ kind: 'no-notifications', subject: 'groups' });
  expect(finding?.message).toContain('Group.Read.All');
  expect(await stateOf(services)).toBe('kept');
  sandbox.microsoft.faults.clear();
  now = new Date(now.getTime() + 2 * 3_600_000);
  await keep(services);
  expect(subscribed()).toEqual(['groups', 'users']);
  expect(await directoryFindings(services, tenant)).toEqual([]);
});

test.each([
  ['the quota is used up', () => sandbox.microsoft.faults.set('subscriptionQuota'), ''],
  [
    'Microsoft is down',
    () => sandbox.microsoft.faults.set('unavailable', { operation: 'subscriptions.*' }),
    '',
  ],
  ['the public address does not respond', () => undefined, 'http://127.0.0.1:9/notifications'],
])('reports a finding and tries again when %s', async (_, prepare, url) => {
  prepare();
  const services = servicesAt(url || receiverUrl);
  await keep(services);
  expect(subscribed()).toEqual([]);
  expect((await directoryFindings(services, tenant)).map(({ subject }) => subject).sort()).toEqual([
    'groups',
    'users',
  ]);
  expect(await stateOf(services)).toBe('kept');
  now = new Date(now.getTime() + dayMs);
  expect(await stateOf(services)).toBe('due');
});

test('ends the subscriptions when the tenant file turns notifications off, or the worker has no public address', async () => {
  const services = servicesAt(receiverUrl);
  await keep(services);
  expect(await stateOf(servicesAt(null))).toBe('due');
  await configure((text) => text.replace('notifications: true', 'notifications: false'));
  expect(await stateOf(services)).toBe('due');
  await keep(services);
  expect(subscribed()).toEqual([]);
  expect(await stateOf(services)).toBe('none');
});
