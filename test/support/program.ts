/** The built program, each run in a process of its own, which ends with this one. */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';

/** The command as `npm run build` makes it. */
export const builtProgram = join(import.meta.dirname, '..', '..', 'dist', 'program', 'timely-sync.js');
/** The same before it is bundled: one file per module, for tests that look into the modules. */
export const compiledProgram = join(import.meta.dirname, '..', '..', 'dist', 'client', 'main.js');

/** Runs a command line to its end with these variables and no others but PATH. */
export async function runBuiltProgram(
  words: string[],
  variables: NodeJS.ProcessEnv,
  program = builtProgram,
): Promise<{ exitCode: number | undefined; out: string; err: string }> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program, ...words], {
    env: { PATH: process.env.PATH, ...variables },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    stripFinalNewline: false,
  });
  return { exitCode, out: stdout, err: stderr };
}

export interface WorkerProcess {
  /** Resolves when it is gone. */
  ended: Promise<unknown>;
  kill(signal: NodeJS.Signals): void;
}

/** Gets each line that a worker writes. */
export type LineListener = (line: string, stream: 'stdout' | 'stderr') => void;

/** Starts a worker and resolves once it polls. Its standard error is ours where nothing listens. */
export async function startWorkerProcess(
  program: string,
  variables: NodeJS.ProcessEnv,
  listen?: LineListener,
): Promise<WorkerProcess> {
  const worker = execa(process.execPath, [program, 'worker'], {
    env: variables,
    stdin: 'ignore',
    stderr: listen ? 'pipe' : 'inherit',
    buffer: false,
    reject: false,
    // A worker may take longer than that to finish its activities.
    forceKillAfterDelay: false,
  });
  const ended = worker.then(({ exitCode, signal }) => signal ?? exitCode);
  const lines = createInterface({ input: worker.stdout });
  if (listen) {
    lines.on('line', (line) => listen(line, 'stdout'));
    if (worker.stderr) createInterface({ input: worker.stderr }).on('line', (line) => listen(line, 'stderr'));
  }
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => line === 'ready' && resolve());
    void ended.then((how) => reject(new Error(`The worker ended with ${how} before it was ready.`)));
  });
  return { ended, kill: (signal) => worker.kill(signal) };
}

/** Ends a worker hard, as a machine that fails does, and waits until it is gone. */
export const endProcess = (worker: WorkerProcess): Promise<void> => stopProcess(worker, 'SIGKILL');

/** Ends a worker hard, or asks it to stop, and waits until it is gone. */
export async function stopProcess({ ended, kill }: WorkerProcess, how: 'SIGKILL' | 'stop'): Promise<void> {
  kill(how === 'stop' ? 'SIGTERM' : how);
  await ended;
}
