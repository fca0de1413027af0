/**
 * Estimates the limit of an account from its refusals. Services count by the second of the clock, by a sliding second, or
 * with a bucket. Only their refusals are visible. `rate-limiter.ts` runs the search:
 * 1. The number of requests accepted in the second before a 429 is too high a rate: `refused`.
 * 2. After the wait, about three quarters of it are tried. A rate without refusals is `accepted`, and doubles until the next
 *    refusal. Only that refusal, or one after a second at a constant rate, makes `refused` `certain`: a single 429 may concern
 *    one request only.
 * 3. Further trials take two seconds each, eight in all, at rates between `accepted` and `trialShare` of `refused`.
 * 4. Then the limiter keeps about nine tenths of `refused`. All rates are a little below whole numbers.
 */

export interface ServiceLimit {
  /** The highest rate below `refused` that had no refusal for a while; 0 when there is none. */
  accepted: number;
  /** A number of requests per second that was refused; null when none was. */
  refused: number | null;
  /** A lower bound: a service that counts by the second allows at least half of what it accepted within one. */
  floor: number;
  /** Whether `refused` was observed at a constant rate for a second, or twice. */
  certain: boolean;
  /** When the trials end. 0 before the search. */
  searchUntilMs: number;
  /** The first run into the limit: how long it took, and how many requests were accepted. */
  firstRun: Run | null;
}

interface Run {
  ms: number;
  requests: number;
}

export const noLimit: ServiceLimit = {
  accepted: 0,
  refused: null,
  floor: 0,
  certain: false,
  searchUntilMs: 0,
  firstRun: null,
};

/** A refusal with the requests before it. */
export interface RefusalObservation {
  nowMs: number;
  /** When the refused request and the requests before it started, newest first. */
  startedAtMs: number;
  before: number[];
  /** The current rate, and since when it is in force. */
  rate: number;
  sinceMs: number;
  /** When the last wait after a refusal ended, and how many requests have started since. */
  restedAtMs: number;
  sinceRest: number;
}

/** Length of the search after the first refusal. */
const searchMs = 8_000;
/** A rate without a refusal for this time is below any limit that counts by the second. */
export const trialMs = 2_000;
const steadyMs = 1_000;
/** This share of a refused rate is safe, even when the service counts slightly differently. */
export const safeShare = 0.92;
/** A trial between an accepted and a refused rate stays below this share of the refused one. */
const trialShare = 0.92;
const closeEnough = 1.13;
/** Rounding down to a whole number must keep this share, or small rates would lose too much. */
const wholeShareMin = 0.93;

/** Returns the limit after a refusal; null when the refusal shows none, because there were too few requests before it. */
export function limitAfterRefusal(limit: ServiceLimit, sighting: RefusalObservation): ServiceLimit | null {
  const { startedAtMs, before, rate, sinceMs, nowMs } = sighting;
  // The run may have started at the previous rate.
  const run = runBefore(before, startedAtMs, Math.min(rate, limit.accepted || rate));
  const acceptedBefore = before.filter((start) => start > startedAtMs - 1_000).length;
  const isSteady = run.ms >= steadyMs && startedAtMs - sinceMs >= steadyMs;
  const seen = isSteady ? Math.min(acceptedBefore, rate) : acceptedBefore;
  const { refused, accepted, firstRun } = limit;
  if (run.requests < 2) return null;
  if (limit.certain && !isSteady && refused !== null && seen < refused * 0.6) return null;
  const isAgain = refused !== null && Math.abs(seen / refused - 1) <= 0.25;
  const certain = limit.certain || isSteady || accepted > 0 || isAgain;
  const bound = Math.min(Math.max(rateWithoutBurst(firstRun, sighting), seen * 0.85), seen);
  const lowest = refused !== null && certain && refused > accepted ? Math.min(refused, bound) : bound;
  return {
    refused: lowest,
    certain,
    accepted: accepted < lowest * 0.99 ? accepted : 0,
    floor: refused === null ? seen / 2 : Math.min(limit.floor, lowest),
    searchUntilMs: limit.searchUntilMs || nowMs + searchMs,
    firstRun: firstRun ?? run,
  };
}

/** The last run of requests without a pause at the current rate. */
function runBefore(before: number[], startedAtMs: number, rate: number): Run {
  const gapMs = 1_500 / rate + 10;
  let begin = startedAtMs;
  let requests = 0;
  for (const start of before) {
    if (begin - start > gapMs) break;
    begin = start;
    requests += 1;
  }
  return { ms: startedAtMs - begin, requests };
}

/** Two runs that empty a bucket differ by its refill, which gives the rate. Infinite when they do not show it. */
function rateWithoutBurst(firstRun: Run | null, sighting: RefusalObservation): number {
  const { startedAtMs, restedAtMs, sinceMs, sinceRest } = sighting;
  const ranMs = startedAtMs - restedAtMs;
  // A limit that counts by the second appears within two seconds.
  if (firstRun === null || sinceMs !== restedAtMs || ranMs < Math.max(2_100, firstRun.ms + 1_000)) {
    return Number.POSITIVE_INFINITY;
  }
  return ((sinceRest - firstRun.requests) / (ranMs - firstRun.ms)) * 1_000;
}

/** Returns the next rate: a trial between the accepted and the refused rate, or the result of the search. */
export const nextTrial = (limit: ServiceLimit, nowMs: number): number => belowWhole(nextRate(limit, nowMs));

/**
 * Limits are whole numbers. A rate a little below one shows within two seconds whether it is accepted, but 15.3 per second
 * would hit a limit of 15 only every third second.
 */
function belowWhole(rate: number): number {
  const whole = Math.floor(rate + 0.05) - 0.05;
  return whole >= rate * wholeShareMin ? whole : rate;
}

function nextRate({ accepted, refused, floor, searchUntilMs }: ServiceLimit, nowMs: number): number {
  if (refused === null) return Number.POSITIVE_INFINITY;
  const safe = refused * safeShare;
  if (accepted >= refused / closeEnough) return Math.min(accepted, safe);
  if (nowMs > searchUntilMs - trialMs) return Math.min(Math.max(accepted, refused * trialShare), safe);
  const between = Math.sqrt((accepted || floor) * refused);
  if (accepted > 0) return Math.min(Math.max(between, refused * trialShare), safe);
  return Math.max(Math.min(refused * 0.85, between * 1.05), floor * safeShare);
}
