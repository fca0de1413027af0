/** One request: what approving does, who has answered, each change, and the form of the answer. */
import { approvalSubjects } from '../../../activities/approvals/approval-details.ts';
import { deciderKey } from '../../../domain/approvals/decision.ts';
import type { RequestPage } from '../../../domain/contract/request-page.ts';
import type { Viewer } from '../deps.ts';
import { Facts } from '../elements/lists.tsx';
import { grouped, groupedCount, Moment } from '../elements/text.tsx';
import { FormToken } from '../layout.tsx';
import { type AnswerForm, changeKey, formValueOf, noteMax } from './answer-form.ts';
import { LineTable, PageButtons, SearchField } from './line-table.tsx';
import { Decisions, Groups, Note } from './request-parts.tsx';

export interface RequestProps {
  request: RequestPage;
  viewer: Viewer;
  formToken: string;
  form: AnswerForm;
  /** Why the last step was refused; null when it was not. */
  problem: string | null;
}

export function RequestBody(props: RequestProps) {
  const { request, viewer, problem } = props;
  const { rule, state, opened, expires, changes, undecided, approvers, groups, decisions } = request;
  return (
    <>
      {problem !== null && <Note kind="bad">{problem}</Note>}
      <OwnAnswer request={request} viewer={viewer} />
      <p>
        This asks about {approvalSubjects[rule]}. The people and teams stay as they are until there is a
        decision.
      </p>
      <ul class="counts">
        <li>
          <strong>{grouped(changes)}</strong> {changes === 1 ? 'change' : 'changes'}
        </li>
        <li>
          <strong>{grouped(undecided)}</strong> without a decision
        </li>
      </ul>
      <Facts
        facts={[
          ['State', state],
          ['Held by', rule],
          ['Opened', <Moment at={opened} />],
          ['Ends without an answer', <Moment at={expires} />],
          ['Has to be approved by', groupedCount(approvers, 'person', 'different people')],
        ]}
      />
      <h2>What approving does</h2>
      <Groups groups={groups} total={changes} />
      <h2>Who has answered</h2>
      <Decisions decisions={decisions} />
      <h2>Changes</h2>
      <Changes {...props} />
    </>
  );
}

/** Why this person cannot answer; null when they can. */
function whyNoAnswer({ state }: RequestPage, { mayDecide, isWhoNamed, operator }: Viewer): string | null {
  if (state !== 'open') return `This request has ended: ${state}. There is nothing to decide any more.`;
  if (mayDecide) return null;
  if (!isWhoNamed) return 'Nobody decides here yet. Name in the tenant file who may decide: approvals.who.';
  return operator
    ? 'You look at this as an operator. People of approvals.who decide.'
    : 'You may look at this and not decide. approvals.who of the tenant file lists who may.';
}

function Changes(props: RequestProps) {
  const { request, viewer, form } = props;
  const reason = whyNoAnswer(request, viewer);
  if (reason !== null)
    return (
      <>
        <Note kind="warn">{reason}</Note>
        <form method="get">
          <div class="search">
            <SearchField search={form.search} />
            <button type="submit" name="go" value="search" class="second">
              Search
            </button>
          </div>
          <LineTable request={request} form={form} isForm={false} />
          <PageButtons request={request} search={form.search} />
        </form>
      </>
    );
  return <AnswerFields {...props} />;
}

function AnswerFields(props: RequestProps) {
  const { request, formToken, form } = props;
  const { choice, note, search, from } = form;
  const here = new Set(request.lines.map(changeKey));
  return (
    <form method="post">
      <FormToken value={formToken} />
      <input type="hidden" name="kind" value={choice.kind} />
      <input type="hidden" name="from" value={String(from)} />
      {choice.keys
        .filter((key) => !here.has(key))
        .map((key) => (
          <input type="hidden" name="other" value={formValueOf(key)} />
        ))}
      <div class="search">
        <SearchField search={search} />
        <button type="submit" name="go" value="search" class="second">
          Search
        </button>
      </div>
      <p>{chosenText(props)}</p>
      <div class="actions">
        <button type="submit" name="go" value="all" class="second">
          Choose all
        </button>
        <button type="submit" name="go" value="none" class="second">
          Choose none
        </button>
      </div>
      <LineTable request={request} form={form} isForm={true} />
      <PageButtons request={request} search={search} />
      <label for="note">Note for the journal</label>
      <p class="hint" id="note-hint">
        Why you decide so. Others of this tenant can read it.
      </p>
      <textarea id="note" name="note" rows={3} maxlength={noteMax} aria-describedby="note-hint">
        {note}
      </textarea>
      <p>Nothing is sent yet: the next page says exactly what will happen.</p>
      <div class="actions">
        <button type="submit" name="go" value="approve">
          Approve …
        </button>
        <button type="submit" name="go" value="reject" class="second">
          Reject …
        </button>
      </div>
    </form>
  );
}

/** Also of changes on other pages. */
function chosenText({ form: { choice } }: RequestProps): string {
  const { kind, keys } = choice;
  if (kind === 'only') return `${groupedCount(keys.length, 'change is', 'changes are')} chosen.`;
  if (keys.length === 0) return 'All changes are chosen.';
  return `All changes but ${grouped(keys.length)} are chosen.`;
}

/** What the viewer has answered last, where that was the last answer. */
function OwnAnswer({ request, viewer }: Pick<RequestProps, 'request' | 'viewer'>) {
  const last = request.decisions.at(-1);
  if (!last || viewer.address === '' || deciderKey(last.by) !== deciderKey(viewer.address)) return null;
  const { decision, changes, at } = last;
  const isWaiting = decision === 'approve' && request.approvers > 1 && request.undecided > 0;
  return (
    <Note kind="good">
      You {decision === 'approve' ? 'approved' : 'rejected'} {groupedCount(changes, 'change', 'changes')},{' '}
      <Moment at={at} />.
      {decision === 'approve' && !isWaiting
        ? ' The sync plans again now, and does what is still the same.'
        : ''}
      {isWaiting ? ' What needs another person waits for that answer.' : ''}
    </Note>
  );
}
