/** Every call of the Timely API goes through here: budget, token, time limit, one refresh, errors, shape of the answer. */
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
import { defaultTimeoutMs, type HttpRequest, type HttpResponse, methodAndPath, sendRequest } from './http.ts';
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
  /** Of one request, reading the answer included; 30 s unless given. */
  timeoutMs?: number;
  fetch?: typeof fetch;
}

interface TimelyCall<T> {
  /** Infinitive for messages, without personal data: "change the role of user 101". */
  what: string;
  method: HttpRequest['method'];
  /** Below `/1.1`. */
  path: string;
  query?: Record<string, string | number | boolean>;
  body?: unknown;
  /** Awaited right before the call goes out, while it waits for its moment. */
  beforeSending?: () => Promise<void>;
  takesSeat?: TakesSeat;
  answer: z.ZodType<T>;
}

/**
 * Makes one call and gives the parsed answer. Nothing is repeated but a call that was refused with 401.
 * @throws ConnectNeededError, PermissionError, NotFoundError, RejectedError, ThrottledError, TransientError, ContractError
 */
export type Send = <T>(call: TimelyCall<T>) => Promise<T>;

/** The sender for one account. */
export function createSend(settings: TimelyClientSettings): Send {
  const { tokens } = settings;
  return async (call) => {
    const request = toExchange(settings, call);
    const turn = await nextTurn(settings, async () => {
      const accessToken = await tokens.accessToken();
      await call.beforeSending?.();
      return accessToken;
    });
    let answer = await attempt(settings, request, turn);
    if (answer.status === 401) {
      const renewed = await nextTurn(settings, () => tokens.refresh(turn.prepared));
      answer = await attempt(settings, request, renewed);
    }
    if (answer.status < 200 || answer.status > 299) {
      const { what, takesSeat } = call;
      throw await refusal({ what, call: methodAndPath(request), takesSeat }, answer);
    }
    return parse(call, methodAndPath(request), answer);
  };
}

function toExchange<T>(settings: TimelyClientSettings, call: TimelyCall<T>): HttpRequest {
  const { what, method, body } = call;
  const url = new URL(`/1.1${call.path}`, settings.endpoint);
  for (const [key, value] of Object.entries(call.query ?? {})) url.searchParams.set(key, String(value));
  const { timeoutMs = defaultTimeoutMs, fetch = globalThis.fetch } = settings;
  return { what, method, url, body, timeoutMs, fetch };
}

interface Turn {
  moment: number;
  /** The access token. */
  prepared: string;
}

/** Waits until the account's budget has room for a request, with all that it needs at hand. */
async function nextTurn(
  { rateLimiter, meter = noMeter }: TimelyClientSettings,
  prepare: () => Promise<string>,
): Promise<Turn> {
  const beganMs = performance.now();
  try {
    return await rateLimiter.wait(prepare);
  } finally {
    meter.timelyWait(performance.now() - beganMs);
  }
}

async function attempt(
  { rateLimiter, meter = noMeter }: TimelyClientSettings,
  request: HttpRequest,
  { moment, prepared: accessToken }: Turn,
): Promise<HttpResponse> {
  const beganMs = performance.now();
  const answer = await counted(meter, { ...request, accessToken });
  if (answer.status !== 429) {
    rateLimiter.answered(performance.now() - beganMs);
    return answer;
  }
  const { retryAfterMs } = answer;
  await rateLimiter.backOff(moment, retryAfterMs);
  const message = `Timely told us to slow down when asked to ${request.what} (${methodAndPath(request)})`;
  throw new ThrottledError(message, { retryAfterMs });
}

async function counted(meter: Meter, request: HttpRequest): Promise<HttpResponse> {
  const operation = methodAndPath(request).replace('/1.1', '').replaceAll(/\d+/g, '{id}');
  try {
    const answer = await sendRequest(request);
    meter.timelyRequest({ operation, status: answer.status });
    return answer;
  } catch (error) {
    // No answer, or that of a gateway: neither is Timely's.
    meter.timelyRequest({ operation, status: 'none' });
    throw error;
  }
}

function parse<T>(call: TimelyCall<T>, described: string, { body }: HttpResponse): T {
  const value = body.kind === 'json' ? body.value : undefined;
  const parsed = call.answer.safeParse(value);
  if (parsed.success) return parsed.data;
  if (body.kind !== 'json') {
    throw new TransientError(`Timely broke off its answer when asked to ${call.what} (${described})`);
  }
  const issue = parsed.error.issues[0];
  const place = issue?.path.join('.') || 'the whole answer';
  throw new ContractError(
    `Timely's answer when asked to ${call.what} (${described}) has not the documented shape: ${place}: ${issue?.message}`,
  );
}

/** For `catch` of a search that may be missing or not allowed: then it has found nothing. */
export function nothingWhenRefused(error: unknown): never[] {
  const refusals = [NotFoundError, PermissionError, RejectedError, ContractError];
  if (refusals.some((kind) => error instanceof kind)) return [];
  throw error;
}

/** For `catch`, where something that is not there is an answer like any other. */
export function nullWhenNotFound(error: unknown): null {
  if (error instanceof NotFoundError) return null;
  throw error;
}
