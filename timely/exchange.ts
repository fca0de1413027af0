/**
 * One exchange with Timely over HTTP: its JSON, and what a gateway in front of it says. It knows no user and no team.
 */
import { ConfigurationError, TransientError } from '../domain/errors.ts';
import { exchange, type HttpRequest, type HttpResponse } from '../http/exchange.ts';
import type { BodyLimits } from '../http/json-size.ts';
import { networkFailure } from '../http/network-errors.ts';
import { readJson } from '../http/read-json.ts';
import { retryAfterMsOf } from '../http/retry-after.ts';

/** Time limit of one call, reading the response included, unless the settings say otherwise. */
export const defaultTimeoutMs = 30_000;

export interface TimelyRequest {
  /** Infinitive for messages: "invite a person". */
  what: string;
  method: HttpRequest['method'];
  url: URL;
  accessToken?: string;
  /** Sent as JSON. */
  body?: unknown;
  timeoutMs: number;
  bodyLimits?: BodyLimits;
  fetch: typeof fetch;
}

export type ResponseBody =
  | { kind: 'json'; value: unknown }
  /** Neither JSON nor HTML. */
  | { kind: 'text'; text: string }
  | { kind: 'html' }
  | { kind: 'empty' };

export interface TimelyResponse {
  status: number;
  /** Null when Timely does not say how long to wait. */
  retryAfterMs: number | null;
  body: ResponseBody;
}

/**
 * Sends a request and reads the response, whatever its status below 500.
 * @throws TransientError on a lost connection, the time limit, 408, 5xx, and HTML: HTML comes from a gateway, not from
 *   Timely (docs/reference/timely-api.md section 6), so that even its 404 says nothing about a user; ConfigurationError when requests may not go there
 */
export async function exchangeWithTimely(request: TimelyRequest): Promise<TimelyResponse> {
  const { status, headers, body: text } = await send(request);
  const response = { status, retryAfterMs: retryAfterMsOf(headers), body: readBody(text) };
  const isWebPage = response.body.kind === 'html' && status !== 429;
  if (status < 500 && status !== requestTimeout && !isWebPage) return response;
  throw new TransientError(
    `Timely could not ${request.what}: ${methodAndPath(request)} answered ${status}${isWebPage ? ' with a web page' : ''}`,
    { retryAfterMs: response.retryAfterMs },
  );
}

/** A proxy sends it when a request comes too slowly; Timely does not. */
const requestTimeout = 408;

/** `POST /1.1/42/users`, without the query. */
export const methodAndPath = ({ method, url }: Pick<TimelyRequest, 'method' | 'url'>) =>
  `${method} ${url.pathname}`;

async function send({ accessToken, body, ...request }: TimelyRequest): Promise<HttpResponse> {
  const { method, url, timeoutMs, bodyLimits, fetch } = request;
  const headers = {
    accept: 'application/json',
    ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  try {
    return await exchange({
      method,
      url,
      headers,
      timeoutMs,
      fetch,
      ...json,
      ...(bodyLimits && { bodyLimits }),
    });
  } catch (error) {
    // The request may not go to this address.
    if (error instanceof ConfigurationError) throw error;
    const { timedOut, code } = networkFailure(error);
    const reason = timedOut ? 'took too long' : `lost its connection (${code ?? 'no response'})`;
    throw new TransientError(
      `Timely could not be reached to ${request.what}: ${methodAndPath(request)} ${reason}`,
    );
  }
}

function readBody(text: string): ResponseBody {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'empty' };
  if (trimmed.startsWith('<')) return { kind: 'html' };
  try {
    return { kind: 'json', value: readJson(trimmed) };
  } catch {
    return { kind: 'text', text: trimmed };
  }
}
