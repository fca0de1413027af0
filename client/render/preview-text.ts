/** A preview as text for people. */
import type { PlanLine } from '../../domain/contract/preview.ts';
import type { PreviewDocument } from '../remote/preview.ts';
import { countedItems, table } from './output.ts';
import { stateText } from './plan-file.ts';
import { changeTableRow } from './report-table.ts';

/** More than a person reads on a terminal; `--out` and `--json` have them all. */
export const shownMax = 200;

const differenceWords = { added: 'new: ', changed: 'now: ', gone: 'no longer: ' } as const;

export function previewText(document: PreviewDocument, columns: number): string {
  const { changes, findings } = document;
  return [
    headline(document),
    ...(changes.length > 0 ? [table(['what', 'who', 'why'], cut(changes.map(planRow)), columns)] : []),
    ...(findings.length > 0
      ? [
          table(
            ['finding', 'about', 'says'],
            cut(findings.map(({ kind, subject, message }) => [kind, subject, message])),
            columns,
          ),
        ]
      : []),
    summary(document),
    ...doubts(document),
    ...seatsLine(document),
  ].join('\n');
}

function headline({ tenant, against, changes }: PreviewDocument): string {
  if (against) {
    return changes.length > 0
      ? `${tenant}: what the edited file would change in the next cycle's plan.`
      : `${tenant}: with the edited file the next cycle's plan is the same.`;
  }
  return changes.length > 0
    ? `${tenant}: what the next cycle would do. Nothing was written.`
    : `${tenant}: the next cycle would change nothing.`;
}

function planRow(line: PlanLine): string[] {
  const [what, who, why] = changeTableRow(line);
  const difference = line.difference ? differenceWords[line.difference] : '';
  return [`${difference}${line.status === 'planned' ? line.change : what}`, who, `${why}${statesOf(line)}`];
}

function statesOf({ before, after, joins, leaves }: PlanLine): string {
  const moves = [...joins.map((who) => `+${who}`), ...leaves.map((who) => `-${who}`)];
  if (moves.length > 0) return ` [${moves.join(' ')}]`;
  const [from, to] = [stateText(before), stateText(after)];
  return from === to ? '' : ` [${from || 'not there'} → ${to || 'not there'}]`;
}

function summary({ inScope, unchanged, counts }: PreviewDocument): string {
  const { planned, held, refused, failed } = counts;
  return `${inScope} in scope, ${unchanged} unchanged; ${countedItems(planned, 'change')} to apply, ${held} held, ${refused} refused, ${failed} waiting after a failure.`;
}

function doubts({ read: { evidence } }: PreviewDocument): string[] {
  if (!evidence || evidence.complete) return [];
  return [`The read of the directory is not complete, so no one is removed: ${evidence.reasons.join('; ')}`];
}

function seatsLine({ seats }: PreviewDocument): string[] {
  if (seats === null) return [];
  const waiting = seats.waiting > 0 ? `; ${seats.waiting} wait for one` : '';
  return [`Seats: ${seats.used} of ${seats.paid} used, ${seats.usedAfter} afterwards${waiting}.`];
}

function cut(rows: string[][]): string[][] {
  const more = ['…', 'and more', 'timely-sync preview --out plan.csv has them all'];
  return rows.length > shownMax ? [...rows.slice(0, shownMax), more] : rows;
}
