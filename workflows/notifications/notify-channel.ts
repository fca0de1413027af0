/**
 * Sends the notifications of one channel of a tenant. One such workflow runs a channel, so that no notification is sent
 * twice. A step that has notifications starts it, or signals the running one. It reads from the store what is due.
 */
import {
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { recordUndelivered, sendNotifications } from '../activity-proxies.ts';
import { causeOf } from '../failures.ts';
import { notificationsDueSignal } from '../messages.ts';

export interface NotifyChannelInput {
  tenant: string;
  /** Id of the channel in the store. */
  channel: string;
  /** Set when an earlier run has tried since then, and its history grew long with signals. */
  triedSinceMs?: number;
}

/** A channel that does not answer is tried for this long, with growing waits. Only its own workflow waits. */
const tryForMs = 3_600_000;

export async function notifyChannel({ triedSinceMs, ...key }: NotifyChannelInput): Promise<void> {
  let isDue = true;
  setHandler(notificationsDueSignal, () => {
    isDue = true;
  });
  let sinceMs = triedSinceMs ?? null;
  while (isDue) {
    isDue = false;
    sinceMs ??= Date.now();
    setCurrentDetails(detailsOf(key, sinceMs));
    const sent = await send(key, sinceMs);
    if (sent === 'interrupted') await continueAsNew<typeof notifyChannel>({ ...key, triedSinceMs: sinceMs });
    sinceMs = null;
    if (isDue && workflowInfo().continueAsNewSuggested) await continueAsNew<typeof notifyChannel>(key);
  }
}

function detailsOf({ tenant, channel }: NotifyChannelInput, sinceMs: number): string {
  const [since, until] = [sinceMs, sinceMs + tryForMs].map((ms) => new Date(ms).toISOString());
  return `Sends what is due to ${channel} since ${since}. A channel that does not answer is given up at ${until}; then \`timely-sync findings ${tenant}\` names it.`;
}

/** Ends early when many signals have made the history long: the next run goes on trying. */
async function send(key: NotifyChannelInput, sinceMs: number): Promise<'ended' | 'interrupted'> {
  const scope = new CancellationScope();
  let isOver = false;
  let isInterrupted = false;
  const sending = scope
    .run(() => sendNotifications.executeWithOptions({ scheduleToCloseTimeout: leftMs(sinceMs) }, [key]))
    .finally(() => {
      isOver = true;
    });
  const interruptWhenLong = async () => {
    await condition(() => isOver || workflowInfo().continueAsNewSuggested);
    if (isOver) return;
    isInterrupted = true;
    scope.cancel();
  };
  try {
    await Promise.all([sending, interruptWhenLong()]);
  } catch (error) {
    if (isCancellation(error) && isInterrupted) return 'interrupted';
    if (isCancellation(error)) throw error;
    // The retries are used up. The store records what was not delivered, and later notifications start with fresh ones.
    const problem = causeOf(error)?.message ?? 'The channel did not answer in time.';
    await recordUndelivered({ ...key, problem });
  }
  return 'ended';
}

const leftMs = (sinceMs: number) => Math.max(sinceMs + tryForMs - Date.now(), 1_000);
