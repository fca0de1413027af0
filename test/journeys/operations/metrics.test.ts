/** `GET /metrics` of a running worker, beside its documentation. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import getPort from 'get-port';
import { startWorld, type World } from '../../support/world.ts';

let world: World;
let text: string;

beforeAll(async () => {
  world = await startWorld();
  const port = await getPort({ host: '127.0.0.1' });
  Object.assign(world.variables, { TIMELY_SYNC_HEALTH_PORT: String(port) });
  await world.startWorker();
  world.sandbox.timely.faults.set('throttle', { operation: 'users.invite', times: 1, retryAfter: 1 });
  await world.start();
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  text = await response.text();
}, 90_000);
afterAll(() => world.close());

/** Returns the sum of a metric's samples with these labels. */
function sum(name: string, labels: string[] = []): number {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
    .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
}

test('the documentation lists exactly the exported metrics', () => {
  const documented = readFileSync(
    join(import.meta.dirname, '..', '..', '..', 'docs', 'operating.md'),
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
  expect(sum('timely_sync_graph_requests_total', [`tenant="${world.tenant}"`])).toBe(graph.length);
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
