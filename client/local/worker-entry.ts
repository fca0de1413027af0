/**
 * The worker's program, as the command runs it. It is loaded from its built file, because no command has the worker in it:
 * the worker's console asks through the commands' own code, so the worker imports them.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PayloadKey } from '../../config/payload-keys.ts';

export interface VerificationLimits {
  /** Open runs, and of each workflow type closed ones. */
  openMax: number;
  closedMax: number;
  withinMs: number;
}

export interface VerifiedType {
  type: string;
  open: number;
  closed: number;
  failed: number;
}

export interface HistoryFailure {
  type: string;
  workflowId: string;
  runId: string;
  /** It stays on the release that it began on, whose workers have to run until it has ended. */
  isPinned: boolean;
  message: string;
}

export interface Verification {
  types: VerifiedType[];
  failures: HistoryFailure[];
  /** False: a limit left open runs out. */
  complete: boolean;
}

/** What the worker's program exports. */
export interface WorkerEntry {
  /** Runs a worker until the process is asked to stop, and returns the exit code. */
  runWorker(): Promise<number>;
  /** Brings the store's tables up to date. */
  migrateStore(): Promise<void>;
  /** Replays live histories against this release. */
  verifyHistories(keys: readonly PayloadKey[], limits: VerificationLimits): Promise<Verification>;
}

/** Beside this file in the bundle, so that a copy of the program has its own; else the worker's module. */
const builtFile = import.meta.dirname.endsWith(join('client', 'local'))
  ? join('..', '..', 'worker', 'main.js')
  : 'worker.js';

export const loadWorker = (): Promise<WorkerEntry> =>
  import(pathToFileURL(join(import.meta.dirname, builtFile)).href);
