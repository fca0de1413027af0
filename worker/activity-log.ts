/**
 * What the log says of activities: the ids that every line of one carries, and one line when a cycle begins and when it
 * ends. Ids only: whom a change is about stands in the store (`timely-sync why`), never in a log.
 */
import { log } from '@temporalio/activity';
import { z } from 'zod';

/** Ids of an activity's work, where it has them. */
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
/** Some activities take the ids of their cycle as `key`. */
const input = z.union([z.object({ key: ids }).transform(({ key }) => key), ids]);

/** The ids in what an activity is given; none for one that is about no tenant. */
export function workIdsOf(args: readonly unknown[]): WorkIds {
  const { data } = input.safeParse(args[0]);
  return Object.fromEntries(Object.entries(data ?? {}).filter(([, value]) => value !== undefined));
}

const opened = z.object({ cycle: z.number(), kind: z.string(), configurationVersion: z.number() });
const ending = z.object({ cycleError: z.object({ health: z.string() }).nullable() });
const ended = z.object({ counts: z.record(z.string(), z.number()) }).catch({ counts: {} });

/** Which activities begin and end a cycle, that of one person (`provision`) too. */
const openers = ['openCycle', 'openProvision'];
const finishers = ['finishCycle', 'finishProvision'];

/** Logs the begin or the end of a cycle, after the activity that brought it about. */
export function logCycle(activityType: string, args: readonly unknown[], result: unknown): void {
  if (openers.includes(activityType)) {
    const { data } = opened.safeParse(result);
    if (data) log.info('cycle begins', data);
  }
  if (finishers.includes(activityType)) {
    const health = ending.safeParse(args[0]).data?.cycleError?.health ?? 'ok';
    const facts = { health, counts: ended.parse(result).counts };
    if (health === 'ok') log.info('cycle ends', facts);
    else log.warn('cycle ends', facts);
  }
}
