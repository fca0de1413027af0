/** The parts of the product that `up` runs beside itself: the sandbox and a worker. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { DirectoryName } from '../sandbox/edits.ts';
import { childEnvironment } from './child-environment.ts';
import { type Launch, type Program, type RunningProcess, untilSaid } from './processes.ts';
import { projectFolder } from './project-folder.ts';

const readyWithinMs = 60_000;
const firstPauseMs = 500;
const longestPauseMs = 30_000;

/** The line that the simulators print once they listen: their addresses, and what a tenant needs to sign in to them. */
const sandboxLine = z.object({
  microsoft: z.url(),
  okta: z.url(),
  sap: z.url(),
  timely: z.url(),
  caFile: z.string(),
  clientSecret: z.string(),
  oktaPrivateKey: z.string(),
  oktaHook: z.string(),
  sapCertificate: z.string(),
  sapSecret: z.string(),
  tenantId: z.string(),
  operatorsClientId: z.string(),
  operatorsSecret: z.string(),
  oktaSignInSecret: z.string(),
  sapSignInSecret: z.string(),
  sharedClientId: z.string(),
  sharedCertificate: z.string(),
  mailbox: z.url(),
  mailServer: z.string(),
  teamsWebhook: z.url(),
  slackWebhook: z.url(),
  applicationId: z.string(),
  applicationSecret: z.string(),
  refreshToken: z.string(),
});
export type SandboxProcess = z.output<typeof sandboxLine>;

const builtProgram = (name: string) => join(projectFolder(), 'dist', 'program', name);

/** Starts the simulators; their state is kept below the data folder. The tenant's directory is one of them. */
export async function startSandboxProcess(
  dataFolder: string,
  launch: Launch,
  directory: DirectoryName = 'microsoft',
): Promise<SandboxProcess> {
  const simulators = await launch({
    name: 'The sandbox',
    command: process.execPath,
    args: [builtProgram('sandbox.js'), ...['--data', join(dataFolder, 'sandbox'), '--directory', directory]],
    env: childEnvironment('sandbox'),
    logFile: join(dataFolder, 'logs', 'sandbox.log'),
  });
  return untilSaid(simulators, readSandboxLine, readyWithinMs);
}

function readSandboxLine(line: string): SandboxProcess | null {
  return line.startsWith('{') ? sandboxLine.parse(JSON.parse(line)) : null;
}

/**
 * Young objects may take 4 MiB of the heap, where V8 takes 16 and keeps them. The native part's threads share two areas of
 * memory, where each would keep its own (malloc of glibc). A waiting worker needs 100 MiB less with both
 * (`npm run bench -- many-tenants`). The image's worker has both too (Dockerfile).
 */
const fewYoungObjects = '--max-semi-space-size=4';
const fewMemoryAreas = { MALLOC_ARENA_MAX: '2' };

/** The worker as a program; `variables` is its whole environment. */
export function workerProgram(dataFolder: string, variables: NodeJS.ProcessEnv): Program {
  return {
    name: 'The worker',
    command: process.execPath,
    args: [fewYoungObjects, builtProgram('timely-sync.js'), 'worker'],
    env: { ...fewMemoryAreas, ...variables },
    logFile: join(dataFolder, 'logs', 'worker.log'),
    // A worker ends within 10 s.
    stopGraceMs: 15_000,
  };
}

/**
 * Starts a worker and waits until it polls; from then on, one that ends is said and replaced, after pauses that grow while
 * it keeps ending. A worker that cannot start at all is an error, by `launch` or by what it said.
 */
export async function startWorker(
  program: Program,
  launch: Launch,
  say: (sentence: string) => void,
): Promise<void> {
  const worker = await launch(program);
  await untilSaid(worker, isReadyLine, readyWithinMs);
  void replaceWhenEnded(worker, launch, say, firstPauseMs);
}

async function replaceWhenEnded(
  worker: RunningProcess,
  launch: Launch,
  say: (sentence: string) => void,
  pauseMs: number,
): Promise<void> {
  const startedAt = Date.now();
  const how = await worker.ended;
  const nextPauseMs =
    Date.now() - startedAt > longestPauseMs ? firstPauseMs : Math.min(pauseMs * 2, longestPauseMs);
  await sleep(pauseMs, undefined, { ref: false });
  let next: RunningProcess;
  try {
    next = await launch(worker.program);
  } catch {
    // The group no longer starts anything: everything is being stopped.
    return;
  }
  say(`The worker ended ${how} and was started again; ${worker.program.logFile} says more.`);
  await replaceWhenEnded(next, launch, say, nextPauseMs);
}

const isReadyLine = (line: string) => (line.trim() === 'ready' ? true : null);
