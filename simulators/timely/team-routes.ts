/** `/1.1/{account}/teams` and `/roles` (docs/reference/timely-api.md sections 3 and 4). */
import { z } from 'zod';
import { type Route, textField } from '../service.ts';
import {
  isRecord,
  jsonResponse,
  SimulatedRefusal,
  type SimulatedRequest,
  type SimulatedResponse,
} from '../simulated-response.ts';
import { forbidden, notFound, unprocessable } from './errors.ts';
import { type StoredTeam, showRole, showTeam } from './objects.ts';
import { pageWindow, routesBelow, type TimelyContext } from './routing.ts';

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

export function teamRoutes(context: TimelyContext): Route[] {
  const { state } = context;
  const route = routesBelow('teams');
  const teamName = ({ params }: SimulatedRequest) => state.team(Number(params.id))?.name ?? params.id ?? null;
  const written = {
    subject: teamName,
    describeWrite: ({ body }: SimulatedRequest) => describeTeam(context, body),
  };
  return [
    route('GET', '', 'teams.list', (request) => listTeams(context, request)),
    route('POST', '', 'teams.create', (request) => createTeam(context, request), {
      ...written,
      subject: ({ body }) => (isRecord(body) && textField(body.team, 'name')) || null,
    }),
    route('GET', '/search', 'teams.search', (request) => searchTeams(context, request)),
    route('GET', '/:id', 'teams.get', (request) => jsonResponse(200, showTeam(teamOf(context, request))), {
      subject: teamName,
    }),
    route('PUT', '/:id', 'teams.update', (request) => updateTeam(context, request), written),
    route('PATCH', '/:id', 'teams.update', (request) => updateTeam(context, request), written),
    route('DELETE', '/:id', 'teams.delete', (request) => deleteTeam(context, request), {
      subject: teamName,
      describeWrite: () => 'delete',
    }),
    {
      method: 'GET',
      path: '/1.1/:account/roles',
      operation: 'roles.list',
      handle: () => jsonResponse(200, state.roles.map(showRole)),
    },
  ];
}

/** Returns a body for the ledger, with members by e-mail address. */
function describeTeam({ state }: TimelyContext, body: unknown): unknown {
  const parsed = teamBody.safeParse(body);
  if (!parsed.success) return {};
  const { users, ...team } = parsed.data.team;
  const byEmail = users?.map(({ user_id, ...flags }) => ({
    email: state.user(user_id)?.email ?? user_id,
    ...flags,
  }));
  return byEmail ? { ...team, users: byEmail } : team;
}

/** Lists teams by name. Obeys one of the two documented pairs of paging parameters. */
function listTeams(context: TimelyContext, request: SimulatedRequest): SimulatedResponse {
  const { teams, behaviour } = context.state;
  const { limit, offset } = pageWindow(request.query, behaviour.pageCap, behaviour.teamPaging);
  const start = context.faults.fires('ignoreOffset', request) ? 0 : offset;
  const sorted = [...teams].sort((a, b) => a.name.localeCompare(b.name) || a.id - b.id);
  if (request.query.get('order') === 'desc') sorted.reverse();
  return jsonResponse(200, sorted.slice(start, start + limit).map(showIn(behaviour.teamLists)));
}

/** Timely does not guarantee `users` and `user_ids` (docs/reference/timely-api.md section 3). */
const showIn = (which: 'members' | 'ids' | 'nothing') => (team: StoredTeam) => {
  const { users, user_ids, ...rest } = showTeam(team);
  if (which === 'members') return { ...rest, users, user_ids };
  return which === 'ids' ? { ...rest, user_ids } : rest;
};

function searchTeams({ state }: TimelyContext, { query }: SimulatedRequest): SimulatedResponse {
  const text = query.get('q')?.toLowerCase() ?? '';
  const { limit, offset } = pageWindow(query, 100, 'page and per_page');
  const found = state.teams.filter(({ name }) => name.toLowerCase().includes(text));
  return jsonResponse(200, found.slice(offset, offset + limit).map(showTeam));
}

function teamOf({ state }: TimelyContext, { params }: SimulatedRequest): StoredTeam {
  const team = state.team(Number(params.id));
  if (!team) throw new SimulatedRefusal(notFound());
  return team;
}

function readTeam({ state }: TimelyContext, { body }: SimulatedRequest): TeamFields {
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

function createTeam(context: TimelyContext, request: SimulatedRequest): SimulatedResponse {
  const { name, users = [], external_id, color, emoji } = readTeam(context, request);
  if (name === undefined) return unprocessable({ name: ["can't be blank"] });
  if (isNameTaken(context, name)) return nameTaken();
  const team = context.state.createTeam(name, users.map(memberSetting), external_id);
  setAppearance(team, { color, emoji });
  return jsonResponse(201, showTeam(team));
}

/** Updates a team. `users` is the complete new membership; without it the members stay. */
function updateTeam(context: TimelyContext, request: SimulatedRequest): SimulatedResponse {
  const team = teamOf(context, request);
  const { name, users, external_id, color, emoji } = readTeam(context, request);
  const { behaviour } = context.state;
  if (behaviour.teamUpdateNeeds === 'users' && !users) return unprocessable({ users: ["can't be blank"] });
  const option = (key: string, fallback: boolean) => (request.query.get(key) ?? String(fallback)) === 'true';
  if (name !== undefined && isNameTaken(context, name, team)) return nameTaken();
  if (name !== undefined) team.name = name;
  if (external_id !== undefined && context.state.behaviour.teamExternalId === 'stored') {
    team.external_id = external_id;
  }
  setAppearance(team, { color, emoji });
  const members = users?.map(memberSetting) ?? team.users;
  context.state.setMembers(team, members, {
    addToProjects: option('add_users_to_team_projects', true),
    removeFromProjects: option('delete_users_from_team_projects', false),
  });
  return jsonResponse(200, showIn(behaviour.teamUpdates)(team));
}

/** Whether Timely refuses a second team of a name is open (docs/reference/timely-api.md section 3). */
const isNameTaken = ({ state }: TimelyContext, name: string, own?: StoredTeam) =>
  state.behaviour.teamNames === 'unique' &&
  state.teams.some((team) => team !== own && team.name.toLowerCase() === name.toLowerCase());

const nameTaken = () => unprocessable({ name: ['has already been taken'] });

interface Appearance {
  color: string | undefined;
  emoji: string | undefined;
}
function setAppearance(team: StoredTeam, { color, emoji }: Appearance): void {
  if (color !== undefined) team.color = color;
  if (emoji !== undefined) team.emoji = emoji;
}

type GivenMember = NonNullable<TeamFields['users']>[number];
const memberSetting = ({ user_id, lead = false, hide_hours = false }: GivenMember) => ({
  user_id,
  lead,
  hide_hours,
});

function deleteTeam(context: TimelyContext, request: SimulatedRequest): SimulatedResponse {
  const team = teamOf(context, request);
  if (request.query.get('delete_project_users') === 'true') {
    context.state.setMembers(team, [], { addToProjects: false, removeFromProjects: true });
  }
  context.state.deleteTeam(team);
  return jsonResponse(200, {});
}
