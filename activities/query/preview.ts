/**
 * The plan of the next cycle without applying it: a cycle on a copy of the tenant. The same activities as in a cycle read,
 * plan and gate, against the live systems, so that the preview shows what the next cycle does. Timely and the tenant's own
 * rows stay as they are, except for tokens that had to be renewed, as in `check`.
 */

import { type TenantFile, validateTenantFile } from '../../config/tenant-file.ts';
import type { PreviewInput, PreviewSummary } from '../../domain/contract/preview.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { seatsFor, seatsForecast } from '../../domain/plan/seats.ts';
import { controlOf } from '../../store/control.ts';
import { cycleRow, planCycleOf } from '../../store/planning/cycles.ts';
import {
  countPreview,
  type StoredPlan,
  seatChanges,
  storeDifferences,
} from '../../store/preview/preview-rows.ts';
import { keepPreview } from '../../store/preview/seen-preview.ts';
import { dropTenantCopy, sweepTenantCopies, tenantCopyName } from '../../store/preview/tenant-copy.ts';
import { accountRow, countPresent } from '../../store/replica/timely-snapshot.ts';
import { newestConfiguration, tenantRow } from '../../store/tenants.ts';
import { createMakePlanActivities } from '../cycle/make-plan.ts';
import type { OpenCycleResult } from '../cycle/open-cycle.ts';
import { createReadDirectoryActivities } from '../read/read-directory.ts';
import { createReadTimelyActivities } from '../read/read-timely.ts';
import type { Services } from '../services.ts';
import { bothOf, openCycleOnCopy } from './cycle-on-copy.ts';
import { readPreviewInput } from './query-schema.ts';

export function createPreviewActivities(services: Services) {
  return {
    /** Leaves the plan under the preview's name, for queries that page it and then drop it. @throws ConfigurationError, and as reads do */
    async preview(input: PreviewInput): Promise<PreviewSummary> {
      const { id, file, againstRunning, look } = readPreviewInput(input);
      const { database, now } = services;
      const valid = validateTenantFile(file);
      const { tenant } = valid;
      const copyName = tenantCopyName(tenant, id);
      const running = tenantCopyName(tenant, `${id}-running`);
      await sweepTenantCopies(database, now());
      const dropAll = async () => {
        for (const name of [copyName, running]) await dropTenantCopy(database, name);
      };
      const planOf = async ({ tenant: name, cycle }: OpenCycleResult) => ({
        tenant: name,
        cycle: await planCycleOf(database, name, cycle),
      });
      // A first attempt may have ended with its worker.
      await dropAll();
      try {
        const other = againstRunning ? await planOfRunning(services, tenant, running) : null;
        const replicaOf = other?.tenant ?? (await readBefore(services, tenant, look));
        const key = await planOn(services, valid, { copyName, replicaOf });
        // Seats are those of the whole plan; counts are those of the lines that are shown.
        const summary = await summaryOf(services, tenant, key);
        if (other) await storeDifferences(database, await planOf(key), await planOf(other));
        const counts = await countPreview(database, await planOf(key));
        if (!againstRunning) await noteSeen(services, valid, await planOf(key));
        await dropTenantCopy(database, running);
        return { ...summary, counts };
      } catch (error) {
        await dropAll();
        throw error;
      }
    },
  };
}

/** `resume` goes by the preview of a tenant that is paused or new. One that runs has no next `resume`. */
async function noteSeen({ database, now }: Services, file: TenantFile, plan: StoredPlan): Promise<void> {
  const { tenant } = file;
  await database.transaction(async (store) => {
    const { paused } = await controlOf(store, tenant);
    if (paused === null && (await newestConfiguration(store, tenant)) !== null) return;
    await keepPreview(store, tenant, { file, now: now(), plan });
  });
}

async function planOfRunning(services: Services, tenant: string, copyName: string): Promise<OpenCycleResult> {
  const inForce = await newestConfiguration(services.database, tenant);
  if (inForce === null) {
    throw new ConfigurationError(`Tenant ${tenant} has no configuration to compare with.`, {
      remedy: 'Leave --against out, or start it: timely-sync start <file>.',
    });
  }
  return await planOn(services, validateTenantFile(inForce.file), { copyName, replicaOf: tenant });
}

/** A cycle on a copy, up to its plan. */
async function planOn(
  services: Services,
  file: TenantFile,
  { copyName, replicaOf }: { copyName: string; replicaOf: string },
): Promise<OpenCycleResult> {
  const timely = await services.timelyOf(file);
  const { copy, key } = await openCycleOnCopy(services, file, { copyName, replicaOf, timely });
  const { readDirectory } = createReadDirectoryActivities(copy);
  const { readTimely } = createReadTimelyActivities(copy);
  await bothOf(readDirectory(key), readTimely(key));
  await createMakePlanActivities(copy).makePlan(key);
  return key;
}

/** What a look has read, as long as its copy is there; else the tenant's own. */
async function readBefore({ database }: Services, tenant: string, look: string | undefined): Promise<string> {
  const copy = look === undefined ? null : tenantCopyName(tenant, look);
  return copy !== null && (await tenantRow(database, copy)) ? copy : tenant;
}

async function summaryOf(
  { database }: Services,
  tenant: string,
  { tenant: copyName, cycle, kind }: OpenCycleResult,
): Promise<Omit<PreviewSummary, 'counts'>> {
  const row = await cycleRow(database, copyName, cycle);
  const planCycle = row?.planCycle ?? cycle;
  const account = await accountRow(database, copyName);
  const seats = account && seatsFor(account.account, await countPresent(database, copyName));
  return {
    tenant,
    kind,
    evidence: row?.evidence ?? null,
    inScope: row?.inScope ?? 0,
    unchanged: row?.unchanged ?? 0,
    seats: seats && seatsForecast(seats, await seatChanges(database, copyName, planCycle)),
  };
}
