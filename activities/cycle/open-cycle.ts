/** Opens a cycle and decides whether it reads everything or only what changed. */

import { durationMs } from '../../config/duration.ts';
import { directoryIdentity } from '../../config/source-settings.ts';
import type { TenantFile } from '../../config/tenant-file.ts';
import { directoryStreams } from '../../directory/source.ts';
import { jittered } from '../../domain/jitter.ts';
import { dayMs } from '../../domain/time.ts';
import { announceAgain } from '../../store/approvals/approvals.ts';
import type { Fence } from '../../store/fence.ts';
import { openCycle } from '../../store/planning/cycles.ts';
import { moveToDirectory } from '../../store/replica/move-directory.ts';
import { cursorOf } from '../../store/replica/replica.ts';
import { accountRow } from '../../store/replica/timely-snapshot.ts';
import { newestConfiguration, tenantRow } from '../../store/tenants.ts';
import { type SubscriptionsState, subscriptionsState } from '../read/keep-subscriptions.ts';
import type { Services, Tenant } from '../services.ts';

export interface OpenCycleInput {
  tenant: string;
  /** Names this opening: a second attempt finds the cycle of the first one. */
  opening: string;
  /** The loop's first cycle: the tenant is new, was stopped, or its Temporal lost its data. */
  fresh: boolean;
}

/** What one cycle passes to each of its activities: small, whatever the tenant's size. */
export interface CycleKey extends Fence {
  kind: 'full' | 'incremental';
  configurationVersion: number;
}

export interface OpenCycleResult extends CycleKey {
  /** The cycle that it takes back; null for the sync's own cycles. */
  undoes: number | null;
  /** Wait until the next cycle. */
  waitMs: number;
  /** Whether subscriptions to the directory's change notifications need work. */
  subscriptions: SubscriptionsState;
  /** Search attributes that the namespace does not know: a run that sets one stands still. */
  missingAttributes: string[];
}

/**
 * Delta tokens of directory objects live seven days; one day is kept as a margin
 * (docs/reference/microsoft-graph.md section 1.6).
 */
const cursorAgeMaxMs = 6 * dayMs;

/** A service may never answer a cursor again, and a fresh round at once (docs/reference/rules.md section 1.2). */
const failedCyclesMax = 3;

/** Opens the sync's own cycle. @throws ConfigurationError when the tenant has no file. */
export async function openSyncCycle(
  services: Services,
  { tenant, opening, fresh }: OpenCycleInput,
): Promise<OpenCycleResult> {
  const { database, now } = services;
  const configurationVersion = (await newestConfiguration(database, tenant))?.version ?? 0;
  const file = await services.tenantFile(tenant, configurationVersion);
  const { schedule } = file;
  await moveToDirectory(database, tenant, directoryIdentity(file));
  const row = await tenantRow(database, tenant);
  const { fullReadsRequested = 0, fullReadsServed = 0 } = row ?? {};
  // A tenant that cannot be opened (a secret is missing) still has its cycle: its reading reports what is wrong.
  const openedTenant = await services.tenant(tenant, configurationVersion).catch(() => null);
  const isRequested = fullReadsRequested > fullReadsServed;
  const whole = isRequested || openedTenant === null || (await needsFullRead(services, openedTenant));
  const kind = whole ? 'full' : 'incremental';
  const begin = { kind, configurationVersion, fullReadsRequested, now: now() } as const;
  // An operator may have ended an approval's workflow in Temporal's UI: full cycles start a new one.
  if (fresh || whole) await announceAgain(database, tenant);
  const opened = await openCycle(database, tenant, opening, begin);
  return {
    tenant,
    cycle: opened.number,
    opening,
    kind: opened.kind === 'incremental' ? 'incremental' : 'full',
    undoes: null,
    configurationVersion,
    waitMs: waitAfter(schedule, { tenant, cycle: opened.number }),
    subscriptions: openedTenant ? await subscriptionsState(services, openedTenant) : 'none',
    missingAttributes: (await services.searchAttributes()).missing,
  };
}

/** Opens a cycle that takes another one back. */
export async function openUndoCycle(
  services: Services,
  { tenant, undoes, opening }: { tenant: string; undoes: number; opening: string },
): Promise<OpenCycleResult> {
  const { database, now } = services;
  const configurationVersion = (await newestConfiguration(database, tenant))?.version ?? 0;
  const { schedule } = await services.tenantFile(tenant, configurationVersion);
  const begin = { kind: 'undo', undoes, configurationVersion, now: now() } as const;
  const { number: cycle } = await openCycle(database, tenant, opening, begin);
  const waitMs = waitAfter(schedule, { tenant, cycle });
  const missingAttributes = (await services.searchAttributes()).missing;
  const key = { tenant, cycle, opening, kind: 'full', configurationVersion } as const;
  return { ...key, undoes, waitMs, subscriptions: 'none', missingAttributes };
}

const waitAfter = ({ every }: TenantFile['schedule'], { tenant, cycle }: { tenant: string; cycle: number }) =>
  jittered(durationMs(every), `${tenant}/${cycle}`);

/** Never read, read too long ago, an old or failing cursor, or other properties tracked (docs/reference/rules.md section 1.2). */
async function needsFullRead({ database, now }: Services, tenant: Tenant): Promise<boolean> {
  if (!tenant.directory.capabilities.delta) return true;
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
