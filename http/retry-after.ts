import { dayMs } from '../domain/time.ts';

/** The headers of a response, as HTTP libraries have them: null or undefined for a missing one. */
interface ResponseHeaders {
  get(name: string): string | null | undefined;
}

/**
 * The wait in milliseconds that a `Retry-After` header asks for: seconds, decimals
 * (docs/reference/microsoft-graph.md section 4) or an HTTP date. Null when it is missing or makes no sense, 0 for a
 * date in the past, at most a day.
 */
export function parseRetryAfterMs(header: string | null, now: Date): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1000), dayMs);
  // Dates always name a month; without this check `Date.parse` reads "-5" as the month of May.
  const date = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.min(Math.max(date - now.getTime(), 0), dayMs);
}

/**
 * The wait in milliseconds that a response asks for; null when it does not say. A date is counted from the response's
 * own `Date` header, because the clock of the service and ours may be minutes apart.
 */
export function retryAfterMsOf(headers: ResponseHeaders): number | null {
  const sentAtMs = Date.parse(headers.get('date') ?? '');
  const serviceTime = Number.isNaN(sentAtMs) ? new Date() : new Date(sentAtMs);
  return parseRetryAfterMs(headers.get('retry-after') ?? null, serviceTime);
}
