/**
 * What the log says of activities: the ids in every line of an activity, and one line at the begin and the end of a cycle.
 * Ids only: people and teams are named in the store (`timely-sync why`), never in a log.
 */
import { log } from '@temporalio/activity';
import { z } from 'zod';

/** Ids of an activity's work, as far as it has them. */
export interface WorkIds {
  tenant?: string;
  cycle?: number;
  position?: number;
  approval?: number;
}

const ids = z.object({
  tenant: z.string().optional().catch(undefined),
  cycle: z.number().optional().catch(undefined),
  position: z.number().optional().catch(undefined),
  approval: z.number().optional().catch(undefined),
});
/** Some activities take the ids of their cycle in `key`. */
const input = z.union([z.object({ key: ids }).transform(({ key }) => key), ids]);

/** The ids in the input of an activity; none for an activity without a tenant. */
export function workIdsOf(args: readonly unknown[]): WorkIds {
  const { data } = input.safeParse(args[0]);
  return Object.fromEntries(Object.entries(data ?? {}).filter(([, value]) => value !== undefined));
}

const opened = z.object({ cycle: z.number(), kind: z.string(), configurationVersion: z.number() });
/** `beginCycle` may have opened no cycle, and may have ended it already. */
const begun = z.object({
  key: opened.nullable(),
  idle: z.object({ counts: z.record(z.string(), z.number()) }).nullable(),
});
const ending = z.object({ cycleError: z.object({ health: z.string() }).nullable() });
const ended = z.object({ counts: z.record(z.string(), z.number()) }).catch({ counts: {} });

/** Logs the begin or the end of a cycle, after the activity that began or ended it; `provision` has a cycle as well. */
export function logCycle(activityType: string, args: readonly unknown[], result: unknown): void {
  if (activityType === 'beginCycle') {
    const { key, idle } = begun.safeParse(result).data ?? {};
    if (key) log.info('cycle begins', key);
    if (key && idle) log.info('cycle ends', { cycle: key.cycle, health: 'ok', counts: idle.counts });
  }
  if (activityType === 'openProvision') {
    const { data } = opened.safeParse(result);
    if (data) log.info('cycle begins', data);
  }
  if (['finishCycle', 'finishProvision'].includes(activityType)) {
    const health = ending.safeParse(args[0]).data?.cycleError?.health ?? 'ok';
    const facts = { health, counts: ended.parse(result).counts };
    if (health === 'ok') log.info('cycle ends', facts);
    else log.warn('cycle ends', facts);
  }
}
