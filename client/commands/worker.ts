import type { Command } from 'commander';
import { addCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Session } from '../output.ts';

/** Adds `worker`: a worker alone. `runWorker` carries it out and returns the exit code. */
export function addWorker(program: Command, session: Session, runWorker = runWorkerHere): void {
  addCommand(program, {
    name: 'worker',
    description: 'a worker alone, for production; settings come from the environment',
    examples: ['worker'],
  }).action(async () => {
    const code = await runWorker();
    session.exitCode = code === 0 ? exitCodes.done : exitCodes.failed;
  });
}

async function runWorkerHere(): Promise<number> {
  const { runWorker } = await import('../../worker/main.ts');
  return runWorker();
}
