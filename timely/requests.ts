/**
 * Every call of the Timely API: its turn in the rate limit, token, time limit, one refresh, errors, shape of the
 * response.
 */
import type { z } from 'zod';
import {
  ContractError,
  NotFoundError,
  PermissionError,
  RejectedError,
  ThrottledError,
  TransientError,
} from '../domain/errors.ts';
import { type Meter, noMeter } from '../domain/meter.ts';
import type { BodyLimits } from '../http/json-size.ts';
import { workScope } from '../http/work-scope.ts';
import {
  defaultTimeoutMs,
  exchangeWithTimely,
  methodAndPath,
  type TimelyRequest,
  type TimelyResponse,
} from './exchange.ts';
import type { RateLimiter, TokenSource } from './ports.ts';
import { refusal, type TakesSeat } from './refusals.ts';

/** Where and how one Timely account is reached. */
export interface TimelyClientSettings {
  accountId: number;
  /** Without path, for example `https://api.timelyapp.com`. */
  endpoint: string;
  tokens: TokenSource;
  rateLimiter: RateLimiter;
  /** Default: nothing is counted. */
  meter?: Meter;
  /** Of one request, reading the response included. Default: 30 s. */
  timeoutMs?: number;
  fetch?: typeof fetch;
}

interface TimelyCall<T> {
  /** Infinitive for messages, without personal data: "change the role of user 101". */
  what: string;
  method: TimelyRequest['method'];
  /** Below `/1.1`. */
  path: string;
  query?: Record<string, string | number | boolean>;
  body?: unknown;
  /** Of the response. */
  bodyLimits?: BodyLimits;
  /**
   * Awaited right before the request goes out, while it waits for its turn. Awaited again when that was a while ago: the
   * process may have slept. What it throws keeps the request back.
   */
  beforeSending?: () => Promise<void>;
  takesSeat?: TakesSeat;
  schema: z.ZodType<T>;
}

/**
 * Makes one call and returns the parsed response. It repeats only a call that was refused with 401, once.
 * @throws ConnectNeededError, PermissionError, NotFoundError, RejectedError, ThrottledError, TransientError, ContractError
 */
export type Send = <T>(call: TimelyCall<T>) => Promise<T>;

/** The sender for one account. */
export function createSend(settings: TimelyClientSettings): Send {
  const { tokens } = settings;
  return async (call) => {
    const request = toRequest(settings, call);
    // Who is not signed in takes no turn from other tenants of the account.
    await tokens.accessToken();
    const turn = await turnFor(settings, call, () => tokens.accessToken());
    let response = await attempt(settings, request, turn);
    if (response.status === 401) {
      const renewed = await turnFor(settings, call, () => tokens.refresh(turn.prepared));
      response = await attempt(settings, request, renewed);
    }
    if (response.status < 200 || response.status > 299) {
      const { what, takesSeat } = call;
      throw await refusal({ what, call: methodAndPath(request), takesSeat }, response);
    }
    return parse(call, methodAndPath(request), response);
  };
}

function toRequest<T>(settings: TimelyClientSettings, call: TimelyCall<T>): TimelyRequest {
  const { what, method, body, bodyLimits } = call;
  const url = new URL(`/1.1${call.path}`, settings.endpoint);
  for (const [key, value] of Object.entries(call.query ?? {})) url.searchParams.set(key, String(value));
  const { timeoutMs = defaultTimeoutMs, fetch = globalThis.fetch } = settings;
  return { what, method, url, body, timeoutMs, fetch, ...(bodyLimits && { bodyLimits }) };
}

/** What `beforeSending` has found holds for this long. */
const preparedForMs = 1_000;

/** The turn of a call, with its token; the call is prepared meanwhile. */
async function turnFor<T>(
  settings: TimelyClientSettings,
  { beforeSending }: TimelyCall<T>,
  tokenFor: () => Promise<string>,
): Promise<Turn> {
  let preparedAtMs = 0;
  const turn = await nextTurn(settings, async () => {
    const accessToken = await tokenFor();
    await beforeSending?.();
    preparedAtMs = performance.now();
    return accessToken;
  });
  if (performance.now() - preparedAtMs > preparedForMs) await beforeSending?.();
  return turn;
}

interface Turn {
  moment: number;
  /** The access token. */
  prepared: string;
}

/** Waits until the rate limit of the account admits a request, which is then ready to go. */
async function nextTurn(
  { rateLimiter, meter = noMeter }: TimelyClientSettings,
  prepare: () => Promise<string>,
): Promise<Turn> {
  const beganMs = performance.now();
  try {
    return await rateLimiter.wait(prepare, workScope());
  } finally {
    meter.timelyWait(performance.now() - beganMs);
  }
}

async function attempt(
  { rateLimiter, meter = noMeter }: TimelyClientSettings,
  request: TimelyRequest,
  { moment, prepared: accessToken }: Turn,
): Promise<TimelyResponse> {
  const beganMs = performance.now();
  const response = await exchangeAndCount(meter, { ...request, accessToken });
  if (response.status !== 429) {
    rateLimiter.recordLatency(performance.now() - beganMs);
    return response;
  }
  const { retryAfterMs } = response;
  await rateLimiter.backOff(moment, retryAfterMs);
  const message = `Timely told us to slow down when asked to ${request.what} (${methodAndPath(request)})`;
  throw new ThrottledError(message, { retryAfterMs });
}

async function exchangeAndCount(meter: Meter, request: TimelyRequest): Promise<TimelyResponse> {
  const operation = methodAndPath(request).replace('/1.1', '').replaceAll(/\d+/g, '{id}');
  try {
    const response = await exchangeWithTimely(request);
    meter.timelyRequest({ operation, status: response.status });
    return response;
  } catch (error) {
    // Timely did not respond: nothing came, or something from a gateway.
    meter.timelyRequest({ operation, status: 'none' });
    throw error;
  }
}

function parse<T>(call: TimelyCall<T>, described: string, { body }: TimelyResponse): T {
  const value = body.kind === 'json' ? body.value : undefined;
  const parsed = call.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  if (body.kind !== 'json') {
    throw new TransientError(
      `Timely was asked to ${call.what} (${described}), and its response was cut off or is too large`,
    );
  }
  const issue = parsed.error.issues[0];
  const place = issue?.path.join('.') || 'the whole response';
  throw new ContractError(
    `Timely was asked to ${call.what} (${described}), and its response does not have the documented shape: ${place}: ${issue?.message}`,
  );
}

/** For `catch` of a search that may not exist or not be allowed: then it found nothing. */
export function emptyWhenRefused(error: unknown): never[] {
  const refusals = [NotFoundError, PermissionError, RejectedError, ContractError];
  if (refusals.some((kind) => error instanceof kind)) return [];
  throw error;
}

/** For `catch` of a call whose subject may not exist. */
export function nullWhenNotFound(error: unknown): null {
  if (error instanceof NotFoundError) return null;
  throw error;
}
