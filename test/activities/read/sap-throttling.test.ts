/** What the sync does at each step of SAP's limit: over several workers, and all tenants of one host. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { DirectorySource } from '../../../directory/source.ts';
import { ThrottledError } from '../../../domain/errors.ts';
import { type SapRates, sapRates } from '../../../simulators/sap/rate-ladder.ts';
import { rejection } from '../../directory/entra/failures.ts';
import { forgetRefusals } from '../support/faulty-sap.ts';
import { openSapReader, type SapReader } from '../support/sap-reader.ts';

let world: SapReader;
/** Of two tenants, in each of two workers. */
let sources: DirectorySource[];

beforeAll(async () => {
  world = await openSapReader({ pageMax: 50 });
  await world.configure({}, 'sap-2');
  const workers = [world.newWorker(), world.newWorker()];
  const opened = workers.flatMap((worker) => ['sap', 'sap-2'].map((name) => worker.tenant(name, 1)));
  sources = (await Promise.all(opened)).map(({ directory }) => directory);
});
beforeEach(() => forgetRefusals(world.database));
afterAll(() => world.close());

/** SAP's ladder with few requests, which begins again. */
function limitTo(rates: Partial<SapRates>, retryAfter: number | 'nothing'): void {
  world.sap.options.rates = { ...sapRates, prolonged: true, ...rates };
  world.state.behaviour.retryAfter = retryAfter;
}

const statusesSince = (entry: number) => world.sap.ledger.entries(entry).map(({ status }) => status);

async function untilRefused(source: DirectorySource): Promise<unknown> {
  for (;;) {
    try {
      await source.count('users');
    } catch (error) {
      return error;
    }
  }
}

test('requests that are slowed down end a read as well', async () => {
  limitTo({ free: 0, slowed: 1_000, delayMs: 5 }, 'nothing');
  expect(await world.read({ full: true })).toMatchObject({ complete: true });
});

test.each<[string, Partial<SapRates>]>([
  ['in a minute', { free: 6, slowed: 12, delayMs: 10 }],
  ['in a second', { perSecond: 8 }],
])('too many requests %s keep all workers and tenants away for a minute', async (_, rates) => {
  limitTo({ ...rates, refusedForMs: 60_000 }, 'nothing');
  const begun = world.sap.ledger.last;
  const errors = await Promise.all(sources.map(untilRefused));
  for (const error of errors) expect(error).toBeInstanceOf(ThrottledError);
  // Each source had at most one request under way.
  expect(statusesSince(begun).filter((status) => status === 429).length).toBeLessThanOrEqual(sources.length);
  const refused = world.sap.ledger.last;
  for (const source of sources) {
    const error = await rejection(source.count('users'));
    expect(error).toBeInstanceOf(ThrottledError);
    expect((error as ThrottledError).retryAfterMs).toBeGreaterThan(50_000);
  }
  expect(world.sap.ledger.last).toBe(refused);
});

test('all workers ask again after the time that SAP says, and not before', async () => {
  limitTo({ free: 6, slowed: 12, delayMs: 10, refusedForMs: 1_900 }, 2);
  await Promise.all(sources.map(untilRefused));
  const refusedMs = performance.now();
  const refused = world.sap.ledger.last;
  // Any request in the meantime would prolong the refusal.
  await Promise.all(sources.map((source) => source.count('users')));
  expect(performance.now() - refusedMs).toBeGreaterThan(1_900);
  expect(statusesSince(refused)).toEqual([200, 200, 200, 200]);
});
