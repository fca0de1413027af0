/** Event hooks as Okta calls them: over HTTP, with valid and invalid requests. */
import { serve } from '@hono/node-server';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createClientStates } from '../../activities/read/client-states.ts';
import { Debouncer } from '../../worker/receiver/debounce.ts';
import { createReceiver, type NotificationReceiver } from '../../worker/receiver/notifications.ts';
import { until } from '../support/world.ts';

const secret = 'the static secret of the hook';
let receiver: NotificationReceiver;
let url: string;
let close: () => Promise<void>;
let signalled: string[];
let arrived: string[];

beforeEach(async () => {
  [signalled, arrived] = [[], []];
  const debouncer = new Debouncer(async (tenant) => void signalled.push(tenant), {
    gapMs: 500,
    longestMs: 1_000,
    repeatAfterMs: 60_000,
  });
  receiver = createReceiver(createClientStates(Buffer.alloc(32, 7)), debouncer, {
    secretOf: async (tenant) => (tenant === 'contoso' ? secret : null),
    noteArrival: (tenant) => arrived.push(tenant),
  });
  await new Promise<void>((resolve) => {
    const server = serve({ fetch: receiver.app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      url = `http://127.0.0.1:${port}/base/notifications/okta`;
      resolve();
    });
    close = () => new Promise((closed) => server.close(() => closed()));
  });
});
afterEach(() => close());

const post = (tenant: string, authorization: string | null, body = '{"data":{"events":[]}}') =>
  fetch(`${url}/${tenant}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization !== null && { authorization }) },
    body,
  });

test('answers the verification without asking for the secret', async () => {
  const challenge = 'f0a2c6d1e5b84f7d9a3c';
  const response = await fetch(`${url}/contoso`, { headers: { 'X-Okta-Verification-Challenge': challenge } });
  expect([response.status, await response.json()]).toEqual([200, { verification: challenge }]);
  expect(response.headers.get('content-type')).toContain('application/json');
});

test.each([{}, { 'x-okta-verification-challenge': 'x'.repeat(1_001) }])(
  'refuses a verification with the headers %j',
  async (headers) => {
    expect((await fetch(`${url}/contoso`, { headers: { ...headers } })).status).toBe(400);
  },
);

test('wakes the tenant once for a burst of hooks, doubled ones among them', async () => {
  for (let sent = 0; sent < 3; sent += 1) {
    const response = await post('contoso', secret);
    expect([response.status, await response.text()]).toEqual([204, '']);
  }
  await until('a signal', async () => signalled[0] ?? null);
  expect(signalled).toEqual(['contoso']);
  expect(arrived).toEqual(['contoso', 'contoso', 'contoso']);
  expect(receiver.counts).toMatchObject({ taken: 3, refused: 0 });
});

test.each([
  ['contoso', null],
  ['contoso', ''],
  ['contoso', 'another secret'],
  ['contoso', `${secret}x`],
  ['fabrikam', secret],
  ['fabrikam', ''],
])('refuses a hook for %s with the secret %j', async (tenant, authorization) => {
  expect((await post(tenant, authorization)).status).toBe(401);
  expect(receiver.counts).toMatchObject({ taken: 0, refused: 1 });
  expect(signalled).toEqual([]);
});

test('does not look at the body, and takes none that is too large', async () => {
  expect((await post('contoso', secret, 'no JSON')).status).toBe(204);
  expect((await post('contoso', secret, 'x'.repeat(2_000_000))).status).toBe(413);
});

test.each(['contoso/more', 'CONTOSO', `${'a'.repeat(41)}`, '%2e%2e'])(
  'does not take %s for a tenant',
  async (tenant) => {
    expect((await post(tenant, secret)).status).not.toBe(204);
  },
);
