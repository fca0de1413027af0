import type { CycleKey } from '../../../activities/cycle/open-cycle.ts';
import type { Activities } from '../../../activities/index.ts';
import type { Database } from '../../../store/database.ts';
import { asIfOpen } from './during-cycle.ts';

/** Opens the approvals of a cycle's held changes, and approves all. Returns their number. */
export async function approveHeld(
  database: Database,
  activities: Activities,
  key: CycleKey,
): Promise<number> {
  const { tenant } = key;
  const { open } = await asIfOpen(database, key, () => activities.openApprovals(key));
  for (const approval of open) {
    await activities.decideApproval({
      tenant,
      approval,
      decisionId: `decision-${approval}`,
      decision: 'approve',
      by: 'it-lead@contoso.example',
      note: '',
      channel: 'update',
      only: [],
      except: [],
      at: new Date().toISOString(),
    });
  }
  return open.length;
}
