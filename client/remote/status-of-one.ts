/** How one tenant is, in full. */
import type { Client } from '@temporalio/client';
import type {
  ApprovalSummary,
  CycleError,
  CycleReport,
  EndedRequestSummary,
  Pause,
  ReportLine,
} from '../../domain/contract/report.ts';
import type { Finding } from '../../domain/plan/change.ts';
import { type FindingCounts, findingCountsText } from '../../domain/plan/finding-kinds.ts';
import { seatFindingKinds } from '../../domain/plan/seats.ts';
import { type TenantStatus, tenantWorkflowId } from '../../workflows/messages.ts';
import { endedText } from '../render/approval-text.ts';
import { type Estimate, estimateOf, estimateText } from '../render/estimate.ts';
import { countedItems, moment, span, table } from '../render/output.ts';
import { changeTableRow, countsLine, cycleErrorText } from '../render/report-table.ts';
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
  const [held, failed, approvals, ended, seats, findings, paused] = await Promise.all([
    lines('held'),
    lines('failed'),
    listApprovals(client, tenant, { open: true }),
    queryWorker(client, { about: 'endedRequests', tenant }),
    finished ? seatsOf(client, tenant, finished.number) : [],
    queryWorker(client, { about: 'findingCounts', tenant }),
    loop?.paused ? queryWorker(client, { about: 'pause', tenant }) : null,
  ]);
  const running =
    cycles.find(({ number, finishedAt }) => number === loop?.cycle && finishedAt === null) ?? null;
  const estimate = loop && estimateOf(loop, running, Date.now());
  return {
    tenant,
    status: loop,
    stuck,
    paused,
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

/** The tenant's report as text. */
export function tenantInFullText(report: TenantInFull, columns: number): string {
  const { tenant, status, cycles, held, failed, approvals, ended, seats } = report;
  const found = findingCountsText(report.findings);
  const cycleError: CycleError | null = status ? status.cycleError : (cycles[0]?.cycleError ?? null);
  const changes = [...held, ...failed].map(changeTableRow);
  return [
    headline(report),
    ...pauseLines(report),
    ...(cycleError ? [cycleErrorText(cycleError)] : []),
    ...seats.map(({ message }) => message),
    ...(cycles.length > 0
      ? [table(['cycle', 'began', 'took', 'what it did'], cycles.map(cycleRow), columns)]
      : []),
    ...(changes.length > 0 ? [table(['what waits', 'who', 'why'], changes, columns)] : []),
    ...(found === '' ? [] : [`Findings: ${found}. They are in: timely-sync findings ${tenant}`]),
    ...approvals.map(
      ({ id, rule, changes }) => `Waits for approval: ${id}, ${rule}, ${countedItems(changes, 'change')}`,
    ),
    ...ended.map(endedText),
    ...(approvals.length > 0 ? [`Next: timely-sync approvals show ${approvals[0]?.id}`] : []),
  ].join('\n');
}

function headline({ tenant, status, stuck, estimate }: TenantInFull): string {
  if (stuck)
    return `${tenant}: stuck since ${moment(stuck.since)}. ${stuck.cause}: ${stuck.message}\n${stuck.remedy}`;
  if (status === null) return `${tenant}: stopped`;
  const steps = estimate ? ` (${estimateText(estimate, Date.now())})` : '';
  const next = status.nextCycleAt ? `, next cycle at ${moment(status.nextCycleAt)}` : '';
  return `${tenant}: ${status.health}, ${status.stage}${steps}${next}; configuration ${status.configurationVersion}`;
}

/** Why no cycle comes, and what lets the tenant go on. */
function pauseLines({ tenant, status, paused, cycles }: TenantInFull): string[] {
  if (!status?.paused) return [];
  if (cycles.length === 0 && status.undoing === null)
    return [
      `Paused. It is new: nothing was read or written yet. Next: timely-sync preview FILE; timely-sync resume ${tenant}`,
    ];
  const since = paused ? ` since ${moment(paused.since)}` : '';
  const how = paused?.undoes == null ? '`timely-sync pause`' : `the undo of cycle ${paused.undoes}`;
  const cause = ` by ${how}${paused?.by ? ` (${paused.by})` : ''}`;
  const goesOn =
    status.undoing === null
      ? `No cycle comes until \`timely-sync resume ${tenant}\`.`
      : `The undo is not done yet: it goes on until nothing of it waits, or \`timely-sync resume ${tenant}\` ends it.`;
  return [`Paused${since}${cause}. ${goesOn}`];
}

function cycleRow({ number, kind, startedAt, finishedAt, counts, cycleError }: CycleReport): string[] {
  const took = finishedAt ? span(Date.parse(finishedAt) - Date.parse(startedAt)) : 'runs';
  const result = cycleError ? `${cycleError.health}: ${cycleError.message}` : countsLine(counts);
  return [`${number} ${kind}`, moment(startedAt), took, result];
}
