/** The lines that `up` leaves for each cycle on a terminal. */
import { expect, test } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { moment } from '../../../client/render/words/moments.ts';
import { cycleLine, watchCycles } from '../../../client/up/watch-cycles.ts';
import { cycleReport } from '../reports.ts';

const report = cycleReport({ number: 8 });
const when = moment(report.finishedAt);

test('a cycle that did something leaves one line', () => {
  const counts = { ...report.counts, invited: 2, removed: 1, held: 3 };
  expect(cycleLine('contoso', { ...report, counts })).toBe(`${when} contoso: cycle 8, 2 invited, 1 removed.`);
});

test('a cycle that failed says why and what to do', () => {
  const cycleError = { health: 'source-down' as const, message: 'It did not answer.', remedy: 'Wait.' };
  expect(cycleLine('contoso', { ...report, cycleError })).toBe(
    `${when} contoso: cycle 8, source-down: It did not answer.\n  Wait.`,
  );
});

test('a cycle that changed nothing leaves none, however many are held', () => {
  expect(cycleLine('contoso', { ...report, counts: { ...report.counts, held: 3 } })).toBeNull();
});

test('a tenant that was set up or started elsewhere meanwhile is shown like those of the files', async () => {
  const status = {
    ...{ stage: 'waiting', health: 'ok', cycle: 0, finishedCycle: 0, configurationVersion: 1, paused: false },
    carriedThrough: { cycle: 0, full: 0, isFullLeft: false },
    ...{ progress: null, cycleError: null, nextCycleAt: null },
  };
  const workflow = {
    async *list() {
      yield { workflowId: 'tenant/later' };
    },
    getHandle: (id: string) => ({ query: async () => ({ ...status, tenant: id.slice('tenant/'.length) }) }),
  };
  const withDeadline = (_deadline: number, work: () => Promise<unknown>) => work();
  const client = { workflow, withDeadline } as unknown as Client;
  const stop = new AbortController();
  const shown: string[] = [];
  const show = (tenant: string) => {
    shown.push(tenant);
    if (shown.length === 2) stop.abort();
  };
  await watchCycles(client, ['given'], { show, say: () => {}, clear: () => {} }, stop.signal);
  expect(shown).toEqual(['given', 'later']);
});
