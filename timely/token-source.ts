import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ConnectNeededError, ContractError, TransientError } from '../domain/errors.ts';
import { type OAuthSettings, refreshTokens } from './oauth.ts';
import type { LockedVault, StoredTokens, TokenSource, TokenVault } from './ports.ts';
import { connectRemedy } from './refusals.ts';

export interface TokenSourceSettings extends OAuthSettings {
  /** Provided by the operator instead of `connect`: begins a chain of pairs once, and is used up afterwards. */
  initialRefreshToken: string | null;
  vault: TokenVault;
}

const storedTokens = z.object({
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  expiresAt: z.coerce.date().nullable(),
  lifetimeMs: z.number().nullable().default(null),
  initialTokenDigest: z.string().nullable(),
  codeDigest: z.string().nullable().default(null),
  renewalBeganAt: z.coerce.date().nullable().default(null),
});

/** Reads back what a vault stored as JSON. */
export const parseStoredTokens = (value: unknown): StoredTokens => storedTokens.parse(value);

/** SHA-256 in hex: recognizes a secret without storing it. */
export const sha256Hex = (secret: string): string => createHash('sha256').update(secret).digest('hex');

const refreshAheadMs = 60_000;
/**
 * The lifetime of an access token is unknown (docs/reference/timely-api.md section 1). A short-lived one is renewed in
 * the last part of its lifetime only.
 */
const refreshAheadPart = 0.2;
/**
 * Reading the store for each request would cost more than most requests do. A pair of another worker is seen soon
 * enough.
 */
const cacheMs = 1_000;

/**
 * Tokens for one account, shared by all workers through the vault. A refresh token works once. So a renewal holds the
 * vault's lock, the next caller takes its result, and a new pair is stored before it is used.
 *
 * The start of a renewal is stored before the request. When the worker dies before it stores the response, the old
 * refresh token is tried once more; when Timely refuses it, the error says what happened. A store that fails at that
 * moment loses nothing: this process keeps the pair until it can be stored.
 */
export function createTokenSource(settings: TokenSourceSettings): TokenSource {
  const { vault } = settings;
  const unstored: UnstoredPairs = new Map();
  const stored = cachedFor(cacheMs, () => vault.read());
  const renew = (stale: string | null) =>
    vault
      .withLock(async (locked) => {
        const current = await locked.read();
        if (current && current.accessToken !== stale && !expiresWithin(current, 0))
          return current.accessToken;
        const earlier = current && unstored.get(current.refreshToken ?? '');
        const renewed = earlier ?? (await renewFrom({ ...settings, unstored }, current, locked));
        await locked.save(renewed);
        unstored.clear();
        return renewed.accessToken;
      })
      .finally(stored.forget);
  return {
    accessToken: async () => {
      const current = await stored.read();
      return current && !expiresSoon(current) ? current.accessToken : renew(current?.accessToken ?? null);
    },
    refresh: renew,
  };
}

/** Keeps what was read for that long. A failed read is not kept, and `forget` drops it at once. */
function cachedFor<Value>(forMs: number, load: () => Promise<Value>) {
  let cached: { value: Promise<Value>; untilMs: number } | null = null;
  const forget = () => {
    cached = null;
  };
  const read = (): Promise<Value> => {
    if (cached && performance.now() < cached.untilMs) return cached.value;
    const value = load();
    cached = { value, untilMs: performance.now() + forMs };
    value.catch(forget);
    return value;
  };
  return { read, forget };
}

/** Pairs of Timely that could not be stored yet, each by the refresh token that it replaces. */
type UnstoredPairs = Map<string, StoredTokens>;

interface RenewalSettings extends TokenSourceSettings {
  unstored: UnstoredPairs;
}

const expiresSoon = (pair: StoredTokens) => expiresWithin(pair, refreshAheadMsOf(pair));

function refreshAheadMsOf({ refreshToken, lifetimeMs }: StoredTokens): number {
  // Without a refresh token there is no renewal.
  if (refreshToken === null) return 0;
  return Math.min(refreshAheadMs, (lifetimeMs ?? Number.POSITIVE_INFINITY) * refreshAheadPart);
}

const expiresWithin = ({ expiresAt }: StoredTokens, withinMs: number) =>
  expiresAt !== null && expiresAt.getTime() - Date.now() < withinMs;

async function renewFrom(
  settings: RenewalSettings,
  current: StoredTokens | null,
  locked: LockedVault,
): Promise<StoredTokens> {
  const first = firstPair(settings.initialRefreshToken);
  if (!current) {
    if (first) return await renewPair(settings, first, locked);
    throw new ConnectNeededError('This tenant is not connected to Timely yet.', {
      remedy: connectRemedy,
    });
  }
  try {
    return await renewPair(settings, current, locked);
  } catch (error) {
    // The operator provided another initial token after this chain began, to begin again.
    const isNewer = first && first.initialTokenDigest !== current.initialTokenDigest;
    if (!(error instanceof ConnectNeededError) || !isNewer) throw error;
    return await renewPair(settings, first, locked, current);
  }
}

/** The initial refresh token as a pair whose access token has expired. */
function firstPair(initialRefreshToken: string | null): StoredTokens | null {
  return initialRefreshToken === null
    ? null
    : {
        accessToken: '',
        refreshToken: initialRefreshToken,
        expiresAt: new Date(0),
        lifetimeMs: null,
        initialTokenDigest: sha256Hex(initialRefreshToken),
        codeDigest: null,
        renewalBeganAt: null,
      };
}

/** Exchanges a pair for the next one. When Timely clearly refuses, the vault holds `before` again. */
async function renewPair(
  settings: RenewalSettings,
  pair: StoredTokens,
  locked: LockedVault,
  before = pair,
): Promise<StoredTokens> {
  const { refreshToken, renewalBeganAt } = pair;
  if (refreshToken === null) {
    throw new ConnectNeededError(
      'The sign-in to Timely has ended, and Timely gave no refresh token to renew it with.',
      { remedy: connectRemedy },
    );
  }
  await locked.save({ ...pair, renewalBeganAt: renewalBeganAt ?? new Date() });
  try {
    const renewed = {
      ...pair,
      ...(await refreshTokens({ ...settings, refreshToken })),
      renewalBeganAt: null,
    };
    settings.unstored.set(refreshToken, renewed);
    return renewed;
  } catch (error) {
    // Without a response, or with one that cannot be read, the refresh token may be used up.
    if (!(error instanceof TransientError || error instanceof ContractError)) await locked.save(before);
    const lost = error instanceof ConnectNeededError && renewalBeganAt !== null;
    throw lost ? pairLost(renewalBeganAt, error) : error;
  }
}

function pairLost(since: Date, cause: ConnectNeededError): ConnectNeededError {
  return new ConnectNeededError(
    `Timely no longer accepts our sign-in. A renewal that began at ${since.toISOString()} was cut off, most likely because a worker or a connection ended in the middle of it: Timely then issued a new pair of tokens that was never stored.`,
    { cause, remedy: connectRemedy },
  );
}
