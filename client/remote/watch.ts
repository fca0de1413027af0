/** Looks on while a cycle runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { CycleReport } from '../../domain/contract/report.ts';
import type { TenantStatus } from '../../workflows/messages.ts';
import { estimateOf, estimateText } from '../render/estimate.ts';
import { moment, span } from '../render/words/moments.ts';
import { followCycle } from './follow-cycle.ts';
import { queryWorker } from './query.ts';
import { runningStatus } from './tenant-status.ts';

/** The store is asked for single changes this often; the loop itself answers more often. */
const askEveryMs = 2_000;

/**
 * Waits for the end of the cycle that runs, or of the next one if none runs, and returns its number.
 * @throws CommandError as `followCycle`
 */
export async function watchCycle(
  client: Client,
  tenant: string,
  onProgress: ((line: string) => void) | null,
): Promise<number> {
  const { finishedCycle } = await runningStatus(client, tenant);
  let row: CycleReport | null = null;
  let isOver = false;
  async function askForRow() {
    while (!isOver) {
      // Without a result the last one is shown.
      const [last] = await queryWorker(client, { about: 'cycles', tenant, limit: 1 }).catch(() => []);
      row = last ?? row;
      await sleep(askEveryMs, undefined, { ref: false });
    }
  }
  if (onProgress) void askForRow();
  try {
    return await followCycle(client, tenant, {
      after: finishedCycle,
      until: 'ended',
      onProgress: (status) => onProgress?.(watchLine(status, row, Date.now())),
    });
  } finally {
    isOver = true;
  }
}

/** `contoso: cycle 3 applying, 12 of 50, 4 a second, done in 9.5 s`. */
export function watchLine(status: TenantStatus, row: CycleReport | null, nowMs: number): string {
  const { tenant, stage, cycle, finishedCycle, nextCycleAt } = status;
  if (cycle <= finishedCycle) {
    const next = nextCycleAt === null ? '' : `, next cycle at ${moment(nextCycleAt)}`;
    return `${tenant}: ${stage}${next}`;
  }
  const running = row?.number === cycle && row.finishedAt === null ? row : null;
  const estimate = estimateOf(status, running, nowMs);
  const began = running ? `, began ${span(Math.max(nowMs - Date.parse(running.startedAt), 0))} ago` : '';
  // One line of a narrow terminal: an end that can be seen says more than the beginning.
  return `${tenant}: cycle ${cycle} ${stage}${estimate ? `, ${estimateText(estimate, nowMs)}` : began}`;
}
