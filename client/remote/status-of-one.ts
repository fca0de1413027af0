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
import { type Finding, selfEndingHolds } from '../../domain/plan/change.ts';
import { type FindingCounts, findingCountsText } from '../../domain/plan/finding-kinds.ts';
import { seatFindingKinds } from '../../domain/plan/seats.ts';
import { formatCount } from '../../domain/text.ts';
import { type TenantStatus, tenantWorkflowId } from '../../workflows/messages.ts';
import { endedText } from '../render/approval-text.ts';
import { changesTable, signed } from '../render/change-groups.ts';
import { type Estimate, estimateOf, estimateText } from '../render/estimate.ts';
import { moment, span, table } from '../render/output.ts';
import { changeTableRow, countsLine, cycleErrorText } from '../render/report-table.ts';
import { listApprovals } from './approvals.ts';
import { cycleLines } from './cycle-document.ts';
import { unknownTenant } from './known-tenant.ts';
import { queryWorker } from './query.ts';
import { type StuckWorkflow, stuckWorkflow } from './stuck-workflow.ts';
import { loopStatus } from './tenant-status.ts';

const cyclesShown = 5;
const linesShown = 50;
/** Rows of the first screen: `approvals show` has the rest. */
const waitingRowsMax = 8;

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

/** It does not go on, or the last cycle failed and nobody has mended that since. */
export function isInTrouble({ status, stuck, cycles, connectedSince }: TenantInFull): boolean {
  const cycleError = status ? status.cycleError : (cycles[0]?.cycleError ?? null);
  return stuck !== null || (cycleError !== null && connectedSince === null);
}

/** The tenant's report as text. */
export function tenantInFullText(report: TenantInFull, columns: number): string {
  const { tenant, cycles, held, failed, approvals, ended, seats } = report;
  const found = findingCountsText(report.findings);
  const finished = cycles.find(({ finishedAt }) => finishedAt !== null);
  return [
    headline(report),
    ...pauseLines(report),
    ...troubleLines(report),
    ...seats.map(({ message }) => message),
    ...(cycles.length > 0
      ? [table(['cycle', 'began', 'took', 'what it did'], cycles.map(cycleRow), columns)]
      : []),
    ...changesTable('What waits', [...held, ...failed], (line) => signed(line, changeTableRow(line)), {
      ...{ most: waitingRowsMax, columns },
      total: finished && finished.counts.held + finished.counts.failed,
    }),
    ...holdsLine(held),
    ...(found === '' ? [] : [`Findings: ${found}. They are in: timely-sync findings ${tenant}`]),
    ...approvals.map(
      ({ id, rule, changes }) =>
        `Waits for approval: ${id}, ${rule}, ${formatCount(changes, 'change', 'changes')}`,
    ),
    ...ended.map(endedText),
    ...(approvals.length > 0 ? [`Next: timely-sync approvals show ${approvals[0]?.id}`] : []),
  ].join('\n');
}

/** What is wrong, unless somebody has mended it and no cycle has tried since. */
function troubleLines({ tenant, status, cycles, connectedSince, paused }: TenantInFull): string[] {
  const cycleError: CycleError | null = status ? status.cycleError : (cycles[0]?.cycleError ?? null);
  if (!cycleError) return [];
  if (connectedSince === null) return [cycleErrorText(cycleError)];
  const when = paused ? ` after \`timely-sync resume ${tenant}\`` : '';
  return [`Connected to Timely since ${moment(connectedSince)}; the next cycle${when} tries it.`];
}

/** Who ends the holds: an approval is open, or they end with their cause and nobody can approve them. */
function holdsLine(held: readonly ReportLine[]): string[] {
  // Of more lines than are shown, only some are known here.
  if (held.length === 0 || held.length === linesShown) return [];
  const endThemselves = held.filter(({ hold }) => hold && selfEndingHolds.includes(hold.rule)).length;
  const waiting = held.length - endThemselves;
  const parts = [
    ...(waiting > 0 ? [`${waiting} for an approval`] : []),
    ...(endThemselves > 0 ? [`${endThemselves} until the cause ends, which nobody can approve`] : []),
  ];
  return [`Held: ${parts.join(', ')}.`];
}

function headline({ tenant, status, stuck, estimate, cycles, connectedSince }: TenantInFull): string {
  if (stuck)
    return `${tenant}: stuck since ${moment(stuck.since)}. ${stuck.cause}: ${stuck.message}\n${stuck.remedy}`;
  if (status === null) return `${tenant}: stopped`;
  const steps = estimate ? ` (${estimateText(estimate, Date.now())})` : '';
  const next = status.nextCycleAt ? `, next cycle at ${moment(status.nextCycleAt)}` : '';
  const isRead = cycles.length > 0 || status.cycleError !== null;
  const health = connectedSince === null ? status.health : 'connected';
  return `${tenant}: ${isRead ? health : 'never read'}, ${status.stage}${steps}${next}; configuration ${status.configurationVersion}`;
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
  const isUnplanned = finishedAt === null && counts.inScope === 0;
  const done = isUnplanned ? 'no plan yet' : countsLine(counts);
  const result = cycleError ? `${cycleError.health}: ${cycleError.message}` : done;
  return [`${number} ${kind}`, moment(startedAt), took, result];
}
