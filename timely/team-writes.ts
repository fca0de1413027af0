import { z } from 'zod';
import { NotFoundError, RejectedError, WriteIgnoredError } from '../domain/errors.ts';
import type { TimelyTeam, TimelyTeamMember } from '../domain/timely.ts';
import { nullWhenNotFound, type Send } from './requests.ts';
import { teamResponse } from './responses.ts';
import { hasMembers, type TeamReads } from './team-reads.ts';
import { type RequestedTeam, verifyTeam } from './verify-response.ts';

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

/** Writes to the account's teams. All may throw the errors of `Send`. */
export interface TeamWrites {
  /**
   * Do not repeat it after a lost response without `findTeam` (docs/reference/timely-api.md section 6). `beforeSending`
   * is awaited right before the request goes out. A team that Timely creates without its members gets them by a second
   * request.
   * @throws RejectedError, WriteIgnoredError when Timely responds with another name or other members
   */
  createTeam(team: NewTeam, beforeSending?: () => Promise<void>): Promise<TimelyTeam>;
  /** Members and their projects stay as they are. @throws RejectedError also when Timely keeps the name */
  renameTeam(team: TimelyTeam, name: string): Promise<TimelyTeam>;
  /**
   * `members` is the whole membership afterwards. Returns the team as read after the write.
   * @throws RejectedError also when Timely responds with another one
   */
  setTeamMembers(
    team: TimelyTeam,
    members: TimelyTeamMember[],
    projects: TeamProjects,
    options?: { maybeMissing?: ReadonlySet<number> },
  ): Promise<TimelyTeam>;
  /** Takes no project from anyone. Succeeds also when the team does not exist. */
  deleteTeam(id: number): Promise<void>;
}

interface TeamAccess {
  send: Send;
  path: string;
  read: TeamReads['team'];
}

export function createTeamWrites(send: Send, path: string, { team: read }: TeamReads): TeamWrites {
  const access = { send, path, read };
  return {
    createTeam: (team, beforeSending) => createTeam(access, team, beforeSending),
    renameTeam: (team, name) => renameTeam(access, team, name),
    setTeamMembers: (team, members, projects, { maybeMissing } = {}) =>
      updateTeam(access, team, membersUpdate(team, members, projects, maybeMissing)),
    deleteTeam: async (id) => {
      const query = { delete_project_users: false };
      const call = { what: `delete team ${id}`, method: 'DELETE', path: `${path}/${id}`, query } as const;
      await send({ ...call, schema: z.unknown() }).catch(nullWhenNotFound);
    },
  };
}

const untouchedProjects: TeamProjects = { grantOnJoin: false, revokeOnLeave: false };

async function createTeam(
  access: TeamAccess,
  { name, members, externalId }: NewTeam,
  beforeSending?: () => Promise<void>,
): Promise<TimelyTeam> {
  const { send, path, read } = access;
  const what = 'create a team';
  const external = externalId === undefined ? {} : { external_id: externalId };
  const body = { team: { name, users: toRows(members), ...external } };
  const ownCheck = beforeSending && { beforeSending };
  const created = await send({ what, method: 'POST', path, body, ...ownCheck, schema: teamResponse });
  const found = hasMembers(created) ? created : await read(created.id);
  const team = verifyTeam(what, { name }, found ?? { ...created, members: [] });
  const ids = new Set(team.members.map(({ userId }) => userId));
  return members.every(({ userId }) => ids.has(userId))
    ? verifyTeam(what, { members }, team)
    : await updateTeam(access, team, membersUpdate(team, members, untouchedProjects));
}

async function renameTeam(access: TeamAccess, team: TimelyTeam, name: string): Promise<TimelyTeam> {
  const what = `rename team ${team.id}`;
  const rename = { what, requested: { name }, body: { team: { name } }, projects: untouchedProjects };
  // One document keeps the members when `users` is left out, the other requires `users`
  // (docs/reference/timely-api.md section 3).
  return await updateTeam(access, team, rename).catch((error: unknown) => {
    if (!isAboutUsers(error)) throw error;
    return updateTeam(access, team, { ...rename, body: { team: { name, users: toRows(team.members) } } });
  });
}

/** One document lists `users` among the required fields of an update (docs/reference/timely-api.md section 3). */
const isAboutUsers = (error: unknown) =>
  error instanceof RejectedError &&
  !(error instanceof WriteIgnoredError) &&
  Object.keys(error.fields).some((field) => field.includes('user'));

interface TeamUpdate {
  what: string;
  requested: RequestedTeam;
  body: unknown;
  projects: TeamProjects;
}

function membersUpdate(
  { id, name }: TimelyTeam,
  members: TimelyTeamMember[],
  projects: TeamProjects,
  maybeMissing: ReadonlySet<number> = new Set(),
): TeamUpdate {
  return {
    what: `set the members of team ${id}`,
    requested: { members, maybeMissing },
    // The name goes along as it was read: the author of one client found it required
    // (docs/reference/timely-api.md section 9, C-amkisko-rb).
    body: { team: { name, users: toRows(members) } },
    projects,
  };
}

/** Writes, compares the response with the request, and reads the team again, since teams carry no version. */
async function updateTeam(
  { send, path, read }: TeamAccess,
  { id }: TimelyTeam,
  { what, requested, body, projects }: TeamUpdate,
): Promise<TimelyTeam> {
  const updated = await send({
    what,
    method: 'PUT',
    path: `${path}/${id}`,
    // Both are always sent: by default joining grants the team's projects and leaving keeps them
    // (docs/reference/timely-api.md section 3).
    query: {
      add_users_to_team_projects: projects.grantOnJoin,
      delete_users_from_team_projects: projects.revokeOnLeave,
    },
    body,
    schema: teamResponse,
  });
  if (hasMembers(updated)) verifyTeam(what, requested, updated);
  const team = await read(id);
  if (!team) {
    throw new NotFoundError(`Timely no longer has team ${id}, which it was asked to change a moment ago`);
  }
  return hasMembers(updated) ? team : verifyTeam(what, requested, team);
}

const toRows = (members: TimelyTeamMember[]) =>
  members.map(({ userId, lead, hideHours }) => ({ user_id: userId, lead, hide_hours: hideHours }));
