/** Many changes on few lines: a reason that several share is said once. */
import type { ReportLine } from '../../domain/contract/report.ts';
import { groupBy } from '../../domain/group-by.ts';
import { changeSigns } from '../../domain/plan/change.ts';
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
 * `most` rows; `isCut`: there are more changes than these lines.
 */
export function changesTable<Line extends ReportLine>(
  title: string,
  lines: readonly Line[],
  rowOf: (line: Line) => ChangeTableRow,
  { most, columns, isCut }: { most: number; columns: number; isCut: boolean },
): string[] {
  if (lines.length === 0) return [];
  const groups = groupBy(lines, (line) => {
    const [what, , why] = rowOf(line);
    return JSON.stringify([what, why]);
  });
  const rows: ChangeTableRow[] = [];
  let left = 0;
  for (const group of groups.values()) {
    const some = group.length > aloneMax ? [asOne(group, rowOf)] : group.map(rowOf);
    if (rows.length + some.length <= most) rows.push(...some);
    else left += group.length;
  }
  const more = left > 0 || isCut ? [`… and ${left}${isCut ? ' or more' : ''} others`] : [];
  return [`${title}:`, table(['what', 'who', 'why'], rows, columns), ...more];
}

function asOne<Line extends ReportLine>(
  group: readonly Line[],
  rowOf: (line: Line) => ChangeTableRow,
): ChangeTableRow {
  const [[what, , why] = ['', '', '']] = group.map(rowOf);
  const names = group.slice(0, namesShown).map(({ name, subject }) => name || subject);
  const others = group.length > namesShown ? `, and ${group.length - namesShown} more` : '';
  const areTeams = group.every(({ change }) => change.endsWith('Team') || change === 'setTeamMembers');
  return [what, `${group.length} ${areTeams ? 'teams' : 'people'}`, `${why}: ${names.join(', ')}${others}`];
}
