import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';

/** The rules of the house (docs/architecture.md): who may import whom, and how long a file may get. */
const root = join(import.meta.dirname, '..', '..');

/** Folders that each folder may import, beside itself and packages. `types` may be imported as types only. */
const mayImport: Record<string, { folders: string[]; types?: string[] }> = {
  domain: { folders: [] },
  http: { folders: ['domain'] },
  config: { folders: ['domain'] },
  directory: { folders: ['domain', 'http'] },
  timely: { folders: ['domain', 'http'] },
  notify: { folders: ['domain', 'http'] },
  store: { folders: ['domain'], types: ['directory'] },
  activities: { folders: ['config', 'directory', 'domain', 'notify', 'store', 'timely'] },
  workflows: { folders: ['domain'], types: ['activities'] },
  worker: {
    folders: ['activities', 'config', 'directory', 'domain', 'notify', 'store', 'timely', 'workflows'],
  },
  client: { folders: ['config', 'domain', 'worker', 'workflows'] },
  simulators: { folders: [] },
};

const linesMax = 400;

interface Import {
  file: string;
  folder: string;
  specifier: string;
  target: string | null;
  typeOnly: boolean;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'/gm);
  const dynamic = text.matchAll(/import\(\s*'([^']+)'\s*\)/g);
  const found = [...statements].map((match) => ({
    typeOnly: match[1] !== undefined,
    specifier: match[2] ?? '',
  }));
  found.push(...[...dynamic].map((match) => ({ typeOnly: false, specifier: match[1] ?? '' })));
  return found.map(({ typeOnly, specifier }) => {
    const target = specifier.startsWith('.')
      ? relative(root, join(root, dirname(file), specifier)).split('/')[0]
      : null;
    return { file, folder: file.split('/')[0] ?? '', specifier, target: target ?? null, typeOnly };
  });
}

const folders = Object.keys(mayImport);
const imports = folders.flatMap(sourceFiles).flatMap(importsOf);

describe('imports', () => {
  test.each(folders)('%s imports only what it may', (folder) => {
    const { folders: allowed, types = [] } = mayImport[folder] ?? { folders: [] };
    const wrong = imports.filter(
      ({ folder: from, target, typeOnly }) =>
        from === folder &&
        target !== null &&
        target !== folder &&
        !allowed.includes(target) &&
        !(typeOnly && types.includes(target)),
    );
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  test('the domain imports nothing from outside', () => {
    const wrong = imports.filter(({ folder, target }) => folder === 'domain' && target !== 'domain');
    expect(wrong).toEqual([]);
  });

  test('workflows import no package but the workflow API, and nothing of Node', () => {
    const packages = imports
      .filter(({ folder, target }) => folder === 'workflows' && target === null)
      .map(({ specifier }) => specifier);
    expect([...new Set(packages)].sort()).toEqual(['@temporalio/common', '@temporalio/workflow']);
  });
});

test(`no source file is longer than ${linesMax} lines`, () => {
  const long = [...folders, 'test', 'bench']
    .flatMap(sourceFiles)
    .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length }))
    .filter(({ lines }) => lines > linesMax);
  expect(long).toEqual([]);
});
