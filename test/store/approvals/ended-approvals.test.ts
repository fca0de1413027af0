/** Requests that ended without a yes: what reports show of them, and asking again. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dayMs } from '../../../domain/time.ts';
import { closeApproval } from '../../../store/approvals/approvals.ts';
import {
  endedApprovals,
  endedApprovalsOf,
  tenantsWithEndedApprovals,
} from '../../../store/approvals/ended-approvals.ts';
import { reopenStored } from '../../../store/approvals/reopen-approval.ts';
import { journalPage } from '../../../store/journal/journal-page.ts';
import { openTestStore } from '../../support/database.ts';
import { begin, held, tenantThatHolds } from './held-changes.ts';

const later = (days: number) => new Date(begin.getTime() + days * dayMs);
const silence = (days: number) => ({ now: later(days), rejectionHoldsMs: 30 * dayMs });

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** Ada is rejected, Bo is not answered, Cy is approved, Di is open. */
async function fourPeople() {
  const changes = ['ada', 'bo', 'cy', 'di'].map((name) => held('sensitive', name));
  const made = await tenantThatHolds(store.database, ...changes);
  await made.decide({ number: 1, decision: 'reject' });
  await closeApproval(store.database, made.tenant, 2, 'expired', later(1));
  await made.decide({ number: 3 });
  const reopen = (number: number, days: number) =>
    reopenStored(store.database, { tenant: made.tenant, number, by: 'Lea ', note: 'HR', ...silence(days) });
  return { ...made, changes, reopen };
}

test('tells until when a rejected and an expired request are not asked again', async () => {
  const { tenant } = await fourPeople();
  const common = { rule: 'sensitive', changes: 1 };
  expect(await endedApprovals(store.database, tenant, silence(2))).toEqual([
    {
      ...common,
      id: `${tenant}/1`,
      state: 'rejected',
      until: later(30).toISOString(),
      subjects: ['ada@contoso.example'],
    },
    {
      ...common,
      id: `${tenant}/2`,
      state: 'expired',
      until: later(31).toISOString(),
      subjects: ['bo@contoso.example'],
    },
  ]);
  const some = ['invite ada', 'invite cy', 'invite di'];
  const of = await endedApprovalsOf(store.database, tenant, some, silence(2));
  expect([...of.keys()]).toEqual(['invite ada']);
  expect(await endedApprovals(store.database, tenant, silence(30))).toMatchObject([{ id: `${tenant}/2` }]);
  expect(await tenantsWithEndedApprovals(store.database, tenant)).toEqual([tenant]);
});

test('tells nothing of what is no longer held, and of a limit in one line', async () => {
  const changes = ['ada', 'bo', 'cy'].map((name) => held('too-many-invitations', name));
  const { tenant, decide, plan } = await tenantThatHolds(store.database, ...changes);
  await decide({ number: 1, only: ['ada'] });
  await decide({ number: 1, decision: 'reject' });
  expect(await endedApprovals(store.database, tenant, silence(1))).toMatchObject([
    { state: 'rejected', changes: 2, subjects: ['bo@contoso.example', 'cy@contoso.example'] },
  ]);
  await plan([]);
  expect(await endedApprovals(store.database, tenant, silence(1))).toEqual([]);
});

test('asks again at once about a rejected and an expired request, under a new number', async () => {
  const { tenant, changes, plan, reopen, approvals, state, decide } = await fourPeople();
  await plan(changes, later(2));
  expect((await approvals(true)).map(({ id }) => id)).toEqual([`${tenant}/4`]);
  expect(await reopen(1, 2)).toEqual({ id: `${tenant}/1`, changes: 1 });
  expect(await reopen(2, 2)).toEqual({ id: `${tenant}/2`, changes: 1 });
  // Until the next plan asks, the change stays held.
  expect([...(await state(later(2))).requestedRules.keys()]).toEqual(
    expect.arrayContaining(['invite ada', 'invite bo']),
  );
  await plan(changes, later(2));
  expect((await approvals(true)).map(({ id, subjects }) => [id, ...subjects])).toEqual([
    [`${tenant}/4`, 'di@contoso.example'],
    [`${tenant}/5`, 'ada@contoso.example'],
    [`${tenant}/6`, 'bo@contoso.example'],
  ]);
  expect(await endedApprovals(store.database, tenant, silence(2))).toEqual([]);
  await decide({ number: 5, now: later(3) });
  expect([...(await state(later(3))).approved.keys()]).toContain('invite ada');
  const { items } = await journalPage(store.database, { tenant, after: 0 });
  expect(items.filter(({ kind }) => kind === 'reopened')).toMatchObject([
    { approval: `${tenant}/2`, reason: 'HR', after: { by: 'Lea', changes: 1 } },
    { approval: `${tenant}/1`, reason: 'HR', after: { by: 'Lea', changes: 1 } },
  ]);
});

test('refuses to ask again about what is open, answered, gone or unknown', async () => {
  const { reopen, plan } = await fourPeople();
  await expect(reopen(4, 1)).rejects.toThrow('is open: decide about it');
  await expect(reopen(3, 1)).rejects.toThrow('Nothing of approval');
  await expect(reopen(9, 1)).rejects.toThrow('There is no approval');
  await reopen(1, 1);
  await expect(reopen(1, 1)).rejects.toThrow('was reopened before');
  await plan([]);
  await expect(reopen(2, 2)).rejects.toThrow('Nothing of approval');
});
