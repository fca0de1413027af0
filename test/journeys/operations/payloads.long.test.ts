import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ask } from '../../support/ask.ts';
import { startWorld, type World } from '../../support/world.ts';

/**
 * Payloads must not grow with the tenant. Temporal warns at 512 KB
 * (docs/reference/temporal.md section 2.1).
 */
const payloadBytesMax = 32 * 1024;
/** 33 bytes for each of them would break the limit. */
const people = 1_000;
const executives = 100;

let world: World;

beforeAll(async () => {
  world = await startWorld({
    company: (microsoft, timely) => {
      timely.account.seats = people + 10;
      microsoft.createGroup({ displayName: 'Timely Users' });
      for (const name of [
        'Timely Managers',
        'Timely Admins',
        'Executives',
        'Design Guild',
        'Not in Timely',
      ]) {
        microsoft.createGroup({ displayName: name });
      }
      for (let number = 1; number <= people; number += 1) {
        microsoft.join({
          displayName: `Person ${letters(number)}`,
          department: number % 2 ? 'Design' : 'Engineering',
          groups: number <= executives ? ['Timely Users', 'Executives'] : ['Timely Users'],
        });
      }
    },
    editFile: (text) =>
      text.replace('requestsPerSecond: 50', 'requestsPerSecond: 1000').replace('max: 100', 'max: 5000'),
  });
  await world.startWorker();
}, 60_000);
afterAll(() => world.close());

/** Returns a number in letters, because Timely takes no digits in names. */
const letters = (number: number): string =>
  [...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('');

test(`workflows have no payload over ${payloadBytesMax / 1024} KiB with ${people} people`, async () => {
  await world.start(150_000);
  const { client, tenant, taskQueue } = world;
  await ask(client, taskQueue, { about: 'approvals', tenant, open: true, after: 0 });
  await ask(client, taskQueue, { about: 'lines', tenant, cycle: 1, status: 'done', after: 0 });
  await ask(client, taskQueue, { about: 'lines', tenant, cycle: 1, status: 'held', after: 0 });
  await ask(client, taskQueue, { about: 'findings', tenant, cycle: 1, after: 0 });

  const sizes: { workflow: string; bytes: number }[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query: `TaskQueue = '${taskQueue}'` })) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const bytes of payloadSizes(history)) sizes.push({ workflow: workflowId, bytes });
  }
  expect(world.present().length).toBe(people - executives + 1);
  expect(sizes.length).toBeGreaterThan(300);
  const largest = sizes.reduce((most, size) => (size.bytes > most.bytes ? size : most));
  expect(largest.bytes).toBeLessThan(payloadBytesMax);
}, 240_000);

/** Returns the sizes of all payloads in a history. */
function payloadSizes(value: unknown): number[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  const own = 'data' in value && value.data instanceof Uint8Array ? [value.data.length] : [];
  return [...own, ...Object.values(value).flatMap(payloadSizes)];
}
