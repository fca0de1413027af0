/** docs/findings.md explains each hold, each refusal and each kind of finding, and nothing else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { holdRules, refusalRules } from '../../domain/plan/change.ts';
import { findingKinds } from '../../domain/plan/finding-kinds.ts';
import { root } from './source-tree.ts';

const lines = readFileSync(join(root, 'docs', 'findings.md'), 'utf8').split('\n');

/** The names in the first column of the table with this head. */
function rowsOf(head: string): string[] {
  const begin = lines.findIndex((line) => line.startsWith(`| ${head} |`)) + 2;
  const end = lines.findIndex((line, index) => index >= begin && !line.startsWith('|'));
  return lines.slice(begin, end).map((line) => /^\| `([a-z-]+)` \|/.exec(line)?.[1] ?? line);
}

test.each<[string, readonly string[]]>([
  ['hold', holdRules],
  ['refusal', refusalRules],
  ['finding', findingKinds],
])('has one row for each %s', (head, names) => {
  expect(rowsOf(head).toSorted()).toEqual(names.toSorted());
});
