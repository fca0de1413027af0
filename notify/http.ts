/** Hands a message to a webhook. The address is a secret: no error repeats it, nor what the other side answered. */
import { z } from 'zod';
import { ConfigurationError, ThrottledError, TransientError } from '../domain/errors.ts';
import { retryAfterMsOf } from '../domain/rate-limit/retry-after.ts';

export interface Post {
  /** For messages: "The Teams webhook". */
  what: string;
  url: string;
  body: string;
  headers?: Record<string, string>;
}

const timeLimitMs = 10_000;
/** What is read of an answer. Nothing in it is needed but a word of Slack's. */
const answerBytesMax = 2_048;

/**
 * Posts JSON.
 * @throws ThrottledError on 429, TransientError on 5xx, 408 and lost connections, ConfigurationError on any other refusal: the
 * same message would be refused again
 */
export async function post({ what, url, body, headers = {} }: Post): Promise<void> {
  const signal = AbortSignal.timeout(timeLimitMs);
  let answer: Response;
  let word: string;
  try {
    answer = await fetch(url, {
      method: 'POST',
      body,
      signal,
      // A redirect would carry the message to a place nobody configured.
      redirect: 'manual',
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    });
    word = plainWord(await readBeginning(answer));
  } catch (error) {
    // The cause is not kept: it names the address.
    throw new TransientError(`${what} ${failure(error)}.`);
  }
  if (answer.ok) return;
  const { status } = answer;
  if (status === 429) {
    const retryAfterMs = retryAfterMsOf(answer.headers);
    throw new ThrottledError(`${what} asks to wait (429).`, { retryAfterMs });
  }
  if (status >= 500 || status === 408) throw new TransientError(`${what} answered ${status}.`);
  throw new ConfigurationError(`${what} refused a message with ${status}${word}.`, {
    remedy: 'See that its address is still the right one, and that it may be written to.',
  });
}

/** The beginning of the answer's text; the rest is not waited for. */
async function readBeginning(answer: Response): Promise<string> {
  const reader = answer.body?.getReader();
  if (!reader) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size < answerBytesMax) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks).toString('utf8');
    chunks.push(value);
    size += value.length;
  }
  await reader.cancel();
  return Buffer.concat(chunks).toString('utf8', 0, answerBytesMax);
}

/** Slack says why in one word such as `no_service`; any other text may hold what it was sent. */
function plainWord(text: string): string {
  return /^[a-z_]{3,40}$/.test(text.trim()) ? ` (${text.trim()})` : '';
}

// fetch tells a refused or broken connection by the code of the cause.
const fetchFailure = z.object({
  name: z.string(),
  cause: z
    .object({ code: z.string().regex(/^\w+$/) })
    .optional()
    .catch(undefined),
});

function failure(error: unknown): string {
  const { name, cause } = fetchFailure.catch({ name: '', cause: undefined }).parse(error);
  if (name === 'TimeoutError') return `did not answer within ${timeLimitMs / 1000} seconds`;
  return `cannot be reached (${cause?.code ?? 'no answer'})`;
}
