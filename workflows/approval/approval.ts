/**
 * One request for approval: waits for an answer by Update or Signal, which wakes the tenant's loop; reminds, escalates, and
 * expires when nobody answers. When that is stands in the terms it was opened with, whatever the tenant file says later.
 */
import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  log,
  setCurrentDetails,
  setHandler,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { ApprovalKey, ApprovalTerms } from '../../activities/approvals/approvals.ts';
import { type Deadline, nextDeadline } from '../../domain/approvals/deadline.ts';
import { type DecisionChannel, formatDecision } from '../../domain/approvals/decision.ts';
import { describing, storing } from '../activity-proxies.ts';
import { causeOf } from '../failures.ts';
import {
  approveSignal,
  type DecideInput,
  type DecideResult,
  type DecisionPayload,
  decideUpdate,
  nudgeSignal,
  refreshSignal,
  rejectSignal,
  tenantWorkflowId,
} from '../messages.ts';
import { startNotifications } from '../notifications/start-notifications.ts';
import { approvalView, outcomeOf, refusedLine, refusedShown } from './approval-view.ts';
import { problemWith, problemWithSignal } from './validate-decision.ts';

/** How the request ended, in a word. */
export type ApprovalResult = { state: string };

/** What one run hands to the next when a request has reminded so often that its history is long. */
export interface ApprovalInput extends ApprovalKey {
  /** The moment of the deadline that was seen to last. */
  doneMs?: number;
  /** The last answers that were refused, as they are shown. */
  refused?: string[];
}

export async function approval({ doneMs = 0, refused = [], ...key }: ApprovalInput): Promise<ApprovalResult> {
  let state = 'open';
  let terms: ApprovalTerms | null = null;
  let answers: string[] = [];
  const show = () =>
    setCurrentDetails(approvalView({ state, details: terms?.details ?? '', answers, refused }));
  const lookAgain = async () => {
    terms = await describing.describeApproval(key);
    // What an earlier version described has none.
    ({ answers = [] } = terms);
    show();
    return terms;
  };
  const id = `${key.tenant}/${key.approval}`;
  const problemNow = (input: DecideInput) => problemWith(input, { id, state, who: terms?.who ?? null });

  async function decide(input: DecideInput, channel: DecisionChannel): Promise<DecideResult> {
    const { decision, by, note = '', only = [], except = [] } = input;
    const recorded = await storing
      .decideApproval({ ...key, decisionId: uuid4(), decision, by, note, channel, only, except })
      .catch(refuse);
    // Answers may overlap: one that left the request open does not open it again.
    if (recorded.state !== 'open') state = recorded.state;
    const outcome = outcomeOf(decision, recorded);
    const at = new Date(Date.now()).toISOString();
    answers = [...answers, formatDecision({ decision, by, channel, note, at, changes: recorded.decided })];
    show();
    await wakeTenant(key.tenant);
    return { outcome, decided: recorded.decided, undecided: recorded.undecided };
  }
  /** A signal has nobody to answer to: an answer that makes no sense is shown with the reason, and changes nothing. */
  const decideQuietly = async (answer: DecisionPayload, decision: DecideInput['decision']) => {
    try {
      const input = { ...answer, decision };
      insist(problemWithSignal(answer, decision) ?? problemNow(input));
      await decide(input, 'signal');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn('an answer by signal was refused', { reason });
      refused = [...refused, refusedLine(answer, decision, reason)].slice(-refusedShown);
      show();
    }
  };

  setHandler(decideUpdate, (input) => decide(input, input.channel === 'command' ? 'command' : 'update'), {
    validator: (input) => insist(problemNow(input)),
    description:
      'Decide: {"decision": "approve" | "reject", "by": "…", "note": "…", "only"?: […], "except"?: […]}',
  });
  setHandler(approveSignal, (answer) => decideQuietly(answer, 'approve'), {
    description: 'Approve: {"by": "…", "note": "…", "only"?: […], "except"?: […]}',
  });
  setHandler(rejectSignal, (answer) => decideQuietly(answer, 'reject'), {
    description: 'Reject: {"by": "…", "note": "…", "only"?: […], "except"?: […]}',
  });
  // How it stands is asked of the store: whoever sends this from Temporal's UI does no harm.
  setHandler(
    refreshSignal,
    async () => {
      const { state: stored } = await lookAgain();
      if (stored !== 'open') state = stored;
    },
    { description: "Look again: sent by the tenant's loop when there is something new." },
  );

  const opened = await lookAgain();
  if (opened.state !== 'open') state = opened.state;
  const { times } = opened;
  let seenToMs = doneMs;
  while (state === 'open') {
    const { kind, atMs } = nextDeadline(times, seenToMs, Date.now());
    const waitMs = Math.max(atMs - Date.now(), 1);
    if (await condition(() => state !== 'open', waitMs, { summary: timerTitles[kind] })) break;
    if (kind === 'expiry') state = await describing.expireApproval(key);
    seenToMs = atMs;
    await startNotifications(key.tenant);
    if (state === 'open' && workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof approval>({ ...key, doneMs: seenToMs, refused });
    }
  }
  await condition(allHandlersFinished);
  show();
  return { state };
}

const timerTitles: Record<Deadline['kind'], string> = {
  reminder: 'reminds',
  escalation: 'escalates',
  expiry: 'expires',
};

/** The loop may be stopped or between two runs; the decision stands in the store all the same. */
async function wakeTenant(tenant: string): Promise<void> {
  await getExternalWorkflowHandle(tenantWorkflowId(tenant))
    .signal(nudgeSignal, {})
    .catch(() => undefined);
}

function insist(problem: string | null): void {
  if (problem) throw ApplicationFailure.nonRetryable(problem, 'WrongUse');
}

function refuse(error: unknown): never {
  const cause = causeOf(error);
  throw ApplicationFailure.nonRetryable(
    cause?.message ?? 'The answer could not be recorded.',
    cause?.type ?? 'Error',
  );
}
