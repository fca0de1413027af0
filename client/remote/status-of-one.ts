/** How one tenant is, in full, asked of a worker and of its loop. */
import type { Client } from '@temporalio/client';
import type {
  ApprovalSummary,
  CycleReport,
  EndedRequestSummary,
  Pause,
  ReportLine,
} from '../../domain/contract/report.ts';
import type { Finding } from '../../domain/plan/change.ts';
import type { FindingCounts } from '../../domain/plan/finding-kinds.ts';
import { seatFindingKinds } from '../../domain/plan/seats.ts';
import { type TenantStatus, tenantWorkflowId } from '../../workflows/messages.ts';
import { type Estimate, estimateOf } from '../render/estimate.ts';
import { listApprovals } from './approvals.ts';
import { cycleLines } from './cycle-document.ts';
import { unknownTenant } from './known-tenant.ts';
import { queryWorker } from './query.ts';
import { type StuckWorkflow, stuckWorkflow } from './stuck-workflow.ts';
import { loopStatus } from './tenant-status.ts';

const cyclesShown = 5;
const linesShown = 50;

/** What `status TENANT --json` prints. */
export interface TenantInFull {
  tenant: string;
  /** Null when the loop is stopped. */
  status: TenantStatus | null;
  /** Why the loop does not go on although it runs; null while it does. */
  stuck: StuckWorkflow | null;
  /** Why the tenant is paused; null while it is not. */
  paused: Pause | null;
  /** When an operator signed in to Timely after the last cycle asked for it; null if none did. */
  connectedSince: string | null;
  /** The last ones, newest first. */
  cycles: CycleReport[];
  held: ReportLine[];
  failed: ReportLine[];
  approvals: ApprovalSummary[];
  /** Approvals that ended without a yes, and whose changes stay held. */
  ended: EndedRequestSummary[];
  /** What the plan wants of the account's seats: paid, used, wanted. Empty when no one needs a seat. */
  seats: Finding[];
  /** How many findings the last plan has, by kind. */
  findings: FindingCounts;
  /** While changes are applied. */
  estimate: Estimate | null;
}

/**
 * Asks for everything about a tenant.
 * @throws CommandError (1) when neither the store nor Temporal knows it
 */
export async function tenantInFull(client: Client, tenant: string): Promise<TenantInFull> {
  const stuck = await stuckWorkflow(client, tenantWorkflowId(tenant));
  const [status, cycles] = await Promise.all([
    // A stuck loop answers no query.
    stuck ? 'stuck' : loopStatus(client, tenant),
    queryWorker(client, { about: 'cycles', tenant, limit: cyclesShown }),
  ]);
  if (status === 'unknown' && cycles.length === 0) throw unknownTenant(tenant);
  const finished = cycles.find(({ finishedAt }) => finishedAt !== null);
  const lines = (kind: 'held' | 'failed') =>
    finished ? cycleLines(client, tenant, finished.number, kind, linesShown) : [];
  const loop = typeof status === 'object' ? status : null;
  const asksForSignIn = (loop?.cycleError ?? cycles[0]?.cycleError)?.health === 'needs-connect';
  const [held, failed, approvals, ended, seats, findings, paused, signedInAt] = await Promise.all([
    lines('held'),
    lines('failed'),
    listApprovals(client, tenant, { open: true }),
    queryWorker(client, { about: 'endedApprovals', tenant }),
    finished ? seatsOf(client, tenant, finished.number) : [],
    queryWorker(client, { about: 'findingCounts', tenant }),
    loop?.paused ? queryWorker(client, { about: 'pause', tenant }) : null,
    asksForSignIn ? queryWorker(client, { about: 'signedInAt', tenant }) : null,
  ]);
  const running =
    cycles.find(({ number, finishedAt }) => number === loop?.cycle && finishedAt === null) ?? null;
  const estimate = loop && estimateOf(loop, running, Date.now());
  return {
    tenant,
    status: loop,
    stuck,
    paused,
    connectedSince: signedInAt !== null && signedInAt > (finished?.finishedAt ?? '') ? signedInAt : null,
    cycles,
    held,
    failed,
    approvals,
    ended,
    seats,
    findings,
    estimate,
  };
}

/** They stand before all other findings. */
async function seatsOf(client: Client, tenant: string, cycle: number): Promise<Finding[]> {
  const { items } = await queryWorker(client, { about: 'findings', tenant, cycle, after: 0 });
  return items.filter(({ kind }) => seatFindingKinds.includes(kind));
}
