/** Runs `timely-sync` in this process, against a world. */
import { type Outcome, runCommand } from '../client/run-command.ts';
import type { World } from './world.ts';

/** Points commands of this process at a world; `release` undoes it. */
export function commandsFor({ taskQueue, variables }: World) {
  process.env.TEMPORAL_ADDRESS = variables.TEMPORAL_ADDRESS;
  process.env.TIMELY_SYNC_TASK_QUEUE = taskQueue;
  process.env.TIMELY_SYNC_PAYLOAD_KEY = variables.TIMELY_SYNC_PAYLOAD_KEY;
  return {
    run: (...words: string[]): Promise<Outcome> => runCommand(words),

    /** Runs with `--json`. Fails with the error output when the command prints no document. */
    async json<Document>(...words: string[]): Promise<{ exitCode: number; document: Document }> {
      const { exitCode, out, err } = await runCommand([...words, '--json']);
      if (out === '') throw new Error(`${words.join(' ')} ended with ${exitCode}: ${err}`);
      return { exitCode, document: JSON.parse(out) as Document };
    },

    release() {
      delete process.env.TIMELY_SYNC_TASK_QUEUE;
      delete process.env.TIMELY_SYNC_PAYLOAD_KEY;
    },
  };
}
