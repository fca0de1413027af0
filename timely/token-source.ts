import { z } from 'zod';
import { ConnectNeededError, ContractError, TransientError } from '../domain/errors.ts';
import { sha256Hex } from './digest.ts';
import { type OAuthSettings, refreshTokens } from './oauth.ts';
import type { HeldVault, StoredTokens, TokenSource, TokenVault } from './ports.ts';
import { connectRemedy } from './refusals.ts';

export interface TokenSourceSettings extends OAuthSettings {
  /** Given by the operator instead of `connect`: begins a chain of pairs once, and is dead afterwards. */
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

/** Reads back what a vault has kept as JSON. */
export const parseStoredTokens = (value: unknown): StoredTokens => storedTokens.parse(value);

const refreshAheadMs = 60_000;
/**
 * How long an access token lives is unknown (docs/reference/timely-api.md section 1): a short one is renewed for its
 * last part only.
 */
const refreshAheadPart = 0.2;
/** A look into the store for each request would cost more than many requests do; what another worker stored is seen soon. */
const keptMs = 1_000;

/**
 * Tokens for one account, shared by all workers through the vault. A refresh token works once, so refreshing happens
 * under the vault's lock, whoever comes second takes what the first one got, and a new pair is stored before it is
 * used. That a renewal has begun is stored before it is asked for: should the worker die before the answer is stored,
 * the old refresh token is tried once more all the same, and when Timely refuses it, the error says what has happened.
 * A store that goes away in that moment loses nothing: this process keeps the pair until it can be stored.
 */
export function createTokenSource(settings: TokenSourceSettings): TokenSource {
  const { vault } = settings;
  const unstored: UnstoredPairs = new Map();
  const stored = keptFor(keptMs, () => vault.read());
  const renew = (stale: string | null) =>
    vault
      .withLock(async (held) => {
        const current = await held.read();
        if (current && current.accessToken !== stale && !endsWithin(current, 0)) return current.accessToken;
        const kept = current && unstored.get(current.refreshToken ?? '');
        const renewed = kept ?? (await renewFrom({ ...settings, unstored }, current, held));
        await held.save(renewed);
        unstored.clear();
        return renewed.accessToken;
      })
      .finally(stored.forget);
  return {
    accessToken: async () => {
      const current = await stored.read();
      return current && !endsSoon(current) ? current.accessToken : renew(current?.accessToken ?? null);
    },
    refresh: renew,
  };
}

/** Reads at most once in so many milliseconds, unless it failed or is told to forget what it has read. */
function keptFor<Value>(forMs: number, readAnew: () => Promise<Value>) {
  let kept: { value: Promise<Value>; untilMs: number } | null = null;
  const forget = () => {
    kept = null;
  };
  const read = (): Promise<Value> => {
    if (kept && performance.now() < kept.untilMs) return kept.value;
    const value = readAnew();
    kept = { value, untilMs: performance.now() + forMs };
    value.catch(forget);
    return value;
  };
  return { read, forget };
}

/** Pairs that Timely gave and the store could not take yet, each by the refresh token that it was given for. */
type UnstoredPairs = Map<string, StoredTokens>;

interface Renewing extends TokenSourceSettings {
  unstored: UnstoredPairs;
}

const endsSoon = (pair: StoredTokens) => endsWithin(pair, aheadMsOf(pair));

function aheadMsOf({ refreshToken, lifetimeMs }: StoredTokens): number {
  // Without a refresh token there is nothing to be had ahead.
  if (refreshToken === null) return 0;
  return Math.min(refreshAheadMs, (lifetimeMs ?? Number.POSITIVE_INFINITY) * refreshAheadPart);
}

const endsWithin = ({ expiresAt }: StoredTokens, withinMs: number) =>
  expiresAt !== null && expiresAt.getTime() - Date.now() < withinMs;

async function renewFrom(
  settings: Renewing,
  current: StoredTokens | null,
  held: HeldVault,
): Promise<StoredTokens> {
  const first = firstPair(settings.initialRefreshToken);
  if (!current) {
    if (first) return await renewPair(settings, first, held);
    throw new ConnectNeededError('Nobody has signed in to Timely for this tenant yet', {
      remedy: connectRemedy,
    });
  }
  try {
    return await renewPair(settings, current, held);
  } catch (error) {
    // An initial token other than the one this chain began with was given later, to begin again.
    const givenLater = first && first.initialTokenDigest !== current.initialTokenDigest;
    if (!(error instanceof ConnectNeededError) || !givenLater) throw error;
    return await renewPair(settings, first, held, current);
  }
}

/** The initial refresh token as a pair whose access token has ended. */
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

/** Trades a pair for the next one. When Timely refuses for certain, `before` stands in the vault again. */
async function renewPair(
  settings: Renewing,
  pair: StoredTokens,
  held: HeldVault,
  before = pair,
): Promise<StoredTokens> {
  const { refreshToken, renewalBeganAt } = pair;
  if (refreshToken === null) {
    throw new ConnectNeededError(
      'The sign-in to Timely has ended, and Timely gave nothing to renew it with',
      {
        remedy: connectRemedy,
      },
    );
  }
  await held.save({ ...pair, renewalBeganAt: renewalBeganAt ?? new Date() });
  try {
    const renewed = {
      ...pair,
      ...(await refreshTokens({ ...settings, refreshToken })),
      renewalBeganAt: null,
    };
    settings.unstored.set(refreshToken, renewed);
    return renewed;
  } catch (error) {
    // Without an answer, or with one that cannot be read, the refresh token may be used up.
    if (!(error instanceof TransientError || error instanceof ContractError)) await held.save(before);
    const lost = error instanceof ConnectNeededError && renewalBeganAt !== null;
    throw lost ? pairLost(renewalBeganAt, error) : error;
  }
}

function pairLost(since: Date, cause: ConnectNeededError): ConnectNeededError {
  return new ConnectNeededError(
    `Timely no longer accepts our sign-in. A renewal that began at ${since.toISOString()} was cut off, most likely by a worker or a connection that ended in its middle: Timely then gave a new pair of tokens that nobody could store`,
    { cause, remedy: connectRemedy },
  );
}
