/** Ends a cycle: stores its counts and error, counts findings, and finds the channels with due notifications. */

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
import { countCycle } from '../../store/query/cycle-reports.ts';
import { countFindings } from '../../store/query/open-findings.ts';
import { requestReplan } from '../../store/replica/dirty-subjects.ts';
import { newestConfiguration, noteGoodCycle } from '../../store/tenants.ts';
import { dueNotifications } from '../notifications/due-notifications.ts';
import type { Services } from '../services.ts';

export interface FinishCycleInput {
  tenant: string;
  cycle: number;
  cycleError: CycleError | null;
  /** Changes were left to the next cycle. */
  yielded?: boolean;
}

export interface FinishedCycle {
  counts: CycleCounts;
  findings: FindingCounts;
  /** Channels with due notifications. */
  channels: string[];
  /** It was an undo, and nothing of it is left. */
  undone: boolean;
}

export function createFinishCycleActivities(services: Services) {
  return { finishCycle: (input: FinishCycleInput) => endCycle(services, input) };
}

/** Ends a cycle and reports on it. An undo is over when nothing of it waits. */
export async function endCycle(
  services: Services,
  { tenant, cycle, cycleError, yielded = false }: FinishCycleInput,
): Promise<FinishedCycle> {
  const { database, now } = services;
  const counts = await countCycle(database, tenant, cycle);
  await finishCycle(database, tenant, cycle, { counts, cycleError, now: now() });
  const row = await cycleRow(database, tenant, cycle);
  const undoes = row?.undoes ?? null;
  const undone = undoes !== null && cycleError === null && !yielded && counts.held === 0;
  if (undone) await endUndo(database, tenant, undoes);
  // The next cycle checks what this one did or left, even when nothing else has changed.
  if (cycleError || yielded || (await hasApplied(database, tenant, cycle)))
    await requestReplan(database, tenant);
  if (!cycleError && row?.kind === 'full') await pruneOldEntries(services, tenant, row.configurationVersion);
  await noteOutage(services, tenant, cycleError);
  return {
    counts,
    findings: await countFindings(database, tenant),
    channels: (await dueNotifications(services, tenant)).map(({ channel }) => channel.id),
    undone,
  };
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
  const version = (await newestConfiguration(services.database, tenant))?.version ?? 0;
  return durationMs((await services.tenantFile(tenant, version)).schedule.every);
}

/** Prunes by `privacy.keepJournal`, but keeps what the limits count. Full cycles do it: once a day is enough. */
async function pruneOldEntries({ database, now, tenantFile }: Services, tenant: string, version: number) {
  const { privacy, safety } = await tenantFile(tenant, version);
  const keptMs = Math.max(durationMs(privacy.keepJournal), windowDaysOf(safety) * dayMs);
  await pruneJournal(database, tenant, new Date(now().getTime() - keptMs));
}
