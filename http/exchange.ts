/**
 * One exchange over HTTPS: a request, and its response read to the end within a time limit and a size. It knows no
 * service: the adapters decide what a status or a body means. It uses fetch alone, because ky and ofetch add retries,
 * which are Temporal's work here, and neither of them limits the size of a body.
 */
import { type BodyLimits, JsonSize, pageLimits } from './json-size.ts';
import { noteProgress } from './work-scope.ts';

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: URL | string;
  headers?: Record<string, string>;
  body?: string;
  /** For the whole exchange, reading the body included. */
  timeoutMs: number;
  /** The body is cut off where it exceeds them, and the rest is not read. Default: those of a page. */
  bodyLimits?: BodyLimits;
  /** Default: the global one. */
  fetch?: typeof fetch;
}

export interface HttpResponse {
  status: number;
  headers: Headers;
  body: string;
}

/**
 * Sends a request and reads the response, whatever its status. Redirects are not followed: they would carry the request
 * to an address that is not configured.
 * @throws what fetch throws when no whole response comes in time. Read it with `networkFailure` and do not keep it: it
 *   may quote the address and the headers, and so a secret.
 */
export async function exchange({ fetch = globalThis.fetch, ...request }: HttpRequest): Promise<HttpResponse> {
  const { url, method, headers = {}, body, timeoutMs, bodyLimits } = request;
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
    ...(body === undefined ? {} : { body }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: await readBody(response, bodyLimits),
  };
}

/** The text of a body, cut off where it exceeds the limits. UTF-8 without a byte order mark. A response is progress. */
export async function readBody({ body }: Response, limits: BodyLimits = pageLimits): Promise<string> {
  const reader = body?.getReader();
  if (!reader) return '';
  const size = new JsonSize(limits);
  const chunks: Uint8Array[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    if (size.take(value)) continue;
    await reader.cancel();
    break;
  }
  noteProgress();
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, limits.bytes));
}
