/** A plan through the gate, with what the store knows of earlier requests, removals and cycles. */

import { durationMs } from '../../config/duration.ts';
import { gateChanges } from '../../domain/gate/gate.ts';
import type { GateInput } from '../../domain/gate/gate-input.ts';
import type { Change } from '../../domain/plan/change.ts';
import { dayMs } from '../../domain/time.ts';
import { type ApprovalState, loadApprovalState } from '../../store/approvals/approval-state.ts';
import { removalsSince } from '../../store/journal/journal.ts';
import { isFirstCycle } from '../../store/planning/cycles.ts';
import type { Services, Tenant } from '../services.ts';

/** The plan with both sides of it, and what only some plans know. */
export type PlanForGate = Pick<
  GateInput,
  'rules' | 'plan' | 'directory' | 'timely' | 'personLinks' | 'parked' | 'seatRefused'
>;

/** Gates the plan as of now. Answers the standing of earlier requests too: it names the approvals that free a change. */
export async function gatePlan(
  { database, now }: Pick<Services, 'database' | 'now'>,
  { name, file }: Tenant,
  made: PlanForGate,
): Promise<{ gated: Change[]; standing: ApprovalState }> {
  const standing = await loadApprovalState(database, name, now(), durationMs(file.approvals.rejectionHolds));
  const windowStart = new Date(now().getTime() - made.rules.safety.removals.windowDays * dayMs);
  const gated = gateChanges({
    ...made,
    firstCycle: await isFirstCycle(database, name),
    recentRemovals: await removalsSince(database, name, windowStart),
    approved: new Set(standing.approved.keys()),
    requestedRules: standing.requestedRules,
    rejected: standing.rejected,
  });
  return { gated, standing };
}
