/** Any response from Timely's address is read, or leads to a SyncError; no read writes anything. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTimelyApi, type TimelyApi } from '../../timely/api.ts';
import { unlimitedRate } from '../support/unlimited-rate.ts';
import { collect } from '../timely/fake-timely.ts';
import { jsonWith, runs, succeededOrRefused } from './inputs.ts';

let response = { status: 200, body: '' };
const methods = new Set<string>();
const server = createServer((request, outgoing) => {
  methods.add(request.method ?? '');
  request.resume();
  outgoing.writeHead(response.status, { 'content-type': 'application/json' });
  outgoing.end(response.status === 204 ? undefined : response.body);
});
let api: TimelyApi;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  api = createTimelyApi({
    accountId: 42,
    endpoint: `http://127.0.0.1:${port}`,
    timeoutMs: 10_000,
    tokens: { accessToken: async () => 'token', refresh: async () => 'token' },
    rateLimiter: unlimitedRate,
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const anyJson = jsonWith('id', 'email', 'name', 'updated_at', 'role_id', 'users', 'user_ids', 'errors');
const row = fc.record(
  {
    id: fc.oneof(fc.nat(), anyJson),
    email: anyJson,
    name: anyJson,
    updated_at: fc.oneof(fc.nat(), anyJson),
    users: anyJson,
  },
  { requiredKeys: [] },
);
const responses = fc.record({
  status: fc.oneof(
    { weight: 3, arbitrary: fc.constant(200) },
    fc.constantFrom(201, 204, 302, 400, 401, 403, 404, 422, 500),
  ),
  body: fc.oneof(
    fc.oneof(row, fc.array(row, { maxLength: 3 }), anyJson).map((value) => JSON.stringify(value)),
    fc.string(),
    fc.constantFrom('', '<html></html>', '[', '{"id":1e999}', '"\\ud800"'),
  ),
});

test('reads of users, teams, roles and the account succeed or reject with a SyncError', async () => {
  const reads = {
    users: () => collect(api.users()),
    user: () => api.user(7),
    teams: () => api.teams(),
    team: () => api.team(7),
    roles: () => api.roles(),
    account: () => api.account(),
  };
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.values(reads)), responses, async (read, next) => {
      response = next;
      if (!(await succeededOrRefused(read))) refused += 1;
    }),
    runs(),
  );
  expect(refused).toBeGreaterThan(0);
  expect([...methods]).toEqual(['GET']);
});
