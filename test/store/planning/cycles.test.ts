import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Change } from '../../../domain/plan/change.ts';
import { finishCycle, openCycle, storePlanFacts } from '../../../store/planning/cycles.ts';
import { storePlan } from '../../../store/planning/plans.ts';
import { countCycle } from '../../../store/query/cycle-reports.ts';
import { markPlanned, storeConfiguration, tenantRow } from '../../../store/tenants.ts';
import { openTestStore } from '../../support/database.ts';

const now = new Date('2026-11-23T09:00:00Z');
const tenant = 'contoso';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

function held(name: string): Change {
  return {
    kind: 'invite',
    subject: { type: 'person', personId: name, timelyId: null, email: `${name}@contoso.example`, name },
    reason: 'joiner',
    before: null,
    after: { role: 'employee' },
    fingerprint: name,
    hold: { rule: 'too-many-invitations', detail: 'because' },
    refusal: null,
  };
}

async function open(runId: string): Promise<number> {
  const begin = { kind: 'incremental', configurationVersion: 1, now } as const;
  return (await openCycle(store.database, tenant, runId, begin)).number;
}

test('reports the holds of the plan in force when a cycle had nothing to plan', async () => {
  const { database } = store;
  await storeConfiguration(database, tenant, {});
  const first = await open('run 1');
  const row = (change: Change) => ({
    change,
    status: 'held' as const,
    label: '',
    approval: null,
    failure: null,
  });
  await storePlan(database, tenant, first, [held('ada'), held('bo')].map(row), []);
  await storePlanFacts(database, tenant, first, { planCycle: first, inScope: 2, unchanged: 0 });
  await markPlanned(database, tenant, first, 0, '2026-11-23');
  const counts = await countCycle(database, tenant, first);
  await finishCycle(database, tenant, first, { counts, cycleError: null, now });

  const second = await open('run 2');
  await storePlanFacts(database, tenant, second, { planCycle: first, inScope: 2, unchanged: 0 });
  expect(await countCycle(database, tenant, second)).toMatchObject({ held: 2, inScope: 2, invited: 0 });
});

test('plans again what a cycle without an end has left', async () => {
  const { database } = store;
  await open('terminated');
  const before = await tenantRow(database, tenant);
  await open('run after it');
  expect((await tenantRow(database, tenant))?.planRevision).toBeGreaterThan(before?.planRevision ?? Infinity);
});
