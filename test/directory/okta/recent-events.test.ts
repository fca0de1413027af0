/** The System Log between two whole reads of it (docs/reference/okta-and-sap.md section 1.3). */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createOktaClient } from '../../../directory/okta/client/okta-client.ts';
import { targetsOf, userDeletions } from '../../../directory/okta/read/log.ts';
import { createRecentEvents, type RecentEvents } from '../../../directory/okta/read/recent-events.ts';
import type { Sandbox } from '../../../simulators/sandbox.ts';
import { openOrg, settingsOf } from './okta-org.ts';

const minuteMs = 60_000;
const startMs = Date.now();
let nowMs = startMs;
let sandbox: Sandbox;
let recent: RecentEvents;

beforeAll(async () => {
  sandbox = await openOrg(() => new Date(nowMs));
});
beforeEach(() => {
  nowMs += 60 * minuteMs;
  recent = createRecentEvents(createOktaClient(settingsOf(sandbox)), userDeletions);
});
afterEach(() => {
  sandbox.okta.faults.clear();
  sandbox.okta.state.behaviour.pageMost = null;
});
afterAll(() => sandbox.close());

let joined = 0;
function deletePerson(): string {
  joined += 1;
  const { id } = sandbox.okta.state.join({ displayName: `Newcomer ${'abcdefghijklmnopqrstuvwxyz'[joined]}` });
  sandbox.okta.state.purge(id);
  return id;
}

async function deleted(cycle?: string): Promise<string[]> {
  const since = new Date(nowMs - 15 * minuteMs).toISOString();
  const events = await recent.read({ since, at: new Date(nowMs).toISOString(), cycle });
  return targetsOf(events, userDeletions, 'User');
}

async function requestsOf(work: () => Promise<unknown>): Promise<number> {
  const from = sandbox.okta.ledger.last;
  await work();
  return sandbox.okta.ledger.entries(from).filter(({ path }) => path === '/api/v1/logs').length;
}

test('the streams of a cycle ask once, and later cycles have what is new and what was', async () => {
  const one = [deletePerson(), deletePerson()];
  expect(await deleted('first')).toEqual(one);
  expect(await requestsOf(async () => expect(await deleted('first')).toEqual(one))).toBe(0);
  const both = [...one, deletePerson()];
  // A page that is smaller than an earlier one is the last.
  expect(await requestsOf(async () => expect(await deleted('second')).toEqual(both))).toBe(1);
  nowMs += minuteMs;
  expect(await requestsOf(async () => expect(await deleted('second')).toEqual(both))).toBe(1);
  expect(await requestsOf(async () => expect(await deleted()).toEqual(both))).toBe(1);
});

test('small pages are followed to their end', async () => {
  sandbox.okta.state.behaviour.pageMost = 2;
  const first = [deletePerson(), deletePerson(), deletePerson()];
  expect(await deleted()).toEqual(first);
  const more = [deletePerson(), deletePerson(), deletePerson()];
  expect(await deleted()).toEqual([...first, ...more]);
});

test('what an answer left out, and what was stored late, is found', async () => {
  expect(await deleted()).toEqual([]);
  sandbox.okta.faults.set('logLate', { milliseconds: minuteMs });
  const late = deletePerson();
  sandbox.okta.faults.clear();
  expect(await deleted()).toEqual([]);
  nowMs += 2 * minuteMs;
  expect(await deleted()).toEqual([late]);
  sandbox.okta.faults.set('logGap');
  const missing = deletePerson();
  expect(await deleted()).not.toContain(missing);
  sandbox.okta.faults.clear();
  nowMs += 5 * minuteMs;
  expect(await deleted()).toEqual([late, missing]);
});

test('a link that is refused is not asked again', async () => {
  const one = deletePerson();
  await deleted();
  sandbox.okta.faults.set('unavailable', { operation: 'logs.list', times: 1 });
  await expect(deleted()).rejects.toThrow();
  expect(await deleted()).toEqual([one]);
});
