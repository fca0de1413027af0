/** The frame of a simulated service: routes under faults, with a ledger, an authorization check and control routes. */
import { type Context, Hono } from 'hono';
import { type Call, isRecord, SimulatedRefusal, type SimulatedResponse } from './answer.ts';
import { type ControlActions, controlRoutes } from './control.ts';
import type { Faults } from './faults.ts';
import type { HttpsEnvironment } from './https-server.ts';
import type { Ledger } from './ledger.ts';

/** One operation of a service. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Hono's path pattern. */
  path: string;
  operation: string;
  /** Answers without a bearer token (sign-in). */
  open?: true;
  /** Whom it concerns; by default the path's `id`. */
  subject?(call: Call): string | null;
  /** For writes: what the body means, for the ledger. Without it the request counts as a read. */
  meaning?(call: Call): unknown;
  /** Changes state although it has no meaning for the ledger (tokens). */
  changes?: true;
  handle(call: Call): SimulatedResponse | Promise<SimulatedResponse>;
}

export interface Service {
  routes: Route[];
  faults: Faults;
  ledger: Ledger;
  clock: () => Date;
  /** The refusal of a request without a valid token; null when it may pass. */
  refusal(call: Call): SimulatedResponse | null;
  notFound(call: Call): SimulatedResponse;
  /** Called after each request that may have changed something, before it is answered: the state is saved. */
  settled(): void;
  /** Turns other spellings of a path (`users('x')`) into the routes' own. */
  normalizePath?(path: string): string;
  actions: ControlActions;
  /** What `GET /_control/state` shows. */
  view(): unknown;
}

/** The service as a web application. */
export function serviceApp(service: Service): Hono<HttpsEnvironment> {
  const normalize = service.normalizePath ?? ((path: string) => path);
  const app = new Hono<HttpsEnvironment>({ getPath: (request) => normalize(new URL(request.url).pathname) });
  app.route('/_control', controlRoutes(service));
  for (const route of service.routes)
    app.on(route.method, route.path, (context) => serve(service, route, context));
  const notFound: Route = {
    method: 'GET',
    path: '*',
    operation: 'unknown',
    open: true,
    handle: service.notFound,
  };
  app.notFound((context) => serve(service, notFound, context));
  return app;
}

async function serve(service: Service, route: Route, context: Context<HttpsEnvironment>): Promise<Response> {
  const call = await readCall(route, context);
  call.subject = route.subject ? route.subject(call) : (call.params.id ?? null);
  const write = route.meaning?.(call);
  const answer = await service.faults.around(call, () => handle(service, route, call));
  service.ledger.add({
    at: service.clock().toISOString(),
    method: call.method,
    path: call.path,
    query: call.query,
    operation: call.operation,
    subject: call.subject,
    status: answer.status,
    ...(write === undefined ? {} : { write }),
    ...(call.faults.length > 0 ? { faults: call.faults } : {}),
  });
  if (route.meaning || route.changes) service.settled();
  return toResponse(service, answer, context);
}

async function handle(service: Service, route: Route, call: Call): Promise<SimulatedResponse> {
  const refused = route.open ? null : service.refusal(call);
  if (refused) return refused;
  try {
    return await route.handle(call);
  } catch (error) {
    if (error instanceof SimulatedRefusal) return error.answer;
    throw error;
  }
}

async function readCall(route: Route, context: Context<HttpsEnvironment>): Promise<Call> {
  const { req } = context;
  const url = new URL(req.url);
  return {
    operation: route.operation,
    method: req.method,
    path: decodeURIComponent(url.pathname),
    url: req.url,
    params: Object.fromEntries(Object.entries(req.param()).map(([key, value]) => [key, String(value)])),
    query: url.searchParams,
    headers: req.raw.headers,
    body: await readBody(req.raw),
    subject: null,
    faults: [],
  };
}

async function readBody(request: Request): Promise<unknown> {
  if (request.method === 'GET' || request.method === 'DELETE') return null;
  const text = await request.text();
  if (text === '') return null;
  if (request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function toResponse(
  { clock }: Service,
  answer: SimulatedResponse,
  context: Context<HttpsEnvironment>,
): Response {
  if (answer.dropped) {
    context.env?.incoming?.socket.destroy();
    return new Response(null, { status: 502 });
  }
  const isJson = answer.text === undefined;
  const text = isJson && answer.json !== undefined ? JSON.stringify(answer.json) : (answer.text ?? null);
  const headers = {
    date: clock().toUTCString(),
    ...(isJson ? { 'content-type': 'application/json; charset=utf-8' } : {}),
    ...answer.headers,
  };
  const body = answer.cut && text !== null ? firstHalf(text, context) : text;
  return new Response(body, { status: answer.status, headers });
}

/** A body that breaks off with its connection once half of it is out. */
function firstHalf(text: string, context: Context<HttpsEnvironment>): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream({
    start: (controller) => controller.enqueue(bytes.subarray(0, bytes.length / 2)),
    pull: () => {
      context.env?.incoming?.socket.destroy();
    },
  });
}

/** A text field of a body; undefined when it is absent or something else. */
export function textField(body: unknown, name: string): string | undefined {
  const value = isRecord(body) ? body[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
