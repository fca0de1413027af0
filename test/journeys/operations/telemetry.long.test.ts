/** What a worker exports about its cycles: `GET /metrics`, beside its documentation, and traces to a collector. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import getPort from 'get-port';
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
let text: string;
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
  const { port: collectorPort } = collector.address() as AddressInfo;
  // Slow enough that each change is an activity of its own.
  world = await startWorld({
    editFile: (text) => text.replace('requestsPerSecond: 50', 'requestsPerSecond: 60'),
  });
  const port = await getPort({ host: '127.0.0.1' });
  Object.assign(world.variables, {
    TIMELY_SYNC_HEALTH_PORT: String(port),
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collectorPort}`,
    OTEL_BSP_SCHEDULE_DELAY: '200',
  });
  await world.startWorker();
  const { faults } = world.sandbox.timely;
  faults.set('throttle', { operation: 'users.invite', times: 1, retryAfter: 1 });
  faults.set('unavailable', { operation: 'users.invite', times: 1 });
  await world.start();
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  text = await response.text();
}, 90_000);
afterAll(async () => {
  await world.close();
  await new Promise((resolve) => collector.close(resolve));
});

/** Returns the sum of a metric's samples with these labels. */
function sum(name: string, labels: string[] = []): number {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
    .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
}

test('the documentation lists exactly the exported metrics', () => {
  const documented = readFileSync(
    join(import.meta.dirname, '..', '..', '..', 'docs', 'production.md'),
    'utf8',
  );
  const names = (source: string, pattern: RegExp) =>
    [...new Set([...source.matchAll(pattern)].map(([, name]) => name))].sort();
  const exported = names(text, /^# HELP (timely_sync_\w+)/gm);
  expect(exported.length).toBeGreaterThan(0);
  expect(names(documented, /^\| `(timely_sync_\w+)`/gm)).toEqual(exported);
});

test('request counters equal the ledgers of both sides', () => {
  const graph = world.sandbox.microsoft.ledger
    .entries()
    .filter(({ operation }) => !operation.startsWith('signIn.'));
  expect(sum('timely_sync_directory_requests_total', [`tenant="${world.tenant}"`])).toBe(graph.length);
  const invitations = ['operation="POST /{id}/users"', 'status="200"'];
  expect(sum('timely_sync_timely_requests_total', invitations)).toBe(49);
  expect(sum('timely_sync_timely_requests_total', ['status="429"'])).toBe(1);
});

test('metrics show resource units, rate-limit waits and the end of the client secret', () => {
  expect(sum('timely_sync_graph_resource_units_total')).toBeGreaterThan(0);
  expect(sum('timely_sync_timely_wait_seconds_total')).toBeGreaterThan(0);
  const endsAtMs = Date.parse(world.sandbox.microsoft.state.app.secretEndsAt);
  expect(sum('timely_sync_credential_expires_timestamp_seconds')).toBe(endsAtMs / 1000);
});

const traceOf = (name: string) => spans.find((each) => each.name === name)?.traceId;

test('the steps of a cycle share a trace, and a failed step has its class', async () => {
  await until('the last step', async () => traceOf('finishCycle') ?? null);
  expect(traceOf('beginCycle')).toMatch(/^[0-9a-f]{32}$/);
  for (const name of ['readDirectory', 'readTimely', 'makePlan', 'finishCycle'])
    expect([name, traceOf(name)]).toEqual([name, traceOf('beginCycle')]);
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
