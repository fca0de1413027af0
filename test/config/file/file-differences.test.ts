import { expect, test } from '@jest/globals';
import { fileDifferencesText } from '../../../client/render/words/difference-words.ts';
import { fileDifferences } from '../../../config/file/file-differences.ts';
import { exampleWith } from '../example.ts';

const edited = (replacements: Record<string, string>) =>
  fileDifferencesText('contoso', fileDifferences(exampleWith(), exampleWith(replacements)))
    .split('\n')
    .slice(1);

test('the same file has no difference, whatever the order of its keys', () => {
  const file = exampleWith();
  expect(fileDifferences(file, exampleWith())).toEqual([]);
  const turned = Object.fromEntries(Object.entries(file).reverse());
  expect(fileDifferences(file, turned)).toEqual([]);
});

test('a default that is written out is no difference', () => {
  expect(edited({ 'leads: keep': '' })).toEqual([]);
});

test('a value is shown before and after, under its path', () => {
  expect(edited({ 'max: 10,': 'max: 25,', 'every: 5m': 'every: 10m' })).toEqual([
    '  ~ safety.removals.max: 10 → 25',
    '  ~ schedule.every: "5m" → "10m"',
  ]);
});

test('a line of a list is shown as new or gone, wherever it stands', () => {
  expect(edited({ '- { group: Timely Users }': '- {everyone: true}' })).toEqual([
    '  - scope.include: {"group":"Timely Users"}',
    '  + scope.include: {"everyone":true}',
  ]);
});

test('a line that is there once more, and another order, are differences', () => {
  const lines = (include: unknown[]) => fileDifferences({ include: ['a', 'b'] }, { include });
  expect(lines(['a', 'b', 'a'])).toEqual([{ path: 'include', before: null, after: '"a"' }]);
  expect(lines(['b', 'a'])).toEqual([{ path: 'include', before: '["a","b"]', after: '["b","a"]' }]);
});

test('a key that is new or gone is shown with its value', () => {
  expect(fileDifferences({ a: 1 }, { b: { c: true } })).toEqual([
    { path: 'a', before: '1', after: null },
    { path: 'b', before: null, after: '{"c":true}' },
  ]);
});
