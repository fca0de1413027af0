/** `/1.1/{account}/users` (docs/reference/timely-api.md section 2). */
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
import { bearerOf } from './oauth-routes.ts';
import { type StoredUser, showBareUser, showUser } from './objects.ts';
import { pageWindow, routesBelow, type TimelyContext } from './routing.ts';
import type { UserSettings } from './state.ts';

/** The domain must be lower case (docs/reference/timely-api.md section 2.4). */
/** The published pattern, and top-level domains in Punycode besides: whether Timely refuses those is not known. */
const emailPattern = /^([^@\s]+)@((?:[-a-z0-9]+\.)+(?:[a-z]{2,}|xn--[-a-z0-9]+))$/;
const maxExternalIdLength = 512;

/** Fields that Timely stores. It drops others silently. */
const settingsBody = z.object({
  role_id: z.int().optional(),
  external_id: z.string().nullable().optional(),
  weekly_capacity: z.number().positive().optional(),
  hide_hourly_rate: z.boolean().optional(),
  hide_internal_hourly_rate: z.boolean().optional(),
  default_hour_rate: z.number().nonnegative().optional(),
  internal_hour_rate: z.number().nonnegative().optional(),
  team_ids: z.array(z.int()).optional(),
});
type GivenSettings = z.output<typeof settingsBody>;

export function timelyUserRoutes(context: TimelyContext): Route[] {
  const { state } = context;
  const subject = ({ params }: SimulatedRequest) => state.user(Number(params.id))?.email ?? params.id ?? null;
  const route = routesBelow('users');
  return [
    route('GET', '', 'users.list', (request) => listUsers(context, request)),
    route('POST', '', 'users.invite', (request) => inviteUser(context, request), {
      subject: ({ body }) => textField(userOf(body), 'email')?.toLowerCase() ?? null,
      describeWrite: ({ body }) => describeUser(context, body),
    }),
    route('GET', '/search', 'users.search', (request) => searchUsers(context, request)),
    route('GET', '/current', 'users.current', (request) => {
      const user = state.user(bearerOf(context, request)?.userId ?? 0);
      return user ? jsonResponse(200, show(context, user)) : notFound();
    }),
    route('GET', '/current/permissions', 'users.permissions', (request) =>
      permissions(context, bearerOf(context, request)?.userId ?? 0),
    ),
    route('GET', '/:id/permissions', 'users.permissions', ({ params }) =>
      permissions(context, Number(params.id)),
    ),
    route(
      'GET',
      '/:id',
      'users.get',
      (request) => jsonResponse(200, show(context, shownUser(context, request), true)),
      {
        subject,
      },
    ),
    route('PUT', '/:id', 'users.update', (request) => updateUser(context, request), {
      subject,
      describeWrite: ({ body }) => describeUser(context, body),
    }),
    route('DELETE', '/:id', 'users.remove', (request) => removeUser(context, request), {
      subject,
      describeWrite: () => 'remove',
    }),
  ];
}

const userOf = (body: unknown): unknown => (isRecord(body) ? body.user : undefined);

/** Returns a body for the ledger, with the role by name. */
function describeUser({ state }: TimelyContext, body: unknown): unknown {
  const user = userOf(body);
  if (!isRecord(user)) return {};
  const { role_id, ...rest } = user;
  return role_id === undefined ? rest : { ...rest, role: state.role(Number(role_id))?.name ?? role_id };
}

function show({ state }: TimelyContext, user: StoredUser, whole = false) {
  if (state.behaviour.userAnswers === 'bare') return showBareUser(user);
  const count = () => state.projects.filter(({ user_ids }) => user_ids.includes(user.id)).length;
  return showUser(user, state.role(user.role_id), whole ? count() : undefined);
}

/** Lists users, the newest update first unless `order=asc`. `filter=deleted` lists the removed ones. */
function listUsers(context: TimelyContext, request: SimulatedRequest): SimulatedResponse {
  const { state, faults } = context;
  const { query } = request;
  const all = query.get('filter') === 'deleted' ? state.removed : state.present;
  const { limit, offset } = pageWindow(query, state.behaviour.pageCap, 'limit and offset');
  const start = faults.fires('ignoreOffset', request) ? 0 : offset;
  const oldest = all[0];
  if (offset > 0 && oldest && faults.fires('rowsShift', request)) state.update(oldest, {});
  const ascending = query.get('order') === 'asc';
  const rows = ascending
    ? all.slice(start, start + limit)
    : all.slice(Math.max(0, all.length - start - limit), Math.max(0, all.length - start)).reverse();
  return jsonResponse(
    200,
    rows.map((user) => show(context, user)),
  );
}

function searchUsers(context: TimelyContext, { query }: SimulatedRequest): SimulatedResponse {
  const text = query.get('q')?.toLowerCase() ?? '';
  const { userSearch } = context.state.behaviour;
  if (userSearch === 'refused') return forbidden('You may not search for users.');
  if (text === '') return unprocessable({ q: ["can't be blank"] });
  const { limit, offset } = pageWindow(query, 100, 'page and per_page');
  const found = context.state.present.filter(
    ({ name, email }) =>
      name.toLowerCase().includes(text) || (userSearch !== 'names' && email.toLowerCase().includes(text)),
  );
  return jsonResponse(
    200,
    found.slice(offset, offset + limit).map((user) => show(context, user)),
  );
}

/** The response for a removed user is unknown (docs/reference/timely-api.md section 2.3). */
function shownUser(context: TimelyContext, request: SimulatedRequest): StoredUser {
  const { state } = context;
  const user = state.user(Number(request.params.id));
  if (user?.deleted && state.behaviour.removedUser === 200) return user;
  if (user?.deleted && state.behaviour.removedUser === 403)
    throw new SimulatedRefusal(forbidden('Not yours to see.'));
  return presentUser(context, request);
}

/** Returns the user of the path. Removed and unknown users are not found. */
function presentUser({ state }: TimelyContext, { params }: SimulatedRequest): StoredUser {
  const user = state.user(Number(params.id));
  if (!user || user.deleted) throw new SimulatedRefusal(notFound());
  return user;
}

function permissions({ state }: TimelyContext, userId: number): SimulatedResponse {
  const role = state.role(state.user(userId)?.role_id ?? 0)?.name;
  if (role === undefined) return notFound();
  const all = ['create', 'read', 'update', 'delete'];
  const mine = role === 'admin' ? all : ['read'];
  const granted = ['account', 'user', 'team', 'project', 'report'].map((resource) => ({
    resource,
    permissions: mine,
    global_permissions: role === 'admin' ? all : [],
  }));
  return jsonResponse(200, granted);
}

function inviteUser(context: TimelyContext, { body }: SimulatedRequest): SimulatedResponse {
  const { state } = context;
  const user = userOf(body);
  const name = textField(user, 'name') ?? '';
  const email = textField(user, 'email') ?? '';
  const { role_id, ...settings } = readSettings(context, user, true);
  const problems: Record<string, string[]> = {};
  if (name.trim() === '') problems.name = ["can't be blank"];
  else if (/\d/.test(name)) problems.name = ["can't contain numbers"];
  if (!emailPattern.test(email)) problems.email = ['is invalid'];
  if (role_id === undefined) problems.role_id = ["can't be blank"];
  if (role_id === undefined || Object.keys(problems).length > 0) return unprocessable(problems);
  const refused = inviteRefusal(context, email);
  return refused ?? jsonResponse(200, show(context, state.invite(name, email, { ...settings, role_id })));
}

function inviteRefusal({ state }: TimelyContext, email: string): SimulatedResponse | null {
  const { behaviour, account } = state;
  const known = state.byEmail(email);
  if (known && !known.deleted) {
    return behaviour.duplicateEmail === 'refuse'
      ? unprocessable({ email: ['has already been taken'] })
      : null;
  }
  const full = account.status === 'expired' || state.present.length >= account.seats;
  return full ? unprocessable({ message: 'There are no free seats in this workspace.' }) : null;
}

/**
 * Updates settings. Name and e-mail belong to the person: Timely ignores them and still responds with 200
 * (docs/reference/timely-api.md section 2.5).
 */
function updateUser(context: TimelyContext, request: SimulatedRequest): SimulatedResponse {
  const user = presentUser(context, request);
  const { role_id, ...rest } = readSettings(context, userOf(request.body), false);
  const isKept = role_id === undefined || context.faults.fires('roleKept', request);
  const settings: Partial<UserSettings> = isKept ? rest : { ...rest, role_id };
  const role = context.state.role(settings.role_id ?? user.role_id);
  if (user.id === context.state.account.owner_id && role?.name !== 'admin') {
    return unprocessable({ role_id: ["of the owner can't be changed"] });
  }
  context.state.update(user, settings);
  return jsonResponse(200, show(context, user, true));
}

function readSettings({ state }: TimelyContext, user: unknown, inviting: boolean): Partial<UserSettings> {
  const parsed = settingsBody.safeParse(user);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => [String(path[0] ?? 'user'), ['is invalid']]);
    throw new SimulatedRefusal(unprocessable(Object.fromEntries(fields)));
  }
  const { role_id, external_id, team_ids } = parsed.data;
  const role = role_id === undefined ? undefined : state.role(role_id);
  const refuse = (field: string, text: string) => new SimulatedRefusal(unprocessable({ [field]: [text] }));
  if (role_id !== undefined && !role) throw refuse('role_id', 'is invalid');
  if (inviting && role && !role.allowed_to_invite) throw refuse('role_id', "can't be given in an invitation");
  if ((external_id?.length ?? 0) > maxExternalIdLength) throw refuse('external_id', 'is too long');
  if (team_ids?.some((id) => !state.team(id))) throw refuse('team_ids', 'is invalid');
  return withoutUndefined(parsed.data);
}

/** Removes undefined settings, so that absent fields keep their value. */
const withoutUndefined = (settings: GivenSettings): Partial<UserSettings> =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

function removeUser(context: TimelyContext, { params }: SimulatedRequest): SimulatedResponse {
  const { state } = context;
  const user = state.user(Number(params.id));
  if (!user) return notFound();
  if (user.deleted) return state.behaviour.secondDelete === 200 ? jsonResponse(200, {}) : notFound();
  if (user.id === state.account.owner_id) {
    return unprocessable({ message: "The workspace owner can't be removed." });
  }
  state.remove(user);
  return jsonResponse(200, {});
}
