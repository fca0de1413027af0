import type { ApprovalDetail } from '../../domain/contract/report.ts';
import { formatCount } from '../../domain/text.ts';
import { moment, table } from './output.ts';
import { changeTableRow } from './report-table.ts';

/** Changes that are shown on a terminal; `approvals show --json` has them all. */
export const changesShown = 200;

/** A request as text: what it asks, each change with its decision, and who answered what. */
export function approvalText(detail: ApprovalDetail, columns: number): string {
  const { id, rule, state, opened, expires, changes, lines, decisions } = detail;
  const rows = lines.map((line) => {
    const [, who, why] = changeTableRow(line);
    return [line.change, who, line.decision ?? '-', why];
  });
  return [
    `${id}: ${rule}, ${state}; opened ${moment(opened)}, expires ${moment(expires)}`,
    table(['change', 'who', 'decision', 'why'], rows, columns),
    ...(changes > lines.length
      ? [`… and ${changes - lines.length} more: timely-sync approvals show ${id} --json`]
      : []),
    ...decisions.map(({ decision, by, at, note, channel, changes: decided }) => {
      const said = note ? `: ${note}` : '';
      return `${moment(at)} ${by} by ${channel}: ${decision} ${formatCount(decided, 'change', 'changes')}${said}`;
    }),
  ].join('\n');
}
