/** Reads the source tree for the tests of the house: files, imports and exports. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

/** The layers that run in the product, without the simulators. */
export const productLayers = [
  'activities',
  'client',
  'config',
  'directory',
  'domain',
  'encryption',
  'http',
  'notify',
  'store',
  'timely',
  'worker',
  'workflows',
];

export interface Import {
  /** Paths from the root of the repository; `target` is null for a package. */
  file: string;
  target: string | null;
  specifier: string;
  typeOnly: boolean;
  /** It loads when it is reached, not with the file. */
  isDynamic: boolean;
}

/** Paths of the TypeScript files in a folder and its subfolders, from the root of the repository. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}

/** Number of lines of a file, without the empty one after the last line break. */
export const linesOf = (file: string): number => textOf(file).trimEnd().split('\n').length;

export const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

/** The first folder of a path: the layer. */
export const layerOf = (path: string): string => path.split('/')[0] ?? '';

/** Static and dynamic imports and re-exports of a file. */
export function importsOf(file: string): Import[] {
  const text = textOf(file);
  const statements = [...text.matchAll(/^(?:import|export)\s+(type\s)?([^;'"]*?)from\s+'([^']+)'/gm)].map(
    ([, type, names = '', specifier = '']) => ({
      specifier,
      typeOnly: type !== undefined || hasOnlyTypes(names),
      isDynamic: false,
    }),
  );
  const sideEffects = [...text.matchAll(/^import\s+'([^']+)'/gm)];
  const dynamic = [...text.matchAll(/import\(\s*'([^']+)'\s*\)/g)];
  const others = [...sideEffects, ...dynamic].map((match) => ({
    specifier: match[1] ?? '',
    typeOnly: false,
    isDynamic: dynamic.includes(match),
  }));
  return [...statements, ...others].map(({ specifier, typeOnly, isDynamic }) => ({
    file,
    specifier,
    typeOnly,
    isDynamic,
    target: specifier.startsWith('.') ? relative(root, join(root, dirname(file), specifier)) : null,
  }));
}

/** What loads together with a file that has the import. */
export const loadsAtOnce = ({ typeOnly, isDynamic }: Import): boolean => !typeOnly && !isDynamic;

/** These files and all that they load at once, directly or through others. */
export function filesLoadedWith(files: readonly string[]): string[] {
  const found = new Set(files);
  for (const file of found)
    for (const { target } of importsOf(file).filter(loadsAtOnce)) if (target !== null) found.add(target);
  return [...found];
}

/** Whether each name between the braces is imported as a type. */
function hasOnlyTypes(names: string): boolean {
  const inner = /^\s*\{([^}]*)\}\s*$/.exec(names)?.[1];
  const parts = (inner ?? '').split(',').map((part) => part.trim());
  return inner !== undefined && parts.filter(Boolean).every((part) => part.startsWith('type '));
}

/** Names that a text exports, without re-exports from other files. */
export function exportsOf(text: string): string[] {
  const declared =
    /^export (?:declare )?(?:async )?(?:abstract )?(?:function\*?|const|let|class|interface|type|enum) +([A-Za-z0-9_$]+)/gm;
  const listed = /^export (?:type )?\{([^}]*)\}(?!\s*from)/gm;
  const destructured = /^export const \{([^}]*)\}/gm;
  const inBraces = [...text.matchAll(listed), ...text.matchAll(destructured)].flatMap(([, names = '']) =>
    names
      .split(',')
      .map((name) => name.trim().replace(/^type /, ''))
      .filter(Boolean)
      .map((name) => name.split(/ as |: */).at(-1) ?? name),
  );
  return [...[...text.matchAll(declared)].map(([, name = '']) => name), ...inBraces];
}
