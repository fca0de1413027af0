/** A tenant in this process whose first cycle has planned, and applied nothing yet. */
import { openSyncCycle } from '../../../activities/cycle/open-cycle.ts';
import { createActivities } from '../../../activities/index.ts';
import type { Database } from '../../../store/database.ts';
import { storeEvidence } from '../../../store/planning/cycles.ts';
import type { World } from '../../domain/support/world.ts';
import { arrangeTenant } from './tenant-in-process.ts';

export async function plannedTenant(database: Database, world: World) {
  const tenant = await arrangeTenant(database, world);
  const activities = createActivities(tenant.services);
  const open = (opening: string) =>
    openSyncCycle(tenant.services, { tenant: tenant.tenant, opening, fresh: false });
  const key = await open('the first');
  const counted = { pages: 1, objects: 3 };
  const evidence = { kind: 'full' as const, complete: true, reasons: [], users: counted };
  const groups = { ...counted, complete: true };
  await storeEvidence(database, tenant.tenant, key.cycle, { ...evidence, groups });
  await activities.readTimely(key);
  await activities.makePlan(key);
  return { ...tenant, activities, open, key };
}
