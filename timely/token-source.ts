import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ConnectNeededError } from '../domain/errors.ts';
import { type OAuthSettings, refreshTokens } from './oauth.ts';
import type { StoredTokens, TokenSource, TokenVault } from './ports.ts';
import { connectRemedy } from './refusals.ts';

export interface TokenSourceSettings extends OAuthSettings {
  /** Given by the operator instead of `connect`: begins a chain of pairs once, and is dead afterwards. */
  initialRefreshToken: string | null;
  vault: TokenVault;
}

const storedTokens = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresAt: z.coerce.date().nullable(),
  initialTokenDigest: z.string().nullable(),
});

/** Reads back what a vault has kept as JSON. */
export const parseStoredTokens = (value: unknown): StoredTokens => storedTokens.parse(value);

const refreshAheadMs = 60_000;

/**
 * Tokens for one account, shared by all workers through the vault. A refresh token works once, so refreshing happens
 * under the vault's lock, whoever comes second takes what the first one got, and a new pair is stored before it is
 * used. Should a worker die between Timely's answer and the storing, the pair is lost: ConnectNeededError from then on.
 */
export function createTokenSource(settings: TokenSourceSettings): TokenSource {
  const { vault } = settings;
  const renew = (stale: string | null) =>
    vault.withLock(async (current, save) => {
      if (current && current.accessToken !== stale && !endsSoon(current)) return current.accessToken;
      const renewed = await renewFrom(settings, current);
      await save(renewed);
      return renewed.accessToken;
    });
  return {
    accessToken: async () => {
      const current = await vault.read();
      return current && !endsSoon(current) ? current.accessToken : renew(current?.accessToken ?? null);
    },
    refresh: renew,
  };
}

const endsSoon = ({ expiresAt }: StoredTokens) =>
  expiresAt !== null && expiresAt.getTime() - Date.now() < refreshAheadMs;

async function renewFrom(settings: TokenSourceSettings, current: StoredTokens | null): Promise<StoredTokens> {
  const { initialRefreshToken } = settings;
  const initialTokenDigest = initialRefreshToken === null ? null : digest(initialRefreshToken);
  const begin = async (refreshToken: string) => ({
    ...(await refreshTokens({ ...settings, refreshToken })),
    initialTokenDigest,
  });
  if (!current) {
    if (initialRefreshToken !== null) return begin(initialRefreshToken);
    throw new ConnectNeededError('Nobody has signed in to Timely for this tenant yet', {
      remedy: connectRemedy,
    });
  }
  try {
    const { refreshToken } = current;
    return {
      ...(await refreshTokens({ ...settings, refreshToken })),
      initialTokenDigest: current.initialTokenDigest,
    };
  } catch (error) {
    // An initial token other than the one this chain began with was given later, to begin again.
    const givenLater = initialRefreshToken !== null && initialTokenDigest !== current.initialTokenDigest;
    if (!(error instanceof ConnectNeededError) || !givenLater) throw error;
    return begin(initialRefreshToken);
  }
}

const digest = (token: string) => createHash('sha256').update(token).digest('hex');
