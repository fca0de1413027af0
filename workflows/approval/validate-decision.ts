/** Whether an answer to a request makes sense, as far as that can be told without the store. */
import { isAllowedToDecide, notAllowedMessage } from '../../domain/approvals/decision.ts';
import type { DecideInput, DecisionPayload } from '../messages.ts';

/** What the request knows of itself. `who` is null for everybody, and while the tenant file was not looked at yet. */
export interface ApprovalFacts {
  id: string;
  state: string;
  who: readonly string[] | null;
}

const byMax = 200;
const noteMax = 2_000;

/**
 * What is wrong with an answer, in a sentence for whoever gave it; null when nothing is. Synchronous, because an
 * asynchronous validator does not refuse (docs/reference/temporal.md section 2.6). Temporal's UI sends whatever was
 * typed.
 */
export function problemWith(input: DecideInput, { id, state, who }: ApprovalFacts): string | null {
  const problem = nonsenseIn(input);
  if (problem) return problem;
  if (state !== 'open') return `Request ${id} has ended: ${state}.`;
  return isAllowedToDecide(input.by, who) ? null : notAllowedMessage(input.by);
}

/** What is wrong with the payload of a signal, whose name is the decision; null when nothing is. */
export function problemWithSignal(answer: DecisionPayload, decision: DecideInput['decision']): string | null {
  if (typeof answer !== 'object' || answer === null) return 'An answer is an object: {"by": "…"}.';
  const isOther = 'decision' in answer && answer.decision !== decision;
  return isOther ? `The signal is "${decision}" and its payload says otherwise.` : null;
}

function nonsenseIn(input: DecideInput): string | null {
  if (typeof input !== 'object' || input === null)
    return 'An answer is an object: {"decision": "approve", "by": "…"}.';
  if (input.decision !== 'approve' && input.decision !== 'reject')
    return '"decision" is "approve" or "reject".';
  if (typeof input.by !== 'string' || input.by.trim() === '')
    return '"by" says who decides: a name or an e-mail address.';
  if (input.by.length > byMax) return `"by" is a name or an e-mail address of at most ${byMax} characters.`;
  if (input.note !== undefined && typeof input.note !== 'string') return '"note" is a text.';
  if ((input.note?.length ?? 0) > noteMax) return `"note" has at most ${noteMax} characters.`;
  for (const key of ['only', 'except'] as const) {
    const list = input[key];
    const isList = Array.isArray(list) && list.every((subject) => typeof subject === 'string');
    if (list !== undefined && !isList) return `"${key}" is a list of e-mail addresses or team names.`;
  }
  return null;
}
