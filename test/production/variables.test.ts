import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { environmentVariables } from '../../config/environment-variables.ts';
import { project, projectFile } from './files.ts';

const folders = [
  'activities',
  'bin',
  'client',
  'config',
  'directory',
  'setup',
  'store',
  'timely',
  'worker',
  'workflows',
];

/** Variables of the operating system and of terminals, which are not settings of this product. */
const ordinary = [
  'PATH',
  'HOME',
  'USER',
  'CI',
  'NO_COLOR',
  'FORCE_COLOR',
  'TERM',
  'XDG_CACHE_HOME',
  'LOCALAPPDATA',
];

function variablesReadIn(folder: string): string[] {
  return readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|mjs)$/.test(file))
    .flatMap((file) => [...projectFile(folder, file).matchAll(/process\.env(?:\.|\[')([A-Z][A-Z0-9_]*)/g)])
    .map(([, name = '']) => name);
}

test('the list of variables has each environment variable that the code reads', () => {
  const known = [...environmentVariables.map(({ name }) => name), ...ordinary];
  const read = folders.flatMap(variablesReadIn);
  expect(read).toContain('TIMELY_SYNC_TASK_QUEUE');
  expect([...new Set(read)].filter((name) => !known.includes(name))).toEqual([]);
});
