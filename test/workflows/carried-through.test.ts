import { expect, test } from '@jest/globals';
import { carriedThroughAfter } from '../../workflows/tenant-sync/carried-through.ts';

const before = { cycle: 3, full: 1, isFullLeft: false };

test('an incremental cycle that was carried through says nothing of full ones', () => {
  const after = carriedThroughAfter(before, { cycle: 4, kind: 'incremental', yielded: false });
  expect(after).toEqual({ cycle: 4, full: 1, isFullLeft: false });
});

test('a cycle that yielded was not carried through', () => {
  expect(carriedThroughAfter(before, { cycle: 4, kind: 'incremental', yielded: true })).toEqual(before);
});

test('the cycle that completes what a full one has left answers for it', () => {
  const left = carriedThroughAfter(before, { cycle: 4, kind: 'full', yielded: true });
  expect(left).toEqual({ ...before, isFullLeft: true });
  const again = carriedThroughAfter(left, { cycle: 5, kind: 'incremental', yielded: true });
  expect(carriedThroughAfter(again, { cycle: 6, kind: 'incremental', yielded: false })).toEqual({
    cycle: 6,
    full: 6,
    isFullLeft: false,
  });
});
