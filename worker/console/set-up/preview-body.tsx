/** What a preview shows: the numbers first, then every change with its reason. */

import { changeTableRow } from '../../../client/render/words/change-words.ts';
import type { PlanLine, PreviewSummary } from '../../../domain/contract/preview.ts';
import { addressWith, Pager, Table } from '../elements/lists.tsx';
import { Foreign, grouped, groupedCount, Sentence } from '../elements/text.tsx';
import { FormToken } from '../layout.tsx';
import { setUpPath } from './steps.tsx';

interface PreviewProps {
  summary: PreviewSummary;
  lines: readonly PlanLine[];
  pages: { isFirst: boolean; next: number | null; path: string };
  startsPaused: boolean;
  preview: string;
  formToken: string;
}

export const PreviewBody = ({ summary, lines, pages, startsPaused, preview, formToken }: PreviewProps) => (
  <>
    <Numbers summary={summary} />
    <Doubts summary={summary} />
    <Changes
      lines={lines}
      pages={pages}
      total={summary.counts.planned + summary.counts.held + summary.counts.refused}
    />
    <p>
      <a href={`${setUpPath}/preview/file`} download>
        Download the tenant file
      </a>{' '}
      to read all settings, or to keep it.
    </p>
    <form method="post" action={`${setUpPath}/start`}>
      <FormToken value={formToken} />
      <input type="hidden" name="preview" value={preview} />
      <p>
        {startsPaused
          ? 'The tenant is kept, paused: nothing is written until those who run the sync let it begin.'
          : 'The first cycle begins at once and does what you see here. Changes that wait are asked about first.'}
      </p>
      <div class="actions">
        <button type="submit">Start</button>
        <a href={`${setUpPath}/people`}>Change who comes in</a>
      </div>
    </form>
    <form method="post" action={`${setUpPath}/preview/again`}>
      <FormToken value={formToken} />
      <button type="submit" class="link">
        Look again
      </button>
    </form>
  </>
);

const Numbers = ({ summary: { inScope, counts, seats } }: { summary: PreviewSummary }) => (
  <ul class="counts">
    <li>
      <strong>{grouped(inScope)}</strong> people are chosen
    </li>
    <li>
      <strong>{grouped(counts.toAdd)}</strong> users and teams are added
    </li>
    <li>
      <strong>{grouped(counts.toChange)}</strong> are changed
    </li>
    <li>
      <strong>{grouped(counts.toRemove)}</strong> are removed
    </li>
    <li>
      <strong>{grouped(counts.held)}</strong> wait
    </li>
    {seats === null ? null : (
      <li>
        <strong>
          {grouped(seats.usedAfter)} of {grouped(seats.paid)}
        </strong>{' '}
        seats are used then
      </li>
    )}
  </ul>
);

const Doubts = ({ summary: { evidence, seats } }: { summary: PreviewSummary }) => (
  <>
    {evidence === null || evidence.complete ? null : (
      <div class="note warn">
        <p>
          <Sentence
            text={`The directory was not read completely, so no one is removed: ${evidence.reasons.join(' ')}`}
          />
        </p>
      </div>
    )}
    {seats === null || seats.waiting === 0 ? null : (
      <div class="note warn">
        <p>
          {grouped(seats.waiting)} people wait for a free seat in Timely: buy more there, or choose fewer
          people.
        </p>
      </div>
    )}
  </>
);

const Changes = ({ lines, pages, total }: Pick<PreviewProps, 'lines' | 'pages'> & { total: number }) => (
  <>
    <div class="scroll">
      <Table
        caption={groupedCount(total, 'change', 'changes')}
        head={['What', 'Who', 'Why']}
        none="Nothing would change."
        rows={lines.map((line) => {
          const [what, who, why] = changeTableRow(line);
          return [
            line.status === 'planned' ? line.change : what,
            <Foreign text={who} />,
            <Sentence text={why} />,
          ];
        })}
      />
    </div>
    <Pager
      start={pages.path}
      isFirst={pages.isFirst}
      next={pages.next === null ? null : addressWith(pages.path, { after: pages.next })}
    />
  </>
);

export const StartedBody = ({
  tenant,
  isPaused,
  page,
  canSignIn,
  file,
}: {
  tenant: string;
  isPaused: boolean;
  page: string | null;
  /** Whether there is an application that people sign in to. */
  canSignIn: boolean;
  file: string;
}) => (
  <>
    <div class="note good">
      <p>
        {isPaused
          ? `${tenant} is set up and paused. Those who run the sync have been left to begin it: tell them that you are done.`
          : `${tenant} is set up, and its first cycle has begun. People get their invitation from Timely.`}
      </p>
    </div>
    {page === null ? null : (
      <p>
        <a href={page}>The pages of {tenant}</a>:{' '}
        {canSignIn
          ? "who may decide signs in there with the company's own account. Keep the address."
          : 'keep the address. Nobody can sign in there yet: ask those who run the sync to add the application to the tenant file, under console.signIn.'}
      </p>
    )}
    <p>This link no longer works. Keep the tenant file, if you like:</p>
    <pre tabindex={0}>{file}</pre>
  </>
);
