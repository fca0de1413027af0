/** What a request shows of itself in Temporal's UI, and says of an answer. */
import { formatMinute, toPlainLine } from '../../domain/approvals/decision.ts';
import { formatCount } from '../../domain/text.ts';
import type { DecideInput } from '../messages.ts';

/** Refused answers that are shown; older ones stand in the history. */
export const refusedShown = 10;
const answersShown = 20;

interface View {
  state: string;
  /** What it asks, as Markdown. */
  details: string;
  answers: readonly string[];
  refused: readonly string[];
}

/** The request as Markdown. Lists, because the UI sets tables without space between their columns. */
export function approvalView({ state, details, answers, refused }: View): string {
  return [
    ...(state === 'open' ? [] : [`**${state}**`]),
    details,
    ...(answers.length > 0 ? [`Answers:\n\n${answers.slice(-answersShown).join('\n')}`] : []),
    ...(refused.length > 0 ? [`Refused, nothing was changed:\n\n${refused.join('\n')}`] : []),
  ].join('\n\n');
}

/** What became of an answer, in a sentence. */
export function outcomeOf(
  decision: DecideInput['decision'],
  recorded: { decided: number; pending: number; stale: number },
): string {
  const word = decision === 'approve' ? 'approved' : 'rejected';
  const changes = formatCount(recorded.decided, 'change', 'changes');
  const waits = recorded.pending > 0 ? ' Somebody else has to approve as well before it counts.' : '';
  const stale =
    recorded.stale > 0
      ? ` ${recorded.stale} of them no longer stand in the plan: nothing is done about those.`
      : '';
  return `${changes} ${word}.${waits}${stale}`;
}

/** One answer by signal that was refused. It may be anything that somebody typed. */
export function refusedLine(answer: unknown, decision: string, reason: string): string {
  const by = typeof answer === 'object' && answer !== null && 'by' in answer ? answer.by : null;
  const who = typeof by === 'string' ? toPlainLine(by) : 'nobody named';
  return `- ${formatMinute(new Date(Date.now()).toISOString())} ${decision} by ${who}: ${toPlainLine(reason)}`;
}
