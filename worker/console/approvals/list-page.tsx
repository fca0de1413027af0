/** What waits for a decision, the oldest first. */
import { approvalSubjects } from '../../../activities/approvals/approval-details.ts';
import type { ApprovalSummary } from '../../../domain/contract/report.ts';
import { addressWith, Pager, Table } from '../elements/lists.tsx';
import { Foreign, groupedCount, Moment } from '../elements/text.tsx';

export interface RequestListProps {
  /** The address of the list, and of one request. */
  list: string;
  requestAt(number: number): string;
  requests: readonly ApprovalSummary[];
  after: number;
  /** Null on the last page. */
  next: number | null;
  /** Ended ones as well. */
  all: boolean;
}

const subjectsShown = 3;

export function RequestList({ list, requestAt, requests, after, next, all }: RequestListProps) {
  const view = all ? { all: 'yes' } : {};
  return (
    <>
      <Table
        caption={all ? 'All requests' : 'Open requests'}
        hasHeading
        head={['Request', 'Asks about', 'Who', 'Changes', all ? 'State' : 'Until']}
        none={all ? 'There has been no request yet.' : 'Nothing waits for a decision.'}
        rows={requests.map((request) => [
          <a href={requestAt(numberOf(request))}>{request.id}</a>,
          `${approvalSubjects[request.rule]} (${request.rule})`,
          <Subjects request={request} />,
          groupedCount(request.changes, 'change', 'changes'),
          all ? request.state : <Moment at={request.expires} />,
        ])}
      />
      <Pager
        start={addressWith(list, view)}
        isFirst={after === 0}
        next={next === null ? null : addressWith(list, { ...view, after: next })}
      />
      <p>
        {all ? (
          <a href={list}>Only open requests</a>
        ) : (
          <a href={addressWith(list, { all: 'yes' })}>Ended requests as well</a>
        )}
      </p>
    </>
  );
}

export const numberOf = ({ id }: Pick<ApprovalSummary, 'id'>): number =>
  Number(id.slice(id.indexOf('/') + 1));

function Subjects({ request: { subjects } }: { request: ApprovalSummary }) {
  const others = subjects.length > subjectsShown ? ', …' : '';
  return (
    <>
      {subjects.slice(0, subjectsShown).map((subject, index) => (
        <>
          {index > 0 && ', '}
          <Foreign text={subject} />
        </>
      ))}
      {others}
    </>
  );
}
