import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessGroup } from '../../client/local/process-group.ts';

/** Measures in a folder of its own, with processes of its own; both are gone afterwards. */
export async function inFolder<Measured>(
  measure: (folder: string, group: ProcessGroup) => Promise<Measured>,
): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'timely-sync-bench-'));
  const group = await ProcessGroup.open(folder);
  try {
    return await measure(folder, group);
  } finally {
    await group.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
