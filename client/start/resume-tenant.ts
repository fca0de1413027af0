import type { Client } from '@temporalio/client';
import type { SeenPreview } from '../../domain/contract/preview.ts';
import { resumeSignal, tenantWorkflowId } from '../../workflows/messages.ts';
import { answerWithinMs, within } from '../remote/connection.ts';
import { queryWorker } from '../remote/query.ts';
import { runningStatus } from '../remote/tenant-status.ts';
import { userName } from '../user-name.ts';

/** Sends the Signal `resume`, and returns the preview that the next cycle goes by. */
export async function resume(
  client: Client,
  tenant: string,
  by = userName(),
): Promise<{ paused: boolean; preview: SeenPreview | null }> {
  const { paused } = await runningStatus(client, tenant);
  const preview = paused ? await queryWorker(client, { about: 'seenPreview', tenant }) : null;
  const handle = client.workflow.getHandle(tenantWorkflowId(tenant));
  await within(client, answerWithinMs, () => handle.signal(resumeSignal, { by, channel: 'command' }));
  return { paused, preview };
}
