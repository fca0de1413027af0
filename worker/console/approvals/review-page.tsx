/** Exactly what an answer will do, before it is sent. */
import type { DecisionPreview } from '../../../domain/contract/request-page.ts';
import { Foreign, grouped, groupedCount } from '../elements/text.tsx';
import { FormToken } from '../layout.tsx';
import { type AnswerForm, formValueOf } from './answer-form.ts';
import { Groups, Note } from './request-parts.tsx';

export interface ReviewProps {
  id: string;
  decision: 'approve' | 'reject';
  /** The address under which the person answers. */
  by: string;
  preview: DecisionPreview;
  form: AnswerForm;
  formToken: string;
  /** The sign-in had ended, and nothing was sent. */
  wasKept: boolean;
}

const words = {
  approve: { verb: 'Approve', done: 'approved' },
  reject: { verb: 'Reject', done: 'rejected' },
} as const;

export function reviewTitle({
  id,
  decision,
  preview,
}: Pick<ReviewProps, 'id' | 'decision' | 'preview'>): string {
  return `${words[decision].verb} ${groupedCount(preview.decided, 'change', 'changes')} of ${id}?`;
}

export function ReviewBody({ decision, by, preview, form, formToken, wasKept }: ReviewProps) {
  const { decided, first, groups } = preview;
  const { verb } = words[decision];
  const { choice, note, search, from } = form;
  const left = choice.kind === 'except' ? choice.keys : [];
  return (
    <>
      {wasKept && (
        <Note kind="warn">Your sign-in had ended, so nothing was sent yet. This is your answer.</Note>
      )}
      <ul>
        {consequences(decision, preview).map((sentence) => (
          <li>{sentence}</li>
        ))}
        <li>
          The journal keeps it under <Foreign text={by} />.
        </li>
      </ul>
      <h2>{decision === 'approve' ? 'What will happen' : 'What will not happen'}</h2>
      <Groups groups={groups} total={decided} />
      <h2>To whom</h2>
      <ul>
        {first.map((who) => (
          <li>
            <Foreign text={who} />
          </li>
        ))}
        {decided > first.length && <li>… and {grouped(decided - first.length)} more</li>}
      </ul>
      {left.length > 0 && (
        <>
          <h2>Left out</h2>
          <ul>
            {left.slice(0, leftShown).map((key) => (
              <li>
                <Foreign text={key.replace(':', ': ')} />
              </li>
            ))}
            {left.length > leftShown && <li>… and {grouped(left.length - leftShown)} more</li>}
          </ul>
        </>
      )}
      {note !== '' && (
        <>
          <h2>Your note</h2>
          <p>
            <Foreign text={note} />
          </p>
        </>
      )}
      <form method="post">
        <FormToken value={formToken} />
        <input type="hidden" name="kind" value={choice.kind} />
        {choice.keys.map((key) => (
          <input type="hidden" name="other" value={formValueOf(key)} />
        ))}
        <input type="hidden" name="note" value={note} />
        <input type="hidden" name="search" value={search} />
        <input type="hidden" name="from" value={String(from)} />
        <input type="hidden" name="decision" value={decision} />
        <div class="actions">
          <button type="submit" name="go" value="send" class={decision === 'reject' ? 'danger' : undefined}>
            {verb} {groupedCount(decided, 'change', 'changes')}
          </button>
          <button type="submit" name="go" value="back" class="second">
            Back
          </button>
        </div>
      </form>
    </>
  );
}

const leftShown = 20;

/** In sentences for the person who answers. */
function consequences(
  decision: 'approve' | 'reject',
  { decided, pending, stale, own, left }: DecisionPreview,
): string[] {
  const counts = decided - pending;
  return [
    ...(decision === 'approve' && counts > 0
      ? [
          `${groupedCount(counts, 'change is', 'changes are')} approved. The sync plans again at once, and does what is still the same.`,
        ]
      : []),
    ...(pending > 0
      ? [
          `${groupedCount(pending, 'change counts', 'changes count')} only when another person has approved as well.`,
        ]
      : []),
    ...(decision === 'reject'
      ? [
          `${groupedCount(decided, 'change is', 'changes are')} rejected: the people and teams stay as they are.`,
        ]
      : []),
    ...(stale > 0
      ? [`The sync no longer wants ${grouped(stale)} of them, so nothing is done about those.`]
      : []),
    ...(own > 0
      ? [
          `${groupedCount(own, 'change is', 'changes are')} about you and left out: nobody decides about themselves.`,
        ]
      : []),
    left > 0
      ? `${groupedCount(left, 'change waits', 'changes wait')} on for an answer.`
      : 'Nothing of this request waits after that.',
  ];
}
