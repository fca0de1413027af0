/** Ends a cycle: stores its counts and error, counts findings, and finds the channels with due notifications. */

import { durationMs } from '../../config/duration.ts';
import type { CycleCounts, CycleError } from '../../domain/contract/report.ts';
import { afterCycle } from '../../domain/notifications/outage.ts';
import type { FindingCounts } from '../../domain/plan/finding-kinds.ts';
import { windowDaysOf } from '../../domain/rules.ts';
import { dayMs } from '../../domain/time.ts';
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
  /** Absent in results of earlier releases. */
  findings?: FindingCounts;
  /** Channels with due notifications. */
  channels: string[];
}

export function createFinishCycleActivities(services: Services) {
  const { database, now } = services;
  return {
    async finishCycle({ tenant, cycle, cycleError, yielded }: FinishCycleInput): Promise<FinishedCycle> {
      const counts = await countCycle(database, tenant, cycle);
      await finishCycle(database, tenant, cycle, { counts, cycleError, now: now() });
      // The next cycle checks what this one did or left, even when nothing else has changed.
      if (cycleError || yielded || (await hasApplied(database, tenant, cycle)))
        await requestReplan(database, tenant);
      if (!cycleError) await pruneOldEntries(services, tenant, cycle);
      await noteOutage(services, tenant, cycleError);
      return {
        counts,
        findings: await countFindings(database, tenant),
        channels: (await dueNotifications(services, tenant)).map(({ channel }) => channel.id),
      };
    },
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
async function pruneOldEntries({ database, now, tenantFile }: Services, tenant: string, cycle: number) {
  const row = await cycleRow(database, tenant, cycle);
  if (row?.kind !== 'full') return;
  const { privacy, safety } = await tenantFile(tenant, row.configurationVersion);
  const keptMs = Math.max(durationMs(privacy.keepJournal), windowDaysOf(safety) * dayMs);
  await pruneJournal(database, tenant, new Date(now().getTime() - keptMs));
}
