import type { CommonOptions } from '../command.ts';
import { withClient } from '../remote/connection.ts';
import { watchCycle } from '../remote/watch.ts';
import type { Session } from '../render/output.ts';
import { withProgress } from '../render/progress.ts';
import { printCycle } from './print-cycle.ts';

/** Shows the progress of the cycle that runs, or of the next one, and prints its report when it ends. */
export async function runWatch(session: Session, tenant: string, { json }: CommonOptions): Promise<void> {
  await withClient(async (client) => {
    const cycle = await withProgress(session, (show) => watchCycle(client, tenant, show));
    await printCycle(client, session, { tenant, cycle }, json);
  });
}
