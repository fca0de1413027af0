/** Programs that run beside the command: each an operating-system process of its own, stopped cleanly. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { childEnvironment } from './child-environment.ts';
import { hasCode } from './error-code.ts';
import { PortTakenError } from './ports.ts';

const lookAgainAfterMs = 20;
const defaultGraceMs = 10_000;

export interface Program {
  /** What messages call it. */
  name: string;
  command: string;
  args: string[];
  /** The whole environment; that of a server unless given. */
  env?: NodeJS.ProcessEnv;
  /** Another user to run as; only root can ask for that. */
  runAs?: { uid: number; gid: number } | null;
  /** Takes all that the program says. */
  logFile: string;
  /** What asks it to stop; SIGTERM unless given. */
  stopSignal?: NodeJS.Signals;
  /** How long it may take to stop before it is killed; 10 s unless given. */
  stopGraceMs?: number;
}

export interface RunningProcess {
  program: Program;
  pid: number;
  /** Resolves when it has ended, with how: "with exit code 1". */
  ended: Promise<string>;
  /** What it has said so far. */
  said(): Promise<string>;
  /** Asks it to stop, kills it when it does not in time, and resolves when it is gone. */
  stop(): Promise<void>;
  /** Kills it and its children at once. */
  kill(): void;
}

/** Starts a program; `startProcess` does, and a group of processes keeps book of it as well. */
export type Launch = (program: Program) => Promise<RunningProcess>;

/**
 * Starts a program as the leader of a process group of its own: a Ctrl-C in the terminal does not reach it, so that
 * everything can be stopped in good order.
 * @throws CommandError (1) when it cannot be started
 */
export async function startProcess(program: Program): Promise<RunningProcess> {
  await mkdir(dirname(program.logFile), { recursive: true });
  const log = await open(program.logFile, 'a+');
  try {
    const { size: logStart } = await log.stat();
    // Not execa: it accepts file descriptors up to 9 only. The child owns its log and survives this process.
    const child = spawn(program.command, program.args, {
      detached: true,
      // An open standard input: the sandbox ends by itself when it closes, so also when we are killed.
      stdio: ['pipe', log.fd, log.fd],
      env: program.env ?? childEnvironment('server'),
      ...program.runAs,
    });
    const ended = endOf(child);
    return running(program, await pidOf(child, program), ended, logStart);
  } finally {
    await log.close();
  }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ? `by ${signal}` : `with exit code ${code}`));
  });
}

function pidOf(child: ChildProcess, { name }: Program): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      reject(new CommandError(exitCodes.failed, `${name} cannot be started: ${error.message}.`, error));
    });
    child.once('spawn', () => resolve(Number(child.pid)));
  });
}

function running(program: Program, pid: number, ended: Promise<string>, logStart: number): RunningProcess {
  let isGone = false;
  const gone = ended.then(() => {
    isGone = true;
  });
  const kill = () => {
    // The group's number is free for others once the process is gone.
    if (!isGone) signalProcess(-pid, 'SIGKILL');
  };
  const stop = async () => {
    if (!isGone) signalProcess(pid, program.stopSignal ?? 'SIGTERM');
    const inTime = new AbortController();
    const grace = sleep(program.stopGraceMs ?? defaultGraceMs, undefined, { signal: inTime.signal }).then(
      kill,
    );
    await gone;
    inTime.abort();
    await grace.catch(() => {});
  };
  return { program, pid, ended, said: () => readFrom(program.logFile, logStart), stop, kill };
}

async function readFrom(file: string, position: number): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const { buffer } = await handle.read(Buffer.alloc(Math.max(size - position, 0)), { position });
    return buffer.toString('utf8');
  } finally {
    await handle.close();
  }
}

/**
 * Stops a process that another `up` has left running, and resolves when it is gone. `isThere` looks whether the number is still
 * that process's. Its group is killed after `graceMs`; never unless given.
 */
export async function stopLeftOver(
  pid: number,
  isThere: () => Promise<boolean>,
  { signal = 'SIGTERM', graceMs = Number.POSITIVE_INFINITY }: { signal?: NodeJS.Signals; graceMs?: number },
): Promise<void> {
  if (!(await isThere())) return;
  signalProcess(pid, signal);
  for (const giveUpAt = Date.now() + graceMs; await isThere(); await sleep(lookAgainAfterMs)) {
    if (Date.now() > giveUpAt) signalProcess(-pid, 'SIGKILL');
  }
}

/** Sends a signal; a process that is gone does not get it, and that is no error. */
function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/**
 * Waits until `look` finds something.
 * @throws CommandError (1) when the process ends before, or after `limitMs`: with the last line it said and its log
 */
export async function untilReady<Found>(
  { program, ended, said }: RunningProcess,
  look: () => Promise<Found | null>,
  limitMs: number,
): Promise<Found> {
  let end: string | null = null;
  void ended.then((how) => {
    end = `ended ${how} before it was ready`;
  });
  for (const giveUpAt = Date.now() + limitMs; ; await sleep(lookAgainAfterMs)) {
    const endedBefore: string | null = end;
    const found = endedBefore === null ? await look() : null;
    if (found !== null) return found;
    const cycleError =
      endedBefore ?? (Date.now() > giveUpAt ? `was not ready within ${limitMs / 1_000} s` : null);
    if (cycleError === null) continue;
    const lines = (await said()).trim().split('\n');
    const taken = lines.find((line) => /address already in use/i.test(line));
    const reason = taken ?? lines.at(-1);
    const word = reason ? ` (${reason})` : '';
    const Failure = taken ? PortTakenError : CommandError;
    throw new Failure(
      exitCodes.failed,
      `${program.name} ${cycleError}${word}: ${program.logFile} says more.`,
    );
  }
}

/** Waits for the first line of what a process says that `accept` makes something of. */
export function untilSaid<Found>(
  process: RunningProcess,
  accept: (line: string) => Found | null,
  limitMs: number,
): Promise<Found> {
  const look = async () => {
    // The last piece may be half a line.
    const lines = (await process.said()).split('\n').slice(0, -1);
    return lines.map(accept).find((found) => found !== null) ?? null;
  };
  return untilReady(process, look, limitMs);
}
