import { dayMs } from '../time.ts';

/** Headers of a response. HTTP libraries return null or undefined for a missing one. */
interface ResponseHeaders {
  get(name: string): string | null | undefined;
}

const waitMaxMs = dayMs;

/**
 * Returns the waiting time of a `Retry-After` header in milliseconds, at most a day. The header has seconds, decimals
 * (docs/reference/microsoft-graph.md section 4) or an HTTP date. Returns 0 for a past date, and null for a missing or
 * invalid header.
 */
export function parseRetryAfterMs(header: string | null, now: Date): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1000), waitMaxMs);
  // HTTP dates always have the name of a month. Without this check, `Date.parse` reads "-5" as May.
  const date = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.min(Math.max(date - now.getTime(), 0), waitMaxMs);
}

/**
 * Returns the waiting time of a response in milliseconds; null when it states none. An HTTP date is compared with the `Date`
 * header of the response, because both clocks may be minutes apart.
 */
export function retryAfterMsOf(headers: ResponseHeaders): number | null {
  const sentAtMs = Date.parse(headers.get('date') ?? '');
  const serviceTime = Number.isNaN(sentAtMs) ? new Date() : new Date(sentAtMs);
  return parseRetryAfterMs(headers.get('retry-after') ?? null, serviceTime);
}
