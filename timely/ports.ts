/** What the Timely client needs from outside: tokens, a rate budget and a safe place for tokens. The store implements the last two. */

/** Hands out access tokens to any number of parallel callers. */
export interface TokenSource {
  /** A token that is believed to work. @throws ConnectNeededError, ConfigurationError, TransientError */
  accessToken(): Promise<string>;
  /**
   * A token other than `stale`, which Timely has just refused. Of many callers with the same stale token one refreshes
   * and the others get what it got. @throws ConnectNeededError, ConfigurationError, TransientError
   */
  refresh(stale: string): Promise<string>;
}

/** The account's request budget, shared by all workers. */
export interface RateLimiter {
  /**
   * Resolves when the next request may be sent, with that moment by the budget's clock; asked before each one. `prepare`
   * is done while it waits, not long before: what it takes would make the request late, and so come too close to the next.
   * @throws ThrottledError when that is so far away that the caller had better come again; what `prepare` throws
   */
  wait<Prepared>(prepare: () => Promise<Prepared>): Promise<{ moment: number; prepared: Prepared }>;
  /** Timely answered a request, within so many milliseconds. */
  answered(latencyMs: number): void;
  /**
   * Timely answered 429 to the request whose moment it was. `retryAfterMs` is null when it did not say for how long to
   * wait.
   */
  backOff(moment: number, retryAfterMs: number | null): Promise<void>;
}

/** The pair that works for one Timely account. Only ever stored encrypted. */
export interface StoredTokens {
  accessToken: string;
  /** Null when Timely gave none with the sign-in: the access token is used until it ends. */
  refreshToken: string | null;
  /** Null when Timely did not say, or the access token does not expire. */
  expiresAt: Date | null;
  /** How long the access token works in all; null as `expiresAt`, and for a pair of an earlier release. */
  lifetimeMs: number | null;
  /** SHA-256 (hex) of the initial refresh token that was given when this chain of pairs began; null when none was. */
  initialTokenDigest: string | null;
  /** SHA-256 (hex) of the code that this chain began with; null when it began with an initial refresh token. */
  codeDigest: string | null;
  /** When a renewal began whose end was never stored: Timely may have taken the refresh token and given another. */
  renewalBeganAt: Date | null;
}

/** Where one account's tokens are kept. */
export interface TokenVault {
  read(): Promise<StoredTokens | null>;
  /** Runs `work` while no other worker can. */
  withLock<T>(work: (held: HeldVault) => Promise<T>): Promise<T>;
}

/** The vault in the hands of the one worker that has the lock. */
export interface HeldVault {
  /** The pair as stored now. @throws ConfigurationError when it was sealed with another key */
  read(): Promise<StoredTokens | null>;
  /** Durable when the promise resolves; a new token is not used before that. */
  save(tokens: StoredTokens): Promise<void>;
}
