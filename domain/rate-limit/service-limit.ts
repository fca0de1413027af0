/**
 * What an account's limit may be, judged by its refusals. Services count by the clock's second, by the last second, or
 * let a bucket run full; all that is seen of it is when they refuse. The search (`pace.ts` moves it on):
 * 1. What went through in the second before a 429 is too much: `refused`.
 * 2. After the wait about three quarters of it are tried. What goes well is `accepted`, and doubled until it is refused
 *    again: only then, or after a second at one rate, is `refused` `certain`, for a 429 may be about one request only.
 * 3. Between `accepted` and `trialShare` of `refused` is tried further, two seconds each, eight in all, a little below
 *    whole numbers.
 * 4. Then about nine tenths of `refused` are kept, a little below a whole number as well.
 */

export interface ServiceLimit {
  /** The highest rate that went well for a while, below `refused`; 0 when there is none. */
  accepted: number;
  /** So many requests a second are too many; null: never told so. */
  refused: number | null;
  /** A service that counts by the second allows no less than half of what it let through in one. */
  floor: number;
  /** `refused` was seen at a rate that had been kept for a second, or twice. */
  certain: boolean;
  /** Trials end then, and what is left of the search is done with care. 0: it has not begun. */
  searchUntilMs: number;
  /** The first run into the limit: how long it took, and what it let through. */
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

/** A refusal and what went before it. */
export interface RefusalObservation {
  nowMs: number;
  /** When the refused request started, and those before it, newest first. */
  startedAtMs: number;
  before: number[];
  /** The rate in force, and since when. */
  rate: number;
  sinceMs: number;
  /** When the last wait after a refusal ended, and how many requests have started since. */
  restedAtMs: number;
  sinceRest: number;
}

/** From the first refusal on. */
const searchMs = 8_000;
/** A rate that goes well for so long is below any limit that is counted by the second. */
export const trialMs = 2_000;
const steadyMs = 1_000;
/** Services may count a little differently than we do: so far below a refused rate it is safe. */
export const safeShare = 0.92;
/** Between a rate that went well and one that did not: worth a trial as long as it is below this share of the latter. */
const trialShare = 0.92;
const closeEnough = 1.13;
/** Small rates would lose too much by it. */
const wholeShareMin = 0.93;

/** The limit as this refusal shows it; null when it shows none, since hardly anything had been asked. */
export function limitAfterRefusal(limit: ServiceLimit, sighting: RefusalObservation): ServiceLimit | null {
  const { startedAtMs, before, rate, sinceMs, nowMs } = sighting;
  // The run may have begun at the rate before this one.
  const run = runBefore(before, startedAtMs, Math.min(rate, limit.accepted || rate));
  const letThrough = before.filter((start) => start > startedAtMs - 1_000).length;
  const isSteady = run.ms >= steadyMs && startedAtMs - sinceMs >= steadyMs;
  const seen = isSteady ? Math.min(letThrough, rate) : letThrough;
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

/** The time without a pause in which requests followed each other at the rate in force. */
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

/** Two runs from rest into a bucket's bottom differ by what flowed in meanwhile. Infinite when they do not tell. */
function rateWithoutBurst(firstRun: Run | null, sighting: RefusalObservation): number {
  const { startedAtMs, restedAtMs, sinceMs, sinceRest } = sighting;
  const ranMs = startedAtMs - restedAtMs;
  // A limit that is counted by the second shows itself within two.
  if (firstRun === null || sinceMs !== restedAtMs || ranMs < Math.max(2_100, firstRun.ms + 1_000)) {
    return Number.POSITIVE_INFINITY;
  }
  return ((sinceRest - firstRun.requests) / (ranMs - firstRun.ms)) * 1_000;
}

/** The rate to ask at next: a trial between what went well and what did not, or what has been found. */
export const nextTrial = (limit: ServiceLimit, nowMs: number): number => belowWhole(wanted(limit, nowMs));

/**
 * Limits are whole numbers, and a rate a little below one shows within two seconds whether so many are taken: 15.3 a
 * second would meet a limit of 15 in every third second only.
 */
function belowWhole(rate: number): number {
  const whole = Math.floor(rate + 0.05) - 0.05;
  return whole >= rate * wholeShareMin ? whole : rate;
}

function wanted({ accepted, refused, floor, searchUntilMs }: ServiceLimit, nowMs: number): number {
  if (refused === null) return Number.POSITIVE_INFINITY;
  const safe = refused * safeShare;
  if (accepted >= refused / closeEnough) return Math.min(accepted, safe);
  if (nowMs > searchUntilMs - trialMs) return Math.min(Math.max(accepted, refused * trialShare), safe);
  const between = Math.sqrt((accepted || floor) * refused);
  if (accepted > 0) return Math.min(Math.max(between, refused * trialShare), safe);
  return Math.max(Math.min(refused * 0.85, between * 1.05), floor * safeShare);
}
