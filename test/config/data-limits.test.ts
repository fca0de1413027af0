/** How much a tenant file may hold. test/worker/hostile-inputs.alone.test.ts has what a worker refuses. */
import { expect, test } from '@jest/globals';
import { parseTenantFile } from '../../config/tenant-file.ts';
import { exampleText } from './example.ts';

const refusal = (text: string) => {
  try {
    parseTenantFile(text, 'tenant.yaml');
  } catch (error) {
    return String(error);
  }
  return 'accepted';
};

test('a file may list two thousand people, and no more', () => {
  const people = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@contoso.example`);
  const listing = (count: number) =>
    exampleText.replace('payroll-robot@contoso.example', () => people(count).join(', '));
  expect(refusal(listing(2_000))).toBe('accepted');
  expect(refusal(listing(2_001))).toContain('a list of more than 2000 entries');
});

test.each([
  [
    'an anchor with a list that is named a thousand times',
    `a: &a [${'x,'.repeat(1_000)}]\nb: [${'*a,'.repeat(90)}]\n`,
    /more than 5000 values/,
  ],
  [
    'aliases of aliases',
    `a: &a [x, x, x]\n${Array.from({ length: 30 }, (_, index) => `b${index}: &b${index} [${`*${index === 0 ? 'a' : `b${index - 1}`}, `.repeat(9)}]\n`).join('')}`,
    /expand too far|more than/,
  ],
  ['a file of two megabytes', `# ${'x'.repeat(2_000_000)}\n`, /more than 500000 characters/],
  [
    'lists inside each other',
    `a: ${'['.repeat(100)}${']'.repeat(100)}\n`,
    /more than 12 lists and mappings inside each other/,
  ],
])('%s is refused', (_case, text, expected) => {
  expect(refusal(text)).toMatch(expected);
});
