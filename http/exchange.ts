/**
 * One exchange over HTTPS: a request, and its response read to the end within a time limit and a size. It knows no
 * service: the adapters decide what a status or a body means. It uses fetch alone, because ky and ofetch add retries,
 * which are Temporal's work here, and neither of them limits the size of a body.
 */

/** Far above any page of Timely or of a directory; it keeps a faulty service from filling the memory of a worker. */
const defaultBodyBytesMax = 64 * 1024 * 1024;

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: URL | string;
  headers?: Record<string, string>;
  body?: string;
  /** For the whole exchange, reading the body included. */
  timeoutMs: number;
  /** The body is cut off after this size, and the rest is not read. Default: 64 MiB. */
  bodyBytesMax?: number;
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
  const { url, method, headers = {}, body, timeoutMs, bodyBytesMax = defaultBodyBytesMax } = request;
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
    body: await readText(response, bodyBytesMax),
  };
}

async function readText({ body }: Response, bytesMax: number): Promise<string> {
  const reader = body?.getReader();
  if (!reader) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size < bytesMax) {
    const { done, value } = await reader.read();
    if (done) return decode(chunks);
    chunks.push(value);
    size += value.length;
  }
  await reader.cancel();
  return decode(chunks, bytesMax);
}

/** UTF-8 without a byte order mark. */
function decode(chunks: Uint8Array[], bytesMax?: number): string {
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, bytesMax));
}
