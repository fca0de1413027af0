/** Whether a decision about an approval makes sense, as far as that can be checked without the store. */
import { problemWithDecider } from '../../domain/approvals/decider-name.ts';
import { addressesAmong, groupsAmong } from '../../domain/approvals/deciders.ts';
import {
  isAllowedToDecide,
  notAllowedMessage,
  proofNeededMessage,
  type RequiredProof,
} from '../../domain/approvals/decision.ts';
import type { DecideInput, DecisionPayload } from '../messages.ts';

/** What the approval knows of itself. `who` is null when every person may decide, and before the tenant file was read. */
export interface DecidableApproval {
  id: string;
  state: string;
  who: readonly string[] | null;
  /** Set when only answers from the console count. */
  proof: RequiredProof | null;
}

const byMax = 200;
const noteMax = 2_000;
/** Entries of `only` and of `except`. An approval may have more changes: a kind of change covers any number. */
const subjectsMax = 1_000;
const subjectMax = 400;
const proofMax = 2_000;

/**
 * What is wrong with a decision, in a sentence for the person who sent it; null when it is valid. Synchronous, because an
 * asynchronous validator does not refuse (docs/reference/temporal.md section 2.6). Temporal's UI sends any payload that a
 * person types.
 */
export function problemWith(input: DecideInput, { id, state, who, proof }: DecidableApproval): string | null {
  const problem = problemWithPayload(input);
  if (problem) return problem;
  if (state !== 'open') return `Approval ${id} has ended: ${state}.`;
  // Whom a group means, and whether a proof holds, only an activity can tell.
  const mayBeInGroup = who !== null && groupsAmong(who).length > 0;
  if (!mayBeInGroup && !isAllowedToDecide(input.by, who && addressesAmong(who)))
    return notAllowedMessage(input.by);
  return proof !== null && input.proof === undefined ? proofNeededMessage(proof) : null;
}

/** What is wrong with the payload of a signal, whose name is the decision; null when it is valid. */
export function problemWithSignal(
  payload: DecisionPayload,
  decision: DecideInput['decision'],
): string | null {
  if (typeof payload !== 'object' || payload === null) return 'A decision is an object: {"by": "…"}.';
  const contradicts = 'decision' in payload && payload.decision !== decision;
  return contradicts ? `The signal is "${decision}" and its payload contradicts it.` : null;
}

function problemWithPayload(input: DecideInput): string | null {
  if (typeof input !== 'object' || input === null)
    return 'A decision is an object: {"decision": "approve", "by": "…"}.';
  if (input.decision !== 'approve' && input.decision !== 'reject')
    return '"decision" is "approve" or "reject".';
  if (typeof input.by !== 'string' || input.by.trim() === '')
    return '"by" says who decides: a name or an e-mail address.';
  if (input.by.length > byMax) return `"by" is a name or an e-mail address of at most ${byMax} characters.`;
  const unclear = problemWithDecider(input.by);
  if (unclear) return unclear;
  if (input.note !== undefined && typeof input.note !== 'string') return '"note" is a text.';
  if ((input.note?.length ?? 0) > noteMax) return `"note" has at most ${noteMax} characters.`;
  if (input.proof !== undefined && (typeof input.proof !== 'string' || input.proof.length > proofMax))
    return '"proof" is set by the console.';
  for (const key of ['only', 'except'] as const) {
    const list = input[key];
    const isList = Array.isArray(list) && list.every((subject) => typeof subject === 'string');
    if (list !== undefined && !isList)
      return `"${key}" is a list of e-mail addresses, team names or kinds of changes.`;
    if ((list?.length ?? 0) > subjectsMax || list?.some((subject) => subject.length > subjectMax))
      return `"${key}" has at most ${subjectsMax} texts of at most ${subjectMax} characters. A kind of change covers any number.`;
  }
  return null;
}
