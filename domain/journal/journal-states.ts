/** States of people and teams before and after a change, as the journal keeps them: just enough for an undo. */
import type { TimelyTeam, TimelyTeamMember } from '../timely.ts';

/** A member of a team, and whether the sync added them. */
export interface JournalMember extends TimelyTeamMember {
  managed: boolean;
}

/** A team with only the members who joined or left, so that one change does not store thousands. `size` counts all. */
export interface JournalTeam {
  id: number;
  name: string;
  size: number;
  members: JournalMember[];
}

/** A person's membership of a team at the time of their removal. */
export interface JournalPlace extends Omit<JournalMember, 'userId'> {
  team: number;
}

/** State of a person, with `timelyId` after an invitation or a link, and with `teams` before a removal. */
export interface JournalPerson {
  role: string;
  /** The role had been given by hand (docs/reference/rules.md section 4.3). */
  byHand?: true;
  timelyId?: number;
  teams?: JournalPlace[];
}

/** Returns the team memberships of a user. `managed` returns the users that the sync manages in a team. */
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

/** Returns a team before and after a write, each state with the members that the other lacks. */
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
