/** Opens a cycle and decides whether it reads everything or only what changed. */

import { durationMs } from '../../config/duration.ts';
import { directoryStreams } from '../../directory/source.ts';
import { dayMs } from '../../domain/time.ts';
import { announceAgain } from '../../store/approvals/approvals.ts';
import { openCycle } from '../../store/planning/cycles.ts';
import { cursorOf } from '../../store/replica/replica.ts';
import { accountRow } from '../../store/replica/timely-snapshot.ts';
import { newestConfiguration } from '../../store/tenants.ts';
import { type SubscriptionsState, subscriptionsState } from '../read/keep-subscriptions.ts';
import type { Services, Tenant } from '../services.ts';

export interface OpenCycleInput {
  tenant: string;
  runId: string;
  full: boolean;
  /** The loop's first cycle: the tenant is new, was stopped, or its Temporal lost its data. */
  fresh: boolean;
}

/** What one cycle passes to each of its activities: small, whatever the tenant's size. */
export interface CycleKey {
  tenant: string;
  cycle: number;
  kind: 'full' | 'incremental';
  configurationVersion: number;
}

export interface OpenCycleResult extends CycleKey {
  /** Wait between two cycles, from the tenant file. */
  everyMs: number;
  /** Whether subscriptions to the directory's change notifications need work. */
  subscriptions: SubscriptionsState;
}

/**
 * Delta tokens of directory objects live seven days; one day is kept as a margin
 * (docs/reference/microsoft-graph.md section 1.6).
 */
const cursorAgeMaxMs = 6 * dayMs;

/** A service may never answer a cursor again, and a fresh round at once (docs/reference/rules.md section 1.2). */
const failedCyclesMax = 3;

export function createOpenCycleActivities(services: Services) {
  return {
    /** @throws ConfigurationError when the tenant has no file. */
    async openCycle({ tenant, runId, full, fresh }: OpenCycleInput): Promise<OpenCycleResult> {
      const { database, now } = services;
      const configurationVersion = (await newestConfiguration(database, tenant))?.version ?? 0;
      const { schedule } = await services.tenantFile(tenant, configurationVersion);
      // A tenant that cannot be opened (a secret is missing) still has its cycle: its reading reports what is wrong.
      const openedTenant = await services.tenant(tenant, configurationVersion).catch(() => null);
      const whole = full || openedTenant === null || (await needsFullRead(services, openedTenant));
      const kind = whole ? 'full' : 'incremental';
      const begin = { kind, configurationVersion, now: now() } as const;
      // An operator may have ended an approval's workflow in Temporal's UI: full cycles start a new one.
      if (fresh || whole) await announceAgain(database, tenant);
      const opened = await openCycle(database, tenant, runId, begin);
      return {
        tenant,
        cycle: opened.number,
        kind: opened.kind === 'incremental' ? 'incremental' : 'full',
        configurationVersion,
        everyMs: durationMs(schedule.every),
        subscriptions: openedTenant ? await subscriptionsState(services, openedTenant) : 'none',
      };
    },
  };
}

/** Never read, read too long ago, an old or failing cursor, or other properties tracked (docs/reference/rules.md section 1.2). */
async function needsFullRead({ database, now }: Services, tenant: Tenant): Promise<boolean> {
  if ((await accountRow(database, tenant.name)) === null) return true;
  const scope = tenant.directory.cursorScope(tenant.readPlan);
  const fullEveryMs = durationMs(tenant.file.schedule.fullEvery);
  for (const stream of directoryStreams) {
    const cursor = await cursorOf(database, { tenant: tenant.name, stream });
    if (!cursor || cursor.scope !== scope || cursor.failedCycles >= failedCyclesMax) return true;
    if (now().getTime() - cursor.movedAt.getTime() > cursorAgeMaxMs) return true;
    if (now().getTime() - cursor.fullAt.getTime() > fullEveryMs) return true;
  }
  return false;
}
