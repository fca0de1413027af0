/** A cycle from waiting for it to its exit code: what `up` and `sync` use. */
import type { Client } from '@temporalio/client';
import type { Finding } from '../../domain/plan/change.ts';
import { reportText, shownLimit } from '../render/report-table.ts';
import { cycleLines, waitForCycleReport } from './cycle-document.ts';
import { everyItem, queryWorker } from './query.ts';

export { cycleDocument, exitCodeFor } from './cycle-document.ts';
export { followCycle } from './follow-cycle.ts';

/** Asks for a cycle's report, and returns it as text for people. */
export async function reportTable(
  client: Client,
  tenant: string,
  cycle: number,
  columns: number,
): Promise<string> {
  const statuses = ['done', 'held', 'refused', 'failed'] as const;
  const [report, lines, findings] = await Promise.all([
    waitForCycleReport(client, tenant, cycle),
    Promise.all(statuses.map((status) => cycleLines(client, tenant, cycle, status, shownLimit + 1))),
    everyItem<Finding>(
      (after) => queryWorker(client, { about: 'findings', tenant, cycle, after }),
      shownLimit + 1,
    ),
  ]);
  return reportText({ tenant, report, lines, findings }, columns);
}
