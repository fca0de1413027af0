/** A cycle's report as text for people. */
import type {
  CycleCounts,
  CycleError,
  CycleReport,
  Failure,
  ReportLine,
} from '../../domain/contract/report.ts';
import type { ChangeKind, Finding } from '../../domain/plan/change.ts';
import { shownTexts } from '../../domain/shown-text.ts';
import { moment, span, table } from './output.ts';

/** More lines of a kind than a person reads on a terminal; `--json` and the journal have them all. */
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
  const changes = lines.flatMap(changeRows);
  return [
    cycleTitle(tenant, report),
    ...(changes.length > 0 ? [table(['what', 'who', 'why'], changes, columns)] : []),
    ...(findings.length > 0 ? [table(['finding', 'about', 'says'], findingRows(findings), columns)] : []),
    countsLine(report.counts),
    ...(report.cycleError ? [cycleErrorText(report.cycleError)] : []),
  ].join('\n');
}

/** A change as a row: its outcome, its person or team, and why. */
export function changeTableRow(line: ReportLine): [string, string, string] {
  const who =
    line.name === '' || line.name === line.subject ? line.subject : `${line.name} <${line.subject}>`;
  return [whatBecame(line), who, whyText(line)];
}

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

function changeRows(lines: ReportLine[]): string[][] {
  return cut(lines.map(changeTableRow));
}

function findingRows(findings: Finding[]): string[][] {
  return cut(findings.map(({ kind, subject, message }) => [kind, subject, message]));
}

function cut(rows: string[][]): string[][] {
  return rows.length > shownLimit ? [...rows.slice(0, shownLimit), ['…', 'and more', '']] : rows;
}

function whatBecame({ change, status, hold, refusal }: ReportLine): string {
  if (status === 'done') return doneWords[change];
  return `${status}: ${hold?.rule ?? refusal?.rule ?? change}`;
}

function whyText({ why, hold, refusal, failure }: ReportLine): string {
  if (failure) return `${failure.message} ${failure.remedy} ${nextTry(failure)}`.trim();
  const stopped = hold ?? refusal;
  return stopped ? `${stopped.detail} (${why})` : why;
}

function nextTry({ tries, nextTryAt }: Failure): string {
  if (tries === undefined || nextTryAt === undefined) return '';
  return `Tried ${tries === 1 ? 'once' : `${tries} times`}, next at ${moment(nextTryAt)}.`;
}
