/** Approvals over a real store: which are opened, how they are decided and end, and what that means for the next plan. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { cleanText } from '../../../domain/text.ts';
import { dayMs } from '../../../domain/time.ts';
import { loadApprovalState } from '../../../store/approvals/approval-state.ts';
import { approvalChangeRows, closeApproval, markAnnounced } from '../../../store/approvals/approvals.ts';
import { openCycle, storePlanFacts } from '../../../store/planning/cycles.ts';
import { markPlanned } from '../../../store/tenants.ts';
import { openTestStore } from '../../support/database.ts';
import { begin, held, tenantThatHolds } from './held-changes.ts';

const later = (days: number) => new Date(begin.getTime() + days * dayMs);

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

test('opens one approval for each sensitive person and each tripped limit, none for what ends by itself', async () => {
  const { approvals } = await tenantThatHolds(
    store.database,
    held('sensitive', 'ada'),
    held('grants-admin', 'bo'),
    held('too-many-removals', 'cy', 'remove'),
    held('too-many-removals', 'di', 'remove'),
    held('duplicate-email', 'ed'),
    held('incomplete-read', 'fay', 'remove'),
  );
  expect((await approvals(true)).map(({ rule, changes }) => `${rule} ${changes}`)).toEqual([
    'sensitive 1',
    'grants-admin 1',
    'too-many-removals 2',
  ]);
});

test('lists thousands of changes that a limit holds in one approval, each once, in the order of the plan', async () => {
  const names = Array.from({ length: 6_000 }, (_, index) => `person-${String(index).padStart(4, '0')}`);
  const { tenant, approvals } = await tenantThatHolds(
    store.database,
    ...names.map((name) => held('too-many-invitations', name)),
  );
  expect((await approvals(true)).map(({ rule, changes }) => `${rule} ${changes}`)).toEqual([
    'too-many-invitations 6000',
  ]);
  const rows = await approvalChangeRows(store.database, tenant, 1);
  expect(rows.map(({ line }) => line.name)).toEqual(names);
});

test('opens another approval for what is held later: an open one never grows', async () => {
  const first = held('too-many-removals', 'cy', 'remove');
  const { plan, approvals } = await tenantThatHolds(store.database, first);
  await plan([first, held('too-many-removals', 'di', 'remove')]);
  expect((await approvals(true)).map(({ subjects }) => subjects)).toEqual([
    ['cy@contoso.example'],
    ['di@contoso.example'],
  ]);
});

test('needs different people when several must approve, and rejects by one rejection', async () => {
  const { decide, state } = await tenantThatHolds(
    store.database,
    held('sensitive', 'ada'),
    held('sensitive', 'bo'),
  );
  const twoNeeded = { approversNeeded: 2 };
  expect(await decide({ number: 1, by: 'anna', id: '1', ...twoNeeded })).toMatchObject({ state: 'open' });
  await expect(decide({ number: 1, by: 'Anna ', id: '2', ...twoNeeded })).rejects.toThrow('already');
  expect(await decide({ number: 1, by: 'ben', id: '3', ...twoNeeded })).toMatchObject({ state: 'approved' });
  await decide({ number: 2, by: 'anna', id: '4', ...twoNeeded });
  expect(await decide({ number: 2, by: 'ben', id: '5', decision: 'reject', ...twoNeeded })).toMatchObject({
    state: 'rejected',
  });
  const { approved, requestedRules } = await state();
  expect([...approved.keys()]).toEqual(['invite ada']);
  expect([...requestedRules.keys()]).toEqual(['invite bo']);
});

test('decides a part of an approval, and the rest keeps waiting', async () => {
  const removals = ['cy', 'di', 'ed'].map((name) => held('too-many-removals', name, 'remove'));
  const { decide, state } = await tenantThatHolds(store.database, ...removals);
  const recorded = await decide({ number: 1, except: ['CY@contoso.example '] });
  expect(recorded).toEqual({ state: 'open', decided: 2, pending: 0, stale: 0, undecided: 1 });
  expect(await decide({ number: 1, id: 'rest', decision: 'reject' })).toMatchObject({
    state: 'partly approved',
  });
  expect([...(await state()).approved.keys()].sort()).toEqual(['remove di', 'remove ed']);
});

test('refuses a decision that fits no change of the approval, or comes late, with a sentence', async () => {
  const { tenant, decide } = await tenantThatHolds(store.database, held('sensitive', 'ada'));
  await expect(decide({ number: 1, only: ['nobody@x.example'] })).rejects.toThrow(
    '"nobody@x.example" is not in',
  );
  await expect(decide({ number: 1, except: ['ada'] })).rejects.toThrow('leave no change to decide');
  await closeApproval(store.database, tenant, 1, 'expired', begin);
  await expect(decide({ number: 1 })).rejects.toThrow('has ended: expired');
  await expect(decide({ number: 9 })).rejects.toThrow('There is no approval');
});

test('refuses a decision after the expiry, although the approval is still open after an outage of its worker', async () => {
  const { decide, state, approvals } = await tenantThatHolds(store.database, held('sensitive', 'ada'));
  for (const decision of ['approve', 'reject'] as const)
    await expect(decide({ number: 1, decision, now: later(7) })).rejects.toThrow('has ended: expired');
  expect((await approvals(true)).length).toBe(1);
  expect([...(await state(later(8))).quiet]).toEqual(['invite ada']);
  expect(await decide({ number: 1, now: later(6) })).toMatchObject({ state: 'approved' });
});

test('records one decision when the activity runs twice', async () => {
  const { decide } = await tenantThatHolds(store.database, held('sensitive', 'ada'));
  const first = await decide({ number: 1, id: 'same' });
  expect(await decide({ number: 1, id: 'same' })).toMatchObject({ state: first.state });
});

test.each(['half of a smiley \ud83d', 'a NUL \0'])(
  'keeps the note of a decision that PostgreSQL would refuse: %j',
  async (note) => {
    const { tenant, decide } = await tenantThatHolds(store.database, held('sensitive', 'ada'));
    expect(await decide({ number: 1, note })).toMatchObject({ state: 'approved' });
    const { rows } = await store.database.execute(
      sql`select reason from journal_entries where tenant = ${tenant} and kind = 'decided'`,
    );
    expect(rows).toEqual([{ reason: cleanText(note) }]);
  },
);

test('refuses a decision on an approval whose change has left the plan', async () => {
  const { plan, decide } = await tenantThatHolds(
    store.database,
    held('sensitive', 'ada'),
    held('sensitive', 'bo'),
  );
  await plan([held('sensitive', 'ada')]);
  await expect(decide({ number: 2 })).rejects.toThrow('has ended: ended by itself');
  expect(await decide({ number: 1 })).toMatchObject({ stale: 0 });
});

test('opens another approval for a rejected change only after rejectionHolds', async () => {
  const change = held('sensitive', 'ada');
  const { plan, decide, approvals } = await tenantThatHolds(store.database, change);
  await decide({ number: 1, decision: 'reject' });
  await plan([change], later(29));
  expect(await approvals(true)).toEqual([]);
  await plan([change], later(31));
  expect(await approvals(true)).toHaveLength(1);
});

test('expires an approval with the next plan when nothing else has, and opens another after rejectionHolds', async () => {
  const change = held('sensitive', 'ada');
  const { plan, approvals } = await tenantThatHolds(store.database, change);
  await plan([change], later(8));
  expect((await approvals(false)).map(({ state }) => state)).toEqual(['expired']);
  await plan([change], later(39));
  expect((await approvals(false)).map(({ state }) => state)).toEqual(['expired', 'open']);
});

test('holds a change without approval after rejectionHolds has passed or the approval has expired', async () => {
  const [rejected, expired, lapsed] = ['cy', 'di', 'ed'].map((name) =>
    held('too-many-removals', name, 'remove'),
  );
  if (!rejected || !expired || !lapsed) throw new Error('three changes are needed');
  const { tenant, plan, decide, state, approvals } = await tenantThatHolds(
    store.database,
    rejected,
    expired,
    lapsed,
  );
  await decide({ number: 1, only: ['cy'], decision: 'reject' });
  await decide({ number: 1, only: ['ed'] });
  await closeApproval(store.database, tenant, 1, 'expired', later(7));
  const soon = await state(later(8));
  expect([...soon.requestedRules.keys()].sort()).toEqual(['remove cy', 'remove di', 'remove ed']);
  expect([[...soon.rejected], [...soon.quiet].sort(), soon.approved.size]).toEqual([
    ['remove cy'],
    ['remove cy', 'remove di'],
    0,
  ]);
  const late = await state(later(60));
  expect([...late.requestedRules.keys()].sort()).toEqual(['remove cy', 'remove di', 'remove ed']);
  expect(late.quiet.size).toBe(0);
  await plan([rejected, expired, lapsed], later(60));
  expect((await approvals(true)).map(({ changes }) => changes)).toEqual([3]);
});

test('forgets a rejection after rejectionHolds when the change has left the plan', async () => {
  const change = held('too-many-removals', 'cy', 'remove');
  const { plan, decide, state } = await tenantThatHolds(store.database, change);
  await decide({ number: 1, decision: 'reject' });
  await plan([]);
  expect([...(await state(later(29))).requestedRules.keys()]).toEqual(['remove cy']);
  expect([...(await state(later(31))).requestedRules.keys()]).toEqual([]);
});

test('keeps an old rejection while an undo holds the plan', async () => {
  const { database } = store;
  const { tenant, decide, state } = await tenantThatHolds(
    store.database,
    held('too-many-removals', 'cy', 'remove'),
  );
  await decide({ number: 1, decision: 'reject' });
  for (const kind of ['full', 'undo'] as const) {
    const opened = { kind, configurationVersion: 1, now: begin };
    const { number } = await openCycle(database, tenant, kind, opened);
    await storePlanFacts(database, tenant, number, { planCycle: number, inScope: 0, unchanged: 0 });
  }
  await markPlanned(database, tenant, 2, -1, '2026-11-23');
  expect([...(await state(later(60))).requestedRules.keys()]).toEqual(['remove cy']);
});

test('keeps decisions when the rest of the approval ends by itself', async () => {
  const removals = ['cy', 'di', 'ed'].map((name) => held('too-many-removals', name, 'remove'));
  const { plan, decide, state, approvals } = await tenantThatHolds(store.database, ...removals);
  await decide({ number: 1, only: ['cy@contoso.example'] });
  await decide({ number: 1, only: ['di@contoso.example'], decision: 'reject' });
  await plan(removals.slice(1, 2));
  expect((await approvals(false)).map(({ state }) => state)).toEqual(['partly approved']);
  const { approved, requestedRules } = await state();
  expect([...approved.keys()]).toEqual(['remove cy']);
  expect([...requestedRules.keys()]).toEqual(['remove di']);
});

test('reports opened and ended approvals again until they are marked as announced', async () => {
  const { tenant, plan } = await tenantThatHolds(store.database, held('sensitive', 'ada'));
  expect(await plan([held('sensitive', 'ada')])).toEqual({ open: [1], ended: [] });
  await markAnnounced(store.database, tenant, [1]);
  expect(await plan([held('sensitive', 'ada')])).toEqual({ open: [], ended: [] });
  expect(await plan([])).toEqual({ open: [], ended: [1] });
  expect(await plan([])).toEqual({ open: [], ended: [1] });
  await markAnnounced(store.database, tenant, [1]);
  expect(await plan([])).toEqual({ open: [], ended: [] });
});

test('keeps an unused approval until its expiry, also when rejectionHolds is shorter', async () => {
  const { tenant, decide } = await tenantThatHolds(
    store.database,
    held('sensitive', 'ada'),
    held('sensitive', 'bo'),
  );
  await decide({ number: 1 });
  await markPlanned(store.database, tenant, 99, 0, '2026-11-23');
  const { approved } = await loadApprovalState(store.database, tenant, later(6), dayMs);
  expect([...approved.keys()]).toEqual(['invite ada']);
});

test('ends an approval at its expiry when it was not used', async () => {
  const { decide, state } = await tenantThatHolds(store.database, held('sensitive', 'ada'));
  await decide({ number: 1 });
  expect((await state(later(6))).approved.size).toBe(1);
  expect((await state(later(8))).approved.size).toBe(0);
});
