import type { Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { printResult, type Session } from '../render/output.ts';

interface WorkerFlags extends CommonOptions {
  migrate?: boolean;
}

/** Adds `worker`: a worker alone. `runWorker` carries it out and returns the exit code. */
export function addWorker(program: Command, session: Session, runWorker = runWorkerHere): void {
  addCommand(program, {
    name: 'worker',
    description: 'a worker alone, for production; settings come from the environment',
    examples: ['worker', 'worker --migrate'],
  })
    .option('--migrate', "only brings the store's tables up to date, by the role of DATABASE_URL, and leaves")
    .action(async ({ migrate, json }: WorkerFlags) => {
      if (migrate) return await migrateStoreHere(session, json);
      const code = await runWorker();
      session.exitCode = code === 0 ? exitCodes.done : exitCodes.failed;
    });
}

async function migrateStoreHere(session: Session, json: boolean | undefined): Promise<void> {
  const { migrateStore } = await import('../../worker/main.ts');
  await migrateStore();
  printResult(session, json, { migrated: true }, "The store's tables are up to date.");
}

async function runWorkerHere(): Promise<number> {
  const { runWorker } = await import('../../worker/main.ts');
  return runWorker();
}
