/** Where a tenant stands, and what Temporal's UI shows of it: current details, and search attributes. */
import { setCurrentDetails } from '@temporalio/workflow';
import type { FinishedCycle } from '../../activities/cycle/finish-cycle.ts';
import type { Pause } from '../../domain/contract/report.ts';
import type { Stage, TenantStatus } from '../messages.ts';
import { detailsOf } from './tenant-details.ts';
import {
  type CycleSummary,
  initialStatus,
  type ShownAttributes,
  type TenantSyncInput,
  upsertShown,
} from './tenant-status.ts';

/** Stages that may last. The others are in the details alone, since each write of a search attribute costs an action. */
const lastingStages: readonly Stage[] = ['reading', 'applying', 'waiting', 'paused'];

export class TenantView {
  readonly status: TenantStatus;
  #pause: Pause | null;
  /** Of the last cycle that has one. */
  #report: CycleSummary | null;
  #shown: ShownAttributes | null;
  #missing: string[] | null;

  /** Temporal shows no details of earlier runs, so each run begins with them. */
  constructor(input: TenantSyncInput) {
    this.status = initialStatus(input);
    this.#pause = input.control?.paused ?? null;
    this.#report = input.lastReport ?? null;
    this.#shown = input.shown ?? null;
    this.#missing = input.missingAttributes ?? null;
    this.#show();
  }

  update(facts: Partial<TenantStatus>): void {
    Object.assign(this.status, facts);
    this.#show();
  }

  setStage(stage: Stage): void {
    this.update({ stage });
    if (lastingStages.includes(stage)) this.#upsert();
  }

  setPause(pause: Pause | null, undoing: number | null): void {
    const { stage, paused } = this.status;
    const isIdle = stage === 'waiting' || stage === 'starting';
    this.#pause = pause;
    this.update({ paused: pause !== null, undoing, stage: isIdle && pause ? 'paused' : stage });
    // A loop without a tenant file is not shown among the tenants.
    if (paused !== this.status.paused && this.status.configurationVersion > 0) this.#upsert();
  }

  /** What was registered since is set at the next occasion. */
  setMissing(missing: string[]): void {
    if (missing.join() !== this.#missing?.join()) this.#shown = null;
    this.#missing = missing;
  }

  setReport({ counts, findings }: FinishedCycle): void {
    this.#report = { counts, findings };
  }

  addProgress(done: number): void {
    const { progress } = this.status;
    if (progress) this.update({ progress: { ...progress, done: progress.done + done } });
  }

  /** What the next run shows again. */
  carryOver(): Pick<TenantSyncInput, 'lastReport' | 'shown' | 'missingAttributes'> {
    return { lastReport: this.#report, shown: this.#shown, missingAttributes: this.#missing };
  }

  #show(): void {
    setCurrentDetails(detailsOf(this.status, this.#pause, this.#report));
  }

  #upsert(): void {
    if (this.#missing === null) return;
    const { tenant, stage, paused, health } = this.status;
    const { held = 0, failed = 0 } = this.#report?.counts ?? {};
    const now = { tenant, stage, paused, health, held, failed };
    upsertShown(this.#shown, now, this.#missing);
    this.#shown = now;
  }
}
