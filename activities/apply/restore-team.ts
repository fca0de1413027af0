/** What an undo does to the members of a team, against the team as it is at that moment. */
import { isDeepStrictEqual } from 'node:util';
import type { TeamRestore } from '../../domain/plan/change.ts';
import type { TimelyTeam, TimelyTeamMember } from '../../domain/timely.ts';
import { timelyIdsOf } from '../../store/planning/links.ts';
import type { ApplyContext } from './apply-context.ts';
import { sendMembers } from './send-members.ts';

/** The members of `current` with the undo's put back and its others taken out; who is not in Timely is left out. */
export async function restoredMembers(
  { services: { database }, row }: ApplyContext,
  { puts, takesOut }: TeamRestore,
  current: readonly TimelyTeamMember[],
): Promise<TimelyTeamMember[]> {
  const personIds = puts.flatMap(({ personId }) => personId ?? []);
  const present = await timelyIdsOf(database, row.tenant, personIds, 'present');
  const leaving = new Set(takesOut);
  const staying = current.filter(({ userId }) => !leaving.has(userId));
  const there = new Set(staying.map(({ userId }) => userId));
  const back = puts.flatMap(({ personId, userId, lead, hideHours }) => {
    const id = personId === null ? userId : present.get(personId);
    return id === undefined || there.has(id) ? [] : [{ userId: id, lead, hideHours }];
  });
  return [...staying, ...back];
}

/** Sets the members of a team back. Answers the team as it is then. */
export async function restoreMembers(
  application: ApplyContext,
  restore: TeamRestore,
  before: TimelyTeam,
): Promise<TimelyTeam> {
  const members = await restoredMembers(application, restore, before.members);
  if (isDeepStrictEqual(members, before.members)) return before;
  return await sendMembers(application, before, members);
}
