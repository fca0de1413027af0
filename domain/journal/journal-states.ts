/** What the journal keeps of people and teams before and after a change: as much as taking it back needs, and no more. */
import type { TimelyTeam, TimelyTeamMember } from '../timely.ts';

/** A member of a team, and whether the sync had put them there. */
export interface JournalMember extends TimelyTeamMember {
  managed: boolean;
}

/** A team with those of its members who came or went; `size` counts all. A team of thousands is not written down for one. */
export interface JournalTeam {
  id: number;
  name: string;
  size: number;
  members: JournalMember[];
}

/** A place that somebody had in a team when they were removed. */
export interface JournalPlace extends Omit<JournalMember, 'userId'> {
  team: number;
}

/** State of a person. `timelyId` behind an invitation or a link, `teams` before a removal. */
export interface JournalPerson {
  role: string;
  timelyId?: number;
  teams?: JournalPlace[];
}

/** The places of a user in teams; `managed` answers for whom the sync answers in a team. */
export function placesOf(
  userId: number,
  teams: readonly TimelyTeam[],
  managed: (teamId: number) => ReadonlySet<number>,
): JournalPlace[] {
  return teams.flatMap(({ id, members }) =>
    members
      .filter((member) => member.userId === userId)
      .map(({ lead, hideHours }) => ({ team: id, lead, hideHours, managed: managed(id).has(userId) })),
  );
}

/** A team before and after a write of ours, each with the members that the other does not have. */
export function teamStates(
  before: TimelyTeam | null,
  after: TimelyTeam | null,
  managed: ReadonlySet<number>,
): { before: JournalTeam | null; after: JournalTeam | null } {
  return { before: without(before, after, managed), after: without(after, before, managed) };
}

function without(
  team: TimelyTeam | null,
  other: TimelyTeam | null,
  managed: ReadonlySet<number>,
): JournalTeam | null {
  if (!team) return null;
  const others = new Set(other?.members.map(({ userId }) => userId));
  const members = team.members
    .filter(({ userId }) => !others.has(userId))
    .map((member) => ({ ...member, managed: managed.has(member.userId) }));
  return { id: team.id, name: team.name, size: team.members.length, members };
}
