/** Signing in anew in a browser: the first pair of a chain, in place of whatever was in the vault. */

import type { SignInCode, SignInRequest } from '../domain/contract/sign-in.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { sha256Hex } from './digest.ts';
import { authorizeAddress, exchangeCode } from './oauth.ts';
import type { TokenSourceSettings } from './token-source.ts';

export interface TimelySignIn {
  /** What the browser is to open. */
  address(request: SignInRequest): string;
  /**
   * Trades the code for a pair and stores it. With a code that has been traded already nothing happens, so it may run
   * again after a crash. @throws ConnectNeededError when Timely does not accept the code, and as `exchangeCode` does
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
        const current = await read().catch(nullWhenSealedOtherwise);
        if (current?.codeDigest === codeDigest) return;
        const pair = await exchangeCode({ ...settings, ...code });
        // Whatever initial token was given up to now is older than this sign-in: it is not to be offered any more.
        const initialTokenDigest = initialRefreshToken === null ? null : sha256Hex(initialRefreshToken);
        await save({ ...pair, initialTokenDigest, codeDigest, renewalBeganAt: null });
      }),
  };
}

/** With a lost key a new sign-in is the way out, so it does not need to read what was there. */
function nullWhenSealedOtherwise(error: unknown): null {
  if (error instanceof ConfigurationError) return null;
  throw error;
}
