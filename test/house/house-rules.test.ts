import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  filesLoadedWith,
  importsOf,
  layerOf,
  linesOf,
  productLayers,
  root,
  sourceFiles,
  textOf,
} from './source-tree.ts';

/** The rules of the house (CONTRIBUTING.md): which layer imports which, and how large files and folders may get. */

/** Layers that each layer may import, besides itself and packages. `types` may be imported as types only. */
const mayImport: Record<string, { layers: string[]; types?: string[] }> = {
  domain: { layers: [] },
  http: { layers: ['domain'] },
  config: { layers: ['domain'] },
  encryption: { layers: ['config', 'domain'] },
  directory: { layers: ['domain', 'http'] },
  timely: { layers: ['domain', 'http'] },
  notify: { layers: ['domain', 'http'] },
  store: { layers: ['domain', 'encryption'], types: ['directory'] },
  activities: {
    layers: ['config', 'directory', 'domain', 'encryption', 'http', 'notify', 'store', 'timely'],
  },
  workflows: { layers: ['domain'], types: ['activities'] },
  client: { layers: ['config', 'domain', 'encryption', 'workflows'] },
  worker: { layers: productLayers.filter((layer) => layer !== 'worker') },
  simulators: { layers: [] },
};

/** Lines of a file of the product, and of a test or bench. */
const linesMax = { product: 250, tests: 400 };
/** Files on one level of a folder. */
const filesMax = 20;
/** Folders with one file per command or per recorded run. */
const listFolders = ['client/actions', 'client/commands'];
const isListFolder = (folder: string) =>
  listFolders.includes(folder) || folder.startsWith('test/replay/histories/');

const layers = Object.keys(mayImport);
const imports = layers.flatMap(sourceFiles).flatMap(importsOf);

describe('imports', () => {
  test.each(layers)('of %s reach only what the layer may import', (layer) => {
    const { layers: allowed, types = [] } = mayImport[layer] ?? { layers: [] };
    const wrong = imports.filter(({ file, target, typeOnly }) => {
      if (layerOf(file) !== layer || target === null) return false;
      const imported = layerOf(target);
      return imported !== layer && !allowed.includes(imported) && !(typeOnly && types.includes(imported));
    });
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  test('of the domain reach no package', () => {
    const packages = imports.filter(({ file, target }) => layerOf(file) === 'domain' && target === null);
    expect(packages).toEqual([]);
  });

  test('of workflows reach only the workflow API and deterministic packages', () => {
    const packages = imports.filter(({ file, target }) => layerOf(file) === 'workflows' && target === null);
    expect([...new Set(packages.map(({ specifier }) => specifier))].sort()).toEqual([
      '@temporalio/common',
      '@temporalio/workflow',
      'async-mutex',
    ]);
  });

  test('form no circle of layers', () => {
    const arrows = layers.flatMap((layer) => {
      const { layers: allowed = [], types = [] } = mayImport[layer] ?? {};
      return [...allowed, ...types].map((imported): Arrow => [layer, imported]);
    });
    expect(circleIn(arrows)).toEqual([]);
  });

  test('form no circle of files at run time', () => {
    const arrows = imports.flatMap(({ file, target, typeOnly }): Arrow[] =>
      target === null || typeOnly ? [] : [[file, target]],
    );
    expect(arrows.length).toBeGreaterThan(500);
    expect(circleIn(arrows)).toEqual([]);
  });

  // A folder and the folders in it are one: its own files are what they share, and what puts them together.
  test('form no circle of folders beside each other at run time', () => {
    const arrows = imports.flatMap(({ file, target, typeOnly }): Arrow[] => {
      if (target === null || typeOnly) return [];
      const [from, to] = [dirname(file), dirname(target)];
      return from === to || isWithin(from, to) || isWithin(to, from) ? [] : [[from, to]];
    });
    expect(arrows.length).toBeGreaterThan(100);
    expect(circleIn(arrows)).toEqual([]);
  });
});

/** Lines at the left margin that make something that can change. */
const stateOfModule =
  /^(?:export )?(?:(?:let|var)\b.*|const \w+(?:: [^=]+)? = (?:new (?:Map|Set|WeakMap|WeakSet)\b|\[\]|\{\}).*)/gm;

// All runs in a worker share the files (setup/bundle-workflows.mjs).
test('files of workflows keep no state', () => {
  const files = filesLoadedWith(sourceFiles('workflows'));
  expect(files.length).toBeGreaterThan(40);
  expect(
    files.flatMap((file) => [...textOf(file).matchAll(stateOfModule)].map(([line]) => `${file}: ${line}`)),
  ).toEqual([]);
});

test.each([
  'let cycles = 0;',
  'export const seen: string[] = [];',
  'const known = new Map<string, number>();',
])('the check for state finds %s', (line) => {
  expect(line).toMatch(new RegExp(stateOfModule.source));
});

const isWithin = (folder: string, outer: string) => folder.startsWith(`${outer}/`);

type Arrow = [from: string, to: string];

/** The nodes of one circle, the first node again at its end; empty when there is none. */
function circleIn(arrows: readonly Arrow[]): string[] {
  const targets = new Map<string, Set<string>>();
  for (const [from, to] of arrows) targets.set(from, (targets.get(from) ?? new Set()).add(to));
  const done = new Set<string>();
  const visit = (node: string, path: string[]): string[] => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return [];
    for (const next of targets.get(node) ?? []) {
      const circle = visit(next, [...path, node]);
      if (circle.length > 0) return circle;
    }
    done.add(node);
    return [];
  };
  for (const node of targets.keys()) {
    const circle = visit(node, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

test.each<[string, Arrow[], string[]]>([
  [
    'no circle',
    [
      ['a', 'b'],
      ['b', 'c'],
      ['a', 'c'],
    ],
    [],
  ],
  [
    'a circle behind other nodes',
    [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'b'],
    ],
    ['b', 'c', 'b'],
  ],
])('the check for circles finds %s', (_, arrows, expected) => {
  expect(circleIn(arrows)).toEqual(expected);
});

describe('what is printed', () => {
  const lines = sourceFiles('client').flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .map((text) => ({ file, text })),
  );
  const filesWith = (pattern: RegExp) => [
    ...new Set(lines.filter(({ text }) => pattern.test(text)).map(({ file }) => file)),
  ];

  test('leaves a command by its session, which cleans it: one module has the streams', () => {
    expect(filesWith(/process\.std(out|err)|\bconsole\.|\b(stdout|stderr)\.write/)).toEqual([
      'client/terminal.ts',
    ]);
  });

  test('is JSON whose characters can all be seen', () => {
    expect(filesWith(/JSON\.stringify\(.*, null, 2\)/)).toEqual([]);
  });

  test('is a file that only its owner reads', () => {
    const exports = filesWith(/writePrivateFile\(/);
    expect(exports).toEqual(
      expect.arrayContaining(['client/actions/history.ts', 'client/actions/preview.ts']),
    );
    expect(
      filesWith(/writeFile\(/)
        .filter((file) => !/\/(local|sandbox)\//.test(file))
        .sort(),
    ).toEqual(['client/init/write-tenant-file.ts', 'client/private-file.ts']);
  });
});

describe('the size', () => {
  test.each([
    ['the product', linesMax.product, layers],
    ['tests and benches', linesMax.tests, ['test', 'bench']],
  ])('of a file in %s is at most %d lines', (_, max, folders) => {
    const long = folders.flatMap(sourceFiles).filter((file) => linesOf(file) > max);
    expect(long.map((file) => `${file}: ${linesOf(file)}`)).toEqual([]);
  });

  test(`of a folder is at most ${filesMax} files on one level`, () => {
    const full = [...layers, 'test', 'bench', 'setup'].flatMap(foldersIn).filter((folder) => {
      const files = readdirSync(join(root, folder), { withFileTypes: true });
      return files.filter((entry) => entry.isFile()).length > filesMax && !isListFolder(folder);
    });
    expect(full).toEqual([]);
  });
});

function foldersIn(folder: string): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  const inner = entries.filter((entry) => entry.isDirectory());
  return [folder, ...inner.flatMap(({ name }) => foldersIn(join(folder, name)))];
}
