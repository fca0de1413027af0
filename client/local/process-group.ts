import { rm, writeFile } from 'node:fs/promises';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { openDataFolder } from './data-folder.ts';
import { hasCode } from './error-code.ts';
import { processIdentity } from './process-identity.ts';
import { type Program, type RunningProcess, startProcess, stopLeftOver } from './processes.ts';
import {
  isRunning,
  type ProcessRecord,
  readUpRecord,
  recordFileIn,
  type UpAddresses,
  type UpRecord,
} from './up-record.ts';

const leftOverGraceMs = 10_000;

/**
 * All processes of one `up`. It owns the data folder: while it runs no second one starts there, and what a killed one left
 * running is found by its note and stopped first.
 */
export class ProcessGroup {
  readonly #recordFile: string;
  readonly #record: UpRecord;
  readonly #running: RunningProcess[] = [];
  #isClosed = false;

  private constructor(recordFile: string, owner: ProcessRecord) {
    this.#recordFile = recordFile;
    this.#record = { owner, processes: [] };
  }

  /**
   * Takes the data folder.
   * @throws CommandError (1) when another `up` runs there, and as `openDataFolder` does
   */
  static async open(dataFolder: string): Promise<ProcessGroup> {
    await openDataFolder(dataFolder);
    const recordFile = recordFileIn(dataFolder);
    const owner = { name: 'up', pid: process.pid, identity: (await processIdentity(process.pid)) ?? '' };
    const group = new ProcessGroup(recordFile, owner);
    while (!(await group.#take())) await clearLeftOvers(dataFolder);
    return group;
  }

  /** Starts a program and notes it. Throws when the group has been stopped meanwhile. */
  readonly start = async (program: Program): Promise<RunningProcess> => {
    this.#refuseWhenClosed(program);
    const started = await startProcess(program);
    this.#running.push(started);
    if (this.#isClosed) await started.stop();
    this.#refuseWhenClosed(program);
    const identity = (await processIdentity(started.pid)) ?? '';
    this.#record.processes.push({ name: program.name, pid: started.pid, identity });
    await this.#write();
    return started;
  };

  /** Notes where everything is reached, so that commands in the same folder find it. */
  async noteAddresses(reached: UpAddresses): Promise<void> {
    this.#record.reached = reached;
    await this.#write();
  }

  /** Stops everything, what was started last first, one after the other, and gives the data folder back. */
  async stop(): Promise<void> {
    this.#isClosed = true;
    for (const running of this.#running.toReversed()) await running.stop();
    await rm(this.#recordFile, { force: true });
  }

  /** Kills everything at once. */
  kill(): void {
    this.#isClosed = true;
    for (const running of this.#running) running.kill();
  }

  async #write(): Promise<void> {
    if (!this.#isClosed) await writeFile(this.#recordFile, JSON.stringify(this.#record));
  }

  #refuseWhenClosed({ name }: Program): void {
    if (this.#isClosed)
      throw new CommandError(exitCodes.failed, `${name} is not started: everything is being stopped.`);
  }

  async #take(): Promise<boolean> {
    try {
      await writeFile(this.#recordFile, JSON.stringify(this.#record), { flag: 'wx' });
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    }
  }
}

/** Stops what a killed `up` left running and removes its note. */
async function clearLeftOvers(dataFolder: string): Promise<void> {
  const record = await readUpRecord(dataFolder);
  if (record !== null && (await isRunning(record.owner))) {
    throw new CommandError(
      exitCodes.failed,
      `Another \`timely-sync up\` (process ${record.owner.pid}) runs with ${dataFolder}: stop it, or choose another folder with --data.`,
    );
  }
  // What was started last depends on what was started first.
  for (const leftOver of record?.processes.toReversed() ?? []) {
    await stopLeftOver(leftOver.pid, () => isRunning(leftOver), { graceMs: leftOverGraceMs });
  }
  await rm(recordFileIn(dataFolder), { force: true });
}
