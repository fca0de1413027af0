/** A Temporal server of a test's own, in memory, with limits that a test reaches in seconds. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '../../client/local/processes.ts';
import { startTemporal } from '../../client/local/temporal.ts';

/** `limits`: dynamic configuration, for example `history.maximumSignalsPerExecution`. */
export async function startLimitedTemporal(
  limits: Record<string, number>,
): Promise<{ address: string; stop(): Promise<void> }> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'timely-sync-temporal-'));
  const values = Object.entries(limits).flatMap(([key, value]) => [
    '--dynamic-config-value',
    `${key}=${value}`,
  ]);
  const { address, stop } = await startTemporal({
    dataFolder,
    launch: async (program) => {
      const file = program.args.indexOf('--db-filename');
      return await startProcess({ ...program, args: [...program.args.toSpliced(file, 2), ...values] });
    },
  });
  return {
    address,
    async stop() {
      await stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
