/** An invitation looks for the person first, also when its cycle has read Timely a while ago. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openSyncCycle } from '../../../activities/cycle/open-cycle.ts';
import { createActivities } from '../../../activities/index.ts';
import { phaseOf } from '../../../domain/plan/phases.ts';
import { storeEvidence } from '../../../store/planning/cycles.ts';
import { planLines } from '../../../store/query/cycle-reports.ts';
import { person, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { attemptOf } from '../support/retried.ts';
import { arrangeTenant } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** A cycle that has planned to invite Ada and Bo. Somebody has added Ada by hand since. */
async function planned() {
  const world = worldWith({ directory: { people: [person('Ada'), person('Bo')] } });
  const tenant = await arrangeTenant(store.database, world);
  const activities = createActivities(tenant.services);
  const key = await openSyncCycle(tenant.services, { tenant: tenant.tenant, opening: 'a run', fresh: false });
  const counted = { pages: 1, objects: 2 };
  const groups = { ...counted, complete: true };
  const evidence = { kind: key.kind, complete: true, reasons: [], users: counted, groups };
  await storeEvidence(store.database, tenant.tenant, key.cycle, evidence);
  await activities.readTimely(key);
  await activities.makePlan(key);
  tenant.state.addActive('Ada', 'ada@contoso.example', 'employee');
  const batch = { ...key, phase: phaseOf('invite'), from: 0, limit: 250 };
  return { ...tenant, activities, key, batch };
}

test('drops the invitation of a person whom Timely has by then', async () => {
  const { activities, batch, key, tenant, services, state, ledger } = await planned();
  const { now } = services;
  services.now = () => new Date(now().getTime() + 31_000);
  const { changes } = await activities.listChanges(batch);
  expect(changes).toHaveLength(1);
  for (const { position } of changes) await attemptOf(1).run(activities.applyChange, { ...key, position });
  expect(state.mails.map(({ email }) => email)).toEqual(['bo@contoso.example']);
  expect(ledger.writes().map(({ operation }) => operation)).toEqual(['users.invite']);
  const lines = await planLines(store.database, tenant, key.cycle);
  expect(lines.map(({ line }) => `${line.subject} ${line.status}`).sort()).toEqual([
    'ada@contoso.example dropped',
    'bo@contoso.example done',
  ]);
});

test('asks for each person when the activity is tried again', async () => {
  const { activities, batch, key, state } = await planned();
  const { changes } = await activities.listChanges(batch);
  expect(changes).toHaveLength(2);
  for (const { position } of changes) await attemptOf(2).run(activities.applyChange, { ...key, position });
  expect(state.mails.map(({ email }) => email)).toEqual(['bo@contoso.example']);
});
