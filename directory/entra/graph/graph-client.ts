import {
  Client,
  type GraphRequest as PreparedRequest,
  ResponseType,
} from '@microsoft/microsoft-graph-client';
import type { z } from 'zod';
import { ConfigurationError, ContractError, TransientError } from '../../../domain/errors.ts';
import { type Meter, noMeter } from '../../../domain/meter.ts';
import { readBody } from '../../../http/exchange.ts';
import { networkFailure, networkRemedy } from '../../../http/network-errors.ts';
import { jsonOrUndefined } from '../../../http/read-json.ts';
import type { EntraSignIn } from '../sign-in/sign-in.ts';
import { BearerMiddleware, GraphExchange, isOfOrigin } from './bearer-middleware.ts';
import type { Endpoints } from './endpoints.ts';
import { type GraphCall, type GraphResponse, graphErrorOf } from './graph-errors.ts';

/** One request: a path below the version (`/users/delta?…`), or a link of the service, which is sent unchanged. */
export interface GraphRequest {
  url: string;
  /** Default: POST with a body, GET without. */
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** Microsoft Graph with one tenant's token. It retries only a 401, once; all other retries are Temporal's work. */
export interface GraphClient {
  /**
   * The response, whatever its status.
   * @throws ContractError for a link to a foreign host, before anything is sent; TransientError when no whole response
   *   came in time; ConfigurationError when requests may not go there; and what signing in throws
   */
  send(request: GraphRequest, call: GraphCall): Promise<GraphResponse>;
  /** The parsed response to a GET. @throws what `readResponse` throws */
  get<Content>(request: GraphRequest, schema: z.ZodType<Content>, call: GraphCall): Promise<Content>;
  /** Counts a response that came inside another one, as a part of a batch. `send` counts its own. */
  count(part: GraphResponse, call: GraphCall): void;
}

export interface GraphClientOptions {
  endpoints: Endpoints;
  signIn: EntraSignIn;
  timeoutMs: number;
  fetch: typeof fetch;
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
    middleware: new BearerMiddleware(endpoints.graph, options.fetch),
  });

  async function sendWith(token: string, request: GraphRequest, call: GraphCall): Promise<GraphResponse> {
    const exchange = new GraphExchange(token, isLink(request) ? request.url : null);
    const prepared = sdk
      .api(request.url)
      .headers({ 'x-ms-throttle-priority': 'Low', ...request.headers })
      .option('signal', AbortSignal.timeout(timeoutMs))
      .responseType(ResponseType.RAW)
      .middlewareOptions([exchange]);
    try {
      const received: Response = await sendPrepared(prepared, request);
      const body = jsonOrUndefined(await readBody(received));
      const response = { status: received.status, headers: received.headers, body };
      // The header appears only from 0.8 of the limit on (docs/reference/microsoft-graph.md section 4).
      meter.directoryRequest({ ...costOf(response, call), throttleRatio: throttleRatioOf(response) ?? 0 });
      return response;
    } catch (error) {
      const nothing = { status: 'none', resourceUnits: null, throttleRatio: null } as const;
      meter.directoryRequest({ operation: call.operation, ...nothing });
      const failure = exchange.failure ?? error;
      throw failure instanceof ConfigurationError ? failure : noResponse(failure, call, timeoutMs);
    }
  }

  async function send(request: GraphRequest, call: GraphCall): Promise<GraphResponse> {
    if (isLink(request) && !isOfOrigin(request.url, endpoints.graph)) {
      throw new ContractError(
        `${call.operation}: the service returned a link to a foreign host, which was not followed.`,
        {
          remedy: `Tokens are sent to ${endpoints.graph} only. Check source.cloud and source.endpoints.graph.`,
        },
      );
    }
    const token = await signIn.token();
    const response = await sendWith(token, request, call);
    if (response.status !== 401) return response;
    return await sendWith(await signIn.tokenAfter(token), request, call);
  }

  return {
    send,
    count: (part, call) =>
      meter.directoryRequest({ ...costOf(part, call), throttleRatio: throttleRatioOf(part) }),
    get: async (request, schema, call) => readResponse(await send(request, call), schema, call),
  };
}

/**
 * The content of a response, by its schema.
 * @throws what `graphErrorOf` makes of a status other than 2xx; TransientError when the body is not JSON; ContractError
 *   when it has another shape
 */
export function readResponse<Content>(
  response: GraphResponse,
  schema: z.ZodType<Content>,
  call: GraphCall,
): Content {
  if (response.status < 200 || response.status > 299) throw graphErrorOf(response, call);
  if (response.body === undefined) {
    throw new TransientError(
      `${call.operation}: Microsoft Graph's response was cut off, is larger than any page, or is not JSON.`,
    );
  }
  const parsed = schema.safeParse(response.body);
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]?.path.join('.') || 'the top level';
  throw new ContractError(`${call.operation}: Microsoft Graph's response has an unknown shape at ${place}.`);
}

/** Paths begin with one slash; everything else is a link of the service. */
const isLink = ({ url }: GraphRequest) => !/^\/(?!\/)/.test(url);

const costOf = ({ status, headers }: GraphResponse, { operation }: GraphCall) => ({
  operation,
  status,
  resourceUnits: numberIn(headers, 'x-ms-resource-unit'),
});

const throttleRatioOf = ({ headers }: GraphResponse) => numberIn(headers, 'x-ms-throttle-limit-percentage');

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

function noResponse(error: unknown, { operation }: GraphCall, timeoutMs: number): TransientError {
  const { timedOut, code } = networkFailure(error);
  const reason = timedOut
    ? `no whole response within ${timeoutMs / 1000} s`
    : `Microsoft Graph could not be reached (${code ?? 'connection lost'})`;
  return new TransientError(`${operation}: ${reason}.`, { remedy: networkRemedy });
}
