/** What became of changes, in words: for the command's tables and for the console's pages. */
import { countTexts } from '../../../domain/contract/cycle-counts-text.ts';
import type {
  CycleCounts,
  CycleError,
  CycleReport,
  Failure,
  ReportLine,
} from '../../../domain/contract/report.ts';
import type { Evidence } from '../../../domain/people/directory.ts';
import type { ChangeKind } from '../../../domain/plan/change.ts';
import { moment, span, type When } from './moments.ts';

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

/** A change as a row: its outcome, its person or team, and why. */
export function changeTableRow(line: ReportLine): [string, string, string] {
  const who =
    line.name === '' || line.name === line.subject ? line.subject : `${line.name} <${line.subject}>`;
  return [outcomeText(line), who, reasonText(line)];
}

/** A reason without the code in front of it, which `--json` keeps for programs: `joiner: …`. */
export const spokenReason = (reason: string): string => reason.replace(/^[a-z]+(?:-[a-z]+)*: (?=\S)/, '');

/** The counts that are not zero: `50 in scope: 47 invited, 3 held`. */
export function countsLine(counts: CycleCounts): string {
  const parts = countTexts(counts);
  return parts.length > 0 ? `${parts.join(', ')}.` : 'No one is in scope.';
}

/** What is wrong and what to do. */
export function cycleErrorText({ health, message, remedy }: CycleError): string {
  return [`${health}: ${message}`, ...(remedy ? [`  ${remedy}`] : [])].join('\n');
}

/** What a read of the directory does not prove; null when it is complete. */
export const doubtText = ({ complete, reasons }: Evidence): string | null =>
  complete ? null : `The read of the directory is not complete, so no one is removed: ${reasons.join('; ')}`;

/** How long a cycle took: `4.2 s`, or `runs`. */
export const cycleTook = ({ startedAt, finishedAt }: CycleReport): string =>
  finishedAt ? span(Date.parse(finishedAt) - Date.parse(startedAt)) : 'runs';

/** What a cycle did, or why it did nothing. */
export function cycleResult({ finishedAt, counts, cycleError }: CycleReport): string {
  if (cycleError) return `${cycleError.health}: ${cycleError.message}`;
  const isUnplanned = finishedAt === null && counts.inScope === 0;
  return isUnplanned ? 'no plan yet' : countsLine(counts);
}

/** What became of a change: `invited`, or `held: sensitive`. */
export function outcomeText({ change, status, hold, refusal }: ReportLine): string {
  if (status === 'done') return doneWords[change];
  return `${status}: ${hold?.rule ?? refusal?.rule ?? change}`;
}

/** Why a change was made, or why it was not. */
export function reasonText({ why, hold, refusal, failure }: ReportLine, when: When = moment): string {
  if (failure) return `${failure.message} ${failure.remedy} ${nextTry(failure, when)}`.trim();
  const stopped = hold ?? refusal;
  return stopped ? `${stopped.detail} (${spokenReason(why)})` : spokenReason(why);
}

function nextTry({ tries, nextTryAt }: Failure, when: When): string {
  if (tries === undefined || nextTryAt === undefined) return '';
  return `Tried ${tries === 1 ? 'once' : `${tries} times`}, next at ${when(nextTryAt)}.`;
}
