import type { Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import { exitCodes, usageError } from '../exit-codes.ts';
import type { Session } from '../render/output.ts';

interface WorkerFlags extends CommonOptions {
  migrate?: boolean;
  verifyHistories?: boolean;
}

/** Adds `worker`: a worker alone. `runWorker` carries it out and returns the exit code. */
export function addWorker(program: Command, session: Session, runWorker = runWorkerHere): void {
  addCommand(program, {
    name: 'worker',
    summary: 'a worker alone, for production',
    description: 'a worker alone, for production; settings come from the environment',
    examples: ['worker', 'worker --migrate', 'worker --verify-histories'],
  })
    .option('--migrate', "only brings the store's tables up to date, by the role of DATABASE_URL, and leaves")
    .option('--verify-histories', 'only replays live histories against this release, and leaves')
    .action(async (flags: WorkerFlags) => {
      if (flags.migrate && flags.verifyHistories)
        throw usageError('Give either --migrate or --verify-histories.');
      if (flags.verifyHistories) {
        const { runVerifyHistories } = await import('../actions/verify-histories.ts');
        return await runVerifyHistories(session, flags);
      }
      if (flags.migrate) {
        const { runMigration } = await import('../actions/migration.ts');
        return await runMigration(session, flags);
      }
      const code = await runWorker();
      session.exitCode = code === 0 ? exitCodes.done : exitCodes.failed;
    });
}

async function runWorkerHere(): Promise<number> {
  const { loadWorker } = await import('../local/worker-entry.ts');
  return await (await loadWorker()).runWorker();
}
