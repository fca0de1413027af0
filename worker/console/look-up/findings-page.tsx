/** What the sync's last plan found that no change can mend. */
import type { TenantPages } from '../../../domain/console-pages.ts';
import type { OpenFinding, Page } from '../../../domain/contract/report.ts';
import type { FindingCounts, FindingKind } from '../../../domain/plan/finding-kinds.ts';
import { addressWith, Pager, Search, Table, Views } from '../elements/lists.tsx';
import { grouped, Moment, Sentence } from '../elements/text.tsx';
import { WhoLink } from './links.tsx';

export interface FindingsPageProps {
  pages: TenantPages;
  findings: Page<OpenFinding>;
  counts: FindingCounts;
  /** Null: of all kinds. */
  kind: FindingKind | null;
  find: string;
  after: number;
}

export function FindingsPage({ pages, findings, counts, kind, find, after }: FindingsPageProps) {
  const kinds = largestFirst(counts);
  return (
    <>
      {kinds.length > 0 && (
        <Views
          label="Findings by kind"
          views={[
            { title: 'All', address: addressWith(pages.findings, { find }), isOpen: kind === null },
            ...kinds.map(([each, count]) => ({
              title: `${each} (${grouped(count)})`,
              address: addressWith(pages.findings, { kind: each, find }),
              isOpen: each === kind,
            })),
          ]}
        />
      )}
      <Search action={pages.findings} label="Name, address or line" value={find} keep={{ kind }} />
      <Table
        caption="Findings"
        head={['About', 'Finding', 'Since', 'What it says']}
        none={find === '' ? 'Nothing was found that an operator should know.' : 'No finding is about that.'}
        rows={findings.items.map(({ kind: found, subject, since, message }) => [
          subject === '' ? '–' : <WhoLink pages={pages} who={subject} />,
          found,
          <Moment at={since} />,
          <Sentence text={message} />,
        ])}
      />
      <Pager
        start={addressWith(pages.findings, { kind, find })}
        isFirst={after === 0}
        next={
          findings.next === null ? null : addressWith(pages.findings, { kind, find, after: findings.next })
        }
      />
    </>
  );
}

/** How many findings there are of each kind, with links to them. */
export function FindingCountsList({ pages, counts }: { pages: TenantPages; counts: FindingCounts }) {
  const kinds = largestFirst(counts);
  if (kinds.length === 0) return <p class="soft">Nothing was found that an operator should know.</p>;
  return (
    <ul>
      {kinds.map(([kind, count]) => (
        <li>
          <a href={addressWith(pages.findings, { kind })}>
            {grouped(count)} {kind}
          </a>
        </li>
      ))}
    </ul>
  );
}

const largestFirst = (counts: FindingCounts): [string, number][] =>
  Object.entries(counts).sort(([, one], [, other]) => other - one);
