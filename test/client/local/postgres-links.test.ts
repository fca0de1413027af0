import { mkdir, mkdtemp, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { repairPostgresLinks } from '../../../client/local/postgres-links.ts';

test('makes the links between PostgreSQL libraries that no install script made, and keeps the others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'postgres-links-'));
  const inLibraries = (name: string) => join(folder, 'native', 'lib', name);
  try {
    await mkdir(inLibraries('.'), { recursive: true });
    await symlink('libicuuc.so.60.2', inLibraries('libicuuc.so'));
    const links = ['libpq.so.5', 'libicuuc.so'].map((name) => ({
      source: `native/lib/${name}.18`,
      target: `native/lib/${name}`,
    }));
    await writeFile(join(folder, 'native', 'pg-symlinks.json'), JSON.stringify(links));
    await repairPostgresLinks(folder);
    expect(await readlink(inLibraries('libpq.so.5'))).toBe('libpq.so.5.18');
    expect(await readlink(inLibraries('libicuuc.so'))).toBe('libicuuc.so.60.2');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('leaves a package without a list of links as it is', async () => {
  await expect(repairPostgresLinks(join(tmpdir(), 'no-such-package'))).resolves.toBeUndefined();
});
