/** The command against a real Temporal server, with stand-in workflows behind it. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { exitCodes } from '../../client/exit-codes.ts';
import { run } from '../../client/program.ts';
import type { Session, Watcher } from '../../client/render/output.ts';
import { defaultTaskQueue } from '../../workflows/messages.ts';
import { type StandInActivities, StandInStore } from './stand-in-store.ts';

/** What a command left behind. */
export interface Outcome {
  exitCode: number;
  out: string;
  err: string;
}

/** Runs a command line with a session that remembers what was written; `piped` is the line on its standard input. */
export async function runCommand(
  words: string[],
  watcher: Watcher | null = null,
  piped: string | null = null,
): Promise<Outcome> {
  const written = { out: '', err: '' };
  const session: Session = {
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    readLine: async () => piped,
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
  stopWorker(): Promise<void>;
  startWorker(): Promise<void>;
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
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('./stand-in-workflows.ts'),
    logger: new DefaultLogger('ERROR'),
  });
  let running: { worker: Worker; ended: Promise<void> } | null = null;
  const startWorker = async () => {
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue: defaultTaskQueue,
      workflowBundle,
      activities: activitiesOf(store),
    });
    running = { worker, ended: worker.run() };
  };
  const stopWorker = async () => {
    running?.worker.shutdown();
    await running?.ended;
    running = null;
  };
  const stop = async () => {
    await stopWorker();
    await environment.teardown();
  };
  await startWorker();
  return { environment, store, startWorker, stopWorker, stop };
}

function activitiesOf(store: StandInStore): StandInActivities {
  return {
    answer: (question) => store.answer(question),
    check: (question) => store.check(question),
    preview: (input) => store.preview(input),
    carryOutCycle: (order) => store.carryOutCycle(order),
    checkFile: (file) => store.checkFile(file),
  };
}
