/** The routes of the small Timely: docs/reference/timely-api.md, with the switches of `FakeTimely`. */
import type { HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import { z } from 'zod';
import type { FakeTeam, FakeTimely, FakeUser } from './fake-timely.ts';

export type TimelyApp = Hono<{ Bindings: HttpBindings }>;

export const accountId = 42;

const roleNames = ['admin', 'manager', 'employee', 'team_lead'];
export const roles = roleNames.map((name, index) => ({ id: 301 + index, name }));
export const [, manager, employee] = [301, 302, 303];

// Strict: an undocumented field, or a rate, is a mistake of the client.
const domainInLowerCase = /^([^@\s]+)@((?:[-a-z0-9]+\.)+[a-z]{2,})$/;
const userBody = z.strictObject({
  user: z.strictObject({
    name: z.string().min(1).regex(/^\D+$/, 'must not have digits'),
    email: z.string().regex(domainInLowerCase, 'is invalid'),
    role_id: z.number(),
    external_id: z.string().max(512).optional(),
  }),
});
/** Its older document requires only the role. */
const userUpdate = z.strictObject({ user: userBody.shape.user.partial().required({ role_id: true }) });
const memberRows = z.array(
  z.strictObject({ user_id: z.number(), lead: z.boolean(), hide_hours: z.boolean() }),
);
const teamBody = z.strictObject({
  team: z.strictObject({
    name: z.string().min(1).max(255).optional(),
    users: memberRows.optional(),
    external_id: z.string().max(512).optional(),
  }),
});
const projectOptions = z.strictObject({
  add_users_to_team_projects: z.enum(['true', 'false']),
  delete_users_from_team_projects: z.enum(['true', 'false']),
});

export function addTimelyRoutes(app: TimelyApp, timely: FakeTimely): void {
  addAccountRoutes(app, timely);
  addUserRoutes(app, timely);
  addTeamRoutes(app, timely);
}

function addAccountRoutes(app: TimelyApp, timely: FakeTimely): void {
  app.get(`/1.1/accounts/${accountId}`, (context) => {
    const num_users = [...timely.users.values()].filter((user) => !user.deleted).length;
    return context.json({
      id: accountId,
      name: 'Contoso',
      owner_id: 101,
      seats: timely.seats,
      num_users,
      plan_id: 1,
    });
  });
  app.get(`/1.1/${accountId}/roles`, (context) =>
    context.json(roles.map((role) => ({ ...role, display_name: role.name, allowed_to_invite: true }))),
  );
  app.get(`/1.1/${accountId}/users/current`, (context) => {
    const [own] = timely.users.values();
    return own ? context.json(toResponse(own)) : context.notFound();
  });
  app.get(`/1.1/${accountId}/users/current/permissions`, (context) =>
    context.json([{ resource: 'user', permissions: ['read'], global_permissions: ['create', 'read'] }]),
  );
}

function addUserRoutes(app: TimelyApp, timely: FakeTimely): void {
  const path = `/1.1/${accountId}/users`;
  app.get(path, (context) => {
    const { limit = '100', offset = '0', filter } = context.req.query();
    if (Number(limit) > timely.refusesPagesOver) return context.json(limitRefused, 422);
    const start = timely.ignoresOffset ? 0 : Number(offset);
    const listed = [...timely.users.values()]
      .filter((user) => user.deleted === (filter === 'deleted'))
      .sort((one, other) => other.updated_at - one.updated_at);
    const end = start + Math.min(Number(limit), timely.pageLimit);
    return context.json(listed.slice(start, end).map(toResponse));
  });
  app.get(`${path}/:id`, (context) => {
    const user = timely.users.get(Number(context.req.param('id')));
    return user ? context.json(toResponse(user)) : context.notFound();
  });
  app.post(path, async (context) => {
    const requested = userBody.safeParse(await context.req.json());
    if (!requested.success) return context.json(fieldErrors(requested.error), 422);
    const { name, email, role_id, external_id = null } = requested.data.user;
    const known = [...timely.users.values()].find((user) => user.email.toLowerCase() === email.toLowerCase());
    const role = timely.ignoredFields.includes('role_id') ? manager : role_id;
    const base = known ? { id: known.id, name: known.name, email: known.email } : { name, email };
    timely.mails.push(email);
    return context.json(toResponse(timely.addUser({ ...base, role_id: role, external_id, deleted: false })));
  });
  app.put(`${path}/:id`, async (context) => {
    const user = timely.users.get(Number(context.req.param('id')));
    if (!user) return context.notFound();
    const requested = userUpdate.safeParse(await context.req.json());
    if (!requested.success) return context.json(fieldErrors(requested.error), 422);
    if (!timely.ignoredFields.includes('role_id')) user.role_id = requested.data.user.role_id;
    user.updated_at = timely.tick();
    return context.json(toResponse(user));
  });
  app.delete(`${path}/:id`, (context) => {
    const user = timely.users.get(Number(context.req.param('id')));
    if (!user || user.deleted) return context.notFound();
    Object.assign(user, { deleted: true, updated_at: timely.tick() });
    return context.json({});
  });
}

function addTeamRoutes(app: TimelyApp, timely: FakeTimely): void {
  const path = `/1.1/${accountId}/teams`;
  app.get(path, (context) => {
    const query = context.req.query();
    const requested = timely.teamPaging === 'offset' ? query.limit : query.per_page;
    if (Number(requested ?? 50) > timely.refusesPagesOver) return context.json(limitRefused, 422);
    const size = Math.min(Number(requested ?? 50), timely.pageLimit);
    const start = timely.teamPaging === 'offset' ? Number(query.offset) : (Number(query.page) - 1) * size;
    const listed = [...timely.teams.values()].sort((one, other) => one.name.localeCompare(other.name));
    return context.json(listed.slice(start, start + size));
  });
  app.get(`${path}/:id`, (context) => {
    const team = timely.teams.get(Number(context.req.param('id')));
    return team ? context.json(team) : context.notFound();
  });
  app.post(path, async (context) => {
    const { team } = teamBody.parse(await context.req.json());
    const created = timely.addTeam(definedOnly(team));
    return context.json(created, 201);
  });
  app.put(`${path}/:id`, async (context) => {
    const team = timely.teams.get(Number(context.req.param('id')));
    if (!team) return context.notFound();
    projectOptions.parse(context.req.query());
    const requested = Object.entries(teamBody.parse(await context.req.json()).team);
    Object.assign(
      team,
      Object.fromEntries(requested.filter(([field]) => !timely.ignoredFields.includes(field))),
    );
    return context.json(team);
  });
  app.delete(`${path}/:id`, (context) =>
    timely.teams.delete(Number(context.req.param('id'))) ? context.json({}) : context.notFound(),
  );
}

const limitRefused = { errors: { limit: ['must be less than or equal to 100'] } };

function definedOnly(team: z.infer<typeof teamBody>['team']): Partial<FakeTeam> {
  const { name, users, external_id } = team;
  return {
    ...(name === undefined ? {} : { name }),
    ...(users === undefined ? {} : { users }),
    ...(external_id === undefined ? {} : { external_id }),
  };
}

function toResponse(user: FakeUser) {
  const role = roles.find(({ id }) => id === user.role_id);
  return { ...user, role, user_level: role?.name, type: 'User', active: false, sign_in_count: null };
}

function fieldErrors(error: z.ZodError) {
  const byField = error.issues.map((issue) => [issue.path.at(-1) ?? 'base', [issue.message]]);
  return { errors: Object.fromEntries(byField) };
}
