/** Sign-in in a browser: it begins a new chain of token pairs and replaces what the vault holds. */
import type { SignInCode, SignInRequest } from '../domain/contract/sign-in.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { authorizeAddress, exchangeCode } from './oauth.ts';
import { sha256Hex, type TokenSourceSettings } from './token-source.ts';

export interface TimelySignIn {
  /** The address to open in the browser. */
  address(request: SignInRequest): string;
  /**
   * Exchanges the code for a pair and stores it. A code that was exchanged before changes nothing, so that a crash can
   * be followed by a retry. @throws ConnectNeededError when Timely does not accept the code, and as `exchangeCode` does
   */
  redeem(code: SignInCode): Promise<void>;
}

/** The sign-in of one account. */
export function createTimelySignIn(settings: TokenSourceSettings): TimelySignIn {
  const { vault, initialRefreshToken } = settings;
  return {
    address: (request) => authorizeAddress(settings, request),
    redeem: (code) =>
      vault.withLock(async ({ read, save }) => {
        const codeDigest = sha256Hex(code.code);
        const current = await read().catch(nullWhenEncryptedOtherwise);
        if (current?.codeDigest === codeDigest) return;
        const pair = await exchangeCode({ ...settings, ...code });
        // The present initial token is older than this sign-in, so it must not be offered again.
        const initialTokenDigest = initialRefreshToken === null ? null : sha256Hex(initialRefreshToken);
        await save({ ...pair, initialTokenDigest, codeDigest, renewalBeganAt: null });
      }),
  };
}

/** A new sign-in is the way out of a lost key, so it does not need to read the old pair. */
function nullWhenEncryptedOtherwise(error: unknown): null {
  if (error instanceof ConfigurationError) return null;
  throw error;
}
