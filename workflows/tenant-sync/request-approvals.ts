/** Starts an approval's workflow for each new approval of a plan, and refreshes those whose cause is gone. */
import type { OpenCycleResult } from '../../activities/cycle/open-cycle.ts';
import { openApprovals, recordAnnounced } from '../activity-proxies.ts';
import { approval } from '../approval/approval.ts';
import { approvalWorkflowId, refreshSignal } from '../messages.ts';
import { startNotifications } from '../notifications/start-notifications.ts';
import { signalIfRunning, startOrSignal } from '../start-or-signal.ts';

const startsAtOnce = 100;

export async function requestApprovals(key: OpenCycleResult): Promise<void> {
  const { tenant, configurationVersion } = key;
  const { open, ended } = await openApprovals(key);
  const workflowId = (number: number) => approvalWorkflowId(tenant, number);
  await Promise.all(ended.map((number) => signalIfRunning(workflowId(number), refreshSignal)));
  for (let start = 0; start < open.length; start += startsAtOnce) {
    await Promise.all(
      open.slice(start, start + startsAtOnce).map((number) =>
        startOrSignal(approval, {
          workflowId: workflowId(number),
          args: [{ tenant, approval: number, configurationVersion }],
          signal: refreshSignal,
        }),
      ),
    );
  }
  if (open.length + ended.length > 0) await recordAnnounced({ tenant, approvals: [...open, ...ended] });
  if (open.length > 0) await startNotifications(tenant);
}
