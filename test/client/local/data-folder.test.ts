import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ProcessGroup } from '../../../client/local/process-group.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'timely-sync-data-'));
});
afterEach(() => rm(folder, { recursive: true }));

const modeOf = async (name: string) => ((await stat(join(folder, name))).mode & 0o777).toString(8);

test('what was open to others before is closed', async () => {
  await mkdir(join(folder, 'logs'), { mode: 0o755 });
  for (const name of ['temporal.db', 'temporal.db-wal'])
    await writeFile(join(folder, name), '', { mode: 0o644 });
  const group = await ProcessGroup.open(folder);
  await group.stop();
  expect(await Promise.all(['logs', 'temporal.db', 'temporal.db-wal'].map(modeOf))).toEqual([
    '700',
    '600',
    '600',
  ]);
});

test('a folder that every user may write to is refused', async () => {
  await chmod(folder, 0o1777);
  const expected = `The folder ${folder} lets every user write to it: choose another with --data.`;
  await expect(ProcessGroup.open(folder)).rejects.toThrow(expected);
});

test('a folder of another user is refused', async () => {
  const { getuid } = process;
  process.getuid = () => 4_294_967;
  try {
    await expect(ProcessGroup.open(folder)).rejects.toThrow('belongs to another user');
  } finally {
    Object.assign(process, { getuid });
  }
});
