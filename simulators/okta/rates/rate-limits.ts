/** Rate limits: buckets by path, their headers, and the number of requests at one time (docs/reference/okta.md section 8). */
import { randomBytes } from 'node:crypto';
import type { SimulatedRequest, SimulatedResponse } from '../../simulated-response.ts';
import type { OktaContext } from '../context.ts';
import { tooManyResponse } from '../errors.ts';

/** Requests of the org in a minute: the first path that fits (docs/reference/okta-and-sap.md section 1.8). */
const buckets: { name: string; fits: RegExp; perMinute: number }[] = [
  { name: 'token', fits: /^\/oauth2\//, perMinute: 600 },
  { name: 'users', fits: /^\/api\/v1\/users$/, perMinute: 600 },
  { name: 'user', fits: /^\/api\/v1\/users\//, perMinute: 2_000 },
  { name: 'groups', fits: /^\/api\/v1\/groups$/, perMinute: 500 },
  { name: 'group', fits: /^\/api\/v1\/groups\//, perMinute: 1_000 },
  { name: 'logs', fits: /^\/api\/v1\/logs$/, perMinute: 120 },
];
const otherBucket = { name: 'other', perMinute: 1_200 };
const bucketOf = (path: string) => buckets.find(({ fits }) => fits.test(path)) ?? otherBucket;

/** Requests of the org in a minute for the bucket of a path. */
export const limitOf = (path: string): number => bucketOf(path).perMinute;

/** Windows begin with their first request: they are not aligned to the clock. */
const windowSeconds = 60;
/** What Okta guesses for too many at once. */
const concurrencyResetSeconds = 2;

interface Window {
  endsAt: number;
  used: number;
}

/** `Reset` is in seconds of UTC. */
export const rateHeaders = (limit: number, remaining: number, reset: number): Record<string, string> => ({
  'x-rate-limit-limit': String(limit),
  'x-rate-limit-remaining': String(remaining),
  'x-rate-limit-reset': String(reset),
});

/** Headers of a 429 for too many requests at one time: only these zeros tell it apart. */
export const concurrencyHeaders = (now: Date): Record<string, string> =>
  rateHeaders(0, 0, Math.floor(now.getTime() / 1000) + concurrencyResetSeconds);

export class RateLimits {
  readonly #context: Pick<OktaContext, 'state' | 'clock' | 'faults'>;
  readonly #windows = new Map<string, Window>();
  #running = 0;

  constructor(context: Pick<OktaContext, 'state' | 'clock' | 'faults'>) {
    this.#context = context;
  }

  /** Counts a request, refuses it or lets it run, and adds the headers. */
  async around(request: SimulatedRequest, run: () => Promise<SimulatedResponse>): Promise<SimulatedResponse> {
    const { state, clock } = this.#context;
    if (this.#running >= state.behaviour.concurrency)
      return this.#withHeaders(tooManyResponse(concurrencyHeaders(clock())), {}, request);
    const { isOver, headers } = this.#take(request.path);
    if (isOver) return this.#withHeaders(tooManyResponse(headers), headers, request);
    this.#running += 1;
    try {
      return this.#withHeaders(await run(), headers, request);
    } finally {
      this.#running -= 1;
    }
  }

  #take(path: string): { isOver: boolean; headers: Record<string, string> } {
    const { state, clock } = this.#context;
    const { clientPercent, limitFactor, shownLimit } = state.behaviour;
    const bucket = bucketOf(path);
    const ofOrg = Math.ceil(bucket.perMinute * limitFactor);
    const ofClient = Math.max(1, Math.floor((ofOrg * clientPercent) / 100));
    const now = Math.floor(clock().getTime() / 1000);
    const known = this.#windows.get(bucket.name);
    const window = known && known.endsAt > now ? known : { endsAt: now + windowSeconds, used: 0 };
    this.#windows.set(bucket.name, window);
    const isOver = window.used >= ofClient;
    if (!isOver) window.used += 1;
    const limit = shownLimit === 'client' ? ofClient : ofOrg;
    return { isOver, headers: rateHeaders(limit, isOver ? 0 : limit - window.used, window.endsAt) };
  }

  /** Gateways in front of Okta send none: only what Okta itself answers has the headers. */
  #withHeaders(
    response: SimulatedResponse,
    headers: Record<string, string>,
    request: SimulatedRequest,
  ): SimulatedResponse {
    if (response.dropped || response.status >= 500) return response;
    const ours = this.#context.faults.fires('rateHeadersMissing', request) ? {} : headers;
    const requestId = randomBytes(12).toString('base64url');
    return { ...response, headers: { 'x-okta-request-id': requestId, ...ours, ...response.headers } };
  }
}
