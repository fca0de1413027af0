import { describe, expect, test } from '@jest/globals';
import { ConnectNeededError, PassingError } from '../../domain/errors.ts';
import { createTimelyApi } from '../../timely/api.ts';
import type { StoredTokens, TokenSource } from '../../timely/ports.ts';
import { createTokenSource } from '../../timely/token-source.ts';
import { unlimited } from '../support/unlimited.ts';
import { application, MemoryVault, type SignIn, withSignIn } from './fake-sign-in.ts';
import { accountId, withTimely } from './fake-timely.ts';

const stored: StoredTokens = {
  accessToken: 'access-secret-0',
  refreshToken: 'refresh-secret-0',
  expiresAt: null,
  lifetimeMs: null,
  initialTokenDigest: null,
  codeDigest: null,
  renewalBeganAt: null,
};

function sourceOf({ endpoint }: SignIn, vault: MemoryVault, initialRefreshToken: string | null = null) {
  return createTokenSource({ application, endpoint, initialRefreshToken, vault });
}

/** Renews so often while nothing new can be stored. */
async function failToStore(source: TokenSource, vault: MemoryVault, times = 1): Promise<void> {
  vault.diesAtSave = true;
  for (let time = 1; time <= times; time += 1)
    await expect(source.refresh('access-secret-0')).rejects.toThrow('the worker died');
  vault.diesAtSave = false;
}

describe('a stored pair', () => {
  test('is used as long as it works', () =>
    withSignIn(async (signIn) => {
      expect(await sourceOf(signIn, new MemoryVault(stored)).accessToken()).toBe('access-secret-0');
      expect(signIn.offered).toEqual([]);
    }));

  test.each([
    [30_000, null, 'access-secret-1'],
    [90_000, null, 'access-secret-0'],
    [30_000, 7_200_000, 'access-secret-1'],
    [30_000, 60_000, 'access-secret-0'],
    [10_000, 60_000, 'access-secret-1'],
  ])(
    'that ends in %p of %p ms gives %s: it is renewed a minute ahead, or for its last fifth',
    (leftMs, lifetimeMs, expected) =>
      withSignIn(async (signIn) => {
        signIn.live.add('refresh-secret-0');
        const vault = new MemoryVault({ ...stored, expiresAt: new Date(Date.now() + leftMs), lifetimeMs });
        expect(await sourceOf(signIn, vault).accessToken()).toBe(expected);
      }),
  );

  test('without a refresh token is used to its very end, and then somebody has to connect', () =>
    withSignIn(async (signIn) => {
      const single = { ...stored, refreshToken: null };
      const expiresAt = new Date(Date.now() + 30_000);
      const source = sourceOf(signIn, new MemoryVault({ ...single, expiresAt }));
      expect(await source.accessToken()).toBe('access-secret-0');
      await expect(source.refresh('access-secret-0')).rejects.toThrow(ConnectNeededError);
      const ended = sourceOf(signIn, new MemoryVault({ ...single, expiresAt: new Date(0) }));
      await expect(ended.accessToken()).rejects.toThrow('nothing to renew it with');
      expect(signIn.offered).toEqual([]);
    }));

  test('that was refused is renewed, and the new pair is in the vault', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('refresh-secret-0');
      const vault = new MemoryVault(stored);
      expect(await sourceOf(signIn, vault).refresh('access-secret-0')).toBe('access-secret-1');
      expect(await vault.read()).toEqual({
        ...stored,
        accessToken: 'access-secret-1',
        refreshToken: 'refresh-secret-1',
      });
    }));

  test('is renewed once by fifty callers of two workers, and all get the same new token', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('refresh-secret-0');
      const vault = new MemoryVault(stored);
      const workers = [sourceOf(signIn, vault), sourceOf(signIn, vault)];
      const calls = Array.from({ length: 25 }, () =>
        workers.map((worker) => worker.refresh('access-secret-0')),
      );
      expect(new Set(await Promise.all(calls.flat()))).toEqual(new Set(['access-secret-1']));
      expect(signIn.offered).toEqual(['refresh-secret-0']);
    }));

  test('that ends soon is renewed once by many callers', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('refresh-secret-0');
      signIn.answerWith = { expires_in: 7200 };
      const source = sourceOf(signIn, new MemoryVault({ ...stored, expiresAt: new Date() }));
      const tokens = await Promise.all(Array.from({ length: 20 }, () => source.accessToken()));
      expect(new Set(tokens)).toEqual(new Set(['access-secret-1']));
      expect(signIn.offered).toEqual(['refresh-secret-0']);
    }));

  test('that somebody else renewed long ago and that has ended since is renewed again', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('refresh-secret-0');
      const vault = new MemoryVault({ ...stored, expiresAt: new Date(Date.now() - 1_000) });
      expect(await sourceOf(signIn, vault).refresh('access-secret-of-old')).toBe('access-secret-1');
    }));

  test('is lost when the worker dies between answer and saving, and that is said', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('refresh-secret-0');
      const vault = new MemoryVault(stored);
      await failToStore(sourceOf(signIn, vault), vault);
      const source = sourceOf(signIn, vault);
      for (let time = 1; time <= 2; time += 1) {
        const error = await source.refresh('access-secret-0').catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(ConnectNeededError);
        expect(error).toMatchObject({ message: expect.stringContaining('cut off') });
        expect(String(error)).not.toContain('-secret');
      }
    }));

  test('is kept when the store goes away between answer and saving, and stored when it is back', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('refresh-secret-0');
      const vault = new MemoryVault(stored);
      const source = sourceOf(signIn, vault);
      await failToStore(source, vault, 2);
      expect(await source.refresh('access-secret-0')).toBe('access-secret-1');
      expect(signIn.offered).toEqual(['refresh-secret-0']);
      expect(await vault.read()).toMatchObject({ refreshToken: 'refresh-secret-1', renewalBeganAt: null });
    }));

  test('that somebody else renewed meanwhile is not replaced by one that was kept', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('refresh-secret-0');
      const vault = new MemoryVault(stored);
      const source = sourceOf(signIn, vault);
      await failToStore(source, vault);
      await vault.withLock((held) => held.save({ ...stored, accessToken: 'of-another', refreshToken: 'r' }));
      expect(await source.refresh('access-secret-0')).toBe('of-another');
    }));

  test('that Timely has revoked is not told as one that was lost', () =>
    withSignIn(async (signIn) => {
      const source = sourceOf(signIn, new MemoryVault(stored));
      for (let time = 1; time <= 2; time += 1) {
        await expect(source.refresh('access-secret-0')).rejects.not.toThrow('cut off');
      }
    }));

  test('is tried again after an answer that was lost: a service may not have taken it', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('refresh-secret-0');
      const vault = new MemoryVault(stored);
      const source = sourceOf(signIn, vault);
      signIn.next = new Response('<html>Bad gateway</html>', { status: 502 });
      await expect(source.refresh('access-secret-0')).rejects.toThrow(PassingError);
      expect((await vault.read())?.renewalBeganAt).not.toBeNull();
      await source.refresh('access-secret-0');
      expect((await vault.read())?.renewalBeganAt).toBeNull();
    }));
});

describe('an initial refresh token', () => {
  test('begins the first pair, once, however many ask', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('initial-secret');
      const source = sourceOf(signIn, new MemoryVault(), 'initial-secret');
      const tokens = await Promise.all(Array.from({ length: 10 }, () => source.accessToken()));
      expect(new Set(tokens)).toEqual(new Set(['access-secret-1']));
      expect(signIn.offered).toEqual(['initial-secret']);
    }));

  test('is not offered again when its chain is dead', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('initial-secret');
      const source = sourceOf(signIn, new MemoryVault(), 'initial-secret');
      await source.accessToken();
      signIn.live.clear();
      await expect(source.refresh('access-secret-1')).rejects.toThrow(ConnectNeededError);
      expect(signIn.offered).toEqual(['initial-secret', 'refresh-secret-1']);
    }));

  test('that is given later begins again once the stored pair is dead, and not before', () =>
    withSignIn(async (signIn) => {
      const vault = new MemoryVault(stored);
      const source = sourceOf(signIn, vault, 'later-secret');
      signIn.live.add('later-secret').add('refresh-secret-0');
      expect(await source.refresh('access-secret-0')).toBe('access-secret-1');
      signIn.live.delete('refresh-secret-1');
      expect(await source.refresh('access-secret-1')).toBe('access-secret-2');
      expect(signIn.offered).toEqual(['refresh-secret-0', 'refresh-secret-1', 'later-secret']);
      expect((await vault.read())?.initialTokenDigest).toMatch(/^[0-9a-f]{64}$/);
    }));

  test('whose first pair was lost with a worker says so, and one given later begins anew', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('initial-secret').add('later-secret');
      const vault = new MemoryVault();
      vault.diesAtSave = true;
      await expect(sourceOf(signIn, vault, 'initial-secret').accessToken()).rejects.toThrow(
        'the worker died',
      );
      vault.diesAtSave = false;
      await expect(sourceOf(signIn, vault, 'initial-secret').accessToken()).rejects.toThrow('cut off');
      expect(await sourceOf(signIn, vault, 'later-secret').accessToken()).toBe('access-secret-2');
    }));

  test('that is dead as well leaves the stored pair where it was', () =>
    withSignIn(async (signIn) => {
      const vault = new MemoryVault(stored);
      const source = sourceOf(signIn, vault, 'dead-secret');
      await expect(source.refresh('access-secret-0')).rejects.toThrow(ConnectNeededError);
      expect(await vault.read()).toEqual(stored);
    }));

  test('is missing: somebody has to connect', () =>
    withSignIn(async (signIn) => {
      await expect(sourceOf(signIn, new MemoryVault()).accessToken()).rejects.toThrow(ConnectNeededError);
    }));
});

test('a call that is refused with 401 goes through with the renewed token, for many callers with one refresh', () =>
  withSignIn(async (signIn) => {
    signIn.live.add('refresh-secret-0');
    await withTimely(async ({ timely }) => {
      timely.acceptedTokens.clear();
      timely.acceptedTokens.add('access-secret-1');
      const api = createTimelyApi({
        accountId,
        endpoint: timely.endpoint,
        tokens: sourceOf(signIn, new MemoryVault(stored)),
        rateLimiter: unlimited,
      });
      const answers = await Promise.all(Array.from({ length: 12 }, () => api.roles()));
      expect(answers.every((roles) => roles.length === 4)).toBe(true);
      expect(signIn.offered).toEqual(['refresh-secret-0']);
    });
  }));

test('access tokens that live half a minute, and end when another is given, serve many callers side by side', () =>
  withSignIn(async (signIn) => {
    signIn.live.add('refresh-secret-0');
    signIn.answerWith = { expires_in: 30 };
    await withTimely(async ({ timely }) => {
      signIn.whenIssued = (accessToken) => {
        timely.acceptedTokens.clear();
        timely.acceptedTokens.add(accessToken);
      };
      const tokens = sourceOf(signIn, new MemoryVault(stored));
      const api = createTimelyApi({ accountId, endpoint: timely.endpoint, tokens, rateLimiter: unlimited });
      const lane = async () => {
        for (let call = 1; call <= 5; call += 1) await api.roles();
      };
      await Promise.all(Array.from({ length: 8 }, lane));
      expect(signIn.offered).toEqual(['refresh-secret-0']);
    });
  }));
