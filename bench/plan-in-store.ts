/** The activity `makePlan` over a store: prints what each of some plans costs. `DATABASE_URL` names an empty database. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMakePlanActivities } from '../activities/make-plan.ts';
import type { Services, Tenant } from '../activities/services.ts';
import { projectFolder } from '../client/local/project-folder.ts';
import { parseTenantFile } from '../config/tenant-file.ts';
import { finishCycle, openCycle, storeEvidence } from '../store/cycles.ts';
import { closeDatabase, openDatabase } from '../store/database.ts';
import { correctPerson } from '../store/replica.ts';
import { planSides } from './plan-company.ts';
import { fillStore } from './plan-store.ts';
import { peakMemory } from './worker-memory.ts';

const database = await openDatabase(process.env.DATABASE_URL ?? '');
const size = JSON.parse(process.argv[2] ?? '{}');
const tenant = 'contoso';
const path = join(projectFolder(), 'tenants', 'contoso.yaml');
const file = parseTenantFile(await readFile(path, 'utf8'), path);
if (process.argv[3] === 'fill') {
  await fillStore(database, tenant, file, planSides(size));
} else {
  const now = () => new Date();
  const opened = { name: tenant, file } as Tenant;
  const services = { database, now, receiver: null, tenant: async () => opened } as unknown as Services;
  const { makePlan } = createMakePlanActivities(services);
  const counted = { pages: 1, objects: 1 };
  const kinds: ('full' | 'incremental')[] = ['full', 'full', 'incremental', 'incremental'];
  for (const [run, kind] of kinds.entries()) {
    const begin = { kind, configurationVersion: 1, now: now() };
    const { number: cycle } = await openCycle(database, tenant, `run-${run}-${Date.now()}`, begin);
    const evidence = { kind, complete: true, reasons: [], users: counted, groups: counted };
    await storeEvidence(database, tenant, cycle, evidence);
    if (run > 0)
      await correctPerson(
        database,
        tenant,
        planSides({ ...size, people: 2000 + run, memberships: 10000 }).directory.people[1000 + run]?.id ?? '',
        null,
      );
    const startedAt = performance.now();
    const result = await makePlan({ tenant, cycle, kind, configurationVersion: 1 });
    console.log(
      kind,
      Math.round(performance.now() - startedAt),
      JSON.stringify(result),
      Math.round(await peakMemory(process.pid)),
    );
    await finishCycle(database, tenant, cycle, { counts: {} as never, trouble: null, now: now() });
  }
}
await closeDatabase(database);
