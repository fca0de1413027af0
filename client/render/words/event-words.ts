/** Events of the journal as sentences: who gave which order, and how. */
import type { OrderSource } from '../../../domain/contract/control.ts';
import type { JournalLine } from '../../../domain/contract/journal-line.ts';
import { eventKinds } from '../../../domain/journal/journal.ts';
import { spokenReason } from './change-words.ts';
import { differenceText } from './difference-words.ts';
import { moment } from './moments.ts';

/** `given by ada by command on 2026-11-23 12:06`. */
export const givenText = ({ at, by, channel }: { at: string } & OrderSource): string =>
  `given ${by === null ? '' : `by ${by} `}by ${channel} on ${moment(at)}`;

/** Whether an entry is an order or a decision, not a change of a person or a team. */
export const isEvent = ({ kind }: Pick<JournalLine, 'kind'>): boolean =>
  eventKinds.some((event) => event === kind);

/** Why an event or a change came about, and who is behind it. */
export function entryText({
  kind,
  reason,
  approval,
  approvedBy,
  after,
  by,
  channel,
  differences = [],
}: JournalLine): string {
  const who = [...(by ? [by] : []), ...(channel ? [`by ${channel}`] : [])].join(' ');
  const { decision } = Object(after);
  const said = reason === '' ? '' : `: ${reason}`;
  switch (kind) {
    case 'decided':
      return `${who} ${decision === 'approve' ? 'approved' : 'rejected'}${said}`;
    case 'configured':
      return [who, ...differences.map(differenceText)].filter(Boolean).join('; ');
    default: {
      const approved =
        approval === null
          ? ''
          : ` (${approval}${approvedBy.length > 0 ? `, approved by ${approvedBy.join(', ')}` : ''})`;
      return `${[who, spokenReason(reason)].filter(Boolean).join(': ')}${approved}`;
    }
  }
}
