/** One exchange with Timely over HTTP, read to its end within a time limit. Knows nothing of what it is about. */
import { z } from 'zod';
import { TransientError } from '../domain/errors.ts';
import { retryAfterMsOf } from '../domain/rate-limit/retry-after.ts';

/** Time limit of one call, reading the answer included, unless the settings say otherwise. */
export const defaultTimeoutMs = 30_000;

export interface HttpRequest {
  /** What is being done, for messages: "invite a person". */
  what: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: URL;
  accessToken?: string;
  /** Sent as JSON. */
  body?: unknown;
  timeoutMs: number;
  fetch: typeof fetch;
}

export type ResponseBody =
  | { kind: 'json'; value: unknown }
  /** Neither JSON nor HTML. */
  | { kind: 'text'; text: string }
  | { kind: 'html' }
  | { kind: 'empty' };

export interface HttpResponse {
  status: number;
  /** Null when it did not say how long to wait. */
  retryAfterMs: number | null;
  body: ResponseBody;
}

/**
 * Sends a request and reads the answer, whatever its status below 500.
 * @throws TransientError on a lost connection, the time limit, 408, 5xx, and HTML: that is a gateway speaking, not Timely
 * (docs/reference/timely-api.md section 6), so even its 404 says nothing about a user
 */
export async function sendRequest(request: HttpRequest): Promise<HttpResponse> {
  const answer = await send(request);
  const gateway = answer.body.kind === 'html' && answer.status !== 429;
  if (answer.status < 500 && answer.status !== requestTimeout && !gateway) return answer;
  const shape = gateway ? ' with a web page' : '';
  throw new TransientError(
    `Timely could not ${request.what}: ${methodAndPath(request)} answered ${answer.status}${shape}`,
    { retryAfterMs: answer.retryAfterMs },
  );
}

/** A proxy's word for a request that came too slowly: it is no answer of Timely's. */
const requestTimeout = 408;

/** `POST /1.1/42/users`, without the query. */
export const methodAndPath = ({ method, url }: Pick<HttpRequest, 'method' | 'url'>) =>
  `${method} ${url.pathname}`;

async function send(request: HttpRequest): Promise<HttpResponse> {
  const { method, url, body, accessToken } = request;
  try {
    const response = await request.fetch(url, {
      method,
      // A redirect would carry the request to a place nobody configured.
      redirect: 'manual',
      signal: AbortSignal.timeout(request.timeoutMs),
      headers: {
        accept: 'application/json',
        ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, retryAfterMs: retryAfterMsOf(response.headers), body: readBody(text) };
  } catch (error) {
    // The cause is not kept: fetch quotes header values in some messages, and one of ours is a token.
    throw new TransientError(
      `Timely could not be reached to ${request.what}: ${methodAndPath(request)} ${failure(error)}`,
    );
  }
}

// fetch tells a refused or broken connection by the code of the cause.
const fetchFailure = z.object({
  name: z.string(),
  cause: z.object({ code: z.string() }).optional().catch(undefined),
});

function failure(error: unknown): string {
  const { name, cause } = fetchFailure.catch({ name: '', cause: undefined }).parse(error);
  return name === 'TimeoutError' ? 'took too long' : `lost its connection (${cause?.code ?? 'no answer'})`;
}

function readBody(text: string): ResponseBody {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'empty' };
  if (trimmed.startsWith('<')) return { kind: 'html' };
  try {
    return { kind: 'json', value: JSON.parse(trimmed) };
  } catch {
    return { kind: 'text', text: trimmed };
  }
}
