/** A worker for `init`, which also works without one. */
import type { Client } from '@temporalio/client';
import { type CommandError, exitCodes } from '../exit-codes.ts';
import { explainError } from '../explain-error.ts';
import { withClient } from '../remote/connection.ts';
import { queryWorker } from '../remote/query.ts';
import type { Session } from '../render/output.ts';

export interface Worker {
  client: Client;
}

/** Runs with a worker; where none answers it says so, and runs without. */
export async function onAnsweringWorker<Result>(
  session: Session,
  tenant: string,
  run: (worker: Worker | null) => Promise<Result>,
): Promise<Result> {
  let answers = false;
  try {
    return await withClient(async (client) => {
      await queryWorker(client, { about: 'cycles', tenant, limit: 1 });
      answers = true;
      return await run({ client });
    });
  } catch (error) {
    const silence = answers ? null : notReachable(error);
    if (silence === null) throw error;
    session.err(`Not checked: ${silence.message}\n`);
    return await run(null);
  }
}

/** What to say when nothing answers; null for any other error. */
export function notReachable(error: unknown): CommandError | null {
  const explained = explainError(error);
  return explained.exitCode === exitCodes.notReachable ? explained : null;
}

/** The result; null, with a message, when it fails for a reason that does not end `init`. */
export async function orSay<Result>(
  session: Session,
  what: string,
  run: () => Promise<Result>,
): Promise<Result | null> {
  try {
    return await run();
  } catch (error) {
    session.err(`${what}: ${explainError(error).message}\n`);
    return null;
  }
}
