/** The changes of a request: a hundred on a page, with a box for each that can be decided. */
import type { RequestLine, RequestPage } from '../../../domain/contract/request-page.ts';
import { oneLine } from '../../../domain/shown-text.ts';
import { searchLengthMax, Table } from '../elements/lists.tsx';
import { grouped } from '../elements/text.tsx';
import { type AnswerForm, changeKey, formValueOf, isChosen } from './answer-form.ts';
import { changeCells } from './request-parts.tsx';

/** Changes on a page, as the worker sends them (activities/query/request-query.ts). */
const linesOnPage = 100;

/** Finds people and teams of the request. */
export const SearchField = ({ search }: { search: string }) => (
  <div>
    <label for="search">Name or address</label>
    <input
      type="search"
      id="search"
      name="search"
      value={search}
      maxlength={searchLengthMax}
      autocomplete="off"
    />
  </div>
);

interface LineTableProps {
  request: RequestPage;
  form: AnswerForm;
  /** With boxes. */
  isForm: boolean;
}

export function LineTable({ request, form, isForm }: LineTableProps) {
  const { lines, matching, from } = request;
  const last = from + lines.length;
  const hasNews = request.approvers > 1 || lines.some(({ decision, own }) => decision !== null || own);
  const caption =
    matching === 0 ? 'Changes' : `Changes ${grouped(from + 1)} to ${grouped(last)} of ${grouped(matching)}`;
  return (
    <Table
      caption={caption}
      head={[...(isForm ? ['Choose'] : []), 'Who', 'What', 'Why', ...(hasNews ? ['So far'] : [])]}
      none="No change matches this search."
      rows={lines.map((line) => [
        ...(isForm ? [<Box line={line} form={form} />] : []),
        ...changeCells(line),
        ...(hasNews ? [<SoFar line={line} approvers={request.approvers} />] : []),
      ])}
    />
  );
}

function Box({ line, form }: { line: RequestLine; form: AnswerForm }) {
  if (line.decision !== null || line.own) return <>–</>;
  const key = changeKey(line);
  return (
    <>
      <input type="hidden" name="shown" value={formValueOf(key)} />
      <input
        type="checkbox"
        name="row"
        value={formValueOf(key)}
        checked={isChosen(form.choice, key)}
        aria-label={oneLine(`Choose ${line.name || line.subject}`)}
      />
    </>
  );
}

function SoFar({ line, approvers }: { line: RequestLine; approvers: number }) {
  if (line.decision !== null) return <>{line.decision}</>;
  if (line.own) return <>About you: another person has to decide.</>;
  if (approvers < 2) return <>–</>;
  return (
    <>
      {line.approvedBy.length} of {approvers} approved
    </>
  );
}

/** Buttons of the form around it, because links would lose what is chosen. */
export function PageButtons({
  request: { from, matching },
  search,
}: {
  request: RequestPage;
  search: string;
}) {
  const go = (to: number) => `from:${to}`;
  return (
    <div class="pages">
      {search !== '' && (
        <button type="submit" name="go" value="everything" class="link">
          Show all changes
        </button>
      )}
      {from > 0 && (
        <button type="submit" name="go" value={go(Math.max(from - linesOnPage, 0))} class="link">
          Previous {linesOnPage}
        </button>
      )}
      {from + linesOnPage < matching && (
        <button type="submit" name="go" value={go(from + linesOnPage)} class="link">
          Next {linesOnPage}
        </button>
      )}
    </div>
  );
}
