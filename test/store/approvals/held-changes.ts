/** Tenants whose plans hold changes, with the approvals that are opened for them. */
import type { Change, HoldRule } from '../../../domain/plan/change.ts';
import { dayMs } from '../../../domain/time.ts';
import { loadApprovalState } from '../../../store/approvals/approval-state.ts';
import { approvalsPage } from '../../../store/approvals/approvals.ts';
import type { RecordDecision } from '../../../store/approvals/decision-journal.ts';
import { recordDecision } from '../../../store/approvals/decisions.ts';
import { reconcileApprovals } from '../../../store/approvals/reconcile-approvals.ts';
import type { Database } from '../../../store/database.ts';
import { storePlan } from '../../../store/planning/plans.ts';
import { markPlanned, storeConfiguration } from '../../../store/tenants.ts';
import { duringCycle } from '../../activities/support/during-cycle.ts';

export const begin = new Date('2026-11-23T09:00:00Z');

let tenants = 0;

export function held(rule: HoldRule, name: string, kind: 'invite' | 'remove' = 'invite'): Change {
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

/** A tenant whose cycle holds these changes, with the approvals that are opened for them. */
export async function tenantThatHolds(database: Database, ...changes: Change[]) {
  tenants += 1;
  const tenant = `tenant-${tenants}`;
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
    return await duringCycle(database, { tenant, cycle }, (fence) =>
      reconcileApprovals(database, fence, times),
    );
  };
  const decide = (decision: Partial<RecordDecision> & { number: number }) =>
    recordDecision(database, {
      tenant,
      id: `${decision.number}/${decision.by}/${decision.decision}`,
      decision: 'approve',
      by: 'it-lead',
      note: '',
      channel: 'update',
      only: [],
      except: [],
      approversNeeded: 1,
      now: begin,
      ...decision,
    });
  const approvals = async (open: boolean) =>
    (await approvalsPage(database, { tenant, open, after: 0, limit: 50 })).items;
  const state = (now = begin) => loadApprovalState(database, tenant, now, 30 * dayMs);
  await plan(changes);
  return { tenant, plan, decide, approvals, state };
}
