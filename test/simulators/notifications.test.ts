/** Subscriptions and notifications of the simulated Microsoft, with a receiver of the test's own. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '../support/world.ts';
import { type SimulatorWorld, withWorld } from './world.ts';

// biome-ignore lint/suspicious/noExplicitAny: the tests read foreign JSON of many shapes
type Sent = any;

let server: Server;
let url: string;
let sent: Sent[];
/** How the receiver responds. */
let receiverResponses: { handshake: (token: string) => string; status: () => number };

beforeEach(async () => {
  sent = [];
  receiverResponses = { handshake: (token) => token, status: () => 202 };
  server = createServer((request, response) => {
    const token = new URL(request.url ?? '', url).searchParams.get('validationToken');
    if (token !== null) {
      response.writeHead(200, { 'content-type': 'text/plain' }).end(receiverResponses.handshake(token));
      return;
    }
    void text(request).then((body) => {
      const status = receiverResponses.status();
      if (status === 202) sent.push(...JSON.parse(body).value);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
const subscribe = (world: SimulatorWorld, changes: Record<string, unknown> = {}) =>
  world.graph('/subscriptions', {
    method: 'POST',
    body: {
      changeType: 'updated,deleted',
      notificationUrl: `${url}/changes`,
      lifecycleNotificationUrl: `${url}/lifecycle`,
      resource: '/users',
      expirationDateTime: inMinutes(10_000),
      clientState: 'secretClientValue',
      ...changes,
    },
  });
const untilSent = (count: number) =>
  until(`${count} notifications`, async () => (sent.length >= count ? sent : null), 10_000);
const sample = (name: string): Record<string, unknown> => {
  const file = join(import.meta.dirname, '..', 'worker', 'graph-examples', `${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8')).request.body.value[0];
};

describe('subscriptions', () => {
  test('are created after a handshake, renewed and deleted', () =>
    withWorld({}, async (world) => {
      const made = await subscribe(world);
      expect(made.status).toBe(201);
      expect(made.json).toMatchObject({
        resource: 'users',
        changeType: 'updated,deleted',
        clientState: null,
      });
      const { id } = made.json;
      const expirationDateTime = inMinutes(20_000);
      const body = { expirationDateTime };
      expect((await world.graph(`/subscriptions/${id}`, { method: 'PATCH', body })).json).toMatchObject(body);
      expect((await world.graph(`/subscriptions/${id}/reauthorize`, { method: 'POST' })).status).toBe(204);
      expect((await world.graph(`/subscriptions/${id}`, { method: 'DELETE' })).status).toBe(204);
      expect((await world.graph(`/subscriptions/${id}`)).status).toBe(404);
    }));

  test.each([
    ['a life of a month', { expirationDateTime: inMinutes(41_800) }],
    ['another resource', { resource: '/me/messages' }],
    ['an address without https', { notificationUrl: 'http://hooks.contoso.example/' }],
    ['a long client state', { clientState: 'x'.repeat(129) }],
    ['an unknown change', { changeType: 'updated,renamed' }],
  ])('are refused with %s', (_, changes) =>
    withWorld({}, async (world) => {
      expect((await subscribe(world, changes)).status).toBe(400);
    }),
  );

  test('are refused when the handshake fails or the quota is used up', () =>
    withWorld({}, async (world) => {
      receiverResponses.handshake = (token) => encodeURIComponent(token);
      const refused = await subscribe(world);
      expect([refused.status, refused.json.error.code]).toEqual([400, 'ValidationError']);
      receiverResponses.handshake = (token) => token;
      const all = await Promise.all(Array.from({ length: 101 }, () => subscribe(world)));
      expect(all.filter(({ status }) => status === 201)).toHaveLength(100);
      expect(all.filter(({ status }) => status === 403)).toHaveLength(1);
    }));
});

describe('notifications', () => {
  test('report each change of a user in the published shape', () =>
    withWorld({}, async (world) => {
      const { id: subscriptionId } = (await subscribe(world)).json;
      const { state } = world.sandbox.microsoft;
      const { id } = state.join({ displayName: 'Nia Novak' });
      const [told] = await untilSent(1);
      const { resourceData, ...envelope } = sample('change-notification-post');
      expect(Object.keys(told).sort()).toEqual([...Object.keys(envelope), 'resourceData'].sort());
      expect(told).toMatchObject({
        subscriptionId,
        clientState: 'secretClientValue',
        changeType: 'updated',
        resource: `Users/${id}`,
        tenantId: state.app.tenantId,
        resourceData: { '@odata.type': '#Microsoft.Graph.User', id },
      });
      state.purge(id);
      expect((await untilSent(2))[1]).toMatchObject({ changeType: 'deleted', resource: `Users/${id}` });
    }));

  test('report changes of members, and several subscriptions share one request', () =>
    withWorld({}, async (world) => {
      const first = (await subscribe(world, { resource: 'groups' })).json.id;
      const second = (await subscribe(world, { resource: 'groups' })).json.id;
      const { state } = world.sandbox.microsoft;
      state.addToGroup('Umar Farouk', 'Timely Managers');
      const told = await untilSent(2);
      expect(told.map((one: Sent) => one.subscriptionId).sort()).toEqual([first, second].sort());
      const requests = world.sandbox.microsoft.ledger
        .entries()
        .filter(({ operation }) => operation === 'notifications.send');
      expect(requests).toMatchObject([{ path: '/changes', status: 202 }]);
    }));

  test('are sent again after the receiver fails', () =>
    withWorld({}, async (world) => {
      await subscribe(world);
      let failures = 1;
      receiverResponses.status = () => (failures-- > 0 ? 503 : 202);
      world.sandbox.microsoft.state.leave('Umar Farouk');
      expect(await untilSent(1)).toHaveLength(1);
    }));

  test('are dropped while notificationsLost is set', () =>
    withWorld({}, async (world) => {
      await subscribe(world);
      const { state, faults } = world.sandbox.microsoft;
      faults.set('notificationsLost', { times: 1 });
      state.leave('Umar Farouk');
      await until('the loss', async () => (faults.unfired().length === 0 ? true : null), 5_000);
      const { id } = state.leave('Grace Hall');
      expect(await untilSent(1)).toMatchObject([{ resource: `Users/${id}` }]);
    }));

  test('wait for a new authorization after a challenge', () =>
    withWorld({}, async (world) => {
      const { id } = (await subscribe(world)).json;
      const { state, url: origin } = world.sandbox.microsoft;
      await world.request(`${origin}/_control/challenge`, { method: 'POST' });
      const [told] = await untilSent(1);
      expect(Object.keys(told).sort()).toEqual(Object.keys(sample('lifecycle-notification-post')).sort());
      expect(told).toMatchObject({ lifecycleEvent: 'reauthorizationRequired', subscriptionId: id });
      const left = state.leave('Umar Farouk');
      await world.graph(`/subscriptions/${id}/reauthorize`, { method: 'POST' });
      expect((await untilSent(2))[1]).toMatchObject({ resource: `Users/${left.id}` });
    }));

  test('an edit says whether a subscription matches it', () =>
    withWorld({}, async (world) => {
      const order = async (action: string, body: unknown) =>
        (await world.request(`${world.sandbox.microsoft.url}/_control/${action}`, { method: 'POST', body }))
          .json;
      expect(await order('disable', { person: 'Umar Farouk' })).toMatchObject({ notified: false });
      await subscribe(world);
      expect(await order('enable', { person: 'Umar Farouk' })).toMatchObject({ notified: true });
      expect(await order('enable', { person: 'Umar Farouk' })).toMatchObject({ notified: false });
      expect(await order('grantRole', { person: 'Umar Farouk' })).toMatchObject({ notified: false });
    }));
});

test('subscriptions outlive a restart', async () => {
  const { mkdtemp, rm } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const dataDir = await mkdtemp(join(tmpdir(), 'timely-sync-test-'));
  try {
    await withWorld({ dataDir }, async (world) => {
      await subscribe(world);
    });
    await withWorld({ dataDir }, async (world) => {
      world.sandbox.microsoft.state.leave('Umar Farouk');
      expect(await untilSent(1)).toHaveLength(1);
    });
  } finally {
    await rm(dataDir, { recursive: true });
  }
});
