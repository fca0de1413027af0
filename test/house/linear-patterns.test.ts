/** Regular expressions take linear time, whatever text they are given, and none is made of a text from outside. */

import { expect, test } from '@jest/globals';
import { parseSync } from '@swc/core';
import { analyse } from 'scslre';
import { productLayers, sourceFiles, textOf } from './source-tree.ts';

const files = productLayers.flatMap(sourceFiles);

interface Pattern {
  source: string;
  flags: string;
}

/** Literals of a file, as its syntax tree has them. */
function patternsIn(node: unknown): Pattern[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, pattern, flags } = node as { type?: unknown; pattern?: unknown; flags?: unknown };
  if (type === 'RegExpLiteral') return [{ source: String(pattern), flags: String(flags) }];
  return Object.values(node).flatMap(patternsIn);
}

const slowIn = (pattern: Pattern) =>
  analyse(pattern).reports.map(() => `/${pattern.source}/${pattern.flags}`);

test('every pattern of the product takes linear time', () => {
  const patterns = files.flatMap((file) =>
    patternsIn(parseSync(textOf(file), { syntax: 'typescript', tsx: file.endsWith('.tsx') })),
  );
  expect(patterns.length).toBeGreaterThan(50);
  expect(patterns.flatMap(slowIn)).toEqual([]);
});

test('the check finds a pattern that tries again at every character', () => {
  expect(slowIn({ source: '[^\\s]+@x', flags: 'g' })).toEqual(['/[^\\s]+@x/g']);
});

/** Made of constants of their own. */
const madeOfConstants = ['domain/shown-text.ts'];

test('no pattern is made of a text, which may come from outside', () => {
  expect(files.filter((file) => /\bRegExp\(/.test(textOf(file)))).toEqual(madeOfConstants);
});
