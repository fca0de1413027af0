import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { ConfigurationError, ConnectNeededError } from '../../domain/errors.ts';
import type { TokenVault } from '../../timely/ports.ts';
import { createTimelySignIn } from '../../timely/sign-in.ts';
import { createTokenSource } from '../../timely/token-source.ts';
import { application, MemoryVault, type SignIn, withSignIn } from './fake-sign-in.ts';

const signInOf = ({ endpoint }: SignIn, vault: TokenVault, initialRefreshToken: string | null = null) =>
  createTimelySignIn({ application, endpoint, initialRefreshToken, vault });
const goodCode = {
  code: 'good-code',
  codeVerifier: 'verifier-secret',
  redirectUri: 'urn:ietf:wg:oauth:2.0:oob',
};

test('the address has the application, the redirect, the state and the challenge', async () => {
  const address = createTimelySignIn({
    application,
    endpoint: 'https://api.timelyapp.com',
    initialRefreshToken: null,
    vault: new MemoryVault(),
  }).address({ redirectUri: 'http://127.0.0.1:8975/callback', state: 'state-1', codeChallenge: 'abc' });
  const { origin, pathname, searchParams } = new URL(address);
  expect(origin + pathname).toBe('https://api.timelyapp.com/1.1/oauth/authorize');
  expect(Object.fromEntries(searchParams)).toEqual({
    response_type: 'code',
    client_id: 'client',
    redirect_uri: 'http://127.0.0.1:8975/callback',
    scope: 'manage',
    state: 'state-1',
    code_challenge: 'abc',
    code_challenge_method: 'S256',
  });
});

test('a code replaces a pair that no longer works, and the same code twice is one sign-in', () =>
  withSignIn(async (signIn) => {
    const vault = new MemoryVault({
      accessToken: 'access-of-old',
      refreshToken: 'refresh-of-old',
      expiresAt: null,
      lifetimeMs: null,
      initialTokenDigest: null,
      codeDigest: null,
      renewalBeganAt: new Date(),
    });
    await signInOf(signIn, vault).redeem(goodCode);
    await signInOf(signIn, vault).redeem(goodCode);
    expect(await vault.read()).toEqual({
      accessToken: 'access-secret-1',
      refreshToken: 'refresh-secret-1',
      expiresAt: null,
      lifetimeMs: null,
      initialTokenDigest: null,
      codeDigest: createHash('sha256').update('good-code').digest('hex'),
      renewalBeganAt: null,
    });
  }));

test('a code that Timely does not accept changes nothing', () =>
  withSignIn(async (signIn) => {
    const vault = new MemoryVault();
    const redeemed = signInOf(signIn, vault).redeem({ ...goodCode, code: 'old-code' });
    await expect(redeemed).rejects.toThrow(ConnectNeededError);
    expect(await vault.read()).toBeNull();
  }));

test('an earlier initial refresh token is not offered after a sign-in', () =>
  withSignIn(async (signIn) => {
    const vault = new MemoryVault();
    await signInOf(signIn, vault, 'initial-secret').redeem(goodCode);
    signIn.live.clear();
    const { endpoint } = signIn;
    const source = createTokenSource({ application, endpoint, initialRefreshToken: 'initial-secret', vault });
    await expect(source.refresh('access-secret-1')).rejects.toThrow(ConnectNeededError);
    expect(signIn.offered).toEqual(['refresh-secret-1']);
  }));

test('a sign-in does not need the key of the tokens that it replaces', () =>
  withSignIn(async (signIn) => {
    const inner = new MemoryVault();
    const encryptedOtherwise = () => Promise.reject(new ConfigurationError('another TIMELY_SYNC_KEY'));
    const vault: TokenVault = {
      read: encryptedOtherwise,
      withLock: (work) => inner.withLock(({ save }) => work({ read: encryptedOtherwise, save })),
    };
    await signInOf(signIn, vault).redeem(goodCode);
    expect((await inner.read())?.accessToken).toBe('access-secret-1');
  }));
