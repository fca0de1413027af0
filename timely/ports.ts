/**
 * What the Timely client needs from outside: tokens, a rate limit, and a safe place for tokens. The store implements
 * the last two.
 */
import type { WorkScope } from '../http/work-scope.ts';

/** Hands out access tokens to any number of parallel callers. */
export interface TokenSource {
  /** A token that is believed to work. @throws ConnectNeededError, ConfigurationError, TransientError */
  accessToken(): Promise<string>;
  /**
   * A token other than `stale`, which Timely has just refused. Of many callers with the same stale token one refreshes,
   * and the others get its result. @throws ConnectNeededError, ConfigurationError, TransientError
   */
  refresh(stale: string): Promise<string>;
}

/** The account's rate limit, shared by all workers. Await a turn before each request. */
export interface RateLimiter {
  /**
   * Resolves when the next request may be sent, with that moment by the limiter's clock. `prepare` runs during the
   * wait: after it, it would delay the request and bring it too close to the next one. The wait ends with the signal of
   * `work`, and a queue that moves is progress of it.
   * @throws ThrottledError when the turn is so far away that the caller should come back later; what `prepare` throws
   */
  wait<Prepared>(
    prepare: () => Promise<Prepared>,
    work?: WorkScope | null,
  ): Promise<{ moment: number; prepared: Prepared }>;
  /** Timely accepted a request and responded after this many milliseconds. */
  recordLatency(latencyMs: number): void;
  /** Timely answered 429 to the request of that moment. `retryAfterMs` is null when it did not say how long to wait. */
  backOff(moment: number, retryAfterMs: number | null): Promise<void>;
}

/** The pair that works for one Timely account. Only ever stored encrypted. */
export interface StoredTokens {
  accessToken: string;
  /** Null when the sign-in gave none: the access token is used until it expires. */
  refreshToken: string | null;
  /** Null when Timely did not say, or the access token does not expire. */
  expiresAt: Date | null;
  /** The whole lifetime of the access token. Null like `expiresAt`, and for a pair of an earlier release. */
  lifetimeMs: number | null;
  /** SHA-256 (hex) of the initial refresh token in use when this chain of pairs began; null when there was none. */
  initialTokenDigest: string | null;
  /** SHA-256 (hex) of the code that this chain began with; null when it began with an initial refresh token. */
  codeDigest: string | null;
  /** When a renewal began whose result was never stored: Timely may have replaced the refresh token. */
  renewalBeganAt: Date | null;
}

/** Where one account's tokens are kept. */
export interface TokenVault {
  read(): Promise<StoredTokens | null>;
  /** Runs `work` while no other worker can. */
  withLock<T>(work: (locked: LockedVault) => Promise<T>): Promise<T>;
}

/** The vault in the hands of the one worker that has the lock. */
export interface LockedVault {
  /** The pair as stored now. @throws ConfigurationError when it was encrypted with another key */
  read(): Promise<StoredTokens | null>;
  /** Durable when the promise resolves; a new token is not used before that. */
  save(tokens: StoredTokens): Promise<void>;
}
