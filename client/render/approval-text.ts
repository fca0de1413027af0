import { membersText } from '../../domain/approvals/effect.ts';
import type { ApprovalDetail, EndedRequestSummary } from '../../domain/contract/report.ts';
import { nextForEnded } from '../../domain/contract/why.ts';
import { groupBy } from '../../domain/group-by.ts';
import { formatCount } from '../../domain/text.ts';
import { table } from './output.ts';
import { changeTableRow } from './words/change-words.ts';
import { moment } from './words/moments.ts';

type Line = ApprovalDetail['lines'][number];

/** Changes that are shown on a terminal; `approvals show --json` has them all. */
export const changesShown = 200;

/** An approval as text: its rule, what approving each change does, its decision, and who decided what. */
export function approvalText(detail: ApprovalDetail, columns: number): string {
  const { id, rule, state, opened, expires, changes, lines, decisions } = detail;
  const groups = groupBy(lines, (line) => {
    const [kind, , ...facts] = rowOf(line);
    return JSON.stringify([kind, facts]);
  });
  const rows = [...groups.values()].flatMap((group) =>
    group.length > apartMax ? [rowOfMany(group)] : group.map(rowOf),
  );
  return [
    `${id}: ${rule}, ${state}; opened ${moment(opened)}, expires ${moment(expires)}`,
    linesTable(rows, columns),
    ...(changes > lines.length
      ? [`… and ${changes - lines.length} more: timely-sync approvals show ${id} --json`]
      : []),
    ...decisions.map(({ decision, by, at, note, channel, changes: decided }) => {
      const said = note ? `: ${note}` : '';
      return `${moment(at)} ${by} by ${channel}: ${decision} ${formatCount(decided, 'change', 'changes')}${said}`;
    }),
  ].join('\n');
}

const titles = ['change', 'who', 'before → after', 'decision', 'approving'];
const decisionColumn = titles.indexOf('decision');

/** A column that says nothing of any change is left out. */
function linesTable(rows: string[][], columns: number): string {
  const isDecided = rows.some((row) => row[decisionColumn] !== undecided);
  const shown = (row: string[]) => row.filter((_, column) => isDecided || column !== decisionColumn);
  return table(shown(titles), rows.map(shown), columns);
}

/** More changes that differ in the person alone share a row. */
const apartMax = 20;

/** The screen keeps to 40 lines at 80 columns. */
const namedMax = 24;

const undecided = '-';

function rowOf(line: Line): string[] {
  const [, who, why] = changeTableRow(line);
  return [line.change, who, stepOf(line), line.decision ?? undecided, `${effectOfLine(line)}Why: ${why}`];
}

function rowOfMany(group: readonly Line[]): string[] {
  const [change = '', , step = '', decision = '', says = ''] = group.map(rowOf)[0] ?? [];
  const names = group.slice(0, namedMax).map(({ subject }) => subject);
  const others = group.length - names.length;
  const more = others > 0 ? ` and ${others} more (--json lists them all)` : '';
  return [change, `${group.length} alike`, step, decision, `${says}: ${names.join(', ')}${more}`];
}

const stepOf = ({ effect }: Line) => (effect ? `${effect.before} → ${effect.after}` : '-');

const effectOfLine = ({ effect }: Line) => (effect ? `${effect.says}${membersText(effect)} ` : '');

const subjectsShown = 3;

/** A request that ended without a yes: what is held of it, until when, and how to ask again. */
export function endedText(ended: EndedRequestSummary): string {
  const { id, rule, changes, subjects } = ended;
  const others = subjects.length > subjectsShown ? ', …' : '';
  const who = `${subjects.slice(0, subjectsShown).join(', ')}${others}`;
  return `Held after ${id}: ${rule}, ${formatCount(changes, 'change', 'changes')} about ${who}. ${nextForEnded(ended)}`;
}
