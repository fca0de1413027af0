/** One tenant: how it is, what waits, and what its last cycles did. */
import type { Child } from 'hono/jsx';
import type { TenantInFull } from '../../../client/remote/status-of-one.ts';
import { estimateText } from '../../../client/render/estimate.ts';
import { utcMoment } from '../../../client/render/words/moments.ts';
import {
  connectedText,
  healthText,
  holdsText,
  pauseText,
  troubleOf,
} from '../../../client/render/words/tenant-words.ts';
import type { TenantPages } from '../../../domain/console-pages.ts';
import type { ApprovalSummary } from '../../../domain/contract/report.ts';
import { nextForEnded } from '../../../domain/contract/why.ts';
import { Facts, Search, Table } from '../elements/lists.tsx';
import { Foreign, grouped, groupedCount, Moment, Sentence } from '../elements/text.tsx';
import { CyclesTable } from './cycles-page.tsx';
import { FindingCountsList } from './findings-page.tsx';
import { LinesTable } from './lines.tsx';
import { RequestLink } from './links.tsx';
import { CycleTrouble, Trouble } from './trouble.tsx';

/** Changes that wait, of which the page shows the first. */
const waitingShown = 10;
const subjectsShown = 3;

export function TenantPage({
  pages,
  report,
  nowMs,
}: {
  pages: TenantPages;
  report: TenantInFull;
  nowMs: number;
}) {
  const { cycles, findings } = report;
  return (
    <>
      <Troubles report={report} />
      <Facts facts={factsOf(report, nowMs)} />
      <Search action={pages.people} label="Look up a person or a team" value="" />
      <Waiting pages={pages} report={report} />
      <h2>Last cycles</h2>
      <CyclesTable pages={pages} cycles={cycles} />
      <p>
        <a href={pages.cycles}>All cycles</a>, <a href={pages.journal}>the journal</a>
      </p>
      <h2>Findings</h2>
      <FindingCountsList pages={pages} counts={findings} />
    </>
  );
}

/** Why the tenant does not go on, and what to do. */
function Troubles({ report }: { report: TenantInFull }) {
  const { stuck } = report;
  const trouble = troubleOf(report);
  const connected = connectedText(report, utcMoment);
  const pause = pauseText(report, utcMoment);
  return (
    <>
      {stuck && (
        <Trouble>
          <p>
            It does not go on since <Moment at={stuck.since} />.{' '}
            <Sentence text={`${stuck.cause}: ${stuck.message}`} />
          </p>
          <p>
            <Sentence text={stuck.remedy} />
          </p>
        </Trouble>
      )}
      {trouble !== null && connected === null && <CycleTrouble error={trouble} />}
      {[connected, pause].map(
        (text) =>
          text !== null && (
            <div class="note warn">
              <p>
                <Sentence text={text} />
              </p>
            </div>
          ),
      )}
    </>
  );
}

function factsOf(report: TenantInFull, nowMs: number): (readonly [label: string, fact: Child])[] {
  const { status, stuck, estimate, cycles, seats } = report;
  const stage = stuck ? 'stuck' : (status?.stage ?? 'stopped');
  const [last] = cycles;
  return [
    [
      'Health',
      <strong class={healthText(report) === 'ok' && !stuck ? 'good' : 'bad'}>{healthText(report)}</strong>,
    ],
    ['Now', estimate ? `${stage}, ${estimateText(estimate, nowMs)}` : stage],
    ['People in scope', last ? grouped(last.counts.inScope) : 'not known yet'],
    ['Last cycle began', <Moment at={last?.startedAt ?? null} />],
    ['Next cycle', <Moment at={status?.nextCycleAt ?? null} />],
    ...seats.map(({ message }) => ['Seats', <Sentence text={message.replace(/^Seats /, '')} />] as const),
  ];
}

/** Changes that are held or have failed, and the requests about them. */
function Waiting({ pages, report }: { pages: TenantPages; report: TenantInFull }) {
  const { held, failed, approvals, ended, cycles } = report;
  const counts = cycles.find(({ finishedAt }) => finishedAt !== null)?.counts;
  const holds = holdsText(report);
  return (
    <>
      <h2>What waits</h2>
      <ul class="counts">
        <li>
          <strong>{grouped(counts?.held ?? 0)}</strong> <a href={pages.holds}>held</a>
        </li>
        <li>
          <strong>{grouped(counts?.failed ?? 0)}</strong> <a href={`${pages.holds}?status=failed`}>failed</a>
        </li>
        <li>
          <strong>{grouped(approvals.length)}</strong>{' '}
          <a href={pages.approvals}>{approvals.length === 1 ? 'open request' : 'open requests'}</a>
        </li>
      </ul>
      {holds !== null && <p>{holds}</p>}
      {approvals.length > 0 && <RequestsTable pages={pages} approvals={approvals} />}
      <LinesTable
        pages={pages}
        lines={[...held, ...failed].slice(0, waitingShown)}
        caption="The first changes that wait"
        none="No change waits."
      />
      {ended.length > 0 && (
        <>
          <h3>Ended without a yes</h3>
          <ul>
            {ended.map((request) => (
              <li>
                {request.rule}, {groupedCount(request.changes, 'change', 'changes')} about{' '}
                <Subjects {...request} />. <Sentence text={nextForEnded(request)} />
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

const RequestsTable = ({
  pages,
  approvals,
}: {
  pages: TenantPages;
  approvals: readonly ApprovalSummary[];
}) => (
  <Table
    caption="Open requests"
    head={['Request', 'Why it is asked', 'Changes', 'About', 'Ends']}
    none=""
    rows={approvals.map((approval) => [
      <RequestLink pages={pages} id={approval.id} />,
      approval.rule,
      grouped(approval.changes),
      <Subjects {...approval} />,
      <Moment at={approval.expires} />,
    ])}
  />
);

/** The first people and teams of a request. */
const Subjects = ({ subjects }: { subjects: readonly string[] }) => (
  <>
    {subjects.slice(0, subjectsShown).map((subject, index) => (
      <>
        {index > 0 && ', '}
        <Foreign text={subject} />
      </>
    ))}
    {subjects.length > subjectsShown && ', …'}
  </>
);
