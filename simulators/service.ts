/** A simulated service: routes under faults, with a ledger, an authorization check and control routes. */
import { gzipSync } from 'node:zlib';
import { type Context, Hono } from 'hono';
import { type ControlActions, controlRoutes } from './control.ts';
import type { Faults } from './faults.ts';
import type { HttpsEnvironment } from './https-server.ts';
import type { Ledger } from './ledger.ts';
import {
  isRecord,
  SimulatedRefusal,
  type SimulatedRequest,
  type SimulatedResponse,
} from './simulated-response.ts';

/** One operation of a service. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Hono's path pattern. */
  path: string;
  operation: string;
  /** Needs no bearer token (sign-in). */
  open?: true;
  /** Returns the person or object concerned. Default: the path's `id`. */
  subject?(request: SimulatedRequest): string | null;
  /** Returns the body of a write for the ledger. Without this method the request counts as a read. */
  describeWrite?(request: SimulatedRequest): unknown;
  /** Changes state without a write in the ledger (tokens). */
  changes?: true;
  handle(request: SimulatedRequest): SimulatedResponse | Promise<SimulatedResponse>;
}

/** A page with a form that posts to its own address: both routes. */
export const formRoutes = (route: Omit<Route, 'method'>): Route[] => [
  { ...route, method: 'GET' },
  { ...route, method: 'POST' },
];

export interface SimulatedService {
  routes: Route[];
  faults: Faults;
  ledger: Ledger;
  clock: () => Date;
  /** Returns the refusal of an unauthorized request, or null. */
  refusal(request: SimulatedRequest): SimulatedResponse | null | Promise<SimulatedResponse | null>;
  /** Stands in front of the service and of its faults: rate limits. */
  around?(request: SimulatedRequest, run: () => Promise<SimulatedResponse>): Promise<SimulatedResponse>;
  notFound(request: SimulatedRequest): SimulatedResponse;
  /** Saves the state: called after each request that may change it, before the response. */
  stateChanged(): void;
  /** Converts other spellings of a path (`users('x')`) to that of the routes. */
  normalizePath?(path: string): string;
  actions: ControlActions;
  /** Returns what `GET /_control/state` shows. */
  summarize(): unknown;
}

/** Returns the service as a web application. */
export function serviceApp(service: SimulatedService): Hono<HttpsEnvironment> {
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

async function serve(
  service: SimulatedService,
  route: Route,
  context: Context<HttpsEnvironment>,
): Promise<Response> {
  const request = await readRequest(route, context);
  request.subject = route.subject ? route.subject(request) : (request.params.id ?? null);
  const write = route.describeWrite?.(request);
  const respond = () => service.faults.around(request, () => handle(service, route, request));
  const response = service.around ? await service.around(request, respond) : await respond();
  service.ledger.add({
    at: service.clock().toISOString(),
    method: request.method,
    path: request.path,
    query: request.query,
    operation: request.operation,
    subject: request.subject,
    status: response.status,
    ...(write === undefined ? {} : { write }),
    ...(request.faults.length > 0 ? { faults: request.faults } : {}),
  });
  if (route.describeWrite || route.changes) service.stateChanged();
  return toResponse(service, response, context);
}

async function handle(
  service: SimulatedService,
  route: Route,
  request: SimulatedRequest,
): Promise<SimulatedResponse> {
  try {
    const refused = route.open ? null : await service.refusal(request);
    if (refused) return refused;
    return await route.handle(request);
  } catch (error) {
    if (error instanceof SimulatedRefusal) return error.response;
    throw error;
  }
}

async function readRequest(route: Route, context: Context<HttpsEnvironment>): Promise<SimulatedRequest> {
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
    certificate: context.env?.incoming?.socket.getPeerX509Certificate?.() ?? null,
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
  { clock }: SimulatedService,
  response: SimulatedResponse,
  context: Context<HttpsEnvironment>,
): Response {
  if (response.dropped) {
    context.env?.incoming?.socket.destroy();
    return new Response(null, { status: 502 });
  }
  const isJson = response.text === undefined;
  const text =
    isJson && response.json !== undefined ? JSON.stringify(response.json) : (response.text ?? null);
  const headers = {
    date: clock().toUTCString(),
    ...(isJson ? { 'content-type': 'application/json; charset=utf-8' } : {}),
    ...response.headers,
  };
  if (response.cut && text !== null)
    return new Response(firstHalf(text, context), { status: response.status, headers });
  if (!response.gzip || text === null) return new Response(text, { status: response.status, headers });
  const zipped = { ...headers, 'content-encoding': 'gzip' };
  return new Response(new Uint8Array(gzipSync(text)), { status: response.status, headers: zipped });
}

/** Returns a body that sends its first half and then cuts the connection. */
function firstHalf(text: string, context: Context<HttpsEnvironment>): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream({
    start: (controller) => controller.enqueue(bytes.subarray(0, bytes.length / 2)),
    pull: () => {
      context.env?.incoming?.socket.destroy();
    },
  });
}

/** Returns a text field of a body, or undefined when it is absent or no text. */
export function textField(body: unknown, name: string): string | undefined {
  const value = isRecord(body) ? body[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
