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
import type { ApprovalKey, ApprovalTerms } from '../activities/approvals.ts';
import { type Deadline, nextDeadline } from '../domain/deadline.ts';
import {
  type Answer,
  approveSignal,
  type DecideInput,
  type DecideResult,
  decideUpdate,
  nudgeSignal,
  rejectSignal,
  tenantWorkflowId,
  withdrawSignal,
} from './messages.ts';
import { storing } from './steps.ts';
import { tellPeople } from './telling.ts';
import { causeOf } from './trouble.ts';

/** How the request ended, in a word. */
export type ApprovalResult = { state: string };

/** What one run hands to the next when a request has reminded so often that its history is long. */
export interface ApprovalInput extends ApprovalKey {
  /** The moment of the deadline that was seen to last. */
  doneMs?: number;
}

export async function approval({ doneMs = 0, ...key }: ApprovalInput): Promise<ApprovalResult> {
  let state = 'open';
  let terms: ApprovalTerms | null = null;

  async function decide(input: DecideInput): Promise<DecideResult> {
    const { decision, by, note = '', only = [], except = [] } = input;
    const recorded = await storing
      .decideRequest({ ...key, decisionId: uuid4(), decision, by, note, only, except })
      .catch(refuse);
    state = recorded.state;
    await wakeTenant(key.tenant);
    return {
      outcome: outcomeOf(decision, recorded),
      decided: recorded.decided,
      undecided: recorded.undecided,
    };
  }
  const decideQuietly = async (input: DecideInput) => {
    try {
      refuseNonsense(input, terms);
      await decide(input);
    } catch (error) {
      // A signal has nobody to answer to; what makes no sense is noted and changes nothing.
      log.warn('an answer by signal was refused', {
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  };

  setHandler(decideUpdate, decide, {
    validator: (input) => refuseNonsense(input, terms),
    description:
      'Decide: {"decision": "approve" | "reject", "by": "…", "note": "…", "only"?: […], "except"?: […]}',
  });
  setHandler(approveSignal, (answer: Answer) => decideQuietly({ ...answer, decision: 'approve' }), {
    description: 'Approve: {"by": "…", "note": "…"}',
  });
  setHandler(rejectSignal, (answer: Answer) => decideQuietly({ ...answer, decision: 'reject' }), {
    description: 'Reject: {"by": "…", "note": "…"}',
  });
  setHandler(withdrawSignal, () => {
    state = 'ended by itself';
  });

  terms = await storing.describeApproval(key);
  setCurrentDetails(terms.details);
  if (terms.state !== 'open') state = terms.state;
  const { times } = terms;
  let seenToMs = doneMs;
  while (state === 'open') {
    const { kind, atMs } = nextDeadline(times, seenToMs, Date.now());
    const waitMs = Math.max(atMs - Date.now(), 1);
    if (await condition(() => state !== 'open', waitMs, { summary: timerTitles[kind] })) break;
    if (kind === 'expiry') state = await storing.expireRequest(key);
    seenToMs = atMs;
    await tellPeople(key.tenant);
    if (state === 'open' && workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof approval>({ ...key, doneMs: seenToMs });
    }
  }
  await condition(allHandlersFinished);
  setCurrentDetails(`**${state}**\n\n${terms.details}`);
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

function outcomeOf(
  decision: DecideInput['decision'],
  recorded: { decided: number; stale: number; state: string },
) {
  const word = decision === 'approve' ? 'approved' : 'rejected';
  const changes = recorded.decided === 1 ? '1 change' : `${recorded.decided} changes`;
  const waits =
    recorded.state === 'open' && decision === 'approve' ? ' More answers are needed before it counts.' : '';
  const stale =
    recorded.stale > 0
      ? ` ${recorded.stale} of them no longer stand in the plan: nothing is done about those.`
      : '';
  return `${changes} ${word}.${waits}${stale}`;
}

/** Synchronous, because an asynchronous validator does not refuse (temporal.md, section 2.6). The UI sends whatever was typed. */
function refuseNonsense(input: DecideInput, terms: ApprovalTerms | null): void {
  const problem = nonsenseIn(input) ?? notAllowed(input, terms);
  if (problem) throw ApplicationFailure.nonRetryable(problem, 'WrongUse');
}

function nonsenseIn(input: DecideInput): string | null {
  if (typeof input !== 'object' || input === null)
    return 'An answer is an object: {"decision": "approve", "by": "…"}.';
  if (input.decision !== 'approve' && input.decision !== 'reject')
    return '"decision" is "approve" or "reject".';
  if (typeof input.by !== 'string' || input.by.trim() === '')
    return '"by" says who decides: a name or an e-mail address.';
  if (input.note !== undefined && typeof input.note !== 'string') return '"note" is a text.';
  for (const key of ['only', 'except'] as const) {
    const list = input[key];
    const isList = Array.isArray(list) && list.every((subject) => typeof subject === 'string');
    if (list !== undefined && !isList) return `"${key}" is a list of e-mail addresses or team names.`;
  }
  return null;
}

function notAllowed({ by }: DecideInput, terms: ApprovalTerms | null): string | null {
  const who = terms?.who;
  if (!who || who.some((name) => name.trim().toLowerCase() === by.trim().toLowerCase())) return null;
  return `${by} may not decide here; "approvals.who" of the tenant file lists who may.`;
}

function refuse(error: unknown): never {
  const cause = causeOf(error);
  throw ApplicationFailure.nonRetryable(
    cause?.message ?? 'The answer could not be recorded.',
    cause?.type ?? 'Error',
  );
}
