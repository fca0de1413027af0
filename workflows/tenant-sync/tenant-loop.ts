/** The state of a tenant's loop, and what its messages do to it. */
import { executeChild, log, uuid4 } from '@temporalio/workflow';
import { Mutex } from 'async-mutex';
import type { OpenCycleResult } from '../../activities/cycle/open-cycle.ts';
import type { ProvisionReport } from '../../domain/contract/provision.ts';
import type { CycleError } from '../../domain/contract/report.ts';
import { beginUndo, recordControl, storeTenantFile } from '../activity-proxies.ts';
import { refuseWith, wrongUseFailure } from '../failures.ts';
import {
  type ConfigureInput,
  type ConfigureResult,
  type NudgeInput,
  type ProvisionInput,
  provisionWorkflowId,
  type Stage,
  type TenantStatus,
  type UndoRequest,
} from '../messages.ts';
import { provisionPerson } from './provision-person.ts';
import { initialStatus, type TenantSyncInput } from './tenant-status.ts';
import { requireCycle } from './validate-messages.ts';

export class TenantLoop {
  readonly status: TenantStatus;
  /** Only one cycle or one provision runs at a time, in the order in which they were requested. */
  readonly #writing = new Mutex();
  #full: boolean;
  #nudged: boolean;
  #stopped = false;
  #subscribed: boolean;
  #consecutiveFailures: number;
  /** The cycle that the running cycle undoes. */
  #undoesNow: number | null = null;
  /** The cycle of an undo that is being recorded. */
  #undoToBegin: number | null = null;

  constructor(input: TenantSyncInput) {
    this.status = initialStatus(input);
    this.#full = input.full ?? false;
    this.#nudged = input.nudged ?? false;
    this.#subscribed = input.subscribed ?? false;
    this.#consecutiveFailures = input.consecutiveFailures ?? 0;
  }

  // Messages

  nudge(input?: NudgeInput): void {
    this.#nudged = true;
    this.#full ||= input?.full === true;
  }

  async pause(): Promise<void> {
    this.#setPaused(true);
    await this.#record('paused');
  }

  async resume(): Promise<void> {
    this.status.undoing = null;
    this.#setPaused(false);
    await this.#record('resumed');
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#record('stopped');
  }

  /** @throws ApplicationFailure when the request makes no sense, or another cycle is being undone */
  validateUndo(request: UndoRequest): void {
    requireCycle(request);
    // An undo that only waits for a decision, which may be no, gives way to another one.
    const proceeds = this.isUndoing || this.#nudged || this.status.cycleError !== null;
    const other = this.#undoToBegin ?? (proceeds ? this.status.undoing : null);
    if (other === null || other === request.cycle) return;
    throw wrongUseFailure(
      `Cycle ${other} of ${this.status.tenant} is being undone: undo cycle ${request.cycle} when that is done.`,
    );
  }

  /** Pauses the tenant until `resume`, so that no cycle repeats what the undo reverts. */
  async undo({ cycle, by }: UndoRequest): Promise<void> {
    this.#undoToBegin = cycle;
    await beginUndo({ tenant: this.status.tenant, undoes: cycle, id: uuid4(), by })
      .catch(refuseWith('The undo could not be recorded.'))
      .finally(() => {
        this.#undoToBegin = null;
      });
    this.#setPaused(true);
    this.status.undoing = cycle;
    this.#nudged = true;
  }

  async configure({ file }: ConfigureInput): Promise<ConfigureResult> {
    const { tenant } = this.status;
    const result = await storeTenantFile({ tenant, file }).catch(
      refuseWith('The tenant file could not be stored.'),
    );
    this.status.configurationVersion = result.version;
    this.#nudged = true;
    return result;
  }

  async provision({ person, id = uuid4() }: ProvisionInput): Promise<ProvisionReport> {
    const { tenant } = this.status;
    const workflowId = provisionWorkflowId(tenant, id);
    const report = await this.exclusively(() =>
      executeChild(provisionPerson, { workflowId, args: [{ tenant, person }] }),
    ).catch(refuseWith('The person could not be provisioned.'));
    // A whole cycle checks the changes of this one person, and asks about those that are held.
    this.#nudged = true;
    return report;
  }

  #setPaused(paused: boolean): void {
    this.status.paused = paused;
    if (!paused) this.#nudged = true;
    const isIdle = this.status.stage === 'waiting' || this.status.stage === 'starting';
    if (isIdle && paused) this.status.stage = 'paused';
  }

  /** Writes what operators do into the journal. The loop goes on when that fails. */
  async #record(kind: 'paused' | 'resumed' | 'stopped'): Promise<void> {
    await recordControl({ tenant: this.status.tenant, kind, id: uuid4() }).catch((error: unknown) =>
      log.warn('could not write the journal', { reason: String(error) }),
    );
  }

  // The cycle

  /** Runs a cycle or a provision while no other one runs. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#writing.runExclusive(work);
  }

  /** The cycle that is about to open serves all requests up to now; later ones ask for another cycle. */
  takeRequests(): { full: boolean; fresh: boolean } {
    const requested = { full: this.#full, fresh: this.status.cycle === 0 };
    this.#full = false;
    this.#nudged = false;
    this.#undoesNow = this.status.undoing;
    return requested;
  }

  cycleOpened({ cycle, configurationVersion, subscriptions }: OpenCycleResult): void {
    this.#subscribed = subscriptions !== 'none';
    Object.assign(this.status, { cycle, configurationVersion, nextCycleAt: null });
  }

  cycleEnded(cycleError: CycleError | null): void {
    this.#undoesNow = null;
    this.#consecutiveFailures = cycleError ? this.#consecutiveFailures + 1 : 0;
    const health = cycleError?.health ?? 'ok';
    const finishedCycle = this.status.cycle;
    Object.assign(this.status, { cycleError, health, progress: null, finishedCycle });
  }

  /** The pause stays, and so does an undo of another cycle that was requested during this one. */
  undoCompleted(): void {
    if (this.#undoesNow === null || this.#undoesNow === this.status.undoing) this.status.undoing = null;
  }

  setStage(stage: Stage): void {
    this.status.stage = stage;
  }

  startProgress(of: number): void {
    this.status.progress = { done: 0, of, since: new Date().toISOString() };
  }

  addProgress(done: number): void {
    if (this.status.progress) this.status.progress.done += done;
  }

  waitUntil(nextCycleAt: string): void {
    Object.assign(this.status, { nextCycleAt, stage: this.status.paused ? 'paused' : 'waiting' });
  }

  get consecutiveFailures(): number {
    return this.#consecutiveFailures;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  get isSubscribed(): boolean {
    return this.#subscribed;
  }

  get isConfigured(): boolean {
    return this.status.configurationVersion > 0;
  }

  /** Whether a cycle, a pause or a stop was requested since the cycle opened. */
  get isInterrupted(): boolean {
    return this.#stopped || this.#nudged || this.#isPausedForGood;
  }

  /** Whether the running cycle is an undo: it goes on to its end, because the tenant gets no other cycle meanwhile. */
  get isUndoing(): boolean {
    return this.#undoesNow !== null;
  }

  /** Whether the loop waits for `resume`, for `stop`, or during an undo for a reason to look again. */
  get isResting(): boolean {
    const looksAgain = this.status.undoing !== null && this.#nudged;
    return !this.#stopped && this.status.paused && !looksAgain;
  }

  /** Whether the running cycle has to end: a stop, a pause, or an undo that was cancelled. */
  get mustEnd(): boolean {
    const isCancelled = this.isUndoing && this.#undoesNow !== this.status.undoing;
    return this.#stopped || this.#isPausedForGood || isCancelled;
  }

  get #isPausedForGood(): boolean {
    return this.status.paused && this.status.undoing === null;
  }

  /** The input of the next run. */
  carryOver(): TenantSyncInput {
    const { tenant, configurationVersion, cycle, paused, undoing, cycleError } = this.status;
    return {
      tenant,
      configurationVersion,
      cycle,
      full: this.#full,
      // What came during the undo of a paused tenant: a decision about it, for example.
      nudged: undoing !== null && this.#nudged,
      paused,
      undoing,
      subscribed: this.#subscribed,
      consecutiveFailures: this.#consecutiveFailures,
      cycleError,
    };
  }
}
