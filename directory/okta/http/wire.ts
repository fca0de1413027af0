/** One exchange with the org: its budget, its time limit, and what the response says about rates and clocks. */
import { exchange, type HttpResponse } from '../../../http/exchange.ts';
import type { BucketBudget, OktaSourceSettings } from '../settings.ts';
import { bucketOf, rateStateOf, throttledMs } from './rate-headers.ts';

export interface Wire {
  /** Sends a request for an address of the org to wherever the tenant file says. */
  send(address: string, init: WireRequest): Promise<Response>;
  /** How far Okta's clock is ahead of ours, in seconds, as of the last response. */
  clockAheadS(): number;
}

export interface WireRequest {
  method: string;
  headers: Record<string, string>;
  body?: unknown;
}

/** Leads the budget by what a response says about rates. */
async function keepWithin(budget: BucketBudget, response: HttpResponse): Promise<void> {
  const { status, headers } = response;
  const { limit, remaining, resetMs, isConcurrency } = rateStateOf(headers);
  // The whole org has too many requests at one time, so each of its buckets waits.
  if (isConcurrency) return await budget.pauseAll(throttledMs(headers));
  // A gateway's page has no headers of Okta, and says nothing about its limits.
  if (limit !== null || status === 200) budget.limit(limit);
  if (status === 429) await budget.pause(throttledMs(headers));
  else if (remaining === 0 && resetMs !== null) await budget.pause(resetMs);
}

const statusesWithoutBody = [101, 103, 204, 205, 304];
/** Smaller differences are those of whole seconds, and of the way. */
const clockToleranceS = 2;

export function createWire(settings: OktaSourceSettings): Wire {
  const { endpoint, budgetOf, timeoutMs = 60_000, fetch = globalThis.fetch } = settings;
  let aheadS = 0;

  function note(headers: Headers): void {
    const sentAtMs = Date.parse(headers.get('date') ?? '');
    if (Number.isNaN(sentAtMs)) return;
    const seconds = Math.round((sentAtMs - Date.now()) / 1_000);
    aheadS = Math.abs(seconds) < clockToleranceS ? 0 : seconds;
  }

  return {
    clockAheadS: () => aheadS,
    async send(address, { method, headers, body }) {
      const { pathname, search } = new URL(address);
      const budget = budgetOf(bucketOf(pathname));
      await budget.wait();
      const content = body === undefined || body === null ? {} : { body: String(body) };
      const response = await exchange({
        url: `${endpoint}${pathname}${search}`,
        method: method === 'POST' ? 'POST' : 'GET',
        headers,
        ...content,
        timeoutMs,
        fetch,
      });
      note(response.headers);
      await keepWithin(budget, response);
      const { status } = response;
      const hasBody = !statusesWithoutBody.includes(status) && response.body !== '';
      return new Response(hasBody ? response.body : null, { status, headers: response.headers });
    },
  };
}
