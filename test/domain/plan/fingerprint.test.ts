import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, fingerprint } from '../../../domain/plan/fingerprint.ts';
import { digest, gated, group, members, person, planOf, user, worldWith } from '../support/world.ts';

test('canonical JSON is valid JSON and ignores the order of keys', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('a fingerprint changes with each part of the change and with nothing else', () => {
  const [change] = gated(worldWith({ directory: { people: [person('Ada')] } }));
  if (change?.kind !== 'invite') throw new Error('no invitation');
  const print = fingerprint(change, digest);
  expect(print).toBe(change.fingerprint);
  const held = { ...change, hold: { rule: 'sensitive' as const, detail: '' } };
  expect(fingerprint(held, digest)).toBe(print);
  const others = [
    { ...change, kind: 'link' as const },
    { ...change, subject: { ...change.subject, timelyId: 7 } },
    { ...change, reason: 'another' },
    { ...change, before: { role: 'employee' } },
    { ...change, after: { role: 'manager' } },
  ].map((other) => fingerprint(other, digest));
  expect(new Set([print, ...others]).size).toBe(6);
});

test('equal facts give equal fingerprints in a later cycle', () => {
  const world = worldWith({
    rules: { scope: { include: [{ group: 'Users' }], exclude: [], guests: 'exclude', guestDomains: [] } },
    directory: {
      people: [person('Ada')],
      groups: [group('Users')],
      memberships: members('group-users', 'id-ada'),
    },
    timely: { users: [user(10, 'Ada', { role: 'manager' })] },
  });
  const prints = (now: string) => planOf({ ...world, now }).changes.map((change) => change.fingerprint);
  expect(prints('2026-12-01T00:00:00.000Z')).toEqual(prints(world.now));
});
