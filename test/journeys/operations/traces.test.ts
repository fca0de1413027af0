/** A worker with a collector sends it a trace for each cycle. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { startWorld, until, type World } from '../../support/world.ts';

const attribute = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) });
const span = z.object({
  traceId: z.string(),
  name: z.string(),
  attributes: z.array(attribute),
  status: z.object({ code: z.number().optional(), message: z.string().optional() }),
});
const batch = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
});

let world: World;
let collector: Server;
const spans: z.infer<typeof span>[] = [];
const received: string[] = [];

beforeAll(async () => {
  collector = createServer(async (request, response) => {
    const body = await json(request);
    received.push(JSON.stringify(body));
    for (const { scopeSpans } of batch.parse(body).resourceSpans)
      for (const scope of scopeSpans) spans.push(...scope.spans);
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const { port } = collector.address() as AddressInfo;
  world = await startWorld();
  Object.assign(world.variables, {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_BSP_SCHEDULE_DELAY: '200',
  });
  world.sandbox.timely.faults.set('unavailable', { operation: 'users.invite', times: 1 });
  await world.startWorker();
  await world.start();
}, 90_000);
afterAll(async () => {
  await world.close();
  await new Promise((resolve) => collector.close(resolve));
});

const traceOf = (name: string) => spans.find((each) => each.name === name)?.traceId;

test('the steps of a cycle share a trace, and a failed step has its class', async () => {
  await until('the last step', async () => traceOf('finishCycle') ?? null);
  expect(traceOf('openCycle')).toMatch(/^[0-9a-f]{32}$/);
  for (const name of ['readDirectory', 'readTimely', 'makePlan', 'finishCycle'])
    expect([name, traceOf(name)]).toEqual([name, traceOf('openCycle')]);
  const failed = spans.filter(({ status }) => status.code === 2);
  // Retries fail with another class until it is certain that the invitation was not sent.
  expect(failed.map(({ name, status }) => `${name} ${status.message}`)).toContain(
    'applyChange TransientError',
  );
  const cycle = spans.find(({ name }) => name === 'finishCycle')?.attributes.map(({ key }) => key);
  expect(cycle).toEqual(expect.arrayContaining(['timely_sync.tenant', 'timely_sync.cycle']));
});

test('traces hold no names', () => {
  const text = received.join('\n').toLowerCase();
  expect(text).toContain(world.tenant);
  for (const { email, name } of world.sandbox.timely.state.present) {
    expect(text).not.toContain(email.toLowerCase());
    expect(text).not.toContain(name.toLowerCase());
  }
});
