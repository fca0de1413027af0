/** A preview as text for people: the numbers, what waits, what it would do, and what to do next. */
import type { PlanLine } from '../../domain/contract/preview.ts';
import { findingCountsText } from '../../domain/plan/finding-kinds.ts';
import { formatCount } from '../../domain/text.ts';
import type { PreviewDocument } from '../remote/preview.ts';
import { type ChangeTableRow, changesTable, groupsTable, signed } from './change-groups.ts';
import { countsOf } from './findings-text.ts';
import { stateText } from './plan-file.ts';
import { changeTableRow, doubtText } from './words/change-words.ts';

/** Changes that are read for a screen; `--out` and `--json` have them all. */
export const shownMax = 200;

/** Rows of the first screen. */
const rowsMax = { waiting: 8, planned: 12 };

const differenceWords = { added: 'new: ', changed: 'now: ', gone: 'no longer: ' } as const;

interface PreviewPlace {
  /** The tenant file, as `preview` takes it. */
  file?: string;
  /** Whether other next steps follow. */
  isFollowed?: boolean;
}

export function previewText(
  document: PreviewDocument,
  columns: number,
  { file = 'FILE', isFollowed = false }: PreviewPlace = {},
): string {
  const { changes, findings, tenant } = document;
  const found = findingCountsText(countsOf(findings));
  return [
    headline(document),
    ...summary(document),
    ...doubts(document),
    ...seatsLine(document),
    ...(changes.length > shownMax ? groupTables(document, columns) : changeTables(document, columns)),
    ...(found === '' ? [] : [`Findings: ${found}. They are in: timely-sync preview ${file} --json`]),
    ...nextLines(document, file),
    ...(isFollowed || changes.length === 0 ? [] : [`Next: timely-sync resume ${tenant}, if it is paused`]),
  ].join('\n');
}

const titles = { waiting: 'What waits', planned: 'What it would do' };

function changeTables({ changes }: PreviewDocument, columns: number): string[] {
  const planned = changes.filter(({ status }) => status === 'planned');
  const waiting = changes.filter(({ status }) => status !== 'planned');
  return [
    ...changesTable(titles.waiting, waiting, planRow, { most: rowsMax.waiting, columns }),
    ...changesTable(titles.planned, planned, planRow, { most: rowsMax.planned, columns }),
  ];
}

/** Of more changes than are read here: the first ones say nothing of the others, so the numbers of all are shown. */
function groupTables({ counts: { groups } }: PreviewDocument, columns: number): string[] {
  const planned = groups.filter(({ status }) => status === 'planned');
  const waiting = groups.filter(({ status }) => status !== 'planned');
  return [...groupsTable(titles.waiting, waiting, columns), ...groupsTable(titles.planned, planned, columns)];
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

function planRow(line: PlanLine): ChangeTableRow {
  const [what, who, why] = changeTableRow(line);
  const difference = line.difference ? differenceWords[line.difference] : '';
  const shown = line.status === 'planned' ? line.change : what;
  return signed(line, [`${difference}${shown}`, who, `${why}${statesOf(line)}`]);
}

function statesOf({ before, after, joins, leaves }: PlanLine): string {
  const moves = [...joins.map((who) => `+${who}`), ...leaves.map((who) => `-${who}`)];
  if (moves.length > 0) return ` [${moves.join(' ')}]`;
  const [from, to] = [stateText(before), stateText(after)];
  return from === to ? '' : ` [${from || 'not there'} → ${to || 'not there'}]`;
}

/** `2 to add, 0 to change, 1 to remove`, and only those of the rest that are not zero. */
function summary({ inScope, unchanged, counts, against }: PreviewDocument): string[] {
  const { planned, toAdd, toChange, toRemove, held, refused, failed } = counts;
  const rest = [
    ...(held > 0 ? [`${held} held`] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(failed > 0 ? [`${failed} waiting after a failure`] : []),
  ];
  const people = against ? [] : [`${inScope} in scope, ${unchanged} unchanged.`];
  const none = planned === 0 && rest.length === 0;
  const plan = [`${toAdd} to add, ${toChange} to change, ${toRemove} to remove`, ...rest];
  return [...people, ...(none ? [] : [`Plan: ${plan.join('; ')}.`])];
}

function doubts({ read: { evidence } }: PreviewDocument): string[] {
  const doubt = evidence && doubtText(evidence);
  return doubt ? [doubt] : [];
}

function seatsLine({ seats }: PreviewDocument): string[] {
  if (seats === null) return [];
  const waiting = seats.waiting > 0 ? `; ${seats.waiting} wait for one` : '';
  return [`Seats: ${seats.used} of ${seats.paid} used, ${seats.usedAfter} afterwards${waiting}.`];
}

function nextLines({ counts, changes }: PreviewDocument, file: string): string[] {
  if (changes.length === 0) return [];
  const held =
    counts.asking > 0
      ? [
          `${formatCount(counts.asking, 'change asks', 'changes ask')} for an approval once the cycle has run.`,
        ]
      : [];
  return [...held, `All changes: timely-sync preview ${file} --out plan.csv`];
}
