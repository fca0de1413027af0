import { z } from 'zod';
import type { TimelyTeam, TimelyTeamMember } from '../domain/timely.ts';
import { teamAnswer, teamsAnswer } from './answers.ts';
import { requireTeamAsAsked } from './echo.ts';
import { nothingWhenRefused, nullWhenNotFound, type Send } from './requests.ts';
import { readWindows, type WindowStart, windowSize } from './windows.ts';

/** What joining or leaving a team does to the team's projects. */
export interface TeamProjects {
  grantOnJoin: boolean;
  revokeOnLeave: boolean;
}

export interface NewTeam {
  name: string;
  members: TimelyTeamMember[];
  externalId?: string;
}

/** Teams of the account. All may throw the errors of `Send`. */
export interface TeamCalls {
  /** All teams with their members. */
  teams(): Promise<TimelyTeam[]>;
  /** Null when there is no such team. */
  team(id: number): Promise<TimelyTeam | null>;
  /** A team of that name, ignoring case, in the list of teams or in Timely's search, since either may be behind. */
  findTeam(name: string): Promise<TimelyTeam | null>;
  /**
   * Not safe to repeat after a lost answer: `findTeam` first (timely-api.md, section 6). `beforeSending` is awaited
   * right before the request goes out.
   * @throws RejectedError, IgnoredError when Timely answers with another name or other members
   */
  createTeam(team: NewTeam, beforeSending?: () => Promise<void>): Promise<TimelyTeam>;
  /** Members and their projects stay as they are. @throws RejectedError also when Timely keeps the name */
  renameTeam(id: number, name: string): Promise<TimelyTeam>;
  /** `members` is the whole membership afterwards. @throws RejectedError also when Timely answers with another one */
  setTeamMembers(id: number, members: TimelyTeamMember[], projects: TeamProjects): Promise<TimelyTeam>;
  /** Nobody loses a project by it. Done as well when the team is not there. */
  deleteTeam(id: number): Promise<void>;
}

export function createTeamCalls(send: Send, accountId: number): TeamCalls {
  const path = `/${accountId}/teams`;
  return {
    teams: () => readAllTeams((start) => askForWindow(send, path, start)),
    team: (id) =>
      send({ what: `read team ${id}`, method: 'GET', path: `${path}/${id}`, answer: teamAnswer }).catch(
        nullWhenNotFound,
      ),
    findTeam: async (name) => {
      const named = (team: { name: string }) => team.name.toLowerCase() === name.toLowerCase();
      const listed = (await readAllTeams((start) => askForWindow(send, path, start))).find(named);
      return listed ?? (await searchTeams(send, path, name)).find(named) ?? null;
    },
    createTeam: async ({ name, members, externalId }, beforeSending = async () => {}) => {
      const what = 'create a team';
      const external = externalId === undefined ? {} : { external_id: externalId };
      const body = { team: { name, users: toRows(members), ...external } };
      const team = await send({ what, method: 'POST', path, body, beforeSending, answer: teamAnswer });
      return requireTeamAsAsked(what, { name, members }, team);
    },
    renameTeam: (id, name) =>
      update(send, path, id, {
        what: `rename team ${id}`,
        asked: { name },
        // Leaving `users` out keeps the members (timely-api.md, section 3).
        body: { team: { name } },
        projects: { grantOnJoin: false, revokeOnLeave: false },
      }),
    setTeamMembers: (id, members, projects) =>
      update(send, path, id, {
        what: `set the members of team ${id}`,
        asked: { members },
        body: { team: { users: toRows(members) } },
        projects,
      }),
    deleteTeam: async (id) => {
      const query = { delete_project_users: false };
      const call = { what: `delete team ${id}`, method: 'DELETE', path: `${path}/${id}`, query } as const;
      await send({ ...call, answer: z.unknown() }).catch(nullWhenNotFound);
    },
  };
}

interface TeamUpdate {
  what: string;
  asked: { name?: string; members?: TimelyTeamMember[] };
  body: unknown;
  projects: TeamProjects;
}

async function update(send: Send, path: string, id: number, change: TeamUpdate): Promise<TimelyTeam> {
  const { what, asked, body, projects } = change;
  const team = await send({
    what,
    method: 'PUT',
    path: `${path}/${id}`,
    // Both are sent always: by default joining grants the team's projects and leaving keeps them (section 3).
    query: {
      add_users_to_team_projects: projects.grantOnJoin,
      delete_users_from_team_projects: projects.revokeOnLeave,
    },
    body,
    answer: teamAnswer,
  });
  return requireTeamAsAsked(what, asked, team);
}

async function readAllTeams(ask: (start: WindowStart) => Promise<TimelyTeam[]>): Promise<TimelyTeam[]> {
  const teams = new Map<number, TimelyTeam>();
  const readOnce = async () => {
    let windows = 0;
    for await (const window of readWindows(ask)) {
      windows += 1;
      for (const team of window) teams.set(team.id, team);
    }
    return windows;
  };
  // The list is sorted by name: a team that is renamed or deleted meanwhile moves others over the edge of a window.
  if ((await readOnce()) > 1) await readOnce();
  return [...teams.values()];
}

// Timely documents both paging styles and not which one it obeys (section 3): both are sent, and either works.
function askForWindow(send: Send, path: string, { offset, page }: WindowStart): Promise<TimelyTeam[]> {
  const query = { limit: windowSize, offset, page, per_page: windowSize, order: 'asc' };
  return send({ what: 'list the teams', method: 'GET', path, query, answer: teamsAnswer });
}

function searchTeams(send: Send, path: string, name: string): Promise<TimelyTeam[]> {
  const query = { q: name, per_page: 100, page: 1 };
  const call = { what: 'search for a team', method: 'GET', path: `${path}/search`, query } as const;
  return send({ ...call, answer: teamsAnswer }).catch(nothingWhenRefused);
}

const toRows = (members: TimelyTeamMember[]) =>
  members.map(({ userId, lead, hideHours }) => ({ user_id: userId, lead, hide_hours: hideHours }));
