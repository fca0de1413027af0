/** All activities of the worker. */
import { createApplyChangeActivities } from './apply-change.ts';
import { createApprovalActivities } from './approvals.ts';
import { createCheckActivities } from './check.ts';
import { createConfigurationActivities } from './configuration.ts';
import { createConnectActivities } from './connect.ts';
import { createFinishCycleActivities } from './finish-cycle.ts';
import { createKeepSubscriptionsActivities } from './keep-subscriptions.ts';
import { createMakePlanActivities } from './make-plan.ts';
import { createOpenCycleActivities } from './open-cycle.ts';
import { createPreviewActivities } from './preview.ts';
import { createProvisionActivities } from './provision.ts';
import { createQuestionActivities } from './questions.ts';
import { createReadDirectoryActivities } from './read-directory.ts';
import { createReadTimelyActivities } from './read-timely.ts';
import type { Services } from './services.ts';
import { createTellActivities } from './tell.ts';
import { createUndoActivities } from './undo.ts';

export function createActivities(services: Services) {
  return {
    ...createConfigurationActivities(services),
    ...createConnectActivities(services),
    ...createOpenCycleActivities(services),
    ...createReadDirectoryActivities(services),
    ...createReadTimelyActivities(services),
    ...createKeepSubscriptionsActivities(services),
    ...createMakePlanActivities(services),
    ...createApprovalActivities(services),
    ...createApplyChangeActivities(services),
    ...createUndoActivities(services),
    ...createFinishCycleActivities(services),
    ...createQuestionActivities(services),
    ...createCheckActivities(services),
    ...createTellActivities(services),
    ...createPreviewActivities(services),
    ...createProvisionActivities(services),
  };
}

export type Activities = ReturnType<typeof createActivities>;
