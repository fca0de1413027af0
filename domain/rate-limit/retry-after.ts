/** The part of an answer's headers that is read here; HTTP libraries say null or undefined for a missing one. */
import { dayMs } from '../time.ts';

interface AnswerHeaders {
  get(name: string): string | null | undefined;
}

const longestWaitMs = dayMs;

/**
 * Waiting time in milliseconds that a `Retry-After` header asks for: seconds, decimals
 * (docs/reference/microsoft-graph.md section 4) or an HTTP date; null when it is missing or makes no sense. A date in
 * the past is 0; nobody waits for more than a day.
 */
export function parseRetryAfterMs(header: string | null, now: Date): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1000), longestWaitMs);
  // Dates always name a month; without this `Date.parse` takes "-5" for the month of May.
  const date = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.min(Math.max(date - now.getTime(), 0), longestWaitMs);
}

/**
 * Waiting time in milliseconds that an answer asks for, null when it does not say. A date is counted from the answer's
 * own `Date`: the service's clock and ours may be minutes apart.
 */
export function retryAfterMsOf(headers: AnswerHeaders): number | null {
  const sentAtMs = Date.parse(headers.get('date') ?? '');
  const serviceTime = Number.isNaN(sentAtMs) ? new Date() : new Date(sentAtMs);
  return parseRetryAfterMs(headers.get('retry-after') ?? null, serviceTime);
}
