/** A cycle on a copy of a tenant. The tenant's own rows stay as they are, except for tokens that had to be renewed. */
import type { TenantFile } from '../../config/tenant-file.ts';
import type { ReadPlan } from '../../directory/source.ts';
import { noMeter } from '../../domain/meter.ts';
import { windowDaysOf } from '../../domain/rules.ts';
import { dayMs } from '../../domain/time.ts';
import { copyTenant } from '../../store/preview/tenant-copy.ts';
import { isConfigurationInForce } from '../../store/tenants.ts';
import { type OpenCycleResult, openSyncCycle } from '../cycle/open-cycle.ts';
import { readPlanOf } from '../read/read-plan.ts';
import type { Services, Tenant } from '../services.ts';

export interface CopiedCycle {
  /** The name of the copy. */
  copyName: string;
  /** The last reads are this tenant's or copy's. */
  replicaOf: string;
  /** What is read of the directory: what the file needs, unless given. */
  readPlan?: ReadPlan;
  /** The Timely account; a cycle that does not read it may be without. */
  timely: Tenant['timely'] | null;
}

/** Makes the copy and opens a cycle on it. The services returned are those of the copy. */
export async function openCycleOnCopy(
  services: Services,
  file: TenantFile,
  copied: CopiedCycle,
): Promise<{ copy: Services; key: OpenCycleResult }> {
  const { database, now } = services;
  const { copyName, replicaOf } = copied;
  const windowStart = new Date(now().getTime() - windowDaysOf(file.safety) * dayMs);
  const { tenant } = file;
  const isInForce = await isConfigurationInForce(database, tenant, file);
  await copyTenant(database, { tenant, replicaOf, copyName, windowStart, isInForce, now: now() });
  const copy = await onCopy(services, file, copied);
  return { copy, key: await openSyncCycle(copy, { tenant: copyName, opening: copyName, fresh: false }) };
}

/** Waits for both, so that a copy is never dropped while one of them still writes. @throws the reason of the first that failed */
export async function bothOf<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<[One, Other]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}

/** Services with the tenant's own tokens and rate budget, over the rows of the copy. */
async function onCopy(
  services: Services,
  file: TenantFile,
  { copyName, timely, readPlan = readPlanOf(file) }: CopiedCycle,
): Promise<Services> {
  const tenant: Tenant = {
    name: copyName,
    file,
    directory: await services.directoryOf(file),
    get timely() {
      if (timely === null) throw new Error('This cycle does not read Timely.');
      return timely;
    },
    signIn: { address: refuseToSignIn, redeem: refuseToSignIn },
    readPlan,
    perSecond: async () => file.target.requestsPerSecond,
    meter: noMeter,
  };
  // Without a receiver there are no subscriptions.
  return { ...services, receiver: null, tenantFile: async () => file, tenant: async () => tenant };
}

function refuseToSignIn(): never {
  throw new Error('A preview signs no user in.');
}
