/**
 * A small Timely on 127.0.0.1 that enforces docs/reference/timely-api.md on what it is asked, with switches for what is
 * unknown.
 */
import { once } from 'node:events';
import { type HttpBindings, type ServerType, serve } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { createTimelyApi, type TimelyApi } from '../../timely/api.ts';
import { unlimited } from '../support/unlimited.ts';

export const accountId = 42;

export interface FakeUser {
  id: number;
  email: string;
  name: string;
  role_id: number;
  external_id: string | null;
  updated_at: number;
  deleted: boolean;
}
export interface FakeTeam {
  id: number;
  name: string;
  external_id: string | null;
  users: { user_id: number; lead: boolean; hide_hours: boolean }[];
}
export interface Request {
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
}

/** An answer in place of the usual one. `after`: the effect takes place all the same. `cut` drops the connection. */
export interface Fault {
  method: string;
  path: RegExp;
  after?: boolean;
  times?: number;
  answer: Response | 'cut' | 'silence';
}

const roleNames = ['admin', 'manager', 'employee', 'team_lead'];
export const roles = roleNames.map((name, index) => ({ id: 301 + index, name }));
export const [, manager, employee] = [301, 302, 303];

// Strict: a field the datasheet does not know, or a rate, is a mistake of the client.
const domainInLowerCase = /^([^@\s]+)@((?:[-a-z0-9]+\.)+[a-z]{2,})$/;
const userBody = z.strictObject({
  user: z.strictObject({
    name: z.string().min(1).regex(/^\D+$/, 'must not have digits'),
    email: z.string().regex(domainInLowerCase, 'is invalid'),
    role_id: z.number(),
    external_id: z.string().max(512).optional(),
  }),
});
/** Its older document asks for the role alone. */
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

export class FakeTimely {
  readonly users = new Map<number, FakeUser>();
  readonly teams = new Map<number, FakeTeam>();
  readonly requests: Request[] = [];
  /** Seats paid for; null: the account does not say. */
  seats: number | null = 80;
  readonly mails: string[] = [];
  readonly acceptedTokens = new Set(['token-of-the-sync']);
  windowCap = 100;
  /** Larger windows are refused instead of capped. */
  refusesBeyond = 100_000;
  teamPaging: 'offset' | 'page' = 'offset';
  ignoresOffset = false;
  /** Fields of a write that are answered with 200 and not applied. */
  ignoredFields: string[] = [];
  /** What the world does right after a request was answered. */
  afterRequest: (request: Request) => void = () => {};
  endpoint = '';
  #faults: Fault[] = [];
  #clock = 1_780_000_000;
  #server: ServerType | undefined;

  async open(): Promise<void> {
    const server = serve({ fetch: this.#app().fetch, hostname: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const address = server.address();
    if (typeof address !== 'object' || !address) throw new Error('no port');
    this.endpoint = `http://127.0.0.1:${address.port}`;
    this.#server = server;
  }

  async close(): Promise<void> {
    if (!this.#server) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    if ('closeAllConnections' in this.#server) this.#server.closeAllConnections();
    await closed;
    if (this.#faults.length > 0) throw new Error(`a fault never happened: ${this.#faults[0]?.path}`);
  }

  fault(fault: Fault): void {
    this.#faults.push(fault);
  }

  addUser(user: Partial<FakeUser> = {}): FakeUser {
    const id = user.id ?? 101 + this.users.size;
    const email = user.email ?? `person${id}@example.com`;
    const base = { id, email, name: 'Ada Example', role_id: employee, external_id: null, deleted: false };
    const added = { ...base, updated_at: this.tick(), ...user };
    this.users.set(id, added);
    return added;
  }

  addTeam(team: Partial<FakeTeam> = {}): FakeTeam {
    const id = team.id ?? 7 + this.teams.size;
    const added = { id, name: `Team ${String(id).padStart(6, '0')}`, external_id: null, users: [], ...team };
    this.teams.set(id, added);
    return added;
  }

  /** The present moment of this Timely, Unix seconds; each call is a second later. */
  tick(): number {
    this.#clock += 1;
    return this.#clock;
  }

  requestsTo(method: string, path: RegExp): Request[] {
    return this.requests.filter((request) => request.method === method && path.test(request.path));
  }

  #app() {
    const app = new Hono<{ Bindings: HttpBindings }>();
    app.use(async (context, next) => {
      const body: unknown = await context.req.json().catch(() => null);
      const request = {
        method: context.req.method,
        path: context.req.path,
        query: context.req.query(),
        body,
      };
      this.requests.push(request);
      const fault = this.#takeFault(request);
      if (!fault || fault.after) await next();
      if (fault) context.res = await this.#faulty(fault, context);
      this.afterRequest(request);
    });
    app.use(async (context, next) => {
      const token = context.req.header('authorization')?.replace('Bearer ', '') ?? '';
      if (this.acceptedTokens.has(token)) return next();
      return context.json({ errors: { message: 'Unauthorized' } }, 401);
    });
    this.#accountRoutes(app);
    this.#userRoutes(app);
    this.#teamRoutes(app);
    app.notFound((context) => context.json({ errors: { message: 'Not Found' } }, 404));
    return app;
  }

  #takeFault(request: Request): Fault | undefined {
    const index = this.#faults.findIndex(
      ({ method, path }) => method === request.method && path.test(request.path),
    );
    const fault = this.#faults[index];
    if (!fault) return undefined;
    const times = (fault.times ?? 1) - 1;
    if (times > 0) this.#faults[index] = { ...fault, times };
    else this.#faults.splice(index, 1);
    return fault;
  }

  async #faulty({ answer }: Fault, context: Context<{ Bindings: HttpBindings }>): Promise<Response> {
    if (answer === 'silence') await once(context.env.outgoing, 'close');
    if (answer instanceof Response) return answer.clone();
    context.env.incoming.socket.destroy();
    return context.body(null);
  }

  #accountRoutes(app: Hono<{ Bindings: HttpBindings }>) {
    app.get(`/1.1/accounts/${accountId}`, (context) => {
      const num_users = [...this.users.values()].filter((user) => !user.deleted).length;
      return context.json({
        id: accountId,
        name: 'Contoso',
        owner_id: 101,
        seats: this.seats,
        num_users,
        plan_id: 1,
      });
    });
    app.get(`/1.1/${accountId}/roles`, (context) =>
      context.json(roles.map((role) => ({ ...role, display_name: role.name, allowed_to_invite: true }))),
    );
    app.get(`/1.1/${accountId}/users/current`, (context) => {
      const [own] = this.users.values();
      return own ? context.json(toAnswer(own)) : context.notFound();
    });
    app.get(`/1.1/${accountId}/users/current/permissions`, (context) =>
      context.json([{ resource: 'user', permissions: ['read'], global_permissions: ['create', 'read'] }]),
    );
  }

  #userRoutes(app: Hono<{ Bindings: HttpBindings }>) {
    const path = `/1.1/${accountId}/users`;
    app.get(path, (context) => {
      const { limit = '100', offset = '0', filter } = context.req.query();
      if (Number(limit) > this.refusesBeyond) return context.json(limitRefused, 422);
      const start = this.ignoresOffset ? 0 : Number(offset);
      const listed = [...this.users.values()]
        .filter((user) => user.deleted === (filter === 'deleted'))
        .sort((one, other) => other.updated_at - one.updated_at);
      const end = start + Math.min(Number(limit), this.windowCap);
      return context.json(listed.slice(start, end).map(toAnswer));
    });
    app.get(`${path}/:id`, (context) => {
      const user = this.users.get(Number(context.req.param('id')));
      return user ? context.json(toAnswer(user)) : context.notFound();
    });
    app.post(path, async (context) => {
      const asked = userBody.safeParse(await context.req.json());
      if (!asked.success) return context.json(fieldErrors(asked.error), 422);
      const { name, email, role_id, external_id = null } = asked.data.user;
      const known = [...this.users.values()].find((user) => user.email.toLowerCase() === email.toLowerCase());
      const role = this.ignoredFields.includes('role_id') ? manager : role_id;
      const base = known ? { id: known.id, name: known.name, email: known.email } : { name, email };
      this.mails.push(email);
      return context.json(toAnswer(this.addUser({ ...base, role_id: role, external_id, deleted: false })));
    });
    app.put(`${path}/:id`, async (context) => {
      const user = this.users.get(Number(context.req.param('id')));
      if (!user) return context.notFound();
      const asked = userUpdate.safeParse(await context.req.json());
      if (!asked.success) return context.json(fieldErrors(asked.error), 422);
      if (!this.ignoredFields.includes('role_id')) user.role_id = asked.data.user.role_id;
      user.updated_at = this.tick();
      return context.json(toAnswer(user));
    });
    app.delete(`${path}/:id`, (context) => {
      const user = this.users.get(Number(context.req.param('id')));
      if (!user || user.deleted) return context.notFound();
      Object.assign(user, { deleted: true, updated_at: this.tick() });
      return context.json({});
    });
  }

  #teamRoutes(app: Hono<{ Bindings: HttpBindings }>) {
    const path = `/1.1/${accountId}/teams`;
    app.get(path, (context) => {
      const query = context.req.query();
      const asked = this.teamPaging === 'offset' ? query.limit : query.per_page;
      if (Number(asked ?? 50) > this.refusesBeyond) return context.json(limitRefused, 422);
      const size = Math.min(Number(asked ?? 50), this.windowCap);
      const start = this.teamPaging === 'offset' ? Number(query.offset) : (Number(query.page) - 1) * size;
      const listed = [...this.teams.values()].sort((one, other) => one.name.localeCompare(other.name));
      return context.json(listed.slice(start, start + size));
    });
    app.get(`${path}/:id`, (context) => {
      const team = this.teams.get(Number(context.req.param('id')));
      return team ? context.json(team) : context.notFound();
    });
    app.post(path, async (context) => {
      const { team } = teamBody.parse(await context.req.json());
      const created = this.addTeam(definedOnly(team));
      return context.json(created, 201);
    });
    app.put(`${path}/:id`, async (context) => {
      const team = this.teams.get(Number(context.req.param('id')));
      if (!team) return context.notFound();
      projectOptions.parse(context.req.query());
      const asked = Object.entries(teamBody.parse(await context.req.json()).team);
      Object.assign(team, Object.fromEntries(asked.filter(([field]) => !this.ignoredFields.includes(field))));
      return context.json(team);
    });
    app.delete(`${path}/:id`, (context) =>
      this.teams.delete(Number(context.req.param('id'))) ? context.json({}) : context.notFound(),
    );
  }
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

function toAnswer(user: FakeUser) {
  const role = roles.find(({ id }) => id === user.role_id);
  return { ...user, role, user_level: role?.name, type: 'User', active: false, sign_in_count: null };
}

function fieldErrors(error: z.ZodError) {
  const byField = error.issues.map((issue) => [issue.path.at(-1) ?? 'base', [issue.message]]);
  return { errors: Object.fromEntries(byField) };
}

/** What a test has in hand: this Timely, the client of it, and what the client told its pace. */
export interface World {
  timely: FakeTimely;
  api: TimelyApi;
  slowDowns: (number | null)[];
}

/** Runs a test against a Timely of its own, with a client that holds a working token. */
export async function withTimely(test: (world: World) => Promise<void>, timeoutMs = 10_000): Promise<void> {
  const timely = new FakeTimely();
  await timely.open();
  const slowDowns: (number | null)[] = [];
  const api = createTimelyApi({
    accountId,
    endpoint: timely.endpoint,
    timeoutMs,
    tokens: {
      accessToken: async () => 'token-of-the-sync',
      refresh: async () => 'token-of-the-sync',
    },
    rateLimiter: {
      ...unlimited,
      backOff: async (_moment, retryAfterMs) => {
        slowDowns.push(retryAfterMs);
      },
    },
  });
  try {
    await test({ timely, api, slowDowns });
  } finally {
    await timely.close();
  }
}

/** All rows of all windows. */
export async function collect<T>(windows: AsyncIterable<T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const window of windows) rows.push(...window);
  return rows;
}
