import type { CycleKey } from '../../../activities/cycle/open-cycle.ts';
import type { Activities } from '../../../activities/index.ts';

/** Opens the approvals of a cycle's held changes, and approves all. Returns their number. */
export async function approveHeld(activities: Activities, key: CycleKey): Promise<number> {
  const { tenant, configurationVersion } = key;
  const { open } = await activities.openApprovals(key);
  await activities.recordAnnounced({ tenant, approvals: open });
  for (const approval of open) {
    await activities.decideApproval({
      tenant,
      approval,
      configurationVersion,
      decisionId: `decision-${approval}`,
      decision: 'approve',
      by: 'it-lead@contoso.example',
      note: '',
      channel: 'update',
      only: [],
      except: [],
    });
  }
  return open.length;
}
