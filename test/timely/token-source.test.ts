import { describe, expect, test } from '@jest/globals';
import { ConnectNeededError, TransientError } from '../../domain/errors.ts';
import { createTimelyApi } from '../../timely/api.ts';
import { unlimitedRate } from '../support/unlimited-rate.ts';
import { failToStore, MemoryVault, sourceOf, stored, withSignIn } from './fake-sign-in.ts';
import { accountId, withTimely } from './fake-timely.ts';

describe('a stored pair', () => {
  test('is used while it works', () =>
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
    'that expires in %p of %p ms gives %s: it is renewed a minute ahead, or in its last fifth',
    (leftMs, lifetimeMs, expected) =>
      withSignIn(async (signIn) => {
        signIn.live.add('refresh-secret-0');
        const vault = new MemoryVault({ ...stored, expiresAt: new Date(Date.now() + leftMs), lifetimeMs });
        expect(await sourceOf(signIn, vault).accessToken()).toBe(expected);
      }),
  );

  test('without a refresh token is used until it expires, and then asks for a new sign-in', () =>
    withSignIn(async (signIn) => {
      const single = { ...stored, refreshToken: null };
      const expiresAt = new Date(Date.now() + 30_000);
      const source = sourceOf(signIn, new MemoryVault({ ...single, expiresAt }));
      expect(await source.accessToken()).toBe('access-secret-0');
      await expect(source.refresh('access-secret-0')).rejects.toThrow(ConnectNeededError);
      const ended = sourceOf(signIn, new MemoryVault({ ...single, expiresAt: new Date(0) }));
      await expect(ended.accessToken()).rejects.toThrow('no refresh token to renew it with');
      expect(signIn.offered).toEqual([]);
    }));

  test('is renewed after a refusal, and the new pair is in the vault', () =>
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

  test('is renewed once for fifty callers of two workers, and all get the same token', () =>
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

  test('that expires soon is renewed once for many callers', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('refresh-secret-0');
      signIn.overrides = { expires_in: 7200 };
      const source = sourceOf(signIn, new MemoryVault({ ...stored, expiresAt: new Date() }));
      const tokens = await Promise.all(Array.from({ length: 20 }, () => source.accessToken()));
      expect(new Set(tokens)).toEqual(new Set(['access-secret-1']));
      expect(signIn.offered).toEqual(['refresh-secret-0']);
    }));

  test('that another worker renewed is renewed again once it has expired', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('refresh-secret-0');
      const vault = new MemoryVault({ ...stored, expiresAt: new Date(Date.now() - 1_000) });
      expect(await sourceOf(signIn, vault).refresh('access-secret-of-old')).toBe('access-secret-1');
    }));

  test('is lost when the worker dies between response and saving, and the error says so', () =>
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

  test('is kept when the store fails between response and saving, and stored when it is back', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('refresh-secret-0');
      const vault = new MemoryVault(stored);
      const source = sourceOf(signIn, vault);
      await failToStore(source, vault, 2);
      expect(await source.refresh('access-secret-0')).toBe('access-secret-1');
      expect(signIn.offered).toEqual(['refresh-secret-0']);
      expect(await vault.read()).toMatchObject({ refreshToken: 'refresh-secret-1', renewalBeganAt: null });
    }));

  test('that another worker renewed meanwhile is not replaced by the kept one', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('refresh-secret-0');
      const vault = new MemoryVault(stored);
      const source = sourceOf(signIn, vault);
      await failToStore(source, vault);
      await vault.withLock((held) => held.save({ ...stored, accessToken: 'of-another', refreshToken: 'r' }));
      expect(await source.refresh('access-secret-0')).toBe('of-another');
    }));

  test('that Timely revoked is not reported as lost', () =>
    withSignIn(async (signIn) => {
      const source = sourceOf(signIn, new MemoryVault(stored));
      for (let time = 1; time <= 2; time += 1) {
        await expect(source.refresh('access-secret-0')).rejects.not.toThrow('cut off');
      }
    }));

  test('is tried again after a lost response, since the service may not have received it', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('refresh-secret-0');
      const vault = new MemoryVault(stored);
      const source = sourceOf(signIn, vault);
      signIn.nextResponse = new Response('<html>Bad gateway</html>', { status: 502 });
      await expect(source.refresh('access-secret-0')).rejects.toThrow(TransientError);
      expect((await vault.read())?.renewalBeganAt).not.toBeNull();
      await source.refresh('access-secret-0');
      expect((await vault.read())?.renewalBeganAt).toBeNull();
    }));
});

test('calls that are refused with 401 succeed with the renewed token, after one refresh for all', () =>
  withSignIn(async (signIn) => {
    signIn.live.add('refresh-secret-0');
    await withTimely(async ({ timely }) => {
      timely.acceptedTokens.clear();
      timely.acceptedTokens.add('access-secret-1');
      const api = createTimelyApi({
        accountId,
        endpoint: timely.endpoint,
        tokens: sourceOf(signIn, new MemoryVault(stored)),
        rateLimiter: unlimitedRate,
      });
      const lists = await Promise.all(Array.from({ length: 12 }, () => api.roles()));
      expect(lists.every((roles) => roles.length === 4)).toBe(true);
      expect(signIn.offered).toEqual(['refresh-secret-0']);
    });
  }));

test('access tokens that expire after half a minute, or with the next one, serve many parallel callers', () =>
  withSignIn(async (signIn) => {
    signIn.live.add('refresh-secret-0');
    signIn.overrides = { expires_in: 30 };
    await withTimely(async ({ timely }) => {
      signIn.whenIssued = (accessToken) => {
        timely.acceptedTokens.clear();
        timely.acceptedTokens.add(accessToken);
      };
      const tokens = sourceOf(signIn, new MemoryVault(stored));
      const api = createTimelyApi({
        accountId,
        endpoint: timely.endpoint,
        tokens,
        rateLimiter: unlimitedRate,
      });
      const caller = async () => {
        for (let call = 1; call <= 5; call += 1) await api.roles();
      };
      await Promise.all(Array.from({ length: 8 }, caller));
      expect(signIn.offered).toEqual(['refresh-secret-0']);
    });
  }));
