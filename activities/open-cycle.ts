/** Opens a cycle and decides whether it reads everything or only what changed. */
import { durationMs } from '../config/duration.ts';
import { directoryStreams } from '../directory/source.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { openCycle } from '../store/cycles.ts';
import { cursorOf } from '../store/staging.ts';
import { newestConfiguration } from '../store/tenants.ts';
import { accountRow } from '../store/timely-snapshot.ts';
import type { Services, Tenant } from './services.ts';

export interface OpenCycleInput {
  tenant: string;
  runId: string;
  full: boolean;
}

/** What one cycle hands to each of its activities: a few words, whatever the tenant's size. */
export interface CycleKey {
  tenant: string;
  cycle: number;
  kind: 'full' | 'incremental';
  configurationVersion: number;
}

export interface OpenCycleResult extends CycleKey {
  /** Waits of the loop, from the tenant file. */
  everyMs: number;
}

/** Delta tokens of directory objects live seven days; a day of that is kept as a margin (microsoft-graph.md, section 1.6). */
const cursorAgeMaxMs = 6 * 86_400_000;

export function createOpenCycleActivities(services: Services) {
  return {
    /** @throws ConfigurationError when the tenant has no file, or a secret that it names is missing. */
    async openCycle({ tenant: name, runId, full }: OpenCycleInput): Promise<OpenCycleResult> {
      const { database } = services;
      const newest = await newestConfiguration(database, name);
      if (!newest) throw new ConfigurationError(`Tenant ${name} has no configuration.`);
      const tenant = await services.tenant(name, newest.version);
      const kind = full || (await needsFullRead(services, tenant)) ? 'full' : 'incremental';
      const begin = { kind, configurationVersion: newest.version, now: services.now() } as const;
      const opened = await openCycle(database, name, runId, begin);
      return {
        tenant: name,
        cycle: opened.number,
        kind: opened.kind,
        configurationVersion: newest.version,
        everyMs: durationMs(tenant.file.schedule.every),
      };
    },
  };
}

/** Behaviour.md, section 1.2: never read, too long ago, an old cursor, or other properties tracked. */
async function needsFullRead({ database, now }: Services, tenant: Tenant): Promise<boolean> {
  if ((await accountRow(database, tenant.name)) === null) return true;
  const scope = tenant.directory.cursorScope(tenant.readPlan);
  const fullEveryMs = durationMs(tenant.file.schedule.fullEvery);
  for (const stream of directoryStreams) {
    const cursor = await cursorOf(database, tenant.name, stream);
    if (!cursor || cursor.scope !== scope) return true;
    if (now().getTime() - cursor.movedAt.getTime() > cursorAgeMaxMs) return true;
    if (now().getTime() - cursor.fullAt.getTime() > fullEveryMs) return true;
  }
  return false;
}
