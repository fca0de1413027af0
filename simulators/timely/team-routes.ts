/** `/1.1/{account}/teams` and `/roles` (docs/reference/timely-api.md sections 3 and 4). */
import { z } from 'zod';
import { type Call, isRecord, json, SimulatedRefusal, type SimulatedResponse } from '../answer.ts';
import { type Route, textField } from '../service.ts';
import { forbidden, notFound, unprocessable } from './errors.ts';
import type { TimelyFrame } from './frame.ts';
import { type StoredTeam, showRole, showTeam } from './objects.ts';
import { window } from './paging.ts';

const teamBody = z.object({
  team: z.object({
    name: z.string().min(1).max(255).optional(),
    color: z
      .string()
      .regex(/^(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/)
      .optional(),
    emoji: z.string().optional(),
    external_id: z.string().max(512).nullable().optional(),
    users: z
      .array(z.object({ user_id: z.int(), lead: z.boolean().optional(), hide_hours: z.boolean().optional() }))
      .optional(),
  }),
});
type TeamFields = z.output<typeof teamBody>['team'];

export function teamRoutes(frame: TimelyFrame): Route[] {
  const { state } = frame;
  const route = (
    method: Route['method'],
    path: string,
    operation: string,
    handle: Route['handle'],
    rest: Partial<Route> = {},
  ): Route => ({ method, path: `/1.1/:account/teams${path}`, operation, handle, ...rest });
  const named = ({ params }: Call) => state.team(Number(params.id))?.name ?? params.id ?? null;
  const meant = { subject: named, meaning: ({ body }: Call) => meaning(frame, body) };
  return [
    route('GET', '', 'teams.list', (call) => listTeams(frame, call)),
    route('POST', '', 'teams.create', (call) => createTeam(frame, call), {
      ...meant,
      subject: ({ body }) => (isRecord(body) && textField(body.team, 'name')) || null,
    }),
    route('GET', '/search', 'teams.search', (call) => searchTeams(frame, call)),
    route('GET', '/:id', 'teams.get', (call) => json(200, showTeam(teamOf(frame, call))), { subject: named }),
    route('PUT', '/:id', 'teams.update', (call) => updateTeam(frame, call), meant),
    route('PATCH', '/:id', 'teams.update', (call) => updateTeam(frame, call), meant),
    route('DELETE', '/:id', 'teams.delete', (call) => deleteTeam(frame, call), {
      subject: named,
      meaning: () => 'delete',
    }),
    {
      method: 'GET',
      path: '/1.1/:account/roles',
      operation: 'roles.list',
      handle: () => json(200, state.roles.map(showRole)),
    },
  ];
}

/** What a body asks for, with members by e-mail address; for the ledger. */
function meaning({ state }: TimelyFrame, body: unknown): unknown {
  const parsed = teamBody.safeParse(body);
  if (!parsed.success) return {};
  const { users, ...team } = parsed.data.team;
  const byEmail = users?.map(({ user_id, ...flags }) => ({
    email: state.user(user_id)?.email ?? user_id,
    ...flags,
  }));
  return byEmail ? { ...team, users: byEmail } : team;
}

/** By name; obeys one of the two documented pairs of paging parameters. */
function listTeams(frame: TimelyFrame, call: Call): SimulatedResponse {
  const { teams, behaviour } = frame.state;
  const { limit, offset } = window(call.query, behaviour.pageCap, behaviour.teamPaging);
  const start = frame.faults.fires('ignoreOffset', call) ? 0 : offset;
  const sorted = [...teams].sort((a, b) => a.name.localeCompare(b.name) || a.id - b.id);
  if (call.query.get('order') === 'desc') sorted.reverse();
  return json(200, sorted.slice(start, start + limit).map(showIn(behaviour.teamLists)));
}

/** `users` and `user_ids` are not among what is always there (docs/reference/timely-api.md section 3). */
const showIn = (which: 'members' | 'ids' | 'nothing') => (team: StoredTeam) => {
  const { users, user_ids, ...rest } = showTeam(team);
  if (which === 'members') return { ...rest, users, user_ids };
  return which === 'ids' ? { ...rest, user_ids } : rest;
};

function searchTeams({ state }: TimelyFrame, { query }: Call): SimulatedResponse {
  const text = query.get('q')?.toLowerCase() ?? '';
  const { limit, offset } = window(query, 100, 'page and per_page');
  const found = state.teams.filter(({ name }) => name.toLowerCase().includes(text));
  return json(200, found.slice(offset, offset + limit).map(showTeam));
}

function teamOf({ state }: TimelyFrame, { params }: Call): StoredTeam {
  const team = state.team(Number(params.id));
  if (!team) throw new SimulatedRefusal(notFound());
  return team;
}

function readTeam({ state }: TimelyFrame, { body }: Call): TeamFields {
  if (!state.account.features.includes('teams'))
    throw new SimulatedRefusal(forbidden('Your plan has no teams.'));
  const parsed = teamBody.safeParse(body);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => [String(path[1] ?? 'team'), ['is invalid']]);
    throw new SimulatedRefusal(unprocessable(Object.fromEntries(fields)));
  }
  const ids = parsed.data.team.users?.map(({ user_id }) => user_id) ?? [];
  if (ids.some((id) => state.user(id)?.deleted !== false) || new Set(ids).size !== ids.length) {
    throw new SimulatedRefusal(unprocessable({ users: ['is invalid'] }));
  }
  return parsed.data.team;
}

function createTeam(frame: TimelyFrame, call: Call): SimulatedResponse {
  const { name, users = [], external_id, color, emoji } = readTeam(frame, call);
  if (name === undefined) return unprocessable({ name: ["can't be blank"] });
  const team = frame.state.createTeam(name, users.map(memberSetting), external_id);
  setLooks(team, { color, emoji });
  return json(201, showTeam(team));
}

/** `users` is the complete new membership; without it the members stay as they are. */
function updateTeam(frame: TimelyFrame, call: Call): SimulatedResponse {
  const team = teamOf(frame, call);
  const { name, users, external_id, color, emoji } = readTeam(frame, call);
  const { behaviour } = frame.state;
  if (behaviour.teamUpdateNeeds === 'users' && !users) return unprocessable({ users: ["can't be blank"] });
  const option = (key: string, fallback: boolean) => (call.query.get(key) ?? String(fallback)) === 'true';
  if (name !== undefined) team.name = name;
  if (external_id !== undefined && frame.state.behaviour.teamExternalId === 'stored') {
    team.external_id = external_id;
  }
  setLooks(team, { color, emoji });
  const members = users?.map(memberSetting) ?? team.users;
  frame.state.setMembers(team, members, {
    addToProjects: option('add_users_to_team_projects', true),
    removeFromProjects: option('delete_users_from_team_projects', false),
  });
  return json(200, showIn(behaviour.teamUpdates)(team));
}

interface Looks {
  color: string | undefined;
  emoji: string | undefined;
}
function setLooks(team: StoredTeam, { color, emoji }: Looks): void {
  if (color !== undefined) team.color = color;
  if (emoji !== undefined) team.emoji = emoji;
}

type GivenMember = NonNullable<TeamFields['users']>[number];
const memberSetting = ({ user_id, lead = false, hide_hours = false }: GivenMember) => ({
  user_id,
  lead,
  hide_hours,
});

function deleteTeam(frame: TimelyFrame, call: Call): SimulatedResponse {
  const team = teamOf(frame, call);
  if (call.query.get('delete_project_users') === 'true') {
    frame.state.setMembers(team, [], { addToProjects: false, removeFromProjects: true });
  }
  frame.state.deleteTeam(team);
  return json(200, {});
}
