/** What a response says about rates (docs/reference/okta.md section 8). */
import { retryAfterMsOf } from '../../../http/retry-after.ts';

export interface BucketState {
  /** Requests a minute of the bucket; null when the response does not say. */
  limit: number | null;
  remaining: number | null;
  /** Until the bucket is full again, by Okta's own clock; null when the response does not say. */
  resetMs: number | null;
  /** Too many requests at once, in whatever bucket: the response says nothing about the bucket. */
  isConcurrency: boolean;
}

/** More than the minute that buckets have. */
const resetMaxMs = 300_000;
/** `X-Rate-Limit-Reset` has whole seconds. */
const resetMarginMs = 1_000;
const unknownWaitMs = 60_000;
/** Too many requests at once pass within seconds: workers come back at different moments. */
const concurrencyWaitMs = { least: 1_000, spread: 4_000 };

export function rateStateOf(headers: Headers): BucketState {
  const limit = numberIn(headers, 'x-rate-limit-limit');
  const resetS = numberIn(headers, 'x-rate-limit-reset');
  const sentAtMs = Date.parse(headers.get('date') ?? '');
  const nowMs = Number.isNaN(sentAtMs) ? Date.now() : sentAtMs;
  const resetMs = resetS === null ? null : Math.min(Math.max(resetS * 1_000 - nowMs, 0), resetMaxMs);
  const isConcurrency = limit === 0;
  return {
    limit: isConcurrency ? null : limit,
    remaining: isConcurrency ? null : numberIn(headers, 'x-rate-limit-remaining'),
    resetMs: isConcurrency ? null : resetMs,
    isConcurrency,
  };
}

/** How long to wait after a 429. */
export function throttledMs(headers: Headers): number {
  const { isConcurrency, resetMs } = rateStateOf(headers);
  if (isConcurrency) return concurrencyWaitMs.least + Math.random() * concurrencyWaitMs.spread;
  return resetMs === null ? (retryAfterMsOf(headers) ?? unknownWaitMs) : resetMs + resetMarginMs;
}

/**
 * The bucket of a call: lists and single objects have limits of their own (docs/reference/okta-and-sap.md section 1.8).
 */
export function bucketOf(pathname: string): string {
  const [, api = '', , kind = '', id] = pathname.split('/');
  if (api !== 'api') return api;
  return id === undefined || kind === 'iam' ? kind : `${kind}/{id}`;
}

function numberIn(headers: Headers, name: string): number | null {
  const text = headers.get(name)?.trim() ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
