/** The command against a real Temporal server, with stand-in workflows behind it. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { exitCodes } from '../../client/exit-codes.ts';
import type { Session, Watcher } from '../../client/output.ts';
import { run } from '../../client/program.ts';
import { defaultTaskQueue } from '../../workflows/messages.ts';
import { StandInStore } from './stand-in-store.ts';

/** What a command left behind. */
export interface Outcome {
  exitCode: number;
  out: string;
  err: string;
}

/** Runs a command line with a session that remembers what was written. */
export async function runCommand(words: string[], watcher: Watcher | null = null): Promise<Outcome> {
  const written = { out: '', err: '' };
  const session: Session = {
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    watcher,
    columns: 120,
    exitCode: exitCodes.done,
  };
  const exitCode = await run(words, session);
  return { exitCode, ...written };
}

/** Somebody at a terminal who always gives the same answer; `seen` is what was asked and shown. */
export function watcherWho(agrees: boolean): Watcher & { seen: string[] } {
  const seen: string[] = [];
  return {
    seen,
    confirm: async (question) => {
      seen.push(question);
      return agrees;
    },
    progress: (text) => {
      if (text !== null) seen.push(text);
    },
  };
}

export interface StandIn {
  environment: TestWorkflowEnvironment;
  store: StandInStore;
  stop(): Promise<void>;
}

/** Starts the server and a worker with the stand-ins, and points this process's `TEMPORAL_ADDRESS` there. */
export async function startStandIn(): Promise<StandIn> {
  const path = process.env.TEMPORAL_CLI_PATH;
  if (!path) throw new Error('Set TEMPORAL_CLI_PATH to the Temporal CLI; `npm test` does.');
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path }, log: { format: 'pretty', level: 'error' } },
  });
  process.env.TEMPORAL_ADDRESS = environment.address;
  const store = new StandInStore();
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: defaultTaskQueue,
    workflowsPath: require.resolve('./stand-in-workflows.ts'),
    activities: {
      answer: store.answer.bind(store),
      carryOutCycle: store.carryOutCycle.bind(store),
      checkFile: store.checkFile.bind(store),
    },
  });
  const running = worker.run();
  const stop = async () => {
    worker.shutdown();
    await running;
    await environment.teardown();
  };
  return { environment, store, stop };
}
