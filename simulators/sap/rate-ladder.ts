/**
 * The steps of SAP's limit per tenant and minute: first requests run, then they are slowed, then refused for a minute
 * (docs/reference/okta-and-sap.md section 2.7).
 */
import { setTimeout } from 'node:timers/promises';
import { retryAfterHeader } from '../faults.ts';
import type { SimulatedResponse } from '../simulated-response.ts';
import type { SapBehaviour } from './directory/behaviour.ts';
import { errorWithBody } from './scim/errors.ts';

export interface SapRates {
  /** Most requests of a minute that run at once. */
  free: number;
  /** Most requests of a minute that run with a delay. */
  slowed: number;
  delayMs: number;
  refusedForMs: number;
  /** Whether a request during the refusal begins it again. SAP does not say. */
  prolonged: boolean;
  /** Most requests in a second, of one address. */
  perSecond: number;
}

export const sapRates: SapRates = {
  free: 200,
  slowed: 280,
  delayMs: 1000,
  refusedForMs: 60_000,
  prolonged: false,
  perSecond: 50,
};

const minuteMs = 60_000;

/** Counts in real time, not by the simulator's clock, which tests may move. */
export class RateLadder {
  #recentMs: number[] = [];
  #refusedUntilMs = 0;

  /** Waits while a request is slowed. Returns false when it is refused. */
  async admits(rates: SapRates): Promise<boolean> {
    const nowMs = performance.now();
    if (nowMs < this.#refusedUntilMs) {
      if (rates.prolonged) this.#refusedUntilMs = nowMs + rates.refusedForMs;
      return false;
    }
    this.#recentMs = this.#recentMs.filter((time) => time > nowMs - minuteMs);
    const inSecond = this.#recentMs.filter((time) => time > nowMs - 1000).length;
    if (inSecond >= rates.perSecond) return false;
    this.#recentMs.push(nowMs);
    if (this.#recentMs.length > rates.slowed) {
      this.#refusedUntilMs = nowMs + rates.refusedForMs;
      this.#recentMs = [];
      return false;
    }
    if (this.#recentMs.length > rates.free) await setTimeout(rates.delayMs);
    return true;
  }
}

/** Returns a 429. Neither its body nor `Retry-After` was ever recorded. */
export const tooManyRequests = ({ throttledBody, retryAfter }: SapBehaviour, now: Date): SimulatedResponse =>
  errorWithBody(throttledBody, 429, 'Too Many Requests', retryAfterHeader({ retryAfter }, now));
