/** What an approval shows of itself in Temporal's UI, and what it says of a decision. */
import { formatMinute, typedText } from '../../domain/approvals/decision.ts';
import { formatCount } from '../../domain/text.ts';
import type { DecideInput } from '../messages.ts';

/** Refused decisions that are shown; older ones stay in the history. */
export const refusedShown = 10;
const decisionsShown = 20;

interface ApprovalFacts {
  state: string;
  /** What the approval asks, as Markdown. */
  details: string;
  decisions: readonly string[];
  refused: readonly string[];
}

/** The approval as Markdown. Lists, because the UI shows tables without space between their columns. */
export function approvalView({ state, details, decisions, refused }: ApprovalFacts): string {
  return [
    ...(state === 'open' ? [] : [`**${state}**`]),
    details,
    ...(decisions.length > 0 ? [`Decisions:\n\n${decisions.slice(-decisionsShown).join('\n')}`] : []),
    ...(refused.length > 0 ? [`Refused without any change:\n\n${refused.join('\n')}`] : []),
  ].join('\n\n');
}

/** What is said of an approval whose workflow was cancelled. */
export const cancelledNote = ({ tenant, approval }: { tenant: string; approval: number }): string =>
  [
    '**This run was cancelled, which is no decision: the request is still open.**',
    `The next cycle starts it again, and so does \`timely-sync approvals approve ${tenant}/${approval}\`.`,
  ].join('\n');

/** What a decision did, in a sentence. */
export function outcomeOf(
  decision: DecideInput['decision'],
  recorded: { decided: number; pending: number; stale: number; own?: number },
): string {
  const word = decision === 'approve' ? 'approved' : 'rejected';
  const changes = formatCount(recorded.decided, 'change', 'changes');
  const pending = recorded.pending > 0 ? ' Another person has to approve too before it counts.' : '';
  const stale =
    recorded.stale > 0
      ? ` The plan no longer contains ${recorded.stale} of them, so nothing is done about those.`
      : '';
  const own = recorded.own
    ? ` ${formatCount(recorded.own, 'change', 'changes')} about the decider left out: nobody decides about themselves, so another person has to.`
    : '';
  return `${changes} ${word}.${pending}${stale}${own}`;
}

/** One decision by signal that was refused. The payload may be anything that a person typed. */
export function refusedLine(payload: unknown, decision: string, reason: string): string {
  const by = typeof payload === 'object' && payload !== null && 'by' in payload ? payload.by : null;
  const who = typeof by === 'string' ? typedText(by) : 'an unnamed person';
  return `- ${formatMinute(new Date(Date.now()).toISOString())} ${decision} by ${who}: ${typedText(reason)}`;
}
