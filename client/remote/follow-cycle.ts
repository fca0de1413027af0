import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { oneLine } from '../../domain/shown-text.ts';
import type { TenantStatus } from '../../workflows/messages.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { runningStatus } from './tenant-status.ts';

const pollMs = 250;
/** A worker that restarts, or that is busy with the workflow bundle, may be silent for a while. */
const silenceMs = 60_000;

export interface FollowOptions {
  /** Waits for a cycle with a higher number. */
  after: number;
  /** `ended`: its end, also where it left changes to the next cycle. The default is a cycle that was carried through. */
  until?: 'ended' | 'carriedThrough' | 'fullCarriedThrough';
  onProgress?: (status: TenantStatus) => void;
}

/**
 * Waits for a cycle and returns its number, whether it ended well or not.
 * @throws CommandError when the tenant is paused, stopped, unknown or cannot begin a cycle (1), or nothing answers for a minute (69)
 */
export async function followCycle(client: Client, tenant: string, options: FollowOptions): Promise<number> {
  let first: TenantStatus | null = null;
  for (;;) {
    const status = await runningStatus(client, tenant, silenceMs);
    options.onProgress?.(status);
    const last = lastCycle(status, options.until);
    if (last > options.after) return last;
    first ??= status;
    refuseToWait(status, first);
    await sleep(pollMs);
  }
}

function lastCycle(
  { finishedCycle, carriedThrough }: TenantStatus,
  until: FollowOptions['until'] = 'carriedThrough',
): number {
  if (until === 'ended') return finishedCycle;
  return until === 'fullCarriedThrough' ? carriedThrough.full : carriedThrough.cycle;
}

/** Ends the wait for a cycle that will not come. */
function refuseToWait(status: TenantStatus, first: TenantStatus): void {
  const { tenant, stage, paused, undoing, cycleError, nextCycleAt } = status;
  if (paused && stage === 'paused' && undoing === null) {
    throw new CommandError(
      exitCodes.failed,
      `${tenant} is paused: \`timely-sync resume ${tenant}\` lets it go on.`,
    );
  }
  // Another time to try again, and still no further cycle: not even its beginning could be stored.
  if (cycleError && stage === 'waiting' && nextCycleAt !== first.nextCycleAt) {
    throw new CommandError(
      exitCodes.failed,
      oneLine(`${tenant} cannot begin a cycle: ${cycleError.message} ${cycleError.remedy}`),
    );
  }
}
