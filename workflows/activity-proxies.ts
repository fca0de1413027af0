/**
 * How activities are run. Each has a heartbeat time-out, short ones too: after the server or a worker is killed, only a
 * time-out frees an activity whose start was lost (docs/reference/temporal-in-production.md section 6). The worker
 * beats for all of them.
 */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/**
 * Which of a tenant's steps a worker takes first, where more wait than it has places for: between tenants the fairness key
 * of their loops decides (client/remote/start-tenant.ts), which everything they start inherits
 * (docs/reference/temporal.md section 2.11).
 */
export const priorities = { removal: 2, otherChange: 4 } as const;

/** Reads can be long; when a side stays away, the cycle ends and the loop tries again with growing waits. */
const read = {
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
} as const;

/** Goes on where it was interrupted, and itself gives up after a few attempts that got no further (read-directory.ts). */
const { readDirectory } = proxyActivities<Pick<Activities, 'readDirectory'>>({
  ...read,
  retry: { ...read.retry, maximumAttempts: 20 },
});
const { readTimely } = proxyActivities<Pick<Activities, 'readTimely'>>({
  ...read,
  retry: { ...read.retry, maximumAttempts: 5 },
});
export const reading = { readDirectory, readTimely };

/** Notifications only save waiting: what fails is left to the next cycle, and none is kept waiting for long. */
export const subscribing = proxyActivities<Pick<Activities, 'keepSubscriptions'>>({
  startToCloseTimeout: '1 minute',
  scheduleToCloseTimeout: '90 seconds',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumAttempts: 2 },
});

/** Steps that work on the store alone. Planning a large tenant keeps the process busy, so its heart may pause longer. */
export const storing = proxyActivities<
  Pick<
    Activities,
    | 'storeTenantFile'
    | 'openCycle'
    | 'makePlan'
    | 'openApprovals'
    | 'finishCycle'
    | 'listChanges'
    | 'recordAnnounced'
    | 'decideApproval'
    | 'recordUndelivered'
    | 'openProvision'
    | 'planPerson'
    | 'finishProvision'
    | 'recordControl'
    | 'beginUndo'
    | 'openUndo'
    | 'planUndo'
  >
>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '500 milliseconds', maximumInterval: '10 seconds', maximumAttempts: 10 },
});

/** What a request cannot do without, so it waits for the store as long as it takes: a request that failed could not be answered. */
export const describing = proxyActivities<Pick<Activities, 'describeApproval' | 'expireApproval'>>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '500 milliseconds', maximumInterval: '30 seconds' },
});

/** Asks the store whom there is something to tell. Nobody waits for that: the next cycle finds what this one missed. */
export const announcing = proxyActivities<Pick<Activities, 'listChannelsToNotify'>>({
  startToCloseTimeout: '10 seconds',
  scheduleToCloseTimeout: '15 seconds',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '500 milliseconds', maximumAttempts: 3 },
});

/** A channel that does not answer is tried for an hour with growing waits; nothing but its own workflow waits for it. */
export const telling = proxyActivities<Pick<Activities, 'sendNotifications'>>({
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '1 hour',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '2 seconds', maximumInterval: '5 minutes' },
});

/** Questions are asked by somebody who waits in front of a terminal. */
export const asking = proxyActivities<Pick<Activities, 'runQuery'>>({
  startToCloseTimeout: '20 seconds',
  heartbeatTimeout: '10 seconds',
  scheduleToCloseTimeout: '30 seconds',
  retry: { initialInterval: '200 milliseconds', maximumAttempts: 3 },
});

/** Asks both sides, while somebody waits in front of a terminal. What fails is in the answer; only a lost worker is tried again. */
export const checking = proxyActivities<Pick<Activities, 'check'>>({
  startToCloseTimeout: '55 seconds',
  heartbeatTimeout: '10 seconds',
  scheduleToCloseTimeout: '60 seconds',
  retry: { maximumAttempts: 2 },
});

/** A preview reads and plans as a cycle does, so it may be as long, and planning keeps the process busy. */
export const previewing = proxyActivities<Pick<Activities, 'preview'>>({
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds', maximumAttempts: 3 },
});

/** One change in Timely, or some side by side. Its time includes the waits for the tenant's rate budget and what Timely asks us to wait. */
export const applying = proxyActivities<Pick<Activities, 'applyChange' | 'applyChanges'>>({
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '4 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '15 seconds' },
});

/** Somebody waits for it as well, and Timely has to be asked. */
export const signingIn = proxyActivities<Pick<Activities, 'connect'>>({
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumAttempts: 3 },
});
