/**
 * The order of renames. A team takes a name only after the team that had it has given it up. In a ring of teams that
 * exchange names, the first one to be renamed finds its name taken, and moves the other team to a temporary name
 * (activities/apply/rename-team.ts).
 */
import type { TeamChange } from '../plan/change.ts';
import { foldText } from '../text.ts';

type Rename = Pick<TeamChange, 'kind' | 'before' | 'after'>;

const isRename = ({ kind }: Rename) => kind === 'renameTeam';
const nameGivenUp = ({ before }: Rename) => foldText(before?.name ?? '');
const nameTaken = ({ after }: Rename) => foldText(after?.name ?? '');

/** Returns the changes with the renames among them in an order in which each finds its name free, rings aside. */
export function orderRenames<Change extends Rename>(changes: readonly Change[]): Change[] {
  const renames = changes.filter(isRename);
  const givenUp = new Map(renames.map((rename) => [nameGivenUp(rename), rename]));
  const seen = new Set<Change>();
  const ordered: Change[] = [];
  for (const rename of renames) {
    const chain: Change[] = [];
    for (
      let next: Change | undefined = rename;
      next && !seen.has(next);
      next = givenUp.get(nameTaken(next))
    ) {
      seen.add(next);
      chain.push(next);
    }
    ordered.push(...chain.reverse());
  }
  return changes.map((change) => (isRename(change) ? (ordered.shift() ?? change) : change));
}

/** Whether one of the renames takes a name that another gives up, so that they have an order. */
export function dependOnEachOther(renames: readonly Rename[]): boolean {
  const givenUp = new Set(renames.map(nameGivenUp));
  return renames.some(
    (rename) => nameTaken(rename) !== nameGivenUp(rename) && givenUp.has(nameTaken(rename)),
  );
}

/** Timely accepts names of this length (docs/reference/timely-api.md section 3). */
const nameMaxLength = 255;

/** The name of a team while its name goes to another team. It has the id, so no other team has it. */
export function temporaryName(name: string, timelyId: number): string {
  const ending = ` (renaming, ${timelyId})`;
  return `${name.slice(0, nameMaxLength - ending.length)}${ending}`;
}
