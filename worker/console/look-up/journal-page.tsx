/** The journal: what was done, for whom, why, and who gave the order. */
import { entryText, isEvent } from '../../../client/render/words/event-words.ts';
import type { TenantPages } from '../../../domain/console-pages.ts';
import type { JournalLine } from '../../../domain/contract/journal-line.ts';
import type { Page } from '../../../domain/contract/report.ts';
import { journalKinds } from '../../../domain/journal/journal.ts';
import { jsonText } from '../../../domain/shown-text.ts';
import { addressWith, Pager, Search, Table } from '../elements/lists.tsx';
import { Foreign, Moment, Sentence } from '../elements/text.tsx';
import { CycleLink, RequestLink, SubjectLink } from './links.tsx';
import type { JournalAddress } from './look-up-address.ts';

export interface JournalPageProps {
  pages: TenantPages;
  entries: Page<JournalLine>;
  address: JournalAddress;
}

export function JournalPage({ pages, entries, address }: JournalPageProps) {
  const { find, kind, since, after } = address;
  const shown = { find, kind, since };
  return (
    <>
      <Search action={pages.journal} label="Name, address or team" value={find}>
        <div>
          <label for="kind">What</label>
          <select id="kind" name="kind">
            <option value="">everything</option>
            {journalKinds.map((each) => (
              <option value={each} selected={each === kind}>
                {each}
              </option>
            ))}
          </select>
        </div>
        <div>
          <label for="since">Since (UTC)</label>
          <input type="date" id="since" name="since" value={since ?? ''} />
        </div>
      </Search>
      <p>
        All of these as a file: <a href={addressWith(`${pages.journal}.csv`, shown)}>CSV</a>,{' '}
        <a href={addressWith(`${pages.journal}.json`, shown)}>JSON</a>
      </p>
      <Table
        caption="Entries, newest first"
        head={['When', 'What', 'Who', 'Why', 'Cycle', 'Before and after']}
        none="The journal has no such entry."
        rows={entries.items.map((line) => [
          <Moment at={line.at} />,
          line.kind,
          <Who pages={pages} line={line} />,
          <Sentence text={entryText(line)} />,
          line.cycle > 0 && !isEvent(line) ? <CycleLink pages={pages} number={line.cycle} /> : '–',
          <States line={line} />,
        ])}
      />
      <Pager
        start={addressWith(pages.journal, shown)}
        isFirst={after === 0}
        next={entries.next === null ? null : addressWith(pages.journal, { ...shown, after: entries.next })}
      />
    </>
  );
}

function Who({ pages, line }: { pages: TenantPages; line: JournalLine }) {
  const { subject, name } = line;
  if (subject === null) return <>(erased)</>;
  if (!isEvent(line)) return <SubjectLink pages={pages} name={name ?? ''} subject={subject} />;
  return line.approval === null ? (
    <Foreign text={subject} />
  ) : (
    <RequestLink pages={pages} id={line.approval} />
  );
}

/** The files have the rest. */
const stateLengthMax = 2_000;

function States({ line: { before, after } }: { line: JournalLine }) {
  if (before === null && after === null) return <>–</>;
  return (
    <details>
      <summary>Show</summary>
      <p class="hint">Before</p>
      <pre>{stateText(before)}</pre>
      <p class="hint">After</p>
      <pre>{stateText(after)}</pre>
    </details>
  );
}

function stateText(state: unknown): string {
  const text = jsonText(state);
  return text.length > stateLengthMax ? `${text.slice(0, stateLengthMax)}\n… the files have all of it` : text;
}
