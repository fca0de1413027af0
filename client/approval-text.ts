import type { ApprovalDetail } from '../domain/report.ts';
import { moment, table } from './output.ts';
import { changeRow } from './report-table.ts';

/** A request as text: what it asks, each change with its decision, and who answered what. */
export function approvalText(detail: ApprovalDetail, columns: number): string {
  const { id, rule, state, opened, expires, lines, decisions } = detail;
  const rows = lines.map((line) => {
    const [, who, why] = changeRow(line);
    return [line.change, who, line.decision ?? '-', why];
  });
  return [
    `${id}: ${rule}, ${state}; opened ${moment(opened)}, expires ${moment(expires)}`,
    table(['change', 'who', 'decision', 'why'], rows, columns),
    ...decisions.map(({ decision, by, at, note }) => {
      const said = note ? `: ${note}` : '';
      return `${moment(at)} ${by}: ${decision}${said}`;
    }),
  ].join('\n');
}
