import { z } from 'zod';
import { ContractError, NotFoundError, RejectedError, WriteIgnoredError } from '../domain/errors.ts';
import { sameText } from '../domain/text.ts';
import type { TimelyTeam, TimelyTeamMember } from '../domain/timely.ts';
import { type PageStart, readPages } from './pagination.ts';
import { nothingWhenRefused, nullWhenNotFound, type Send } from './requests.ts';
import {
  oneTeamAnswer,
  type TeamAnswer,
  teamAnswer,
  teamExternalIdsAnswer,
  teamsAnswer,
} from './responses.ts';
import { verifyTeam } from './verify-response.ts';

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
  /** All teams with their members, which are null where neither the list nor the team itself tells them. */
  teams(): Promise<TeamAnswer[]>;
  /** What whoever made them left on the teams (`external_id`), where Timely keeps that. */
  teamExternalIds(): Promise<string[]>;
  /** Null when there is no such team. */
  team(id: number): Promise<TimelyTeam | null>;
  /** A team of that name, ignoring case, in the list of teams or in Timely's search, since either may be behind. */
  findTeam(name: string): Promise<TimelyTeam | null>;
  /** The same by the search alone: one request, and null where Timely has no search or does not allow it. */
  searchTeam(name: string): Promise<TimelyTeam | null>;
  /**
   * Not safe to repeat after a lost answer: `findTeam` first (docs/reference/timely-api.md section 6). `beforeSending`
   * is awaited right before the request goes out. A team that came without its members gets them by a second request.
   * @throws RejectedError, WriteIgnoredError when Timely answers with another name or other members
   */
  createTeam(team: NewTeam, beforeSending?: () => Promise<void>): Promise<TimelyTeam>;
  /** Members and their projects stay as they are. @throws RejectedError also when Timely keeps the name */
  renameTeam(team: TimelyTeam, name: string): Promise<TimelyTeam>;
  /**
   * `members` is the whole membership afterwards. Answers the team as it is when asked for again after the write.
   * @throws RejectedError also when Timely answers with another one
   */
  setTeamMembers(
    team: TimelyTeam,
    members: TimelyTeamMember[],
    projects: TeamProjects,
    options?: { maybeMissing?: ReadonlySet<number> },
  ): Promise<TimelyTeam>;
  /** Nobody loses a project by it. Done as well when the team is not there. */
  deleteTeam(id: number): Promise<void>;
}

const untouchedProjects: TeamProjects = { grantOnJoin: false, revokeOnLeave: false };

export function createTeamCalls(send: Send, accountId: number): TeamCalls {
  const path = `/${accountId}/teams`;
  const read = async (id: number) => {
    const call = {
      what: `read team ${id}`,
      method: 'GET',
      path: `${path}/${id}`,
      answer: oneTeamAnswer,
    } as const;
    const team = await send(call).catch(nullWhenNotFound);
    return team && requireMembers(team);
  };
  const list = () => readAllTeams((start) => askForWindow(send, path, start));
  /** A team with its members, asked for once more where an answer had it without them. */
  const complete = async (team: TeamAnswer): Promise<TimelyTeam | null> =>
    hasMembers(team) ? team : await read(team.id);
  const searchTeam = async (name: string) => {
    const found = (await searchTeams(send, path, name)).find((team) => sameText(team.name, name));
    return found ? await complete(found) : null;
  };
  const update = (team: TimelyTeam, change: TeamUpdate) => updateTeam({ send, path, read }, team, change);
  return {
    teams: async () => {
      const teams: TeamAnswer[] = [];
      for (const team of await list()) {
        const whole = await complete(team).catch((error: unknown) => untold(team, error));
        if (whole) teams.push(whole);
      }
      return teams;
    },
    teamExternalIds: async () => {
      const call = { what: 'list the teams', method: 'GET', path } as const;
      const ids: string[] = [];
      const windows = readPages((start) =>
        send({ ...call, query: windowQuery(start), answer: teamExternalIdsAnswer }),
      );
      for await (const window of windows) ids.push(...window.flatMap(({ external_id }) => external_id ?? []));
      return ids;
    },
    team: read,
    findTeam: async (name) => {
      const listed = (await list()).find((team) => sameText(team.name, name));
      return listed ? await complete(listed) : await searchTeam(name);
    },
    searchTeam,
    createTeam: async ({ name, members, externalId }, beforeSending = async () => {}) => {
      const what = 'create a team';
      const external = externalId === undefined ? {} : { external_id: externalId };
      const body = { team: { name, users: toRows(members), ...external } };
      const answered = await send({ what, method: 'POST', path, body, beforeSending, answer: teamAnswer });
      const team = verifyTeam(what, { name }, (await complete(answered)) ?? { ...answered, members: [] });
      const isAsAsked = members.every(({ userId }) =>
        team.members.some((member) => member.userId === userId),
      );
      return isAsAsked
        ? verifyTeam(what, { members }, team)
        : await update(team, setMembers(team, members, untouchedProjects));
    },
    renameTeam: async (team, name) => {
      const what = `rename team ${team.id}`;
      // Leaving `users` out keeps the members by one document; by the other they are required
      // (docs/reference/timely-api.md section 3).
      const rename = { what, asked: { name }, body: { team: { name } }, projects: untouchedProjects };
      return await update(team, rename).catch((error: unknown) => {
        if (!isAboutUsers(error)) throw error;
        return update(team, { ...rename, body: { team: { name, users: toRows(team.members) } } });
      });
    },
    setTeamMembers: (team, members, projects, { maybeMissing } = {}) =>
      update(team, setMembers(team, members, projects, maybeMissing)),
    deleteTeam: async (id) => {
      const query = { delete_project_users: false };
      const call = { what: `delete team ${id}`, method: 'DELETE', path: `${path}/${id}`, query } as const;
      await send({ ...call, answer: z.unknown() }).catch(nullWhenNotFound);
    },
  };
}

const hasMembers = (team: TeamAnswer): team is TimelyTeam => team.members !== null;

/** Members that are not told must not be taken for none: writing would take everybody out. */
function requireMembers(team: TeamAnswer): TimelyTeam {
  if (hasMembers(team)) return team;
  throw new ContractError(`Timely told team ${team.id} without its members and their flags`);
}

/** One team that cannot be read must not keep everything else from being read. */
function untold(team: TeamAnswer, error: unknown): TeamAnswer {
  if (error instanceof ContractError) return { ...team, members: null };
  throw error;
}

/** One document has `users` among the required fields of an update (docs/reference/timely-api.md section 3). */
const isAboutUsers = (error: unknown) =>
  error instanceof RejectedError &&
  !(error instanceof WriteIgnoredError) &&
  Object.keys(error.fields).some((field) => field.includes('user'));

function setMembers(
  { id, name }: TimelyTeam,
  members: TimelyTeamMember[],
  projects: TeamProjects,
  maybeMissing: ReadonlySet<number> = new Set(),
): TeamUpdate {
  const what = `set the members of team ${id}`;
  // The name goes along as it was read: one client's author found it required (docs/reference/timely-api.md section 9,
  // C-amkisko-rb).
  return {
    what,
    asked: { members, maybeMissing },
    body: { team: { name, users: toRows(members) } },
    projects,
  };
}

interface TeamUpdate {
  what: string;
  asked: { name?: string; members?: TimelyTeamMember[]; maybeMissing?: ReadonlySet<number> };
  body: unknown;
  projects: TeamProjects;
}

interface TeamAccess {
  send: Send;
  path: string;
  read: (id: number) => Promise<TimelyTeam | null>;
}

/** Writes, compares the answer with what was asked for, and reads the team once more, since nothing tells versions apart. */
async function updateTeam(
  { send, path, read }: TeamAccess,
  { id }: TimelyTeam,
  { what, asked, body, projects }: TeamUpdate,
): Promise<TimelyTeam> {
  const answered = await send({
    what,
    method: 'PUT',
    path: `${path}/${id}`,
    // Both are sent always: by default joining grants the team's projects and leaving keeps them
    // (docs/reference/timely-api.md section 3).
    query: {
      add_users_to_team_projects: projects.grantOnJoin,
      delete_users_from_team_projects: projects.revokeOnLeave,
    },
    body,
    answer: teamAnswer,
  });
  if (hasMembers(answered)) verifyTeam(what, asked, answered);
  const seen = await read(id);
  if (!seen)
    throw new NotFoundError(`Timely no longer has team ${id}, which it had just been asked to change`);
  return hasMembers(answered) ? seen : verifyTeam(what, asked, seen);
}

async function readAllTeams(ask: (start: PageStart) => Promise<TeamAnswer[]>): Promise<TeamAnswer[]> {
  const teams = new Map<number, TeamAnswer>();
  const readOnce = async () => {
    let windows = 0;
    for await (const window of readPages(ask)) {
      windows += 1;
      for (const team of window) teams.set(team.id, team);
    }
    return windows;
  };
  // The list is sorted by name: a team that is renamed or deleted meanwhile moves others over the edge of a window.
  if ((await readOnce()) > 1) await readOnce();
  return [...teams.values()];
}

// Timely documents both paging styles and not which one it obeys (docs/reference/timely-api.md section 3): both are
// sent, and either works.
const windowQuery = ({ offset, page, size }: PageStart) => ({
  limit: size,
  offset,
  page,
  per_page: size,
  order: 'asc',
});

function askForWindow(send: Send, path: string, start: PageStart): Promise<TeamAnswer[]> {
  const query = windowQuery(start);
  return send({ what: 'list the teams', method: 'GET', path, query, answer: teamsAnswer });
}

function searchTeams(send: Send, path: string, name: string): Promise<TeamAnswer[]> {
  const query = { q: name, per_page: 100, page: 1 };
  const call = { what: 'search for a team', method: 'GET', path: `${path}/search`, query } as const;
  return send({ ...call, answer: teamsAnswer }).catch(nothingWhenRefused);
}

const toRows = (members: TimelyTeamMember[]) =>
  members.map(({ userId, lead, hideHours }) => ({ user_id: userId, lead, hide_hours: hideHours }));
