import { pauseSignal, resumeSignal, stopSignal, tenantWorkflowId } from '../../workflows/messages.ts';
import type { CommonOptions } from '../command.ts';
import { answerWithinMs, withClient, within } from '../remote/connection.ts';
import { runningStatus } from '../remote/tenant-status.ts';
import { printResult, type Session } from '../render/output.ts';
import { userName } from '../user-name.ts';

const orders = {
  pause: {
    signal: pauseSignal,
    said: (tenant: string) => `${tenant} pauses once what is on its way to Timely is finished.`,
  },
  resume: { signal: resumeSignal, said: (tenant: string) => `${tenant} goes on.` },
  stop: {
    signal: stopSignal,
    said: (tenant: string) =>
      `${tenant} stops once what is on its way to Timely is finished; users stay as they are.`,
  },
};

/** Sends a tenant's loop one Signal, and says so: Temporal keeps it, whatever happens. */
export async function runSignal(
  session: Session,
  order: keyof typeof orders,
  tenant: string,
  { json }: CommonOptions,
): Promise<void> {
  const { signal, said } = orders[order];
  await withClient(async (client) => {
    // Asked first, because Temporal takes a Signal for a loop that ended a moment ago.
    await runningStatus(client, tenant);
    const handle = client.workflow.getHandle(tenantWorkflowId(tenant));
    await within(client, answerWithinMs, () => handle.signal(signal, { by: userName() }));
  });
  printResult(session, json, { tenant, sent: signal.name }, () => said(tenant));
}
