/** Many changes on few lines: a reason that several share is said once. */
import type { PreviewGroup } from '../../domain/contract/preview.ts';
import type { ReportLine } from '../../domain/contract/report.ts';
import { groupBy } from '../../domain/group-by.ts';
import { type ChangeKind, changeSigns } from '../../domain/plan/change.ts';
import { formatCount } from '../../domain/text.ts';
import { table } from './table.ts';

/** A change as a row of a table: what, who, why. */
export type ChangeTableRow = [what: string, who: string, why: string];

/** Two of a kind stay apart: their addresses say more than a number. */
const aloneMax = 2;
const namesShown = 3;

/** The row with the sign of its change in front. */
export function signed(
  { change }: Pick<ReportLine, 'change'>,
  [what, who, why]: ChangeTableRow,
): ChangeTableRow {
  return [`${changeSigns[change]} ${what}`, who, why];
}

/**
 * A titled table of changes. Those with the same outcome and reason are one row: their number, the reason, the first names. At most
 * `most` rows, and of these as many as fit into `height` lines, the title included; one at least. `total`: how many changes there are, of
 * which these lines may be the first.
 */
export function changesTable<Line extends ReportLine>(
  title: string,
  lines: readonly Line[],
  rowOf: (line: Line) => ChangeTableRow,
  {
    most,
    columns,
    height = Number.POSITIVE_INFINITY,
    total = lines.length,
  }: { most: number; columns: number; height?: number; total?: number | undefined },
): string[] {
  if (lines.length === 0) return [];
  const groups = groupBy(lines, (line) => {
    const [what, , why] = rowOf(line);
    return JSON.stringify([what, why]);
  });
  const rows: { row: ChangeTableRow; changes: number }[] = [];
  const isCut = total > lines.length;
  let left = Math.max(total - lines.length, 0);
  for (const group of groups.values()) {
    const some =
      group.length > aloneMax
        ? [{ row: asOne(group, rowOf, isCut), changes: group.length }]
        : group.map((line) => ({ row: rowOf(line), changes: 1 }));
    if (rows.length + some.length <= most) rows.push(...some);
    else left += group.length;
  }
  for (;;) {
    const more = left > 0 ? [`… and ${formatCount(left, 'other', 'others')}`] : [];
    const cells = rows.map(({ row }) => row);
    const text = [`${title}:`, table(['what', 'who', 'why'], cells, columns), ...more];
    if (rows.length <= 1 || linesIn(text) <= height) return text;
    left += rows.pop()?.changes ?? 0;
  }
}

/** How many lines these texts take. */
export const linesIn = (texts: readonly string[]): number => texts.join('\n').split('\n').length;

function asOne<Line extends ReportLine>(
  group: readonly Line[],
  rowOf: (line: Line) => ChangeTableRow,
  isCut: boolean,
): ChangeTableRow {
  const [[what, , why] = ['', '', '']] = group.map(rowOf);
  const names = group.slice(0, namesShown).map(({ name, subject }) => name || subject);
  const others = group.length > namesShown ? `, and ${group.length - namesShown} more` : '';
  const areTeams = group.every(({ change }) => isOfTeam(change));
  return [
    what,
    `${isCut ? 'at least ' : ''}${countOfSubjects(group.length, areTeams)}`,
    `${why}: ${names.join(', ')}${others}`,
  ];
}

const countOfSubjects = (count: number, areTeams: boolean): string =>
  areTeams ? formatCount(count, 'team', 'teams') : formatCount(count, 'person', 'people');

const isOfTeam = (change: ChangeKind) => change.endsWith('Team') || change === 'setTeamMembers';

/** A titled table of how many changes there are of each fate, where there are too many to group them by their reasons. */
export function groupsTable(title: string, groups: readonly PreviewGroup[], columns: number): string[] {
  if (groups.length === 0) return [];
  const rows = groups.map(({ change, status, rule, changes }) => [
    `${changeSigns[change]} ${status === 'planned' ? change : `${status}: ${change}`}`,
    countOfSubjects(changes, isOfTeam(change)),
    rule ?? '',
  ]);
  return [`${title}:`, table(['what', 'how many', 'rule'], rows, columns)];
}
