/** A cycle's report as text for people. */
import type { CycleReport, ReportLine } from '../../domain/contract/report.ts';
import { type Finding, selfEndingHolds } from '../../domain/plan/change.ts';
import { findingCountsText } from '../../domain/plan/finding-kinds.ts';
import { seatFindingKinds } from '../../domain/plan/seats.ts';
import { shownTexts } from '../../domain/shown-text.ts';
import { changesTable, linesIn, signed } from './change-groups.ts';
import { changesIn } from './estimate.ts';
import { countsOf } from './findings-text.ts';
import { changeTableRow, countsLine, cycleErrorText } from './words/change-words.ts';
import { span } from './words/moments.ts';
import { fitted } from './wrapped-text.ts';

/** Lines of a kind that are read for a screen; `--json` and the journal have them all. */
export const shownLimit = 200;

/** What a report shows of a cycle. Of each kind of lines there may be one more than is shown. */
export interface ShownCycle {
  tenant: string;
  report: CycleReport;
  lines: ReportLine[][];
  findings: Finding[];
}

/** Who was invited, linked, held, refused and why, what failed, the counts and the findings of a cycle. */
export function reportText(cycle: ShownCycle, columns: number): string {
  const { tenant, report, lines, findings } = shownTexts(cycle);
  const all = lines.flat();
  const done = all.filter(({ status }) => status === 'done');
  const waiting = failedFirst(all.filter(({ status }) => status !== 'done'));
  const { held, failed } = report.counts;
  const isCut = lines.some(({ length }) => length > shownLimit);
  // Refused ones have no count.
  const refused = waiting.filter(({ status }) => status === 'refused').length;
  const totals = isCut ? { waiting: held + failed + refused, done: changesIn(report.counts) } : null;
  const head = [
    cycleTitle(tenant, report),
    countsLine(report.counts),
    ...(report.cycleError ? [cycleErrorText(report.cycleError)] : []),
    ...seatLines(findings),
  ];
  const end = [...findingLines(tenant, report, findings), ...nextSteps(tenant, waiting)];
  // A terminal breaks these sentences.
  const around = [...head, ...end].map((text) => fitted(text, columns));
  const room = Math.max(screenHeight - linesIn(around), 0);
  const waits = changesTable('What waits', waiting, signedRow, {
    ...{ most: rowsMax.waiting, columns, total: totals?.waiting },
    // Some room is for what was done, if anything was.
    height: done.length > 0 ? Math.floor(room * waitingShare) : room,
  });
  const was = changesTable('What was done', done, signedRow, {
    ...{ most: rowsMax.done, columns, total: totals?.done },
    height: room - (waits.length > 0 ? linesIn(waits) : 0),
  });
  return [...head, ...waits, ...was, ...end].join('\n');
}

/** Lines of the first screen, and the share of what waits in those between its head and its end. */
const screenHeight = 40;
const waitingShare = 0.7;

/** Rows of the first screen: the rest is in `status`, `approvals list` and `history`. */
const rowsMax = { waiting: 8, done: 12 };

/** What has failed stays in sight where not everything fits. */
const failedFirst = (lines: readonly ReportLine[]): ReportLine[] =>
  lines.toSorted((one, other) => Number(other.status === 'failed') - Number(one.status === 'failed'));

const signedRow = (line: ReportLine) => signed(line, changeTableRow(line));

const seatLines = (findings: Finding[]): string[] =>
  findings.filter(({ kind }) => seatFindingKinds.includes(kind)).map(({ message }) => message);

function findingLines(tenant: string, { kind }: CycleReport, findings: Finding[]): string[] {
  // They are about this one undo: no list of the tenant's findings has them.
  if (kind === 'undo')
    return findings.map(({ subject, message }) => `Cannot be taken back, or stays: ${subject}. ${message}`);
  const found = findingCountsText(countsOf(findings));
  return found === '' ? [] : [`Findings: ${found}. They are in: timely-sync findings ${tenant}`];
}

function nextSteps(tenant: string, waiting: ReportLine[]): string[] {
  const asks = waiting.some(({ hold }) => hold && !selfEndingHolds.includes(hold.rule));
  return asks ? [`Next: timely-sync approvals list ${tenant}`] : [];
}

/** `contoso: cycle 3, full, 4.2 s`. */
function cycleTitle(tenant: string, { number, kind, startedAt, finishedAt }: CycleReport): string {
  const took = finishedAt ? span(Date.parse(finishedAt) - Date.parse(startedAt)) : 'still running';
  return `${tenant}: cycle ${number}, ${kind}, ${took}`;
}
