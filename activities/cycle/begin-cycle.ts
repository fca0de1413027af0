/**
 * Begins a cycle. Most cycles are incremental and find nothing, so this one activity opens a cycle, reads both sides and
 * ends it again when nothing has changed. What it leaves is done by activities of its own: the reads of a full cycle,
 * a side that did not answer, the plan, and all that follows.
 */
import { log } from '@temporalio/activity';
import { isAtRest, type TenantControl } from '../../domain/contract/control.ts';
import { controlOf } from '../../store/control.ts';
import { createReadDirectoryActivities } from '../read/read-directory.ts';
import { createReadTimelyActivities } from '../read/read-timely.ts';
import type { Services } from '../services.ts';
import { endCycle, type FinishedCycle } from './finish-cycle.ts';
import { keepLastPlan } from './make-plan.ts';
import { type OpenCycleInput, type OpenCycleResult, openSyncCycle, openUndoCycle } from './open-cycle.ts';

export type ReadSide = 'directory' | 'timely';

export interface BegunCycle {
  /** What operators have ordered, as the store has it: the loop goes by it. */
  control: TenantControl;
  /** Null: the tenant is paused or stopped, and no cycle was opened. */
  key: OpenCycleResult | null;
  /** Sides that are still to be read. An undo does not read the directory. */
  unread: ReadSide[];
  /** The report, when nothing had changed and the cycle has ended. */
  idle: FinishedCycle | null;
}

export function createBeginCycleActivities(services: Services) {
  const { readDirectory } = createReadDirectoryActivities(services);
  const { readTimely } = createReadTimelyActivities(services);

  /** Another attempt, or the side's own activity, goes on with the pages that this one has staged. */
  async function unreadSides(key: OpenCycleResult): Promise<ReadSide[]> {
    const reads = { directory: readDirectory(key), timely: readTimely(key) };
    await Promise.allSettled(Object.values(reads));
    const unread: ReadSide[] = [];
    for (const side of ['directory', 'timely'] as const) {
      const failure = await reads[side].then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
      );
      if (failure === null) continue;
      log.warn('a side did not answer at once', { side, class: failure, cycle: key.cycle });
      unread.push(side);
    }
    return unread;
  }

  return {
    /** @throws ConfigurationError when the tenant has no file */
    async beginCycle(input: OpenCycleInput): Promise<BegunCycle> {
      const { tenant, opening } = input;
      const control = await controlOf(services.database, tenant);
      if (isAtRest(control)) return { control, key: null, unread: [], idle: null };
      const { undoing } = control;
      if (undoing !== null) {
        const key = await openUndoCycle(services, { tenant, undoes: undoing, opening });
        return { control, key, unread: ['timely'], idle: null };
      }
      const key = await openSyncCycle(services, input);
      if (key.kind === 'full') return { control, key, unread: ['directory', 'timely'], idle: null };
      const unread = await unreadSides(key);
      const hasNothingToDo = unread.length === 0 && (await keepLastPlan(services, key));
      const idle = hasNothingToDo
        ? await endCycle(services, { tenant, cycle: key.cycle, cycleError: null })
        : null;
      return { control, key, unread, idle };
    },
  };
}
