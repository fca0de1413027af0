/** The receiver as Microsoft calls it: over HTTP, with valid and invalid requests. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createClientStates } from '../../activities/read/client-states.ts';
import { Debouncer, type PendingSignal } from '../../worker/receiver/debounce.ts';
import { createReceiver, type NotificationReceiver } from '../../worker/receiver/notifications.ts';
import { until } from '../support/world.ts';

const clientStates = createClientStates(Buffer.alloc(32, 7));
const waits = { gapMs: 50, longestMs: 20_000, repeatAfterMs: 60_000 };

interface SentSignal {
  tenant: string;
  full: boolean;
  renew: string[];
}

let receiver: NotificationReceiver;
let url: string;
let close: () => Promise<void>;
let signals: SentSignal[];
/** Sending a signal waits for this. */
let gate: Promise<void>;

beforeEach(async () => {
  signals = [];
  gate = Promise.resolve();
  const send = async (tenant: string, { full, renew }: PendingSignal) => {
    signals.push({ tenant, full, renew: [...renew] });
    await gate;
  };
  Object.assign(waits, { gapMs: 50, repeatAfterMs: 60_000 });
  receiver = createReceiver(clientStates, new Debouncer(send, waits));
  await new Promise<void>((resolve) => {
    const server = serve({ fetch: receiver.app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      url = `http://127.0.0.1:${port}/notifications`;
      resolve();
    });
    close = () => new Promise((closed) => server.close(() => closed()));
  });
});
afterEach(() => close());

const post = (body: unknown) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** Microsoft's published samples, with our client state. */
const sample = (name: string, changes: Record<string, unknown>) => {
  const file = join(import.meta.dirname, 'graph-examples', `${name}.json`);
  const [entry] = JSON.parse(readFileSync(file, 'utf8')).request.body.value;
  return { ...entry, ...changes };
};
const changed = (tenant: string, changes: Record<string, unknown> = {}) =>
  sample('change-notification-post', { clientState: clientStates.of(tenant), ...changes });
const lifecycle = (tenant: string, lifecycleEvent: string) =>
  sample('lifecycle-notification-post', {
    clientState: clientStates.of(tenant),
    lifecycleEvent,
    subscriptionId: 'subscription-1',
  });

const untilSignalled = (count: number) =>
  until(`${count} signals`, async () => (signals.length >= count ? signals : null), 5_000);
/** Longer than the gap that ends a burst. */
const quiet = () => sleep(4 * waits.gapMs);

describe('the handshake', () => {
  test('returns the decoded token as plain text that no browser takes for a page', async () => {
    const response = await fetch(
      `${url}?validationToken=Validation%3a+Testing+client%3Cscript%3E+Request-Id%3a+1%2B1`,
      { method: 'POST', headers: { 'content-type': 'text/plain; charset=utf-8' } },
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await response.text()).toBe('Validation: Testing client<script> Request-Id: 1+1');
  });

  test('refuses a token that is too long', async () => {
    expect((await fetch(`${url}?validationToken=${'x'.repeat(5_000)}`, { method: 'POST' })).status).toBe(400);
  });
});

describe('change notifications', () => {
  test('signals the tenant for one notification', async () => {
    expect((await post({ value: [changed('contoso')] })).status).toBe(202);
    expect(await untilSignalled(1)).toEqual([{ tenant: 'contoso', full: false, renew: [] }]);
  });

  test('signals each tenant of a request, and ignores invalid notifications in it', async () => {
    const value = [
      changed('contoso', { subscriptionId: 'one' }),
      { nonsense: true },
      changed('fabrikam'),
      changed('contoso', { subscriptionId: 'two' }),
      changed('contoso', { clientState: 'fabrikam.AAAA' }),
    ];
    expect((await post({ value })).status).toBe(202);
    await untilSignalled(2);
    await quiet();
    expect(signals.map(({ tenant }) => tenant).sort()).toEqual(['contoso', 'fabrikam']);
    expect(receiver.counts).toEqual({ taken: 3, refused: 2, malformed: 0 });
  });

  test('signals no tenant without the right client state, and does not tell the sender', async () => {
    const right = clientStates.of('contoso');
    const other = createClientStates(Buffer.alloc(32, 8)).of('contoso');
    const wrong = [
      right.slice(0, -2),
      `${right}AA`,
      right.replace('contoso', 'fabrikam'),
      other,
      'contoso.',
      '',
    ];
    for (const clientState of wrong)
      expect((await post({ value: [changed('contoso', { clientState })] })).status).toBe(202);
    expect((await post({ value: [{ ...changed('contoso'), clientState: undefined }] })).status).toBe(202);
    await quiet();
    expect(signals).toEqual([]);
    expect(receiver.counts.refused).toBe(wrong.length + 1);
  });

  test('signals once for a flood of a thousand requests', async () => {
    // Without sockets, so that a busy machine cannot pause the flood for longer than the gap.
    waits.gapMs = 1_000;
    const body = { value: [changed('contoso')] };
    const request = { method: 'POST', body: JSON.stringify(body) };
    const responses = await Promise.all(
      Array.from({ length: 1_000 }, async () => receiver.app.request('/notifications', request)),
    );
    expect(responses.filter(({ status }) => status === 202)).toHaveLength(1_000);
    await untilSignalled(1);
    await quiet();
    expect(signals).toHaveLength(1);
    expect(receiver.counts.taken).toBe(1_000);
  });

  test('responds while a signal is being sent, and sends one more afterwards', async () => {
    let release = () => {};
    gate = new Promise((resolve) => {
      release = resolve;
    });
    await post({ value: [changed('contoso')] });
    await untilSignalled(1);
    for (let sent = 0; sent < 20; sent += 1)
      expect((await post({ value: [changed('contoso')] })).status).toBe(202);
    await quiet();
    expect(signals).toHaveLength(1);
    release();
    await untilSignalled(2);
    await quiet();
    expect(signals).toHaveLength(2);
  });

  test('signals the tenant again later, because a change may not be readable yet', async () => {
    waits.repeatAfterMs = 300;
    await post({ value: [lifecycle('contoso', 'missed')] });
    expect(await untilSignalled(2)).toEqual([
      { tenant: 'contoso', full: true, renew: [] },
      { tenant: 'contoso', full: false, renew: [] },
    ]);
    await sleep(2 * waits.repeatAfterMs);
    expect(signals).toHaveLength(2);
  });

  test('ignores the dummy notification at the begin of a subscription', async () => {
    expect((await post({ value: [changed('contoso', { subscriptionId: 'NA' })] })).status).toBe(202);
    await quiet();
    expect(signals).toEqual([]);
  });
});

describe('lifecycle notifications', () => {
  test.each(['reauthorizationRequired', 'subscriptionRemoved'])(
    '%s renews the subscription',
    async (event) => {
      expect((await post({ value: [lifecycle('contoso', event)] })).status).toBe(202);
      expect(await untilSignalled(1)).toEqual([
        { tenant: 'contoso', full: false, renew: ['subscription-1'] },
      ]);
    },
  );

  test('missed reads everything', async () => {
    expect((await post({ value: [lifecycle('contoso', 'missed'), changed('contoso')] })).status).toBe(202);
    expect(await untilSignalled(1)).toMatchObject([{ tenant: 'contoso', full: true }]);
  });
});

describe('requests without notifications', () => {
  test.each(['', 'not JSON', '[]', '{"value": 1}', 'null'])('refuses %j', async (body) => {
    expect((await post(body)).status).toBe(400);
    expect(receiver.counts.malformed).toBe(1);
  });

  test('refuses a body of two megabytes', async () => {
    expect((await post({ value: [changed('contoso')], padding: 'x'.repeat(2_000_000) })).status).toBe(413);
    await quiet();
    expect(signals).toEqual([]);
  });
});
