import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Change, HoldRule } from '../../../domain/plan/change.ts';
import { dayMs } from '../../../domain/time.ts';
import {
  approvalChangeRows,
  approvalsPage,
  closeApproval,
  loadApprovalState,
  markAnnounced,
} from '../../../store/approvals/approvals.ts';
import type { RecordDecision } from '../../../store/approvals/decision-journal.ts';
import { recordDecision } from '../../../store/approvals/decisions.ts';
import { reconcileApprovals } from '../../../store/approvals/reconcile-approvals.ts';
import { openCycle, storePlanFacts } from '../../../store/planning/cycles.ts';
import { storePlan } from '../../../store/planning/plans.ts';
import { markPlanned, storeConfiguration } from '../../../store/tenants.ts';
import { openTestStore } from '../../support/database.ts';

const begin = new Date('2026-11-23T09:00:00Z');
const later = (days: number) => new Date(begin.getTime() + days * dayMs);

let store: Awaited<ReturnType<typeof openTestStore>>;
let tenants = 0;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

function held(rule: HoldRule, name: string, kind: 'invite' | 'remove' = 'invite'): Change {
  const email = `${name}@contoso.example`;
  return {
    kind,
    subject: { type: 'person', personId: name, timelyId: null, email, name },
    reason: 'joiner',
    before: null,
    after: { role: 'employee' },
    fingerprint: `${kind} ${name}`,
    hold: { rule, detail: 'because' },
    refusal: null,
  };
}

/** A tenant whose cycle holds these changes, with the requests that are opened for them. */
async function tenantThatHolds(...changes: Change[]) {
  tenants += 1;
  const tenant = `tenant-${tenants}`;
  const { database } = store;
  await storeConfiguration(database, tenant, {});
  let cycle = 0;
  const plan = async (planned: Change[], now = begin) => {
    cycle += 1;
    const row = (change: Change) => ({
      change,
      status: 'held' as const,
      label: '',
      approval: null,
      failure: null,
    });
    await storePlan(database, tenant, cycle, planned.map(row), []);
    await markPlanned(database, tenant, cycle, 0, '2026-11-23');
    const times = { now, expireAfterMs: 7 * dayMs, rejectionHoldsMs: 30 * dayMs };
    return await reconcileApprovals(database, tenant, cycle, times);
  };
  const decide = (answer: Partial<RecordDecision> & { number: number }) =>
    recordDecision(database, {
      tenant,
      id: `${answer.number}/${answer.by}/${answer.decision}`,
      decision: 'approve',
      by: 'it-lead',
      note: '',
      channel: 'update',
      only: [],
      except: [],
      approversNeeded: 1,
      now: begin,
      ...answer,
    });
  const requests = async (open: boolean) =>
    (await approvalsPage(database, { tenant, open, after: 0, limit: 50 })).items;
  const standing = (now = begin) => loadApprovalState(database, tenant, now, 30 * dayMs);
  await plan(changes);
  return { tenant, plan, decide, requests, standing };
}

test('one request per sensitive person, one per tripped limit, none for what ends by itself', async () => {
  const { requests } = await tenantThatHolds(
    held('sensitive', 'ada'),
    held('grants-admin', 'bo'),
    held('too-many-removals', 'cy', 'remove'),
    held('too-many-removals', 'di', 'remove'),
    held('duplicate-email', 'ed'),
    held('incomplete-read', 'fay', 'remove'),
  );
  expect((await requests(true)).map(({ rule, changes }) => `${rule} ${changes}`)).toEqual([
    'sensitive 1',
    'grants-admin 1',
    'too-many-removals 2',
  ]);
});

test('a limit that holds thousands of changes is one request that lists each of them once, in the order of the plan', async () => {
  const names = Array.from({ length: 6_000 }, (_, index) => `person-${String(index).padStart(4, '0')}`);
  const { tenant, requests } = await tenantThatHolds(
    ...names.map((name) => held('too-many-invitations', name)),
  );
  expect((await requests(true)).map(({ rule, changes }) => `${rule} ${changes}`)).toEqual([
    'too-many-invitations 6000',
  ]);
  const asked = await approvalChangeRows(store.database, tenant, 1);
  expect(asked.map(({ line }) => line.name)).toEqual(names);
});

test('a request never grows: what is held later gets one of its own', async () => {
  const first = held('too-many-removals', 'cy', 'remove');
  const { plan, requests } = await tenantThatHolds(first);
  await plan([first, held('too-many-removals', 'di', 'remove')]);
  expect((await requests(true)).map(({ subjects }) => subjects)).toEqual([
    ['cy@contoso.example'],
    ['di@contoso.example'],
  ]);
});

test('several approvers must be different people, and one rejection is a rejection', async () => {
  const { decide, standing } = await tenantThatHolds(held('sensitive', 'ada'), held('sensitive', 'bo'));
  const twoNeeded = { approversNeeded: 2 };
  expect(await decide({ number: 1, by: 'anna', id: '1', ...twoNeeded })).toMatchObject({ state: 'open' });
  await expect(decide({ number: 1, by: 'Anna ', id: '2', ...twoNeeded })).rejects.toThrow('already');
  expect(await decide({ number: 1, by: 'ben', id: '3', ...twoNeeded })).toMatchObject({ state: 'approved' });
  await decide({ number: 2, by: 'anna', id: '4', ...twoNeeded });
  expect(await decide({ number: 2, by: 'ben', id: '5', decision: 'reject', ...twoNeeded })).toMatchObject({
    state: 'rejected',
  });
  const { approved, asked } = await standing();
  expect([...approved.keys()]).toEqual(['invite ada']);
  expect([...asked.keys()]).toEqual(['invite bo']);
});

test('part of a request is decided, the rest goes on waiting', async () => {
  const removals = ['cy', 'di', 'ed'].map((name) => held('too-many-removals', name, 'remove'));
  const { decide, standing } = await tenantThatHolds(...removals);
  const answer = await decide({ number: 1, except: ['CY@contoso.example '] });
  expect(answer).toEqual({ state: 'open', decided: 2, pending: 0, stale: 0, undecided: 1 });
  expect(await decide({ number: 1, id: 'rest', decision: 'reject' })).toMatchObject({
    state: 'partly approved',
  });
  expect([...(await standing()).approved.keys()].sort()).toEqual(['remove di', 'remove ed']);
});

test('an answer that names nobody in the request, or comes late, is refused with a sentence', async () => {
  const { tenant, decide } = await tenantThatHolds(held('sensitive', 'ada'));
  await expect(decide({ number: 1, only: ['nobody@x.example'] })).rejects.toThrow(
    '"nobody@x.example" is not in',
  );
  await expect(decide({ number: 1, except: ['ada'] })).rejects.toThrow('nothing is left');
  await closeApproval(store.database, tenant, 1, 'expired', begin);
  await expect(decide({ number: 1 })).rejects.toThrow('has ended: expired');
  await expect(decide({ number: 9 })).rejects.toThrow('no request');
});

test('an answer after the expiry is refused even where the request still stands open, as after an outage of its worker', async () => {
  const { decide, standing, requests } = await tenantThatHolds(held('sensitive', 'ada'));
  for (const decision of ['approve', 'reject'] as const)
    await expect(decide({ number: 1, decision, now: later(7) })).rejects.toThrow('has ended: expired');
  expect((await requests(true)).length).toBe(1);
  expect([...(await standing(later(8))).quiet]).toEqual(['invite ada']);
  expect(await decide({ number: 1, now: later(6) })).toMatchObject({ state: 'approved' });
});

test('an activity that runs twice records one decision', async () => {
  const { decide } = await tenantThatHolds(held('sensitive', 'ada'));
  const first = await decide({ number: 1, id: 'same' });
  expect(await decide({ number: 1, id: 'same' })).toMatchObject({ state: first.state });
});

test('what changed since is approved without effect, and that is said', async () => {
  const { plan, decide } = await tenantThatHolds(held('sensitive', 'ada'), held('sensitive', 'bo'));
  await plan([held('sensitive', 'ada')]);
  await expect(decide({ number: 2 })).rejects.toThrow('has ended: ended by itself');
  expect(await decide({ number: 1 })).toMatchObject({ stale: 0 });
});

test('a rejected or expired change is asked about again only after rejectionHolds', async () => {
  const change = held('sensitive', 'ada');
  const { plan, decide, requests } = await tenantThatHolds(change);
  await decide({ number: 1, decision: 'reject' });
  await plan([change], later(29));
  expect(await requests(true)).toEqual([]);
  await plan([change], later(31));
  expect(await requests(true)).toHaveLength(1);
});

test('a request that nothing has ended in time expires with the next plan, and is asked anew after rejectionHolds', async () => {
  const change = held('sensitive', 'ada');
  const { plan, requests } = await tenantThatHolds(change);
  await plan([change], later(8));
  expect((await requests(false)).map(({ state }) => state)).toEqual(['expired']);
  await plan([change], later(39));
  expect((await requests(false)).map(({ state }) => state)).toEqual(['expired', 'open']);
});

test('time alone frees nothing: what nobody approved stays held when the rejection is forgotten or the approval has run out', async () => {
  const [rejected, expired, lapsed] = ['cy', 'di', 'ed'].map((name) =>
    held('too-many-removals', name, 'remove'),
  );
  if (!rejected || !expired || !lapsed) throw new Error('three changes are needed');
  const { tenant, plan, decide, standing, requests } = await tenantThatHolds(rejected, expired, lapsed);
  await decide({ number: 1, only: ['cy'], decision: 'reject' });
  await decide({ number: 1, only: ['ed'] });
  await closeApproval(store.database, tenant, 1, 'expired', later(7));
  const soon = await standing(later(8));
  expect([...soon.asked.keys()].sort()).toEqual(['remove cy', 'remove di', 'remove ed']);
  expect([[...soon.rejected], [...soon.quiet].sort(), soon.approved.size]).toEqual([
    ['remove cy'],
    ['remove cy', 'remove di'],
    0,
  ]);
  const late = await standing(later(60));
  expect([...late.asked.keys()].sort()).toEqual(['remove cy', 'remove di', 'remove ed']);
  expect(late.quiet.size).toBe(0);
  await plan([rejected, expired, lapsed], later(60));
  expect((await requests(true)).map(({ changes }) => changes)).toEqual([3]);
});

test('what was rejected and then left the plan is judged afresh once the rejection is forgotten', async () => {
  const change = held('too-many-removals', 'cy', 'remove');
  const { plan, decide, standing } = await tenantThatHolds(change);
  await decide({ number: 1, decision: 'reject' });
  await plan([]);
  expect([...(await standing(later(29))).asked.keys()]).toEqual(['remove cy']);
  expect([...(await standing(later(31))).asked.keys()]).toEqual([]);
});

test('the plan of an undo does not make a forgotten no a yes: what the sync held before waits for it', async () => {
  const { database } = store;
  const { tenant, decide, standing } = await tenantThatHolds(held('too-many-removals', 'cy', 'remove'));
  await decide({ number: 1, decision: 'reject' });
  for (const kind of ['full', 'undo'] as const) {
    const opened = { kind, configurationVersion: 1, now: begin };
    const { number } = await openCycle(database, tenant, kind, opened);
    await storePlanFacts(database, tenant, number, { planCycle: number, inScope: 0, unchanged: 0 });
  }
  await markPlanned(database, tenant, 2, -1, '2026-11-23');
  expect([...(await standing(later(60))).asked.keys()]).toEqual(['remove cy']);
});

test('what was decided before the rest of a request ended by itself stays decided', async () => {
  const removals = ['cy', 'di', 'ed'].map((name) => held('too-many-removals', name, 'remove'));
  const { plan, decide, standing, requests } = await tenantThatHolds(...removals);
  await decide({ number: 1, only: ['cy@contoso.example'] });
  await decide({ number: 1, only: ['di@contoso.example'], decision: 'reject' });
  await plan(removals.slice(1, 2));
  expect((await requests(false)).map(({ state }) => state)).toEqual(['ended by itself']);
  const { approved, asked } = await standing();
  expect([...approved.keys()]).toEqual(['remove cy']);
  expect([...asked.keys()]).toEqual(['remove di']);
});

test('which requests began and ended is told until it is noted, for an answer may be lost', async () => {
  const { tenant, plan } = await tenantThatHolds(held('sensitive', 'ada'));
  expect(await plan([held('sensitive', 'ada')])).toEqual({ open: [1], ended: [] });
  await markAnnounced(store.database, tenant, [1]);
  expect(await plan([held('sensitive', 'ada')])).toEqual({ open: [], ended: [] });
  expect(await plan([])).toEqual({ open: [], ended: [1] });
  expect(await plan([])).toEqual({ open: [], ended: [1] });
  await markAnnounced(store.database, tenant, [1]);
  expect(await plan([])).toEqual({ open: [], ended: [] });
});

test('an approval that was not used yet lives until its expiry, however soon a no is forgotten', async () => {
  const { tenant, decide } = await tenantThatHolds(held('sensitive', 'ada'), held('sensitive', 'bo'));
  await decide({ number: 1 });
  await markPlanned(store.database, tenant, 99, 0, '2026-11-23');
  const { approved } = await loadApprovalState(store.database, tenant, later(6), dayMs);
  expect([...approved.keys()]).toEqual(['invite ada']);
});

test('an approval does not outlive its request by its expiry', async () => {
  const { decide, standing } = await tenantThatHolds(held('sensitive', 'ada'));
  await decide({ number: 1 });
  expect((await standing(later(6))).approved.size).toBe(1);
  expect((await standing(later(8))).approved.size).toBe(0);
});
