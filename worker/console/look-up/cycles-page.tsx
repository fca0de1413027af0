/** The cycles of a tenant, newest first; and one of them with its changes. */
import { countsLine, cycleResult, cycleTook, doubtText } from '../../../client/render/words/change-words.ts';
import type { TenantPages } from '../../../domain/console-pages.ts';
import type { CycleReport } from '../../../domain/contract/report.ts';
import type { Evidence } from '../../../domain/people/directory.ts';
import { addressWith, Facts, Pager, Table } from '../elements/lists.tsx';
import { grouped, groupedCount, Moment, Sentence } from '../elements/text.tsx';
import { Lines, type LinesProps } from './lines.tsx';
import { CycleLink } from './links.tsx';
import { CycleTrouble } from './trouble.tsx';

/** Cycles of one page of the list. */
export const cyclesPerPage = 25;

/** `before`: the page shows cycles with lower numbers; 0 for the first page. */
export function CyclesPage({
  pages,
  cycles,
  before,
}: {
  pages: TenantPages;
  cycles: readonly CycleReport[];
  before: number;
}) {
  const last = cycles.at(-1)?.number ?? 0;
  return (
    <>
      <CyclesTable pages={pages} cycles={cycles} />
      <Pager
        start={pages.cycles}
        isFirst={before === 0}
        next={cycles.length < cyclesPerPage || last <= 1 ? null : addressWith(pages.cycles, { after: last })}
      />
    </>
  );
}

export const CyclesTable = ({ pages, cycles }: { pages: TenantPages; cycles: readonly CycleReport[] }) => (
  <Table
    caption="Cycles, newest first"
    head={['Cycle', 'Kind', 'Began', 'Took', 'What it did']}
    none="There has been no cycle yet."
    rows={cycles.map((cycle) => [
      <CycleLink pages={pages} number={cycle.number} />,
      cycle.kind,
      <Moment at={cycle.startedAt} />,
      cycleTook(cycle),
      <Sentence text={cycleResult(cycle)} />,
    ])}
  />
);

/** One cycle: what it read, what it did, and each change. */
export function CyclePage({ cycle, list }: { cycle: CycleReport; list: LinesProps }) {
  const { kind, startedAt, finishedAt, evidence, counts, cycleError } = cycle;
  return (
    <>
      {cycleError && <CycleTrouble error={cycleError} />}
      <Facts
        facts={[
          ['Kind', kind],
          ['Began', <Moment at={startedAt} />],
          ['Took', finishedAt === null ? 'It still runs.' : cycleTook(cycle)],
          ['Result', countsLine(counts)],
          ['Read', evidence === null ? 'Nothing was read yet.' : <Sentence text={evidenceText(evidence)} />],
        ]}
      />
      <h2>Changes</h2>
      <Lines {...list} />
    </>
  );
}

/** What the directory showed, and what that can be trusted for. */
function evidenceText(evidence: Evidence): string {
  const { users, groups } = evidence;
  const sent = `The directory sent ${groupedCount(users.objects, 'entry', 'entries')} of people and ${grouped(groups.objects)} of groups.`;
  return [sent, doubtText(evidence) ?? ''].join(' ').trim();
}
