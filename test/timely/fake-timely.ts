/**
 * A small Timely on 127.0.0.1 that enforces docs/reference/timely-api.md on its requests, with switches for what is
 * unknown.
 */
import { once } from 'node:events';
import { type HttpBindings, type ServerType, serve } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { createTimelyApi, type TimelyApi } from '../../timely/api.ts';
import { unlimitedRate } from '../support/unlimited-rate.ts';
import { accountId, addTimelyRoutes, employee } from './fake-timely-routes.ts';

export { accountId, employee, manager } from './fake-timely-routes.ts';

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
export interface RecordedRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
}

/** A response in place of the usual one. `after`: the effect still takes place. `cut` drops the connection. */
export interface Fault {
  method: string;
  path: RegExp;
  after?: boolean;
  times?: number;
  response: Response | 'cut' | 'silence';
}

export class FakeTimely {
  readonly users = new Map<number, FakeUser>();
  readonly teams = new Map<number, FakeTeam>();
  readonly requests: RecordedRequest[] = [];
  /** Seats paid for; null: the account does not say. */
  seats: number | null = 80;
  readonly mails: string[] = [];
  readonly acceptedTokens = new Set(['token-of-the-sync']);
  pageLimit = 100;
  /** Larger pages are refused instead of capped. */
  refusesPagesOver = 100_000;
  teamPaging: 'offset' | 'page' = 'offset';
  ignoresOffset = false;
  /** Fields of a write that are answered with 200 and not applied. */
  ignoredFields: string[] = [];
  /** Called right after the response to a request. */
  afterRequest: (request: RecordedRequest) => void = () => {};
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

  requestsTo(method: string, path: RegExp): RecordedRequest[] {
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
    addTimelyRoutes(app, this);
    app.notFound((context) => context.json({ errors: { message: 'Not Found' } }, 404));
    return app;
  }

  #takeFault(request: RecordedRequest): Fault | undefined {
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

  async #faulty({ response }: Fault, context: Context<{ Bindings: HttpBindings }>): Promise<Response> {
    if (response === 'silence') await once(context.env.outgoing, 'close');
    if (response instanceof Response) return response.clone();
    context.env.incoming.socket.destroy();
    return context.body(null);
  }
}

/** The tools of a test: this Timely, its client, and the waits that the client passed to its rate limiter. */
export interface TimelyWorld {
  timely: FakeTimely;
  api: TimelyApi;
  slowDowns: (number | null)[];
}

/** Runs a test against a Timely of its own, with a client that holds a working token. */
export async function withTimely(
  test: (world: TimelyWorld) => Promise<void>,
  timeoutMs = 10_000,
): Promise<void> {
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
      ...unlimitedRate,
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

export function addUsers(timely: FakeTimely, count: number): void {
  for (let index = 0; index < count; index += 1) timely.addUser();
}

/** All rows of all pages. */
export async function collect<T>(pages: AsyncIterable<T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}
