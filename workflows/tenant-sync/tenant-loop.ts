/** The state of a tenant's loop, and what its messages do to it. */
import { executeChild, uuid4 } from '@temporalio/workflow';
import { Mutex } from 'async-mutex';
import type { OpenCycleResult } from '../../activities/cycle/open-cycle.ts';
import type { TenantControl } from '../../domain/contract/control.ts';
import type { ProvisionReport } from '../../domain/contract/provision.ts';
import { requestFullRead, storeTenantFile } from '../activity-proxies.ts';
import { refuseWith } from '../failures.ts';
import {
  type ConfigureInput,
  type ConfigureResult,
  type NudgeInput,
  type ProvisionInput,
  provisionWorkflowId,
  type RequestedCycle,
  type Stage,
  type TenantStatus,
  type UndoRequest,
} from '../messages.ts';
import { type CycleEnd, carriedThroughAfter } from './carried-through.ts';
import { LoopControl } from './loop-control.ts';
import { provisionPerson } from './provision-person.ts';
import type { TenantSyncInput } from './tenant-status.ts';
import { TenantView } from './tenant-view.ts';
import { sourceOf } from './validate-messages.ts';

export class TenantLoop {
  readonly control: LoopControl;
  readonly #view: TenantView;
  /** Only one cycle or one provision runs at a time, in the order in which they were requested. */
  readonly #turns = new Mutex();
  #nudged: boolean;
  #subscribed: boolean;
  #consecutiveFailures: number;
  /** The highest number of a cycle that this loop knows; a provision has one too. */
  #lastNumber: number;
  /** A cycle with a higher number was promised. */
  #promisedAfter = 0;
  /** The cycle that the running cycle undoes. */
  #undoesNow: number | null = null;
  /** The cycle of an undo that is being recorded. */
  #undoToBegin: number | null = null;

  constructor(input: TenantSyncInput) {
    const { tenant, control = { paused: null, undoing: null, stopped: false } } = input;
    this.#view = new TenantView(input);
    this.control = new LoopControl(tenant, control, (before) => this.#controlChanged(before));
    this.#nudged = input.nudged ?? false;
    this.#subscribed = input.subscribed ?? false;
    this.#consecutiveFailures = input.consecutiveFailures ?? 0;
    this.#lastNumber = this.status.cycle;
  }

  get status(): TenantStatus {
    return this.#view.status;
  }

  #controlChanged(before: TenantControl): void {
    const { paused, undoing } = this.control.state;
    if (before.paused && !paused) this.#nudged = true;
    this.#view.setPause(paused, undoing);
  }

  /** A request to read everything is in the store before the cycle that it asks for: the first one that is opened later. */
  async requestCycle(input?: NudgeInput): Promise<RequestedCycle> {
    const { tenant, cycle } = this.status;
    return this.#wake(input?.full === true ? await requestFullRead({ tenant }) : cycle);
  }

  /** The cycle whose undo proceeds. One that only waits for a decision, which may be no, gives way to another one. */
  get undoThatProceeds(): number | null {
    const proceeds = this.isUndoing || this.#nudged || this.status.cycleError !== null;
    return this.#undoToBegin ?? (proceeds ? this.status.undoing : null);
  }

  /** Pauses the tenant until `resume`, so that no cycle repeats what the undo reverts. */
  async undo(request: UndoRequest): Promise<void> {
    this.#undoToBegin = request.cycle;
    await this.control
      .undo(request)
      .catch(refuseWith('The undo could not be recorded.'))
      .finally(() => {
        this.#undoToBegin = null;
      });
    this.#nudged = true;
  }

  /** A new tenant starts paused unless it is to run at once: then nothing happens that nobody has seen. */
  async configure({ file, run, ...from }: ConfigureInput): Promise<ConfigureResult> {
    const { tenant } = this.status;
    const source = sourceOf(from, 'update');
    const { version, changed, missingAttributes } = await this.control
      .order(() => storeTenantFile({ tenant, file, startsPaused: run !== true, source }))
      .catch(refuseWith('The tenant file could not be stored.'));
    this.status.configurationVersion = version;
    this.#view.setMissing(missingAttributes);
    return { version, changed, paused: this.status.paused, ...this.#wake(this.status.cycle) };
  }

  async provision({ person, id = uuid4(), evenIfPaused = false }: ProvisionInput): Promise<ProvisionReport> {
    const { tenant } = this.status;
    const staticSummary = `Brings one person of ${tenant} into step`;
    const options = { workflowId: provisionWorkflowId(tenant, id), staticSummary };
    const report = await this.exclusively(() =>
      executeChild(provisionPerson, { ...options, args: [{ tenant, person, evenIfPaused }] }),
    ).catch(refuseWith('The person could not be provisioned.'));
    this.#lastNumber = Math.max(this.#lastNumber, report.cycle);
    // A whole cycle checks the changes of this one person, and asks about those that are held.
    this.#nudged = true;
    return report;
  }

  #wake(after: number): RequestedCycle {
    this.#nudged = true;
    this.#promisedAfter = Math.max(this.#promisedAfter, after);
    return { after };
  }

  /** Runs a cycle or a provision while no other one runs. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#turns.runExclusive(work);
  }

  /** The cycle that begins serves all requests up to now; later ones ask for another cycle. */
  cycleBegins(): void {
    this.#nudged = false;
    this.#undoesNow = this.status.undoing;
    // Its number, unless the store knows of cycles that this loop does not: who asks for a cycle now waits for a later one.
    this.#view.update({ cycle: this.#lastNumber + 1, stage: 'reading', nextCycleAt: null });
  }

  cycleOpened({ cycle, undoes, configurationVersion, ...key }: OpenCycleResult): void {
    this.#subscribed = key.subscriptions !== 'none';
    this.#view.setMissing(key.missingAttributes);
    this.#lastNumber = cycle;
    // A beginning that failed left its number to this cycle, so the promised one follows.
    if (cycle <= this.#promisedAfter) this.#nudged = true;
    this.#undoesNow = undoes;
    this.#view.update({ cycle, configurationVersion });
  }

  /** The store knows of a pause or a stop, or does not answer. */
  cycleNotOpened(): void {
    this.#undoesNow = null;
    this.status.cycle = this.status.finishedCycle;
    this.setStage(this.status.paused ? 'paused' : 'waiting');
  }

  cycleEnded({ cycleError, finished, ended }: CycleEnd): void {
    // The pause stays, and so does an undo of another cycle that was requested during this one.
    if (finished?.undone && this.#undoesNow !== null) this.control.undone(this.#undoesNow);
    this.#undoesNow = null;
    this.#consecutiveFailures = cycleError ? this.#consecutiveFailures + 1 : 0;
    if (finished) this.#view.setReport(finished);
    const health = cycleError?.health ?? 'ok';
    const { cycle: finishedCycle, carriedThrough: before } = this.status;
    const carriedThrough = ended ? carriedThroughAfter(before, ended) : before;
    this.#view.update({ cycleError, health, progress: null, finishedCycle, carriedThrough });
  }

  /** The cycle may no longer write. The next one begins at once, and looks at everything that this one was to do. */
  cycleSuperseded(): void {
    this.#nudged = true;
    this.waitFor(0);
  }

  setStage(stage: Stage): void {
    this.#view.setStage(stage);
  }

  startProgress(of: number): void {
    this.#view.update({ progress: { done: 0, of, since: new Date().toISOString() } });
  }

  addProgress(done: number): void {
    this.#view.addProgress(done);
  }

  waitFor(waitMs: number): void {
    this.status.nextCycleAt = new Date(Date.now() + waitMs).toISOString();
    this.setStage(this.status.paused ? 'paused' : 'waiting');
  }

  /** How long until the next cycle is due; 0 or less: it is due. */
  get untilDueMs(): number {
    const { nextCycleAt } = this.status;
    return nextCycleAt === null ? 0 : Date.parse(nextCycleAt) - Date.now();
  }

  get consecutiveFailures(): number {
    return this.#consecutiveFailures;
  }

  get isStopped(): boolean {
    return this.control.state.stopped;
  }

  get isSubscribed(): boolean {
    return this.#subscribed;
  }

  get isConfigured(): boolean {
    return this.status.configurationVersion > 0;
  }

  /** Whether a cycle was requested since the last one opened. */
  get isNudged(): boolean {
    return this.#nudged;
  }

  /** Whether a cycle, a pause or a stop was requested since the cycle opened. */
  get isInterrupted(): boolean {
    return this.isStopped || this.#nudged || this.#isPausedForGood;
  }

  /** Whether the running cycle is an undo: it goes on to its end, because the tenant gets no other cycle meanwhile. */
  get isUndoing(): boolean {
    return this.#undoesNow !== null;
  }

  /** Whether the loop waits for `resume`, for `stop`, or during an undo for a reason to look again. */
  get isResting(): boolean {
    const looksAgain = this.status.undoing !== null && this.#nudged;
    return !this.isStopped && this.status.paused && !looksAgain;
  }

  /** Whether the running cycle has to end: a stop, a pause, or an undo that was cancelled. */
  get mustEnd(): boolean {
    const isCancelled = this.isUndoing && this.#undoesNow !== this.status.undoing;
    return this.isStopped || this.#isPausedForGood || isCancelled;
  }

  get #isPausedForGood(): boolean {
    return this.status.paused && this.status.undoing === null;
  }

  /** The input of the next run. */
  carryOver(): TenantSyncInput {
    const { tenant, configurationVersion, cycle, nextCycleAt, cycleError, carriedThrough } = this.status;
    return {
      ...{ tenant, configurationVersion, cycle, nextCycleAt, cycleError, carriedThrough },
      control: this.control.state,
      nudged: this.#nudged,
      subscribed: this.#subscribed,
      consecutiveFailures: this.#consecutiveFailures,
      ...this.#view.carryOver(),
    };
  }
}
