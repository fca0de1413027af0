import { describe, expect, test } from '@jest/globals';
import { exportsOf, productLayers, sourceFiles, textOf } from './source-tree.ts';

/** One name for one thing (CONTRIBUTING.md): two exports of one name in the product are a mistake. */

/** Folders with the same parts for each vendor. */
const providers = ['directory/entra/', 'directory/okta/', 'directory/sap/'];

/** Proxies in workflows have the names of their activities. */
const proxies = 'workflows/activity-proxies.ts';

/** Places of an export: its file, or one common place for parallel files of the providers. */
function placeOf(file: string): string {
  const provider = providers.find((folder) => file.startsWith(folder));
  return provider ? 'directory/<provider>' : file;
}

/** Exported names with several places, each with its files. */
function sharedNames(files: readonly { file: string; text: string }[]): string[] {
  const filesByName = new Map<string, string[]>();
  for (const { file, text } of files) {
    for (const name of exportsOf(text)) filesByName.set(name, [...(filesByName.get(name) ?? []), file]);
  }
  return [...filesByName]
    .filter(([, found]) => new Set(found.map(placeOf)).size > 1)
    .map(([name, found]) => `${name}: ${found.join(', ')}`);
}

test('exported names are unique in the product', () => {
  const files = productLayers
    .flatMap(sourceFiles)
    .filter((file) => file !== proxies)
    .map((file) => ({ file, text: textOf(file) }));
  expect(files.length).toBeGreaterThan(200);
  expect(sharedNames(files)).toEqual([]);
});

describe('the check', () => {
  test.each([
    ['a declaration and a list', 'export const a = 1;', 'export { a };'],
    ['two types', 'export type a = 1;', 'export interface a {}'],
    ['a renamed and a destructured export', 'export { b as a };', 'export const { c: a } = b;'],
    ['two functions', 'export async function a() {}', 'export function* a() {}'],
  ])('finds one name in %s', (_, one, other) => {
    const files = [
      { file: 'domain/one.ts', text: one },
      { file: 'store/other.ts', text: other },
    ];
    expect(sharedNames(files)).toEqual(['a: domain/one.ts, store/other.ts']);
  });

  test('ignores re-exports', () => {
    expect(exportsOf("export { a } from './a.ts';\nexport type { b } from './b.ts';")).toEqual([]);
  });

  test('allows one name in parallel folders of providers only', () => {
    const text = 'export const a = 1;';
    const [entra, okta, domain] = ['directory/entra/x.ts', 'directory/okta/x.ts', 'domain/x.ts'];
    expect(sharedNames([entra, okta].map((file) => ({ file, text })))).toEqual([]);
    expect(sharedNames([entra, domain].map((file) => ({ file, text })))).toHaveLength(1);
  });
});
