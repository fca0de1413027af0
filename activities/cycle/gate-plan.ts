/** Gates a plan by what the store knows of earlier approvals, removals, failures and cycles. */

import { durationMs } from '../../config/duration.ts';
import { gateChanges } from '../../domain/gate/gate.ts';
import type { GateInput } from '../../domain/gate/gate-input.ts';
import type { Change } from '../../domain/plan/change.ts';
import { dayMs } from '../../domain/time.ts';
import { type ApprovalState, loadApprovalState } from '../../store/approvals/approval-state.ts';
import { unapprovedSince } from '../../store/journal/journal.ts';
import { isFirstCycle } from '../../store/planning/cycles.ts';
import type { loadFailures } from '../../store/planning/failures.ts';
import type { PlannedRow } from '../../store/planning/plans.ts';
import { boundPreview } from '../../store/preview/seen-preview.ts';
import { changeLabel } from '../apply/change-label.ts';
import type { Services, Tenant } from '../services.ts';

/** The plan with both of its sides, and the facts of some plans only. */
export type PlanForGate = Pick<
  GateInput,
  | 'rules'
  | 'plan'
  | 'directory'
  | 'timely'
  | 'personLinks'
  | 'teamLinks'
  | 'parked'
  | 'seatRefused'
  | 'removalsWait'
  | 'isUndo'
>;

/** Gates the plan as of now. Returns the state of earlier approvals too: it names the approval that frees a change. */
export async function gatePlan(
  { database, now }: Pick<Services, 'database' | 'now'>,
  { name, file }: Tenant,
  made: PlanForGate,
): Promise<{ gated: Change[]; approvals: ApprovalState }> {
  const approvals = await loadApprovalState(database, name, now(), durationMs(file.approvals.rejectionHolds));
  const { removals, roleChanges } = made.rules.safety;
  const since = (days: number) => new Date(now().getTime() - days * dayMs);
  const gated = gateChanges({
    ...made,
    // An undo goes by what it showed itself.
    previewed: made.isUndo ? null : await boundPreview(database, name),
    firstCycle: await isFirstCycle(database, name),
    recentRemovals: await unapprovedSince(database, name, 'remove', since(removals.windowDays)),
    recentRoleChanges: await unapprovedSince(database, name, 'changeRole', since(roleChanges.windowDays)),
    approved: new Set(approvals.approved.keys()),
    requestedRules: approvals.requestedRules,
    rejected: approvals.rejected,
  });
  return { gated, approvals };
}

export type ParkedFailures = ReadonlyMap<string, Awaited<ReturnType<typeof loadFailures>>[number]>;

/** Failures whose next try is later, by the fingerprint of the change that failed. */
export function parkedFailures(
  failures: Awaited<ReturnType<typeof loadFailures>>,
  now: Date,
): ParkedFailures {
  return new Map(failures.filter((row) => row.nextTryAt > now).map((row) => [row.fingerprint, row]));
}

/** The rows of a gated plan. A change that failed before waits for its next try, unless it has changed since. */
export function plannedRows(
  { gated, approvals }: { gated: readonly Change[]; approvals: ApprovalState },
  { privacy }: Tenant['file'],
  parked: ParkedFailures = new Map(),
): PlannedRow[] {
  return gated.map((change): PlannedRow => {
    const { status, failure } = statusOf(change, parked);
    const approval = status === 'planned' ? (approvals.approved.get(change.fingerprint) ?? null) : null;
    return { change, status, failure, approval, label: changeLabel(change, privacy.labels) };
  });
}

function statusOf(change: Change, parked: ParkedFailures) {
  if (change.refusal) return { status: 'refused', failure: null } as const;
  if (change.hold) return { status: 'held', failure: null } as const;
  const earlier = parked.get(change.fingerprint);
  return earlier
    ? ({ status: 'parked', failure: earlier.failure } as const)
    : ({ status: 'planned', failure: null } as const);
}
