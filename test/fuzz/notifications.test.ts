/** The receiver responds to any request with a status of its own, and signals no tenant without a valid client state. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createClientStates } from '../../activities/read/client-states.ts';
import { Debouncer } from '../../worker/receiver/debounce.ts';
import { createReceiver } from '../../worker/receiver/notifications.ts';
import { jsonWith, runs } from './inputs.ts';

const anyJson = jsonWith('value', 'subscriptionId', 'clientState', 'lifecycleEvent');
const entry = fc.record(
  {
    subscriptionId: fc.oneof(fc.string(), anyJson),
    clientState: fc.oneof(fc.string(), fc.constant('contoso.AAAA'), anyJson),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  fc
    .record({ value: fc.array(fc.oneof(entry, anyJson), { maxLength: 4 }) })
    .map((value) => JSON.stringify(value)),
  anyJson.map((value) => JSON.stringify(value)),
  fc.string({ unit: 'binary' }),
);
const query = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  fc.string().map((text) => `?${encodeURIComponent(text)}`),
  fc.string().map((text) => `?validationToken=${text.replaceAll('#', '')}`),
);

test('bodies and queries of any kind get one of our statuses and signal no tenant', async () => {
  const signalled: string[] = [];
  const debouncer = new Debouncer(async (tenant) => {
    signalled.push(tenant);
  });
  const { app } = createReceiver(createClientStates(Buffer.alloc(32, 7)), debouncer);
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(
      body,
      query,
      fc.constantFrom('application/json', 'text/xml', 'a/b; charset=x'),
      async (text, search, type) => {
        const response = await app.request(`/notifications${search}`, {
          method: 'POST',
          body: text,
          headers: { 'content-type': type },
        });
        statuses.add(response.status);
        expect([200, 202, 400, 413]).toContain(response.status);
      },
    ),
    runs(),
  );
  expect([...statuses]).toEqual(expect.arrayContaining([200, 202, 400]));
  expect(signalled).toEqual([]);
});
