/** `/1.1/{account}/users` (docs/reference/timely-api.md section 2). */
import { z } from 'zod';
import { type Call, isRecord, json, SimulatedRefusal, type SimulatedResponse } from '../answer.ts';
import { type Route, textField } from '../service.ts';
import { forbidden, notFound, unprocessable } from './errors.ts';
import type { TimelyFrame } from './frame.ts';
import { bearerOf } from './oauth-routes.ts';
import { type StoredUser, showBareUser, showUser } from './objects.ts';
import { window } from './paging.ts';
import type { UserSettings } from './state.ts';

/** The domain must be lower case (docs/reference/timely-api.md section 2.4). */
const emailPattern = /^([^@\s]+)@((?:[-a-z0-9]+\.)+[a-z]{2,})$/;
const maxExternalIdLength = 512;

/** Fields that are taken over; others are dropped without a word. */
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

export function timelyUserRoutes(frame: TimelyFrame): Route[] {
  const { state } = frame;
  const subject = ({ params }: Call) => state.user(Number(params.id))?.email ?? params.id ?? null;
  const route = (
    method: Route['method'],
    path: string,
    operation: string,
    handle: Route['handle'],
    rest: Partial<Route> = {},
  ): Route => ({ method, path: `/1.1/:account/users${path}`, operation, handle, ...rest });
  return [
    route('GET', '', 'users.list', (call) => listUsers(frame, call)),
    route('POST', '', 'users.invite', (call) => inviteUser(frame, call), {
      subject: ({ body }) => textField(userOf(body), 'email')?.toLowerCase() ?? null,
      meaning: ({ body }) => meaning(frame, body),
    }),
    route('GET', '/search', 'users.search', (call) => searchUsers(frame, call)),
    route('GET', '/current', 'users.current', (call) => {
      const user = state.user(bearerOf(frame, call)?.userId ?? 0);
      return user ? json(200, show(frame, user)) : notFound();
    }),
    route('GET', '/current/permissions', 'users.permissions', (call) =>
      permissions(frame, bearerOf(frame, call)?.userId ?? 0),
    ),
    route('GET', '/:id/permissions', 'users.permissions', ({ params }) =>
      permissions(frame, Number(params.id)),
    ),
    route('GET', '/:id', 'users.get', (call) => json(200, show(frame, shownUser(frame, call), true)), {
      subject,
    }),
    route('PUT', '/:id', 'users.update', (call) => updateUser(frame, call), {
      subject,
      meaning: ({ body }) => meaning(frame, body),
    }),
    route('DELETE', '/:id', 'users.remove', (call) => removeUser(frame, call), {
      subject,
      meaning: () => 'remove',
    }),
  ];
}

const userOf = (body: unknown): unknown => (isRecord(body) ? body.user : undefined);

/** What a body asks for, with the role by name; for the ledger. */
function meaning({ state }: TimelyFrame, body: unknown): unknown {
  const user = userOf(body);
  if (!isRecord(user)) return {};
  const { role_id, ...rest } = user;
  return role_id === undefined ? rest : { ...rest, role: state.role(Number(role_id))?.name ?? role_id };
}

function show({ state }: TimelyFrame, user: StoredUser, whole = false) {
  if (state.behaviour.userAnswers === 'bare') return showBareUser(user);
  const count = () => state.projects.filter(({ user_ids }) => user_ids.includes(user.id)).length;
  return showUser(user, state.role(user.role_id), whole ? count() : undefined);
}

/** Newest update first unless `order=asc`; removed users only with `filter=deleted`. */
function listUsers(frame: TimelyFrame, call: Call): SimulatedResponse {
  const { state, faults } = frame;
  const { query } = call;
  const all = query.get('filter') === 'deleted' ? state.removed : state.present;
  const { limit, offset } = window(query, state.behaviour.pageCap, 'limit and offset');
  const start = faults.fires('ignoreOffset', call) ? 0 : offset;
  const oldest = all[0];
  if (offset > 0 && oldest && faults.fires('rowsShift', call)) state.update(oldest, {});
  const ascending = query.get('order') === 'asc';
  const rows = ascending
    ? all.slice(start, start + limit)
    : all.slice(Math.max(0, all.length - start - limit), Math.max(0, all.length - start)).reverse();
  return json(
    200,
    rows.map((user) => show(frame, user)),
  );
}

function searchUsers(frame: TimelyFrame, { query }: Call): SimulatedResponse {
  const text = query.get('q')?.toLowerCase() ?? '';
  const { userSearch } = frame.state.behaviour;
  if (userSearch === 'refused') return forbidden('You may not search for users.');
  if (text === '') return unprocessable({ q: ["can't be blank"] });
  const { limit, offset } = window(query, 100, 'page and per_page');
  const found = frame.state.present.filter(
    ({ name, email }) =>
      name.toLowerCase().includes(text) || (userSearch !== 'names' && email.toLowerCase().includes(text)),
  );
  return json(
    200,
    found.slice(offset, offset + limit).map((user) => show(frame, user)),
  );
}

/** What asking for a removed user answers is unknown (docs/reference/timely-api.md section 2.3). */
function shownUser(frame: TimelyFrame, call: Call): StoredUser {
  const { state } = frame;
  const user = state.user(Number(call.params.id));
  if (user?.deleted && state.behaviour.removedUser === 200) return user;
  if (user?.deleted && state.behaviour.removedUser === 403)
    throw new SimulatedRefusal(forbidden('Not yours to see.'));
  return presentUser(frame, call);
}

/** Removed and unknown users alike are not found. */
function presentUser({ state }: TimelyFrame, { params }: Call): StoredUser {
  const user = state.user(Number(params.id));
  if (!user || user.deleted) throw new SimulatedRefusal(notFound());
  return user;
}

function permissions({ state }: TimelyFrame, userId: number): SimulatedResponse {
  const role = state.role(state.user(userId)?.role_id ?? 0)?.name;
  if (role === undefined) return notFound();
  const all = ['create', 'read', 'update', 'delete'];
  const mine = role === 'admin' ? all : ['read'];
  const granted = ['account', 'user', 'team', 'project', 'report'].map((resource) => ({
    resource,
    permissions: mine,
    global_permissions: role === 'admin' ? all : [],
  }));
  return json(200, granted);
}

function inviteUser(frame: TimelyFrame, { body }: Call): SimulatedResponse {
  const { state } = frame;
  const user = userOf(body);
  const name = textField(user, 'name') ?? '';
  const email = textField(user, 'email') ?? '';
  const { role_id, ...settings } = readSettings(frame, user, true);
  const problems: Record<string, string[]> = {};
  if (name.trim() === '') problems.name = ["can't be blank"];
  else if (/\d/.test(name)) problems.name = ["can't contain numbers"];
  if (!emailPattern.test(email)) problems.email = ['is invalid'];
  if (role_id === undefined) problems.role_id = ["can't be blank"];
  if (role_id === undefined || Object.keys(problems).length > 0) return unprocessable(problems);
  const refused = inviteRefusal(frame, email);
  return refused ?? json(200, show(frame, state.invite(name, email, { ...settings, role_id })));
}

function inviteRefusal({ state }: TimelyFrame, email: string): SimulatedResponse | null {
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
 * Name and e-mail are the person's own: they are ignored, and the answer is 200 all the same
 * (docs/reference/timely-api.md section 2.5).
 */
function updateUser(frame: TimelyFrame, call: Call): SimulatedResponse {
  const user = presentUser(frame, call);
  const { role_id, ...rest } = readSettings(frame, userOf(call.body), false);
  const isKept = role_id === undefined || frame.faults.fires('roleKept', call);
  const settings: Partial<UserSettings> = isKept ? rest : { ...rest, role_id };
  const role = frame.state.role(settings.role_id ?? user.role_id);
  if (user.id === frame.state.account.owner_id && role?.name !== 'admin') {
    return unprocessable({ role_id: ["of the owner can't be changed"] });
  }
  frame.state.update(user, settings);
  return json(200, show(frame, user, true));
}

function readSettings({ state }: TimelyFrame, user: unknown, inviting: boolean): Partial<UserSettings> {
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

/** Fields that were left out keep their value. */
const withoutUndefined = (settings: GivenSettings): Partial<UserSettings> =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

function removeUser(frame: TimelyFrame, { params }: Call): SimulatedResponse {
  const { state } = frame;
  const user = state.user(Number(params.id));
  if (!user) return notFound();
  if (user.deleted) return state.behaviour.secondDelete === 200 ? json(200, {}) : notFound();
  if (user.id === state.account.owner_id) {
    return unprocessable({ message: "The workspace owner can't be removed." });
  }
  state.remove(user);
  return json(200, {});
}
