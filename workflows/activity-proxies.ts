/**
 * The activities as workflows call them. Each has a heartbeat time-out, even the short ones: after a crash of the server
 * or a worker, only a time-out frees an activity whose start was lost (docs/reference/temporal-in-production.md
 * section 6). The worker sends heartbeats for all of them.
 */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/**
 * Which activities of a tenant a worker takes first when more wait than it has slots for. Between tenants the fairness key
 * of their loops decides (client/remote/begin/start-tenant.ts); children and activities inherit it
 * (docs/reference/temporal.md section 2.11).
 */
export const priorities = { removal: 2, otherChange: 4 } as const;

/** Reads can take long. When a side stays away, the cycle ends, and the loop retries with growing waits. */
const reads = {
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
} as const;
/** Resumes where it was interrupted, and gives up by itself after five attempts without progress (read-directory.ts). */
export const { readDirectory } = proxyActivities<Activities>({
  ...reads,
  summary: 'reads the directory',
  retry: { ...reads.retry, maximumAttempts: 20 },
});
export const { readTimely } = proxyActivities<Activities>({
  ...reads,
  summary: 'reads Timely',
  retry: { ...reads.retry, maximumAttempts: 5 },
});

/**
 * Opens a cycle, and reads what has changed. A side that does not answer is left to its own read, so only the store and lost
 * workers make it fail.
 */
export const { beginCycle } = proxyActivities<Activities>({
  ...reads,
  summary: 'opens a cycle and reads what has changed',
  retry: { initialInterval: '500 milliseconds', maximumInterval: '10 seconds', maximumAttempts: 10 },
});

/** Notifications only shorten waits: what fails is left to the next cycle, and the loop never waits long for it. */
const subscriptionCalls = {
  summary: 'renews change notifications',
  startToCloseTimeout: '1 minute',
  scheduleToCloseTimeout: '90 seconds',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumAttempts: 2 },
} as const;
export const { keepSubscriptions } = proxyActivities<Activities>(subscriptionCalls);

/** Work on the store alone. Planning a large tenant blocks the process, so heartbeats may pause for longer. */
const storeWork = {
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '500 milliseconds', maximumInterval: '10 seconds', maximumAttempts: 10 },
} as const;
export const { beginUndo, decideApproval, recordUndelivered, storeTenantFile } =
  proxyActivities<Activities>(storeWork);
export const { makePlan } = proxyActivities<Activities>({
  ...storeWork,
  summary: 'plans, and asks the gate',
});
export const { planUndo } = proxyActivities<Activities>({ ...storeWork, summary: 'plans the undo' });
export const { listChanges } = proxyActivities<Activities>({ ...storeWork, summary: 'lists the changes' });
export const { finishCycle, finishProvision } = proxyActivities<Activities>({
  ...storeWork,
  summary: 'reports what was done',
});
export const { openProvision } = proxyActivities<Activities>({ ...storeWork, summary: 'opens a cycle' });
export const { planPerson } = proxyActivities<Activities>({ ...storeWork, summary: 'plans for the person' });

/**
 * These wait for the store without limit: an approval that failed would take no decision, and a pause that was not stored
 * would be lost with the workflow.
 */
const storeWorkWithoutLimit = {
  ...storeWork,
  retry: { initialInterval: '500 milliseconds', maximumInterval: '30 seconds' },
} as const;
export const { describeApproval, expireApproval, recordControl, requestFullRead } =
  proxyActivities<Activities>(storeWorkWithoutLimit);

/** Starts a workflow for each request: a server that lets few calls through takes a while. */
const requests = {
  ...storeWork,
  summary: 'opens approvals for what is held',
  startToCloseTimeout: '30 minutes',
} as const;
export const { openApprovals } = proxyActivities<Activities>(requests);

/** Wakes the channels with notifications due. No workflow waits long for it: the next cycle finds what this one missed. */
const channelCalls = {
  summary: 'starts notifications that are due',
  startToCloseTimeout: '10 seconds',
  scheduleToCloseTimeout: '15 seconds',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '500 milliseconds', maximumAttempts: 3 },
} as const;
export const { notifyDueChannels } = proxyActivities<Activities>(channelCalls);

/** A message on its way is waited for when the workflow ends its run: the next one must not send it as well. */
const deliveries = {
  summary: 'sends what is due',
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '10 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '2 seconds', maximumInterval: '5 minutes' },
} as const;
export const { sendNotifications } = proxyActivities<Activities>(deliveries);

/** A person at a terminal waits for the result. */
const queries = {
  startToCloseTimeout: '20 seconds',
  heartbeatTimeout: '10 seconds',
  scheduleToCloseTimeout: '30 seconds',
  retry: { initialInterval: '200 milliseconds', maximumAttempts: 3 },
} as const;
export const { runQuery } = proxyActivities<Activities>(queries);

/** Calls both sides while a person waits. Failures are part of the result; only a lost worker causes a retry. */
const checks = {
  startToCloseTimeout: '55 seconds',
  heartbeatTimeout: '10 seconds',
  scheduleToCloseTimeout: '60 seconds',
  retry: { maximumAttempts: 2 },
} as const;
export const { check } = proxyActivities<Activities>(checks);

/** A preview, or a look, reads and plans as a cycle does: it takes as long, and planning blocks the process. */
const previews = {
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds', maximumAttempts: 3 },
} as const;
export const { look, preview } = proxyActivities<Activities>(previews);

/** One change in Timely, or a few side by side. The time includes waits for the rate limiter and for `Retry-After`. */
const timelyWrites = {
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '4 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '15 seconds' },
} as const;
export const { applyChange, applyChanges } = proxyActivities<Activities>(timelyWrites);

/** A person waits in the browser, and Timely has to answer. */
const signIns = {
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumAttempts: 3 },
} as const;
export const { connect } = proxyActivities<Activities>(signIns);
