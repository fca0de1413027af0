/** The list of tenants says of each what its own cycles found and hold, whatever the others have. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { summariesPage } from '../../../activities/query/tenant-summaries.ts';
import type { Finding } from '../../../domain/plan/change.ts';
import { finishCycle, openCycle, storePlanFacts } from '../../../store/planning/cycles.ts';
import { storePlan } from '../../../store/planning/plans.ts';
import { countCycle } from '../../../store/query/cycle-reports.ts';
import { markPlanned, storeConfiguration } from '../../../store/tenants.ts';
import { held, tenantThatHolds } from '../../store/approvals/held-changes.ts';
import { openTestStore } from '../../support/database.ts';

const now = new Date('2026-11-23T09:00:00Z');

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

async function open(tenant: string, runId: string): Promise<number> {
  const begin = { kind: 'incremental', configurationVersion: 1, now } as const;
  return (await openCycle(store.database, tenant, runId, begin)).number;
}

/** A cycle with a plan that found these, and its report. */
async function plannedCycle(tenant: string, kinds: readonly Finding['kind'][]): Promise<number> {
  const { database } = store;
  const cycle = await open(tenant, `run ${kinds.length}`);
  const found = kinds.map((kind, index): Finding => ({ kind, subject: `${index}`, message: kind }));
  await storePlan(database, tenant, cycle, [], found);
  await storePlanFacts(database, tenant, cycle, { planCycle: cycle, inScope: kinds.length, unchanged: 0 });
  await markPlanned(database, tenant, cycle, 0, '2026-11-23');
  const counts = await countCycle(database, tenant, cycle);
  await finishCycle(database, tenant, cycle, { counts, cycleError: null, now });
  return cycle;
}

test('of each tenant the newest cycle, open approvals and findings of its last plan', async () => {
  const { database } = store;
  for (const tenant of ['contoso', 'fabrikam', 'newco']) await storeConfiguration(database, tenant, {});
  await plannedCycle('contoso', []);
  await plannedCycle('contoso', ['no-email', 'unmanaged', 'unmanaged']);
  // One that plans nothing goes on from the plan before.
  const running = await open('contoso', 'run that goes on');
  await plannedCycle('fabrikam', ['seats', 'seats']);
  const again = await plannedCycle('fabrikam', ['no-email']);
  const { tenant: waiting } = await tenantThatHolds(
    database,
    held('sensitive', 'ada'),
    held('adopts-team', 'bo'),
  );

  const { items, next } = await summariesPage(database, { after: 0 });

  expect(next).toBeNull();
  const facts = items.map(({ tenant, lastCycle, openApprovals, findings }) => ({
    ...{ tenant, cycle: lastCycle?.number, ended: lastCycle?.finishedAt != null, openApprovals, findings },
  }));
  expect(facts).toEqual([
    {
      tenant: 'contoso',
      cycle: running,
      ended: false,
      openApprovals: 0,
      findings: { 'no-email': 1, unmanaged: 2 },
    },
    { tenant: 'fabrikam', cycle: again, ended: true, openApprovals: 0, findings: { 'no-email': 1 } },
    { tenant: 'newco', cycle: undefined, ended: false, openApprovals: 0, findings: {} },
    expect.objectContaining({ tenant: waiting, openApprovals: 2 }),
  ]);
});

test('fifty tenants at a time, by name', async () => {
  const { database } = store;
  const names = Array.from({ length: 51 }, (_, number) => `many-${String(number).padStart(2, '0')}`);
  for (const name of names) await storeConfiguration(database, name, {});
  const first = await summariesPage(database, { part: 'many-', after: 0 });
  expect(first.items.map(({ tenant }) => tenant)).toEqual(names.slice(0, 50));
  const second = await summariesPage(database, { part: 'many-', after: first.next ?? 0 });
  expect(second).toMatchObject({ items: [{ tenant: 'many-50' }], next: null });
});
