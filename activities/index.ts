/** All activities of the worker. */
import { createApplyChangeActivities } from './apply/apply-change.ts';
import { createApprovalActivities } from './approvals/approvals.ts';
import { createCheckActivities } from './check/check.ts';
import { createConnectActivities } from './connect.ts';
import { createBeginCycleActivities } from './cycle/begin-cycle.ts';
import { createConfigurationActivities } from './cycle/configuration.ts';
import { createControlActivities } from './cycle/control.ts';
import { createFinishCycleActivities } from './cycle/finish-cycle.ts';
import { createMakePlanActivities } from './cycle/make-plan.ts';
import { createOpenApprovalsActivities } from './cycle/open-approvals.ts';
import { createProvisionActivities } from './cycle/provision.ts';
import { createUndoActivities } from './cycle/undo.ts';
import { createNotifyActivities } from './notifications/notify.ts';
import { createLookActivities } from './query/look.ts';
import { createPreviewActivities } from './query/preview.ts';
import { createQueryActivities } from './query/queries.ts';
import { createKeepSubscriptionsActivities } from './read/keep-subscriptions.ts';
import { createReadDirectoryActivities } from './read/read-directory.ts';
import { createReadTimelyActivities } from './read/read-timely.ts';
import type { Services } from './services.ts';

export function createActivities(services: Services) {
  return {
    ...createConfigurationActivities(services),
    ...createConnectActivities(services),
    ...createBeginCycleActivities(services),
    ...createControlActivities(services),
    ...createReadDirectoryActivities(services),
    ...createReadTimelyActivities(services),
    ...createKeepSubscriptionsActivities(services),
    ...createMakePlanActivities(services),
    ...createOpenApprovalsActivities(services),
    ...createApprovalActivities(services),
    ...createApplyChangeActivities(services),
    ...createUndoActivities(services),
    ...createFinishCycleActivities(services),
    ...createQueryActivities(services),
    ...createCheckActivities(services),
    ...createNotifyActivities(services),
    ...createLookActivities(services),
    ...createPreviewActivities(services),
    ...createProvisionActivities(services),
  };
}

export type Activities = ReturnType<typeof createActivities>;
