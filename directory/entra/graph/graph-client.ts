import {
  Client,
  HTTPMessageHandler,
  type GraphRequest as PreparedRequest,
  ResponseType,
} from '@microsoft/microsoft-graph-client';
import type { z } from 'zod';
import { ContractError, TransientError } from '../../../domain/errors.ts';
import { type Meter, noMeter } from '../../../domain/meter.ts';
import { BearerMiddleware, GraphExchange, isOfOrigin } from '../sign-in/bearer-middleware.ts';
import type { EntraSignIn } from '../sign-in/sign-in.ts';
import type { Endpoints } from './endpoints.ts';
import { type GraphCall, type GraphReply, graphErrorOf } from './graph-errors.ts';
import { connectionFailure, isTimeout, networkRemedy } from './network-errors.ts';

/** One request: a path below the version (`/users/delta?…`), or a link of the service, which goes out as it came. */
export interface GraphRequest {
  url: string;
  /** Absent: a POST where there is a body, else a GET. */
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** Microsoft Graph with one tenant's token. It never retries but once on 401: that is Temporal's work. */
export interface GraphClient {
  /**
   * The answer, whatever its status.
   * @throws ContractError for a link to a foreign host, before anything is sent; TransientError when no whole answer
   *   came in time; and what signing in throws
   */
  send(request: GraphRequest, call: GraphCall): Promise<GraphReply>;
  /** The parsed answer of a GET. @throws whatever `failureOf` makes of any other answer */
  get<Answer>(request: GraphRequest, schema: z.ZodType<Answer>, call: GraphCall): Promise<Answer>;
  /** Counts an answer that came inside another one: a part of a batch. `send` counts its own. */
  count(part: GraphReply, call: GraphCall): void;
}

export interface GraphClientOptions {
  endpoints: Endpoints;
  signIn: EntraSignIn;
  timeoutMs: number;
  /** Default: nothing is counted. */
  meter?: Meter;
}

/** @see GraphClient */
export function createGraphClient(options: GraphClientOptions): GraphClient {
  const { endpoints, signIn, timeoutMs, meter = noMeter } = options;
  const sdk = Client.initWithMiddleware({
    baseUrl: `${endpoints.graph}/`,
    defaultVersion: 'v1.0',
    customHosts: new Set([new URL(endpoints.graph).hostname]),
    middleware: [new BearerMiddleware(endpoints.graph), new HTTPMessageHandler()],
  });

  async function sendWith(token: string, request: GraphRequest, call: GraphCall): Promise<GraphReply> {
    const exchange = new GraphExchange(token, isLink(request) ? request.url : null);
    const prepared = sdk
      .api(request.url)
      .headers({ 'x-ms-throttle-priority': 'Low', ...request.headers })
      .option('signal', AbortSignal.timeout(timeoutMs))
      .responseType(ResponseType.RAW)
      .middlewareOptions([exchange]);
    try {
      const response: Response = await sendPrepared(prepared, request);
      const body = parseJson(await response.text());
      const reply = { status: response.status, headers: response.headers, body };
      // The header is there only from 0.8 of the limit on (docs/reference/microsoft-graph.md section 4).
      meter.directoryRequest({ ...costOf(reply, call), throttleRatio: throttleRatioOf(reply) ?? 0 });
      return reply;
    } catch (error) {
      const nothing = { status: 'none', resourceUnits: null, throttleRatio: null } as const;
      meter.directoryRequest({ operation: call.operation, ...nothing });
      throw noAnswer(exchange.failure ?? error, call, timeoutMs);
    }
  }

  async function send(request: GraphRequest, call: GraphCall): Promise<GraphReply> {
    if (isLink(request) && !isOfOrigin(request.url, endpoints.graph)) {
      throw new ContractError(
        `${call.operation}: the service gave a link to a foreign host; it was not followed.`,
        {
          remedy: `Only ${endpoints.graph} is sent a token. Check source.cloud and source.endpoints.graph.`,
        },
      );
    }
    const token = await signIn.token();
    const reply = await sendWith(token, request, call);
    if (reply.status !== 401) return reply;
    return await sendWith(await signIn.tokenAfter(token), request, call);
  }

  return {
    send,
    count: (part, call) =>
      meter.directoryRequest({ ...costOf(part, call), throttleRatio: throttleRatioOf(part) }),
    get: async (request, schema, call) => readAnswer(await send(request, call), schema, call),
  };
}

/**
 * What a reply holds, by its schema.
 * @throws what `failureOf` makes of a status other than 2xx; TransientError when the body is no JSON; ContractError when
 *   it has another shape
 */
export function readAnswer<Answer>(reply: GraphReply, schema: z.ZodType<Answer>, call: GraphCall): Answer {
  if (reply.status < 200 || reply.status > 299) throw graphErrorOf(reply, call);
  if (reply.body === undefined) {
    throw new TransientError(`${call.operation}: Microsoft Graph's answer was cut off or no JSON.`);
  }
  const parsed = schema.safeParse(reply.body);
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]?.path.join('.') || 'the answer';
  throw new ContractError(`${call.operation}: Microsoft Graph's answer has an unknown shape at ${place}.`);
}

/** Paths begin with one slash; everything else is taken for an address of the service's. */
const isLink = ({ url }: GraphRequest) => !/^\/(?!\/)/.test(url);

const costOf = ({ status, headers }: GraphReply, { operation }: GraphCall) => ({
  operation,
  status,
  resourceUnits: numberIn(headers, 'x-ms-resource-unit'),
});

const throttleRatioOf = ({ headers }: GraphReply) => numberIn(headers, 'x-ms-throttle-limit-percentage');

function numberIn(headers: Headers, name: string): number | null {
  const value = Number.parseFloat(headers.get(name) ?? '');
  return Number.isFinite(value) && value >= 0 ? value : null;
}

function sendPrepared(prepared: PreparedRequest, { method, body }: GraphRequest): Promise<Response> {
  switch (method ?? (body === undefined ? 'GET' : 'POST')) {
    case 'GET':
      return prepared.get();
    case 'POST':
      return prepared.post(body);
    case 'PATCH':
      return prepared.patch(body);
    case 'DELETE':
      return prepared.delete();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function noAnswer(error: unknown, call: GraphCall, timeoutMs: number): TransientError {
  const said = isTimeout(error)
    ? `no whole answer within ${timeoutMs / 1000} s`
    : `Microsoft Graph could not be reached (${connectionFailure(error)})`;
  return new TransientError(`${call.operation}: ${said}.`, { remedy: networkRemedy });
}
