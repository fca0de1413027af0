/**
 * One approval: waits for a decision by Update or Signal, and wakes the tenant's loop with it. It reminds, escalates, and
 * expires without a decision. Its deadlines are those of the tenant file it was opened with.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  log,
  setHandler,
} from '@temporalio/workflow';
import type { ApprovalKey } from '../../activities/approvals/approvals.ts';
import { type Deadline, nextDeadline } from '../../domain/approvals/deadline.ts';
import type { DecisionChannel } from '../../domain/approvals/decision.ts';
import { expireApproval, notifyDueChannels } from '../activity-proxies.ts';
import { approveSignal, type DecideInput, decideUpdate, refreshSignal, rejectSignal } from '../messages.ts';
import {
  continueOnCurrentRelease,
  lookingForRelease,
  looksForReleaseEveryMs,
  newRunWatch,
} from '../versioning.ts';
import { OpenApproval } from './open-approval.ts';

/** How the approval ended, in a word. */
export type ApprovalResult = { state: string };

/** What one run hands to the next: reminders or messages have made the history long, or there is a new release. */
export interface ApprovalInput extends ApprovalKey {
  /** The moment of the last deadline that has passed. */
  lastDeadlineMs?: number;
  /** The last refused decisions, as they are shown. */
  refused?: string[];
}

export async function approval(input: ApprovalInput): Promise<ApprovalResult> {
  const { refused = [], tenant, approval: number } = input;
  const self = new OpenApproval({ tenant, approval: number }, refused);
  setHandlers(self);
  try {
    await waitForEnd(self, input);
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => self.cancel());
    throw error;
  }
  await condition(allHandlersFinished);
  self.show();
  return { state: self.state };
}

/** Until a person decides, its cause is gone, or its time has passed. */
async function waitForEnd(self: OpenApproval, input: ApprovalInput): Promise<void> {
  const { tenant, approval: number, lastDeadlineMs = 0 } = input;
  const key = { tenant, approval: number };
  const isTimeForNewRun = newRunWatch();
  let passedMs = lastDeadlineMs;
  let { times } = await self.refresh();
  while (self.isOpen) {
    if (isTimeForNewRun()) {
      await condition(allHandlersFinished);
      const { isOpen, refused } = self;
      if (isOpen)
        await continueOnCurrentRelease<typeof approval>({ ...key, lastDeadlineMs: passedMs, refused });
      continue;
    }
    if (self.mustRefresh) {
      ({ times } = await self.refresh());
      continue;
    }
    const { kind, atMs } = nextDeadline(times, passedMs, Date.now());
    await untilTime(atMs, timerTitles[kind], () => !self.isOpen || self.mustRefresh || isTimeForNewRun());
    if (!self.isOpen || Date.now() < atMs) continue;
    if (kind === 'expiry') self.state = await expireApproval(key);
    passedMs = atMs;
    await wakeChannels(tenant);
  }
}

/** Until a moment, or until there is something else to do, which each look for a new release may show. */
async function untilTime(atMs: number, title: string, isInterrupted: () => boolean): Promise<void> {
  const waitMs = Math.max(atMs - Date.now(), 1);
  const isLast = waitMs <= looksForReleaseEveryMs;
  await condition(isInterrupted, isLast ? waitMs : looksForReleaseEveryMs, {
    summary: isLast ? title : lookingForRelease,
  });
}

/** A failure does not end the approval: the next cycle wakes the channels. */
async function wakeChannels(tenant: string): Promise<void> {
  await notifyDueChannels({ tenant }).catch((error: unknown) => {
    if (isCancellation(error)) throw error;
    log.warn('could not start the notifications', { reason: String(error) });
  });
}

/** Before the first await, so that no message arrives without its handler. */
function setHandlers(self: OpenApproval): void {
  const subjects = '"only"?: […], "except"?: […]';
  setHandler(decideUpdate, (input) => self.decide(input, channelOf(input)), {
    validator: (input) => self.validate(input),
    description: `Decide: {"decision": "approve" | "reject", "by": "…", "note": "…", ${subjects}}`,
  });
  setHandler(approveSignal, (payload) => self.decideBySignal(payload, 'approve'), {
    description: `Approve: {"by": "…", "note": "…", ${subjects}}`,
  });
  setHandler(rejectSignal, (payload) => self.decideBySignal(payload, 'reject'), {
    description: `Reject: {"by": "…", "note": "…", ${subjects}}`,
  });
  setHandler(refreshSignal, () => self.requestRefresh(), {
    description: "Read the store again: the tenant's loop sends this after a change",
  });
}

/** An answer with a proof is recorded only when the proof holds. */
function channelOf({ proof, channel }: DecideInput): DecisionChannel {
  if (proof !== undefined) return 'page';
  return channel === 'command' ? 'command' : 'update';
}

const timerTitles: Record<Deadline['kind'], string> = {
  reminder: 'reminds',
  escalation: 'escalates',
  expiry: 'expires',
};
