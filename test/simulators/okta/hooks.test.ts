import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { OktaClient } from './okta-client.ts';
import { withOkta } from './okta-client.ts';

/** A receiver of event hooks. */
interface Received {
  headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: what Okta posts
  body: any;
}
let server: Server;
let url: string;
let received: Received[];
/** Statuses of the next answers; 204 after them. */
let statuses: number[];
let verifications: IncomingMessage['headers'][];

beforeEach(async () => {
  [received, statuses, verifications] = [[], [], []];
  server = createServer(async (request, response) => {
    if (request.method === 'GET') {
      verifications.push(request.headers);
      const verification = request.headers['x-okta-verification-challenge'];
      response.end(JSON.stringify({ verification }));
      return;
    }
    received.push({ headers: request.headers, body: JSON.parse(await text(request)) });
    response.writeHead(statuses.shift() ?? 204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/notifications/okta/contoso`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

async function until(isDone: () => boolean): Promise<void> {
  for (let waited = 0; !isDone() && waited < 2_000; waited += 10)
    await new Promise((resolve) => setTimeout(resolve, 10));
}
const register = (okta: OktaClient, more = {}) => okta.order('eventHook', { url, secret: 's3cret', ...more });
const typesOf = ({ body }: Received): string[] =>
  body.data.events.map(({ eventType }: { eventType: string }) => eventType);

test('a verified hook gets the events of a short while in one request, with its secret', () =>
  withOkta({}, async (okta) => {
    await okta.order('behave', { hookDelayMs: 100, verificationSecret: true });
    expect((await register(okta)).verified).toBe(true);
    expect(verifications[0]?.authorization).toBe('s3cret');
    const { notified } = await okta.order('leave', { person: 'Chen Wei' });
    expect(notified).toBe(true);
    await okta.order('purge', { person: 'Hana Sato' });
    await until(() => received.length > 0);
    const [first] = received;
    expect(first?.headers.authorization).toBe('s3cret');
    expect(first?.body).toMatchObject({
      eventType: 'com.okta.event_hook',
      source: expect.stringMatching(/^https:\/\/contoso\.okta\.com\/api\/v1\/eventHooks\/who/),
    });
    expect(typesOf(first as Received)).toEqual([
      'user.lifecycle.deactivate',
      'user.lifecycle.deactivate',
      'user.lifecycle.delete.initiated',
      'group.user_membership.remove',
    ]);
  }));

test('a hook that is not verified, or does not ask for the type, gets nothing', () =>
  withOkta({}, async (okta) => {
    expect((await okta.order('eventHook', { url: 'http://127.0.0.1:9/none' })).verified).toBe(false);
    expect((await okta.order('leave', { person: 'Chen Wei' })).notified).toBe(false);
    await register(okta, { eventTypes: ['user.lifecycle.suspend'] });
    expect((await okta.order('leave', { person: 'Hugo Lefevre' })).notified).toBe(false);
    expect((await okta.order('disable', { person: 'Sven Eriksson' })).notified).toBe(true);
    await until(() => received.length > 0);
    expect(received.map(typesOf)).toEqual([['user.lifecycle.suspend']]);
  }));

test('a 5xx is tried once more with the same event id, a 4xx not', () =>
  withOkta({}, async (okta) => {
    await register(okta);
    statuses = [500, 503];
    await okta.order('leave', { person: 'Chen Wei' });
    await until(() => received.length >= 2);
    statuses = [400];
    await okta.order('leave', { person: 'Hugo Lefevre' });
    await until(() => received.length >= 3);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(received.map(({ body }) => body.eventId)).toEqual([
      received[0]?.body.eventId,
      received[0]?.body.eventId,
      expect.not.stringMatching(String(received[0]?.body.eventId)),
    ]);
    const { ledger } = okta.world.sandbox.okta;
    const sent = ledger.entries().filter(({ operation }) => operation === 'hooks.send');
    expect(sent.map(({ status }) => status)).toEqual([500, 503, 400]);
  }));

test('hooks are lost, doubled, late and unordered by faults', () =>
  withOkta({}, async (okta) => {
    const { faults } = okta.world.sandbox.okta;
    await register(okta);
    faults.set('hooksLost', { times: 1 });
    await okta.order('leave', { person: 'Chen Wei' });
    await until(() => faults.unfired().length === 0);
    faults.set('hooksTwice', { times: 1 });
    faults.set('hooksUnordered', { times: 1 });
    faults.set('hooksLate', { times: 1, milliseconds: 200 });
    const before = Date.now();
    await okta.order('purge', { person: 'Hugo Lefevre' });
    await until(() => received.length >= 2);
    expect(Date.now() - before).toBeGreaterThanOrEqual(200);
    expect(received).toHaveLength(2);
    expect(received[1]?.body).toEqual(received[0]?.body);
    expect(typesOf(received[0] as Received).at(-1)).toBe('user.lifecycle.deactivate');
  }));
