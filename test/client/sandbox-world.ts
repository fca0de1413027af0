/** A world whose sandbox is found by `--data`, as `up --sandbox` leaves it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandsFor } from '../support/commands.ts';
import { startWorld } from '../support/world.ts';

/** Commands of this process reach the world until `close`; `folder` is the value of `--data`. */
export async function startSandboxWorld() {
  const folder = await mkdtemp(join(tmpdir(), 'timely-sync-data-'));
  const dataDir = join(folder, 'sandbox');
  const world = await startWorld({ dataDir });
  const { microsoft, okta, sap, timely, caFile } = world.sandbox;
  const urls = { microsoft: microsoft.url, okta: okta.url, sap: sap.url, timely: timely.url };
  const addresses = { ...urls, caFile, directory: 'microsoft' };
  await writeFile(join(dataDir, 'sandbox.json'), JSON.stringify(addresses));
  const { release } = commandsFor(world);
  return {
    world,
    folder,
    async close(): Promise<void> {
      release();
      await world.close();
      await rm(folder, { recursive: true });
    },
  };
}
