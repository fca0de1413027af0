import { describe, expect, test } from '@jest/globals';
import { ConnectNeededError } from '../../domain/errors.ts';
import { MemoryVault, sourceOf, stored, withSignIn } from './fake-sign-in.ts';

describe('an initial refresh token', () => {
  test('gives the first pair, once, for any number of callers', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('initial-secret');
      const source = sourceOf(signIn, new MemoryVault(), 'initial-secret');
      const tokens = await Promise.all(Array.from({ length: 10 }, () => source.accessToken()));
      expect(new Set(tokens)).toEqual(new Set(['access-secret-1']));
      expect(signIn.offered).toEqual(['initial-secret']);
    }));

  test('is not offered again when its chain has ended', () =>
    withSignIn(async (signIn) => {
      signIn.live.add('initial-secret');
      const source = sourceOf(signIn, new MemoryVault(), 'initial-secret');
      await source.accessToken();
      signIn.live.clear();
      await expect(source.refresh('access-secret-1')).rejects.toThrow(ConnectNeededError);
      expect(signIn.offered).toEqual(['initial-secret', 'refresh-secret-1']);
    }));

  test('that is newer begins a new chain once the stored pair no longer works, not before', () =>
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

  test('reports that its first pair was lost with a worker, and a newer one begins a new chain', () =>
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

  test('that no longer works leaves the stored pair as it was', () =>
    withSignIn(async (signIn) => {
      const vault = new MemoryVault(stored);
      const source = sourceOf(signIn, vault, 'dead-secret');
      await expect(source.refresh('access-secret-0')).rejects.toThrow(ConnectNeededError);
      expect(await vault.read()).toEqual(stored);
    }));

  test('is missing: asks for a sign-in', () =>
    withSignIn(async (signIn) => {
      await expect(sourceOf(signIn, new MemoryVault()).accessToken()).rejects.toThrow(ConnectNeededError);
    }));
});
