import type { SeenPreview } from '../../domain/contract/preview.ts';
import { formatCount } from '../../domain/text.ts';
import {
  pauseSignal,
  resumeSignal,
  stopSignal,
  type TenantStatus,
  tenantWorkflowId,
} from '../../workflows/messages.ts';
import type { CommonOptions } from '../command.ts';
import { answerWithinMs, withClient, within } from '../remote/connection.ts';
import { runningStatus } from '../remote/tenant-status.ts';
import { printResult, type Session } from '../render/output.ts';
import { moment } from '../render/words/moments.ts';
import { resume } from '../start/resume-tenant.ts';
import { userName } from '../user-name.ts';

export interface OrderFlags extends CommonOptions {
  by?: string;
}

const orders = {
  pause: {
    signal: pauseSignal,
    said: ({ tenant, paused }: TenantStatus) =>
      paused
        ? `${tenant} is paused already.`
        : `${tenant} pauses once what is on its way to Timely is finished.`,
  },
  stop: {
    signal: stopSignal,
    said: ({ tenant }: TenantStatus) =>
      `${tenant} stops once what is on its way to Timely is finished; users stay as they are.`,
  },
};

/** Ends a pause. What the last preview did not show is held, so the answer says which preview that is. */
export async function runResume(session: Session, tenant: string, { by, json }: OrderFlags): Promise<void> {
  const { paused, preview } = await withClient((client) => resume(client, tenant, by));
  printResult(session, json, { tenant, sent: resumeSignal.name, paused, preview }, () =>
    resumedText(tenant, paused, preview),
  );
}

function resumedText(tenant: string, paused: boolean, preview: SeenPreview | null): string {
  if (!paused) return `${tenant} was not paused; it goes on.`;
  if (preview === null)
    return `${tenant} goes on. No preview of its file was made in this pause, so the cycle is not bound to one.`;
  return `${tenant} goes on by the preview of ${moment(preview.madeAt)}, ${formatCount(preview.changes, 'change', 'changes')} to apply; what it did not show is held.`;
}

/** Sends a tenant's loop one Signal, and says so: Temporal keeps it, whatever happens. */
export async function runSignal(
  session: Session,
  order: keyof typeof orders,
  tenant: string,
  { by = userName(), json }: OrderFlags,
): Promise<void> {
  const { signal, said } = orders[order];
  const before = await withClient(async (client) => {
    // Asked first, because Temporal takes a Signal for a loop that ended a moment ago.
    const status = await runningStatus(client, tenant);
    const handle = client.workflow.getHandle(tenantWorkflowId(tenant));
    await within(client, answerWithinMs, () => handle.signal(signal, { by, channel: 'command' }));
    return status;
  });
  printResult(session, json, { tenant, sent: signal.name }, () => said(before));
}
