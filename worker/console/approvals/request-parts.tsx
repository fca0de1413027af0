/** Parts of a request that its page and the summary before an answer share. */
import type { Child } from 'hono/jsx';
import { spokenReason } from '../../../client/render/words/change-words.ts';
import { membersText } from '../../../domain/approvals/effect.ts';
import type { DecisionReport } from '../../../domain/contract/report.ts';
import type { ChangeGroup, RequestLine } from '../../../domain/contract/request-page.ts';
import { changeVerbs } from '../../../domain/plan/change.ts';
import { Table } from '../elements/lists.tsx';
import { capital, Foreign, grouped, groupedCount, Moment, Sentence } from '../elements/text.tsx';

/** What approving does, once for all changes that are alike. `total`: of all groups, which may be more than these. */
export function Groups({ groups, total }: { groups: readonly ChangeGroup[]; total: number }) {
  const others = total - groups.reduce((sum, { changes }) => sum + changes, 0);
  return (
    <>
      <Table
        caption="What approving does"
        hasHeading
        head={['Changes', 'What', 'Before → after', 'What that means']}
        none="It holds no change any more."
        rows={groups.map(({ change, changes, before, after, says }) => [
          grouped(changes),
          capital(changeVerbs[change]),
          <Step before={before} after={after} />,
          <Sentence text={says} />,
        ])}
      />
      {others > 0 && <p>… and {groupedCount(others, 'other change', 'other changes')}.</p>}
    </>
  );
}

function Step({ before, after }: { before: string; after: string }) {
  if (before === '' && after === '') return <>–</>;
  return (
    <>
      <Foreign text={before} /> → <Foreign text={after} />
    </>
  );
}

/** The cells of a change: who, what, why. */
export function changeCells({ change, subject, name, why, hold, effect }: RequestLine) {
  return [
    <Who name={name} subject={subject} />,
    <>
      {capital(changeVerbs[change])}
      {effect && (
        <>
          : <Step before={effect.before} after={effect.after} />.{' '}
          <Foreign text={`${effect.says}${membersText(effect)}`} />
        </>
      )}
    </>,
    <Foreign text={hold ? `${hold.detail} (${spokenReason(why)})` : spokenReason(why)} />,
  ];
}

function Who({ name, subject }: { name: string; subject: string }) {
  if (name === '' || name === subject) return <Foreign text={subject} />;
  return (
    <>
      <Foreign text={name} />{' '}
      <span class="soft">
        <Foreign text={subject} />
      </span>
    </>
  );
}

/** Who has answered what, and when. */
export function Decisions({ decisions }: { decisions: readonly DecisionReport[] }) {
  if (decisions.length === 0) return <p class="soft">Nobody has answered yet.</p>;
  return (
    <ul>
      {decisions.map(({ by, decision, changes, at, channel, proved, note }) => (
        <li>
          <Foreign text={by} /> {decision === 'approve' ? 'approved' : 'rejected'}{' '}
          {groupedCount(changes, 'change', 'changes')}, <Moment at={at} />, by {channel}
          {proved ? ' and signed in' : ''}
          {note !== '' && (
            <>
              : “
              <Foreign text={note} />”
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

export const Note = ({ kind, children }: { kind: 'good' | 'warn' | 'bad'; children?: Child }) => (
  <div class={`note ${kind}`} role={kind === 'bad' ? 'alert' : 'status'}>
    <p>{children}</p>
  </div>
);
