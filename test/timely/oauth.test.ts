import { describe, expect, test } from '@jest/globals';
import {
  ConfigurationError,
  ConnectNeededError,
  ContractError,
  SyncError,
  ThrottledError,
  TransientError,
} from '../../domain/errors.ts';
import { exchangeCode, refreshTokens } from '../../timely/oauth.ts';
import { application, type SignIn, withSignIn } from './fake-sign-in.ts';

const refresh = ({ endpoint }: SignIn, refreshToken = 'first-secret') =>
  refreshTokens({ endpoint, application, refreshToken });

describe('a refresh of tokens', () => {
  test('returns the new pair, without an expiry when Timely names none', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('first-secret');
      expect(await refresh(signIn)).toEqual({
        accessToken: 'access-secret-1',
        refreshToken: 'refresh-secret-1',
        expiresAt: null,
        lifetimeMs: null,
      });
    }));

  test.each([[undefined], [null]])('keeps the old refresh token when the new one is %p', (missing) =>
    withSignIn(async (signIn) => {
      signIn.live.add('first-secret');
      signIn.overrides = { refresh_token: missing, expires_in: null };
      expect(await refresh(signIn)).toMatchObject({ refreshToken: 'first-secret', expiresAt: null });
    }),
  );

  test.each([7200, '7200'])('reads the expiry from expires_in: %p', (expires_in) =>
    withSignIn(async (signIn) => {
      signIn.live.add('first-secret');
      signIn.overrides = { expires_in };
      const before = Date.now();
      const { expiresAt, lifetimeMs } = await refresh(signIn);
      expect(lifetimeMs).toBe(7_200_000);
      expect(expiresAt?.getTime()).toBeGreaterThanOrEqual(before + 7_200_000);
      expect(expiresAt?.getTime()).toBeLessThanOrEqual(Date.now() + 7_200_000);
    }),
  );

  test.each(['', 'never', 0, -1, {}])('ignores an expires_in of %p, and keeps the pair', (expires_in) =>
    withSignIn(async (signIn) => {
      signIn.live.add('first-secret');
      signIn.overrides = { expires_in };
      expect(await refresh(signIn)).toMatchObject({ refreshToken: 'refresh-secret-1', expiresAt: null });
    }),
  );

  test('asks for a new sign-in and names the command when the refresh token no longer works', () =>
    withSignIn(async (signIn) => {
      const error = await refresh(signIn).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ConnectNeededError);
      expect(error).toMatchObject({ remedy: expect.stringContaining('timely-sync connect <tenant>') });
    }));

  test('throws a ConfigurationError when Timely does not know the application', () =>
    withSignIn(async ({ endpoint }) => {
      const wrong = { ...application, clientSecret: 'wrong' };
      const refreshed = refreshTokens({ endpoint, application: wrong, refreshToken: 'first-secret' });
      await expect(refreshed).rejects.toThrow(ConfigurationError);
    }));

  test.each([
    ['a server error', Response.json({}, { status: 500 }), TransientError],
    ['a web page', new Response('<html></html>', { status: 200 }), TransientError],
    ['broken JSON', new Response('{"access_token"', { status: 200 }), TransientError],
    ['429', Response.json({}, { status: 429, headers: { 'retry-after': '3' } }), ThrottledError],
    [
      '401 in the words of the API',
      Response.json({ errors: { message: 'Unauthorized' } }, { status: 401 }),
      ConnectNeededError,
    ],
    ['an unknown code', Response.json({ error: 'odd' }, { status: 400 }), ContractError],
    ['no token', Response.json({ token_type: 'Bearer' }), ContractError],
    ['a token that cannot be a header', Response.json({ access_token: 'a\nb' }), ContractError],
  ])('throws the right error without a secret: %s', (_case, response, kind) =>
    withSignIn(async (signIn) => {
      signIn.nextResponse = response;
      const error = await refresh(signIn).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(kind);
      if (!(error instanceof SyncError)) throw error;
      expect(`${error.message} ${error.remedy} ${error.stack} ${JSON.stringify(error)}`).not.toMatch(
        /-secret/,
      );
    }),
  );
});

describe('the code of a sign-in', () => {
  const redirect = { redirectUri: 'http://127.0.0.1:9999/callback', codeVerifier: 'verifier-secret' };

  test('is exchanged for the first pair', () =>
    withSignIn(async ({ endpoint }) => {
      const pair = await exchangeCode({ endpoint, application, code: 'good-code', ...redirect });
      expect(pair).toMatchObject({ accessToken: 'access-secret-1', refreshToken: 'refresh-secret-1' });
    }));

  test('may bring no refresh token', () =>
    withSignIn(async (signIn) => {
      const { endpoint } = signIn;
      signIn.overrides = { refresh_token: null };
      const pair = await exchangeCode({ endpoint, application, code: 'good-code', ...redirect });
      expect(pair).toMatchObject({ accessToken: 'access-secret-1', refreshToken: null });
    }));

  test('is refused when Timely does not know it', () =>
    withSignIn(async ({ endpoint }) => {
      const refused = exchangeCode({ endpoint, application, code: 'old-code', ...redirect });
      await expect(refused).rejects.toThrow(ConnectNeededError);
      await expect(refused).rejects.toThrow('does not accept the code of this sign-in.');
    }));
});
