/** Writing the members of a team. */
import { RejectedError, WriteIgnoredError } from '../../domain/errors.ts';
import type { TimelyTeam, TimelyTeamMember } from '../../domain/timely.ts';
import { removedAmong } from '../../store/replica/timely-snapshot.ts';
import type { ApplyContext } from './apply-context.ts';

/**
 * Whether Timely lists removed users as members, and takes them back in a write, is unknown
 * (docs/reference/timely-api.md section 3): they go along as they were read, and without them when Timely refuses that,
 * so that one who left keeps nobody else out. Answers the team as it is then.
 */
export async function sendMembers(
  { services, tenant, row }: ApplyContext,
  team: TimelyTeam,
  members: TimelyTeamMember[],
): Promise<TimelyTeam> {
  const { projects } = tenant.file.teamMembers;
  const ids = members.map(({ userId }) => userId);
  const maybeMissing = await removedAmong(services.database, row.tenant, ids);
  try {
    return await tenant.timely.setTeamMembers(team, members, projects, { maybeMissing });
  } catch (error) {
    if (!(error instanceof RejectedError) || error instanceof WriteIgnoredError || maybeMissing.size === 0)
      throw error;
    const present = members.filter(({ userId }) => !maybeMissing.has(userId));
    return await tenant.timely.setTeamMembers(team, present, projects);
  }
}
