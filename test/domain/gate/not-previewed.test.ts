import { expect, test } from '@jest/globals';
import { gated, labelWithHold } from '../support/world.ts';
import { askedAbout, companyWith, fingerprintsOf, tally } from './company.ts';

const world = companyWith(100, 3, { removals: { max: 10, percent: 100, windowDays: 7 } });
const [first = '', ...others] = fingerprintsOf(world);

test('a cycle that goes by a preview holds what the preview did not show', () => {
  expect(tally(world, { previewed: new Set(others) })).toEqual({ 'not-previewed': 1, none: 2 });
  expect(tally(world, { previewed: new Set([first, ...others]) })).toEqual({ none: 3 });
});

test('a preview without any change lets nothing through', () => {
  expect(tally(world, { previewed: new Set() })).toEqual({ 'not-previewed': 3 });
});

test('a cycle that goes by no preview holds nothing for it', () => {
  expect(tally(world)).toEqual({ none: 3 });
  expect(tally(world, { previewed: null })).toEqual({ none: 3 });
});

test('what is held for it stays held in later cycles until it is approved', () => {
  const requestedRules = askedAbout('not-previewed', [first]);
  expect(tally(world, { requestedRules })).toEqual({ 'not-previewed': 1, none: 2 });
  const approved = new Set([first]);
  expect(tally(world, { requestedRules, approved, previewed: new Set(others) })).toEqual({ none: 3 });
});

test('a rule that says more is named before it', () => {
  const strict = companyWith(100, 12, { removals: { max: 10, percent: 10, windowDays: 7 } });
  expect(gated(strict, { previewed: new Set() }).map(labelWithHold)[0]).toContain('too-many-removals');
});
