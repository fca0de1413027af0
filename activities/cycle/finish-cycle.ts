/** Ends a cycle: stores its counts and error, counts findings, and starts workflows of requests and channels that should run. */
import { log } from '@temporalio/activity';

import { durationMs } from '../../config/duration.ts';
import type { CycleCounts, CycleError } from '../../domain/contract/report.ts';
import { afterCycle } from '../../domain/notifications/outage.ts';
import type { FindingCounts } from '../../domain/plan/finding-kinds.ts';
import { windowDaysOf } from '../../domain/rules.ts';
import { dayMs } from '../../domain/time.ts';
import { endUndo } from '../../store/control.ts';
import { pruneJournal } from '../../store/journal/journal-chain.ts';
import { lastOutage, storeOutage } from '../../store/notifications/outages.ts';
import { cycleRow, finishCycle } from '../../store/planning/cycles.ts';
import { hasApplied } from '../../store/planning/plans.ts';
import { dropBoundPreview } from '../../store/preview/seen-preview.ts';
import { countCycle } from '../../store/query/cycle-reports.ts';
import { countFindings } from '../../store/query/open-findings.ts';
import { requestReplan } from '../../store/replica/dirty-subjects.ts';
import { noteGoodCycle } from '../../store/tenants.ts';
import { restartApprovals } from '../approvals/running-approvals.ts';
import { wakeDueChannels } from '../notifications/notify.ts';
import { newestTenantFile, type Services } from '../services.ts';

export interface FinishCycleInput {
  tenant: string;
  cycle: number;
  cycleError: CycleError | null;
  /** Changes were left to the next cycle. */
  yielded?: boolean;
  /** It was a provision. */
  isOfOnePerson?: boolean;
}

export interface FinishedCycle {
  counts: CycleCounts;
  findings: FindingCounts;
  /** It was an undo, and nothing of it is left. */
  undone: boolean;
}

export function createFinishCycleActivities(services: Services) {
  return { finishCycle: (input: FinishCycleInput) => endCycle(services, input) };
}

/** Ends a cycle and reports on it. An undo is over when nothing of it waits. */
export async function endCycle(
  services: Services,
  { tenant, cycle, cycleError, yielded = false, isOfOnePerson = false }: FinishCycleInput,
): Promise<FinishedCycle> {
  const { database, now } = services;
  const counts = await countCycle(database, tenant, cycle);
  await finishCycle(database, tenant, cycle, { counts, cycleError, now: now() });
  const row = await cycleRow(database, tenant, cycle);
  const undoes = row?.undoes ?? null;
  const undone = undoes !== null && cycleError === null && !yielded && counts.held === 0;
  if (undone) await endUndo(database, tenant, undoes);
  // What was seen before `resume` binds until one cycle was carried through.
  const isCarriedThrough = undoes === null && cycleError === null && !yielded && !isOfOnePerson;
  if (isCarriedThrough) await dropBoundPreview(database, tenant);
  // The next cycle checks what this one did or left, even when nothing else has changed.
  if (cycleError || yielded || (await hasApplied(database, tenant, cycle)))
    await requestReplan(database, tenant);
  if (!cycleError && row?.kind === 'full') await pruneOldEntries(services, tenant, row.configurationVersion);
  await noteOutage(services, tenant, cycleError);
  await keepWorkflowsRunning(services, tenant);
  return {
    counts,
    findings: await countFindings(database, tenant),
    undone,
  };
}

/** Starts workflows that should run. What Temporal does not take now, the next cycle tries again. */
async function keepWorkflowsRunning(services: Services, tenant: string): Promise<void> {
  const starts = await Promise.allSettled([
    restartApprovals(services, tenant),
    wakeDueChannels(services, tenant),
  ]);
  for (const start of starts)
    if (start.status === 'rejected')
      log.warn('could not start the workflows of requests and channels', { reason: String(start.reason) });
}

async function noteOutage(services: Services, tenant: string, cycleError: CycleError | null): Promise<void> {
  const { database, now } = services;
  const at = now();
  if (cycleError === null) await noteGoodCycle(database, tenant, at);
  const before = await lastOutage(database, tenant);
  const after = afterCycle(before, { at, cycleError }, await intervalMs(services, tenant));
  if (after && after !== before) await storeOutage(database, tenant, after);
}

async function intervalMs(services: Services, tenant: string): Promise<number> {
  return durationMs((await newestTenantFile(services, tenant)).schedule.every);
}

/** Prunes by `privacy.keepJournal`, but keeps what the limits count. Full cycles do it: once a day is enough. */
async function pruneOldEntries({ database, now, tenantFile }: Services, tenant: string, version: number) {
  const { privacy, safety } = await tenantFile(tenant, version);
  const keptMs = Math.max(durationMs(privacy.keepJournal), windowDaysOf(safety) * dayMs);
  await pruneJournal(database, tenant, new Date(now().getTime() - keptMs));
}
