/** A cycle's report as text for people. */
import type {
  CycleCounts,
  CycleError,
  CycleReport,
  Failure,
  ReportLine,
} from '../../domain/contract/report.ts';
import { type ChangeKind, type Finding, selfEndingHolds } from '../../domain/plan/change.ts';
import { findingCountsText } from '../../domain/plan/finding-kinds.ts';
import { seatFindingKinds } from '../../domain/plan/seats.ts';
import { shownTexts } from '../../domain/shown-text.ts';
import { changesTable, signed } from './change-groups.ts';
import { changesIn } from './estimate.ts';
import { countsOf } from './findings-text.ts';
import { moment, span } from './output.ts';

/** Lines of a kind that are read for a screen; `--json` and the journal have them all. */
export const shownLimit = 200;

const doneWords: Record<ChangeKind, string> = {
  invite: 'invited',
  reinstate: 'reinstated',
  link: 'linked',
  changeRole: 'role changed',
  remove: 'removed',
  createTeam: 'team created',
  renameTeam: 'team renamed',
  setTeamMembers: 'team members set',
  retireTeam: 'team retired',
};

const countWords: [count: keyof CycleCounts, words: string, ofMany?: string][] = [
  ['inScope', 'in scope'],
  ['invited', 'invited'],
  ['reinstated', 'reinstated'],
  ['linked', 'linked'],
  ['roleChanged', 'with a new role'],
  ['removed', 'removed'],
  ['teamsCreated', 'new team', 'new teams'],
  ['teamsRenamed', 'team renamed', 'teams renamed'],
  ['teamMembersChanged', 'team with changed members', 'teams with changed members'],
  ['teamsRetired', 'team retired', 'teams retired'],
  ['held', 'held'],
  ['failed', 'failed'],
  ['unchanged', 'unchanged'],
];

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
  const waiting = all.filter(({ status }) => status !== 'done');
  const { held, failed } = report.counts;
  const isCut = lines.some(({ length }) => length > shownLimit);
  // Refused ones have no count.
  const refused = waiting.filter(({ status }) => status === 'refused').length;
  const totals = isCut ? { waiting: held + failed + refused, done: changesIn(report.counts) } : null;
  return [
    cycleTitle(tenant, report),
    countsLine(report.counts),
    ...(report.cycleError ? [cycleErrorText(report.cycleError)] : []),
    ...seatLines(findings),
    ...changesTable('What waits', waiting, signedRow, {
      ...{ most: rowsMax.waiting, columns, total: totals?.waiting },
    }),
    ...changesTable('What was done', done, signedRow, {
      ...{ most: rowsMax.done, columns, total: totals?.done },
    }),
    ...findingsLine(tenant, findings),
    ...nextSteps(tenant, waiting),
  ].join('\n');
}

/** Rows of the first screen: the rest is in `status`, `approvals list` and `history`. */
const rowsMax = { waiting: 8, done: 12 };

const signedRow = (line: ReportLine) => signed(line, changeTableRow(line));

const seatLines = (findings: Finding[]): string[] =>
  findings.filter(({ kind }) => seatFindingKinds.includes(kind)).map(({ message }) => message);

function findingsLine(tenant: string, findings: Finding[]): string[] {
  const found = findingCountsText(countsOf(findings));
  return found === '' ? [] : [`Findings: ${found}. They are in: timely-sync findings ${tenant}`];
}

function nextSteps(tenant: string, waiting: ReportLine[]): string[] {
  const asks = waiting.some(({ hold }) => hold && !selfEndingHolds.includes(hold.rule));
  return asks ? [`Next: timely-sync approvals list ${tenant}`] : [];
}

/** A change as a row: its outcome, its person or team, and why. */
export function changeTableRow(line: ReportLine): [string, string, string] {
  const who =
    line.name === '' || line.name === line.subject ? line.subject : `${line.name} <${line.subject}>`;
  return [whatBecame(line), who, whyText(line)];
}

/** A reason without the code in front of it, which `--json` keeps for programs: `joiner: …`. */
export const spokenReason = (reason: string): string => reason.replace(/^[a-z]+(?:-[a-z]+)*: (?=\S)/, '');

/** The counts that are not zero: `50 in scope: 47 invited, 3 held`. */
export function countsLine(counts: CycleCounts): string {
  const parts = countWords
    .filter(([key]) => counts[key] > 0)
    .map(([key, words, ofMany = words]) => `${counts[key]} ${counts[key] === 1 ? words : ofMany}`);
  return parts.length > 0 ? `${parts.join(', ')}.` : 'No one is in scope.';
}

/** What is wrong and what to do. */
export function cycleErrorText({ health, message, remedy }: CycleError): string {
  return [`${health}: ${message}`, ...(remedy ? [`  ${remedy}`] : [])].join('\n');
}

/** `contoso: cycle 3, full, 4.2 s`. */
function cycleTitle(tenant: string, { number, kind, startedAt, finishedAt }: CycleReport): string {
  const took = finishedAt ? span(Date.parse(finishedAt) - Date.parse(startedAt)) : 'still running';
  return `${tenant}: cycle ${number}, ${kind}, ${took}`;
}

function whatBecame({ change, status, hold, refusal }: ReportLine): string {
  if (status === 'done') return doneWords[change];
  return `${status}: ${hold?.rule ?? refusal?.rule ?? change}`;
}

function whyText({ why, hold, refusal, failure }: ReportLine): string {
  if (failure) return `${failure.message} ${failure.remedy} ${nextTry(failure)}`.trim();
  const stopped = hold ?? refusal;
  return stopped ? `${stopped.detail} (${spokenReason(why)})` : spokenReason(why);
}

function nextTry({ tries, nextTryAt }: Failure): string {
  if (tries === undefined || nextTryAt === undefined) return '';
  return `Tried ${tries === 1 ? 'once' : `${tries} times`}, next at ${moment(nextTryAt)}.`;
}
