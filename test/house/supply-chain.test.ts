import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { root, textOf } from './source-tree.ts';

/** What the product is built from, and how its command is called. */

interface LockedPackage {
  version?: string;
  integrity?: string;
  license?: string;
}

const { packages } = JSON.parse(textOf('package-lock.json')) as { packages: Record<string, LockedPackage> };
const locked = Object.entries(packages)
  .filter(([path]) => path !== '')
  .map(([path, entry]) => ({ name: path.slice(path.lastIndexOf('node_modules/') + 13), ...entry }));

/** Licences by their SPDX ids that ask for no more than their notice. */
const permissive = [
  ...['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0'],
  ...['ISC', 'MIT', 'MIT-0', 'Unlicense'],
];

/** Packages with another licence, or without one in the lock file, and why they may stay. */
const exceptions: Record<string, string> = {
  'axe-core': 'MPL-2.0: it judges the pages of the console in tests. None of it is in the product.',
  'caniuse-lite':
    'CC-BY-4.0: a table of browsers, which webpack reads while the workflows are bundled. None of it is in the bundle.',
  unionfs: 'Its package.json names no licence; its LICENSE file is the Unlicense.',
};

/** Whether an SPDX expression leaves a permissive choice: one of what OR joins, all of what AND joins. */
function isPermissive(expression: string): boolean {
  const words = expression.replace(/[()]/g, ' ');
  return words
    .split(/\sOR\s/)
    .some((choice) => choice.split(/\sAND\s/).every((id) => permissive.includes(id.trim())));
}

describe('package-lock.json', () => {
  test('has packages of permissive licences only, with named exceptions', () => {
    expect(locked.length).toBeGreaterThan(500);
    const others = locked.filter(({ license = 'none' }) => !isPermissive(license));
    expect([...new Set(others.map(({ name }) => name))].sort()).toEqual(Object.keys(exceptions).sort());
  });

  test('has the SHA-512 of every package, and no address', () => {
    const wrong = locked.filter(({ integrity = '' }) => !/^sha512-[\w+/]{86}==$/.test(integrity));
    expect(wrong.map(({ name }) => name)).toEqual([]);
    expect(textOf('package-lock.json')).not.toMatch(/"resolved"|https?:\/\/registry/);
  });
});

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0-only)', true],
  ['Apache-2.0 AND MIT', true],
  ['MIT AND GPL-3.0-only', false],
  ['GPL-3.0-or-later', false],
  ['SEE LICENSE IN LICENSE', false],
  ['none', false],
])('the licence %s counts as permissive: %s', (expression, expected) => {
  expect(isPermissive(expression)).toBe(expected);
});

test('package.json names exact versions', () => {
  const { dependencies, devDependencies } = JSON.parse(textOf('package.json'));
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
    expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+(-[\w.]+)?$/)]);
});

/** Folders and files with words that a person may copy. */
const told = ['docs', 'client', 'bin', 'setup', 'deploy', 'tenants', 'worker', 'domain', 'activities'];
const toldFiles = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  '.env.example',
  'docker-compose.yml',
  'package.json',
];

/** Calls of the command by npx that may download a package: all without `--no-install`. */
const unsafeCalls = (text: string): string[] =>
  [...text.matchAll(/\b(?:npx|npm exec|npm x)((?:\s+-[-\w=]+)*)\s+[-@\w/]*timely-sync\b/g)]
    .filter(([, flags]) => flags?.trim() !== '--no-install')
    .map(([call]) => call);

test('calls by npx that may download a package are found', () => {
  const unsafe = [
    'npx timely-sync up',
    'npx --yes timely-sync',
    'npm exec -- timely-sync',
    'npx @x/timely-sync',
  ];
  for (const call of unsafe) expect(unsafeCalls(`run \`${call}\` now`)).toHaveLength(1);
  expect(unsafeCalls('npx --no-install timely-sync up, and timely-sync up; npx runs it')).toEqual([]);
});

test('no text calls the command by npx without --no-install, which would run a package of a stranger', () => {
  const files = told.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(md|ts|mjs|sh|ya?ml|svg|json)$/.test(name))
      .map((name) => join(folder, name)),
  );
  expect(files.concat(toldFiles).flatMap((file) => unsafeCalls(textOf(file)))).toEqual([]);
  expect(textOf(join('docs', 'getting-started.md'))).toContain('npx --no-install timely-sync');
});
