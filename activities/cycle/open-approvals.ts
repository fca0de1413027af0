/** Opens and ends the approvals of a plan, and tells their workflows and the channels. */
import { durationMs } from '../../config/duration.ts';
import { markAnnounced } from '../../store/approvals/approvals.ts';
import { reconcileApprovals } from '../../store/approvals/reconcile-approvals.ts';
import { startApprovals } from '../approvals/running-approvals.ts';
import { wakeDueChannels } from '../notifications/notify.ts';
import type { Services } from '../services.ts';
import type { CycleKey } from './open-cycle.ts';

export function createOpenApprovalsActivities(services: Services) {
  const { database, now } = services;
  return {
    /**
     * Opens approvals for what the cycle's plan holds, and ends those whose cause is gone. Their workflows are told: a second
     * attempt tells those that the first one did not reach. @throws SupersededError
     */
    async openApprovals(key: CycleKey): Promise<{ open: number[]; ended: number[] }> {
      const file = await services.tenantFile(key.tenant, key.configurationVersion);
      const { open, ended } = await reconcileApprovals(database, key, {
        now: now(),
        expireAfterMs: durationMs(file.approvals.expireAfter),
        rejectionHoldsMs: durationMs(file.approvals.rejectionHolds),
        manual: file.teamMembers.manual,
      });
      await services.workflows.refreshApprovals(key.tenant, ended);
      await markAnnounced(database, key.tenant, ended);
      await startApprovals(services, key.tenant, open);
      if (open.length > 0) await wakeDueChannels(services, key.tenant);
      return { open, ended };
    },
  };
}
