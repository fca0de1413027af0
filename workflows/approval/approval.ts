/**
 * One approval: waits for a decision by Update or Signal, and wakes the tenant's loop with it. It reminds, escalates, and
 * expires without a decision. Its deadlines are those of the tenant file it was opened with.
 */
import { allHandlersFinished, condition, setHandler } from '@temporalio/workflow';
import type { ApprovalKey } from '../../activities/approvals/approvals.ts';
import { type Deadline, nextDeadline } from '../../domain/approvals/deadline.ts';
import { expireApproval } from '../activity-proxies.ts';
import { approveSignal, decideUpdate, refreshSignal, rejectSignal } from '../messages.ts';
import { startNotifications } from '../notifications/start-notifications.ts';
import {
  continueOnCurrentRelease,
  lookingForRelease,
  looksForReleaseEveryMs,
  newRunWatch,
} from '../versioning.ts';
import { OpenApproval } from './open-approval.ts';

/** How the approval ended, in a word. */
export type ApprovalResult = { state: string };

/** What one run hands to the next: many reminders have made the history long, or there is a new release. */
export interface ApprovalInput extends ApprovalKey {
  /** The moment of the last deadline that has passed. */
  lastDeadlineMs?: number;
  /** The last refused decisions, as they are shown. */
  refused?: string[];
}

export async function approval(input: ApprovalInput): Promise<ApprovalResult> {
  const { lastDeadlineMs = 0, refused = [], ...key } = input;
  const self = new OpenApproval(key, refused);
  setHandlers(self);
  const { times } = await self.refresh();
  const isTimeForNewRun = newRunWatch();
  let passedMs = lastDeadlineMs;
  while (self.isOpen) {
    const { kind, atMs } = nextDeadline(times, passedMs, Date.now());
    await untilTime(atMs, timerTitles[kind], () => !self.isOpen || isTimeForNewRun());
    if (!self.isOpen) break;
    if (Date.now() >= atMs) {
      if (kind === 'expiry') self.state = await expireApproval(key);
      passedMs = atMs;
      await startNotifications(key.tenant);
    }
    if (self.isOpen && isTimeForNewRun()) {
      await condition(allHandlersFinished);
      await continueOnCurrentRelease<typeof approval>({
        ...key,
        lastDeadlineMs: passedMs,
        refused: self.refused,
      });
    }
  }
  await condition(allHandlersFinished);
  self.show();
  return { state: self.state };
}

/** Until a moment, or until there is something else to do, which each look for a new release may show. */
async function untilTime(atMs: number, title: string, isInterrupted: () => boolean): Promise<void> {
  const waitMs = Math.max(atMs - Date.now(), 1);
  const isLast = waitMs <= looksForReleaseEveryMs;
  await condition(isInterrupted, isLast ? waitMs : looksForReleaseEveryMs, {
    summary: isLast ? title : lookingForRelease,
  });
}

/** Before the first await, so that no message arrives without its handler. */
function setHandlers(self: OpenApproval): void {
  const subjects = '"only"?: […], "except"?: […]';
  setHandler(
    decideUpdate,
    (input) => self.decide(input, input.channel === 'command' ? 'command' : 'update'),
    {
      validator: (input) => self.validate(input),
      description: `Decide: {"decision": "approve" | "reject", "by": "…", "note": "…", ${subjects}}`,
    },
  );
  setHandler(approveSignal, (payload) => self.decideBySignal(payload, 'approve'), {
    description: `Approve: {"by": "…", "note": "…", ${subjects}}`,
  });
  setHandler(rejectSignal, (payload) => self.decideBySignal(payload, 'reject'), {
    description: `Reject: {"by": "…", "note": "…", ${subjects}}`,
  });
  setHandler(
    refreshSignal,
    async () => {
      await self.refresh();
    },
    { description: "Read the store again: the tenant's loop sends this after a change" },
  );
}

const timerTitles: Record<Deadline['kind'], string> = {
  reminder: 'reminds',
  escalation: 'escalates',
  expiry: 'expires',
};
