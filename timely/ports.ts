/** What the Timely client needs from outside: tokens, a rate budget and a safe place for tokens. The store implements the last two. */

/** Hands out access tokens to any number of parallel callers. */
export interface TokenSource {
  /** A token that is believed to work. @throws ConnectNeededError, ConfigurationError, PassingError */
  accessToken(): Promise<string>;
  /**
   * A token other than `stale`, which Timely has just refused. Of many callers with the same stale token one refreshes
   * and the others get what it got. @throws ConnectNeededError, ConfigurationError, PassingError
   */
  refresh(stale: string): Promise<string>;
}

/** The tenant's request budget, shared by all workers. */
export interface Pace {
  /** Resolves when the next request may be sent; asked before each one. */
  wait(): Promise<void>;
  /** Timely answered 429. `retryAfterMs` is null when it did not say for how long. */
  slowDown(retryAfterMs: number | null): Promise<void>;
}

/** The pair that works for one Timely account. Only ever stored encrypted. */
export interface StoredTokens {
  accessToken: string;
  refreshToken: string;
  /** Null when Timely did not say, or the access token does not expire. */
  expiresAt: Date | null;
  /** SHA-256 (hex) of the initial refresh token that this chain of pairs began with; null after `connect`. */
  initialTokenDigest: string | null;
}

/** Where one account's tokens are kept. */
export interface TokenVault {
  read(): Promise<StoredTokens | null>;
  /**
   * Runs `work` while no other worker can, with the pair as stored now. What `save` was given is durable by the time
   * the promise of `withLock` resolves; the new token is not used before that.
   */
  withLock<T>(
    work: (current: StoredTokens | null, save: (tokens: StoredTokens) => Promise<void>) => Promise<T>,
  ): Promise<T>;
}
