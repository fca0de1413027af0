/** State of a tenant's loop and the messages that move it. Handlers are registered before the first await. */
import { ApplicationFailure, log, patched, setHandler, uuid4 } from '@temporalio/workflow';
import type { OpenCycleResult } from '../../activities/cycle/open-cycle.ts';
import type { CycleError } from '../../domain/contract/report.ts';
import { storing } from '../activity-proxies.ts';
import { causeOf } from '../failures.ts';
import {
  type ConfigureInput,
  configureUpdate,
  nudgeSignal,
  pauseSignal,
  resumeSignal,
  type Stage,
  statusQuery,
  stopSignal,
  type TenantStatus,
  type UndoRequest,
  undoUpdate,
} from '../messages.ts';
import { createProvisioning } from './provisioning.ts';

/** What one run hands to the next: a few hundred bytes. */
export interface TenantSyncInput {
  tenant: string;
  configurationVersion?: number;
  /** The last cycle, for `status`; the store gives the numbers. */
  cycle?: number;
  full?: boolean;
  /** A cycle was asked for while the last one came to its end. */
  nudged?: boolean;
  paused?: boolean;
  /** The cycle that is being taken back. */
  undoing?: number | null;
  /** The directory sends notifications, which end with the loop. */
  subscribed?: boolean;
  /** Cycles in a row that could not be carried through. */
  consecutiveFailures?: number;
  cycleError?: CycleError | null;
}

export type TenantLoop = ReturnType<typeof createTenantLoop>;

/** Builds the state, then registers every handler. */
export function createTenantLoop(input: TenantSyncInput) {
  const status: TenantStatus = {
    tenant: input.tenant,
    stage: input.paused ? 'paused' : 'starting',
    health: input.cycleError?.health ?? 'ok',
    cycle: input.cycle ?? 0,
    finishedCycle: input.cycle ?? 0,
    progress: null,
    cycleError: input.cycleError ?? null,
    nextCycleAt: null,
    configurationVersion: input.configurationVersion ?? 0,
    paused: input.paused ?? false,
    undoing: input.undoing ?? null,
  };
  let full = input.full ?? false;
  let nudged = input.nudged ?? false;
  let stopped = false;
  let subscribed = input.subscribed ?? false;
  let consecutiveFailures = input.consecutiveFailures ?? 0;
  /** The cycle that the running one takes back. */
  let takesBack: number | null = null;
  /** An undo that is being written down. */
  let begins: number | null = null;

  setHandler(statusQuery, () => status, { description: 'Where the loop stands' });
  setHandler(
    nudgeSignal,
    (nudge) => {
      nudged = true;
      full ||= nudge?.full === true;
    },
    { description: 'A cycle now; {"full": true} reads everything' },
  );
  setHandler(
    pauseSignal,
    async () => {
      setPaused(true);
      await note('paused');
    },
    { description: 'No further cycles until resume' },
  );
  setHandler(
    resumeSignal,
    async () => {
      status.undoing = null;
      setPaused(false);
      await note('resumed');
    },
    { description: 'Go on after a pause, or after an undo' },
  );
  setHandler(undoUpdate, undo, {
    validator(asked) {
      requireCycle(asked);
      requireTurn(asked);
    },
    description: 'Take a cycle back and pause: {"cycle": 7, "by": "…"}',
  });
  setHandler(
    stopSignal,
    async () => {
      stopped = true;
      await note('stopped');
    },
    { description: 'End the loop and leave everybody as they are' },
  );
  setHandler(configureUpdate, configure, {
    validator: requireFile,
    description: 'A new tenant file: {"file": …}',
  });

  // What was changed for one person is looked at once more by a whole cycle, which also asks about what is held.
  const provisioning = createProvisioning(input.tenant, () => {
    nudged = true;
  });

  function setPaused(paused: boolean) {
    status.paused = paused;
    if (!paused) nudged = true;
    if (status.stage === 'waiting' || status.stage === 'starting')
      status.stage = paused ? 'paused' : status.stage;
  }

  /** A cycle that is taken back is not done again: the tenant is paused from here on, until somebody resumes it. */
  async function undo({ cycle, by }: UndoRequest) {
    begins = cycle;
    const begun = storing.beginUndo({ tenant: status.tenant, undoes: cycle, id: uuid4(), by });
    await begun.catch(refuse).finally(() => {
      begins = null;
    });
    setPaused(true);
    status.undoing = cycle;
    nudged = true;
  }

  /** One cycle after the other is taken back. One that only waits for an answer, which may be no, gives way. */
  function requireTurn({ cycle }: UndoRequest) {
    const goesOn = takesBack !== null || nudged || status.cycleError !== null;
    const other = begins ?? (goesOn ? status.undoing : null);
    if (other === null || other === cycle) return;
    throw ApplicationFailure.nonRetryable(
      `Cycle ${other} of ${status.tenant} is being taken back: undo cycle ${cycle} when that is through.`,
      'WrongUse',
    );
  }

  /** What operators do stands in the journal; the loop goes on when that cannot be written. */
  async function note(kind: 'paused' | 'resumed' | 'stopped') {
    await storing
      .recordControl({ tenant: status.tenant, kind, id: uuid4() })
      .catch((error: unknown) => log.warn('the journal could not be written', { reason: String(error) }));
  }

  async function configure({ file }: ConfigureInput) {
    const result = await storing.storeTenantFile({ tenant: status.tenant, file }).catch(refuse);
    status.configurationVersion = result.version;
    nudged = true;
    return result;
  }

  return {
    status,
    duringCycle: provisioning.duringCycle,
    get stopped() {
      return stopped;
    },
    subscribed: () => subscribed,
    configured: () => status.configurationVersion > 0,
    consecutiveFailures: () => consecutiveFailures,
    /** What was asked for up to now is answered by the cycle about to open; what comes later asks for another one. */
    takeRequests(): { full: boolean; fresh: boolean } {
      const wanted = { full, fresh: status.cycle === 0 };
      full = false;
      nudged = false;
      // Undos that began before they went on to their end yield to whoever wants a cycle.
      takesBack = status.undoing !== null && patched('undo-to-its-end') ? status.undoing : null;
      return wanted;
    },
    begin({ cycle, configurationVersion, subscriptions }: OpenCycleResult) {
      // Cycles that were opened before there were any do not say.
      subscribed = subscriptions === 'kept' || subscriptions === 'due';
      Object.assign(status, { cycle, configurationVersion, nextCycleAt: null });
    },
    stage(stage: Stage) {
      status.stage = stage;
    },
    progress(done: number, of: number) {
      status.progress = { done, of, since: new Date().toISOString() };
    },
    progressBy(done: number) {
      if (status.progress) status.progress.done += done;
    },
    finish(cycleError: CycleError | null) {
      takesBack = null;
      consecutiveFailures = cycleError ? consecutiveFailures + 1 : 0;
      const health = cycleError?.health ?? 'ok';
      Object.assign(status, { cycleError, health, progress: null, finishedCycle: status.cycle });
    },
    waitUntil(nextCycleAt: string) {
      Object.assign(status, { nextCycleAt, stage: status.paused ? 'paused' : 'waiting' });
    },
    /** Somebody asked for a cycle, for a pause, or for the end. */
    wanted: () => stopped || nudged || (status.paused && status.undoing === null),
    /** Nobody else gets a cycle while one is taken back, so an undo goes on to its end, whatever comes meanwhile. */
    takesBack: () => takesBack !== null,
    /** Paused, and nobody has asked for the end or, of an undo, to look again what can be taken back by now. */
    rests: () => !stopped && status.paused && !(status.undoing !== null && nudged),
    /** Nothing more is to be done for now, or what is taken back no longer is to be. */
    ending: () =>
      stopped ||
      (status.paused && status.undoing === null) ||
      (takesBack !== null && takesBack !== status.undoing),
    nudge() {
      nudged = true;
    },
    /** All of it is taken back. The pause stays, and so does an undo of another cycle that came meanwhile. */
    undone() {
      if (takesBack === null || takesBack === status.undoing) status.undoing = null;
    },
    carriedOver: (): TenantSyncInput => ({
      tenant: status.tenant,
      configurationVersion: status.configurationVersion,
      cycle: status.cycle,
      full,
      // What came while a paused tenant took a cycle back: a decision about it, for instance.
      nudged: status.undoing !== null && nudged,
      paused: status.paused,
      undoing: status.undoing,
      subscribed,
      consecutiveFailures,
      cycleError: status.cycleError,
    }),
  };
}

/** Synchronous, because an asynchronous validator does not refuse (docs/reference/temporal.md section 2.6). */
function requireFile(input: ConfigureInput): void {
  if (typeof input?.file === 'object' && input.file !== null) return;
  throw ApplicationFailure.nonRetryable(
    'A tenant file is needed: {"file": {"tenant": …}}.',
    'ConfigurationError',
  );
}

function requireCycle(input: UndoRequest): void {
  const isCycle = Number.isSafeInteger(input?.cycle) && input.cycle > 0;
  if (isCycle && typeof input.by === 'string' && input.by.trim() !== '') return;
  throw ApplicationFailure.nonRetryable(
    'A cycle is needed, and who takes it back: {"cycle": 7, "by": "…"}.',
    'WrongUse',
  );
}

/** Hands the activity's own refusal to whoever sent the update. */
function refuse(error: unknown): never {
  const cause = causeOf(error);
  throw ApplicationFailure.nonRetryable(
    cause?.message ?? 'That could not be stored.',
    cause?.type ?? 'Error',
  );
}
