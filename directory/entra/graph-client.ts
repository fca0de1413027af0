import { Client, HTTPMessageHandler, ResponseType } from '@microsoft/microsoft-graph-client';
import type { z } from 'zod';
import { ContractError, PassingError } from '../../domain/errors.ts';
import { BearerMiddleware, Exchange, isOfOrigin } from './bearer-middleware.ts';
import type { Endpoints } from './endpoints.ts';
import { failureOf, type GraphCall, type GraphReply } from './graph-errors.ts';
import { connectionFailure, isTimeout, networkRemedy } from './network-errors.ts';
import type { SignIn } from './sign-in.ts';

/** One request: a path below the version (`/users/delta?…`), or a link of the service, which goes out as it came. */
export interface GraphRequest {
  url: string;
  /** Given: a POST of this as JSON. Absent: a GET. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** Microsoft Graph with one tenant's token. It never retries but once on 401: that is Temporal's work. */
export interface GraphClient {
  /**
   * The answer, whatever its status.
   * @throws ContractError for a link to a foreign host, before anything is sent; PassingError when no whole answer
   *   came in time; and what signing in throws
   */
  send(request: GraphRequest, call: GraphCall): Promise<GraphReply>;
  /** The parsed answer of a GET. @throws whatever `failureOf` makes of any other answer */
  get<Answer>(request: GraphRequest, schema: z.ZodType<Answer>, call: GraphCall): Promise<Answer>;
}

export interface GraphClientOptions {
  endpoints: Endpoints;
  signIn: SignIn;
  timeoutMs: number;
}

/** @see GraphClient */
export function createGraphClient({ endpoints, signIn, timeoutMs }: GraphClientOptions): GraphClient {
  const sdk = Client.initWithMiddleware({
    baseUrl: `${endpoints.graph}/`,
    defaultVersion: 'v1.0',
    customHosts: new Set([new URL(endpoints.graph).hostname]),
    middleware: [new BearerMiddleware(endpoints.graph), new HTTPMessageHandler()],
  });

  async function sendWith(token: string, request: GraphRequest, call: GraphCall): Promise<GraphReply> {
    const exchange = new Exchange(token);
    const prepared = sdk
      .api(request.url)
      .headers({ 'x-ms-throttle-priority': 'Low', ...request.headers })
      .option('signal', AbortSignal.timeout(timeoutMs))
      .responseType(ResponseType.RAW)
      .middlewareOptions([exchange]);
    try {
      const response: Response = await ('body' in request ? prepared.post(request.body) : prepared.get());
      return { status: response.status, headers: response.headers, body: parseJson(await response.text()) };
    } catch (error) {
      throw noAnswer(exchange.failure ?? error, call, timeoutMs);
    }
  }

  async function send(request: GraphRequest, call: GraphCall): Promise<GraphReply> {
    const isLink = !/^\/(?!\/)/.test(request.url);
    if (isLink && !isOfOrigin(request.url, endpoints.graph)) {
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
    get: async (request, schema, call) => readAnswer(await send(request, call), schema, call),
  };
}

/**
 * What a reply holds, by its schema.
 * @throws what `failureOf` makes of a status other than 2xx; PassingError when the body is no JSON; ContractError when
 *   it has another shape
 */
export function readAnswer<Answer>(reply: GraphReply, schema: z.ZodType<Answer>, call: GraphCall): Answer {
  if (reply.status < 200 || reply.status > 299) throw failureOf(reply, call);
  if (reply.body === undefined) {
    throw new PassingError(`${call.operation}: Microsoft Graph's answer was cut off or no JSON.`);
  }
  const parsed = schema.safeParse(reply.body);
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]?.path.join('.') || 'the answer';
  throw new ContractError(`${call.operation}: Microsoft Graph's answer has an unknown shape at ${place}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function noAnswer(error: unknown, call: GraphCall, timeoutMs: number): PassingError {
  const said = isTimeout(error)
    ? `no whole answer within ${timeoutMs / 1000} s`
    : `Microsoft Graph could not be reached (${connectionFailure(error)})`;
  return new PassingError(`${call.operation}: ${said}.`, { remedy: networkRemedy });
}
