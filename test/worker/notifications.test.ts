/** The receiver as Microsoft meets it: over HTTP, with good and bad requests. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createClientStates } from '../../activities/read/client-states.ts';
import { Debouncer, type PendingSignal } from '../../worker/debounce.ts';
import { createReceiver, type NotificationReceiver } from '../../worker/notifications.ts';
import { until } from '../support/world.ts';

const clientStates = createClientStates(Buffer.alloc(32, 7));
const pauses = { gapMs: 50, longestMs: 20_000, againMs: 60_000 };

interface Woken {
  tenant: string;
  full: boolean;
  renew: string[];
}

let receiver: NotificationReceiver;
let url: string;
let close: () => Promise<void>;
let woken: Woken[];
/** What sending a wake-up waits for. */
let gate: Promise<void>;

beforeEach(async () => {
  woken = [];
  gate = Promise.resolve();
  const send = async (tenant: string, { full, renew }: PendingSignal) => {
    woken.push({ tenant, full, renew: [...renew] });
    await gate;
  };
  Object.assign(pauses, { gapMs: 50, againMs: 60_000 });
  receiver = createReceiver(clientStates, new Debouncer(send, pauses));
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

const untilWoken = (count: number) =>
  until(`${count} wake-ups`, async () => (woken.length >= count ? woken : null), 5_000);
/** Longer than a burst may pause. */
const quiet = () => sleep(4 * pauses.gapMs);

describe('the handshake', () => {
  test('sends the token back, decoded, as plain text that no browser takes for a page', async () => {
    const answer = await fetch(
      `${url}?validationToken=Validation%3a+Testing+client%3Cscript%3E+Request-Id%3a+1%2B1`,
      { method: 'POST', headers: { 'content-type': 'text/plain; charset=utf-8' } },
    );
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.text()).toBe('Validation: Testing client<script> Request-Id: 1+1');
  });

  test('does not send back a book', async () => {
    expect((await fetch(`${url}?validationToken=${'x'.repeat(5_000)}`, { method: 'POST' })).status).toBe(400);
  });
});

describe('change notifications', () => {
  test('one wakes its tenant', async () => {
    expect((await post({ value: [changed('contoso')] })).status).toBe(202);
    expect(await untilWoken(1)).toEqual([{ tenant: 'contoso', full: false, renew: [] }]);
  });

  test('one request may be for several tenants and subscriptions, and bad ones in it spoil nothing', async () => {
    const value = [
      changed('contoso', { subscriptionId: 'one' }),
      { nonsense: true },
      changed('fabrikam'),
      changed('contoso', { subscriptionId: 'two' }),
      changed('contoso', { clientState: 'fabrikam.AAAA' }),
    ];
    expect((await post({ value })).status).toBe(202);
    await untilWoken(2);
    await quiet();
    expect(woken.map(({ tenant }) => tenant).sort()).toEqual(['contoso', 'fabrikam']);
    expect(receiver.counts).toEqual({ taken: 3, refused: 2, malformed: 0 });
  });

  test('without the right client state nobody is woken, and the sender learns nothing', async () => {
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
    expect(woken).toEqual([]);
    expect(receiver.counts.refused).toBe(wrong.length + 1);
  });

  test('a flood of a thousand requests is one wake-up', async () => {
    // Sender and receiver share this process, which may be busy for a moment in the middle of the flood.
    pauses.gapMs = 1_000;
    const body = { value: [changed('contoso')] };
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => post(body)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1_000);
    await untilWoken(1);
    await quiet();
    expect(woken).toHaveLength(1);
    expect(receiver.counts.taken).toBe(1_000);
  });

  test('requests are answered while a wake-up hangs, and lead to one more when it is through', async () => {
    let release = () => {};
    gate = new Promise((resolve) => {
      release = resolve;
    });
    await post({ value: [changed('contoso')] });
    await untilWoken(1);
    for (let sent = 0; sent < 20; sent += 1)
      expect((await post({ value: [changed('contoso')] })).status).toBe(202);
    await quiet();
    expect(woken).toHaveLength(1);
    release();
    await untilWoken(2);
    await quiet();
    expect(woken).toHaveLength(2);
  });

  test('the tenant is woken once more a while after, as the directory may tell of a change before it can be read', async () => {
    pauses.againMs = 300;
    await post({ value: [lifecycle('contoso', 'missed')] });
    expect(await untilWoken(2)).toEqual([
      { tenant: 'contoso', full: true, renew: [] },
      { tenant: 'contoso', full: false, renew: [] },
    ]);
    await sleep(2 * pauses.againMs);
    expect(woken).toHaveLength(2);
  });

  test('the dummy that announces a stream is ignored', async () => {
    expect((await post({ value: [changed('contoso', { subscriptionId: 'NA' })] })).status).toBe(202);
    await quiet();
    expect(woken).toEqual([]);
  });
});

describe('lifecycle notifications', () => {
  test.each(['reauthorizationRequired', 'subscriptionRemoved'])(
    '%s has the subscription renewed',
    async (event) => {
      expect((await post({ value: [lifecycle('contoso', event)] })).status).toBe(202);
      expect(await untilWoken(1)).toEqual([{ tenant: 'contoso', full: false, renew: ['subscription-1'] }]);
    },
  );

  test('missed has everything read', async () => {
    expect((await post({ value: [lifecycle('contoso', 'missed'), changed('contoso')] })).status).toBe(202);
    expect(await untilWoken(1)).toMatchObject([{ tenant: 'contoso', full: true }]);
  });
});

describe('requests that are no notifications', () => {
  test.each(['', 'not JSON', '[]', '{"value": 1}', 'null'])('%j is refused', async (body) => {
    expect((await post(body)).status).toBe(400);
    expect(receiver.counts.malformed).toBe(1);
  });

  test('a body of two megabytes is refused', async () => {
    expect((await post({ value: [changed('contoso')], padding: 'x'.repeat(2_000_000) })).status).toBe(413);
    await quiet();
    expect(woken).toEqual([]);
  });
});
