/** Changes of a cycle as a list: who each is about, what became of it, and why. */
import { outcomeText, reasonText } from '../../../client/render/words/change-words.ts';
import { utcMoment } from '../../../client/render/words/moments.ts';
import type { TenantPages } from '../../../domain/console-pages.ts';
import type { Page, ReportLine } from '../../../domain/contract/report.ts';
import { nextForWaiting } from '../../../domain/contract/why.ts';
import { changeSigns } from '../../../domain/plan/change.ts';
import { addressWith, Pager, Search, Table, Views } from '../elements/lists.tsx';
import { grouped, Sentence } from '../elements/text.tsx';
import { RequestLink, SubjectLink } from './links.tsx';
import { type LineStatus, lineStatuses } from './look-up-address.ts';

const statusTitles: Record<LineStatus, string> = {
  done: 'Done',
  held: 'Held',
  failed: 'Failed',
  refused: 'Refused',
};

const noneOf: Record<LineStatus, string> = {
  done: 'Nothing was changed.',
  held: 'Nothing is held.',
  failed: 'Nothing has failed.',
  refused: 'Nothing was refused.',
};

export interface LinesProps {
  pages: TenantPages;
  /** The address of the list. */
  path: string;
  statuses?: readonly LineStatus[];
  status: LineStatus;
  find: string;
  after: number;
  lines: Page<ReportLine>;
  /** How many changes there are of each; those that no cycle counts are left out. */
  totals: Partial<Record<LineStatus, number>>;
}

/** The changes with one status, and links to those with another. */
export function Lines(props: LinesProps) {
  const { pages, path, statuses = lineStatuses, status, find, after, lines, totals } = props;
  const start = addressWith(path, { status, find });
  return (
    <>
      <Views
        label="Changes by what became of them"
        views={statuses.map((each) => ({
          title: titleWith(statusTitles[each], totals[each]),
          address: addressWith(path, { status: each, find }),
          isOpen: each === status,
        }))}
      />
      <Search action={path} label="Name, address or team" value={find} keep={{ status }} />
      <LinesTable {...{ pages, lines: lines.items }} caption={statusTitles[status]} none={noneText(props)} />
      <Pager
        start={start}
        isFirst={after === 0}
        next={lines.next === null ? null : addressWith(path, { status, find, after: lines.next })}
      />
    </>
  );
}

function noneText({ status, find, after, totals }: LinesProps): string {
  if (find !== '') return 'Nobody and no team in this list has that in the name.';
  const isGone = after === 0 && (totals[status] ?? 0) > 0;
  return isGone ? 'The plan of this cycle is no longer kept. The journal has what was done.' : noneOf[status];
}

const titleWith = (title: string, total: number | undefined) =>
  total === undefined ? title : `${title} (${grouped(total)})`;

interface LinesTableProps {
  pages: TenantPages;
  lines: readonly ReportLine[];
  caption: string;
  hasHeading?: boolean;
  none: string;
}

/** Changes as a table; with a column for what ends a hold, where one is held. */
export function LinesTable({ pages, lines, ...titles }: LinesTableProps) {
  const isHeld = lines.some(({ status }) => status === 'held');
  return (
    <Table
      {...titles}
      head={['Who', 'What', 'Why', ...(isHeld ? ['What happens next'] : [])]}
      rows={lines.map((line) => [
        <SubjectLink pages={pages} name={line.name} subject={line.subject} />,
        <Outcome line={line} />,
        <Sentence text={reasonText(line, utcMoment)} />,
        ...(isHeld ? [<NextForLine pages={pages} line={line} />] : []),
      ])}
    />
  );
}

const Outcome = ({ line }: { line: ReportLine }) => (
  <>
    <span aria-hidden="true">{changeSigns[line.change]}</span> {outcomeText(line)}
  </>
);

/** What happens next with a change that waits. The reason of its hold stands beside it, and is not said again. */
export function NextForLine({
  pages,
  line,
}: {
  pages: TenantPages;
  line: ReportLine & { nextTryAt?: string | null };
}) {
  const { status, request = null, nextTryAt = null } = line;
  if (request !== null)
    return (
      <>
        It waits for a decision: <RequestLink pages={pages} id={request} />
      </>
    );
  if (status !== 'held') return null;
  return <Sentence text={nextForWaiting({ ...line, request, nextTryAt }, { saysHold: false })} />;
}
