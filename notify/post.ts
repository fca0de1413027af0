/** Posts a message to a webhook. The address is a secret: no error repeats it, nor what the other side responded. */
import { ConfigurationError, ThrottledError, TransientError } from '../domain/errors.ts';
import { exchange, type HttpResponse } from '../http/exchange.ts';
import { networkFailure } from '../http/network-errors.ts';
import { retryAfterMsOf } from '../http/retry-after.ts';

export interface WebhookRequest {
  /** For messages: "The Teams webhook". */
  what: string;
  url: string;
  /** JSON. */
  body: string;
  headers?: Record<string, string>;
  fetch: typeof fetch;
}

const timeoutMs = 10_000;
/** What is read of a response. Nothing in it is needed but a word of Slack's. */
const bodyLimits = { bytes: 2_048, values: 2_048 };

/**
 * Posts JSON.
 * @throws ThrottledError on 429, TransientError on 5xx, 408 and lost connections, ConfigurationError on any other refusal,
 *   because the same message would be refused again
 */
export async function post(request: WebhookRequest): Promise<void> {
  const { what } = request;
  const { status, headers, body } = await send(request);
  if (status >= 200 && status <= 299) return;
  if (status === 429) {
    throw new ThrottledError(`${what} asks to wait (429).`, { retryAfterMs: retryAfterMsOf(headers) });
  }
  if (status >= 500 || status === 408) throw new TransientError(`${what} answered ${status}.`);
  throw new ConfigurationError(`${what} refused a message with ${status}${plainWord(body)}.`, {
    remedy: 'Check that its address is still right and that it accepts messages.',
  });
}

async function send({ what, url, body, headers = {}, fetch }: WebhookRequest): Promise<HttpResponse> {
  const json = { 'content-type': 'application/json; charset=utf-8', ...headers };
  try {
    return await exchange({ method: 'POST', url, body, headers: json, timeoutMs, bodyLimits, fetch });
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    const { timedOut, code } = networkFailure(error);
    const reason = timedOut
      ? `did not answer within ${timeoutMs / 1000} seconds`
      : `cannot be reached (${code ?? 'no response'})`;
    throw new TransientError(`${what} ${reason}.`);
  }
}

/** Slack says why in one word such as `no_service`; any other text may repeat what was sent. */
function plainWord(text: string): string {
  return /^[a-z_]{3,40}$/.test(text.trim()) ? ` (${text.trim()})` : '';
}
