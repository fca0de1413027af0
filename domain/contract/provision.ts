/** One person now: what is asked for, and what became of it. */
import type { CycleError, ReportLine } from './report.ts';

/** The steps of a provision, in their order. */
export const provisionStages = ['opening', 'reading', 'planning', 'applying', 'reporting', 'done'] as const;
export type ProvisionStage = (typeof provisionStages)[number];

/** Somebody of the directory, live or not. */
export interface ProvisionedPerson {
  id: string;
  name: string;
  email: string | null;
}

/** A change about the person, and what became of it. */
export interface ProvisionStep extends ReportLine {
  /** The open request that asks about it. */
  request: string | null;
}

/** Where a provision stands, or how it ended. */
export interface ProvisionReport {
  tenant: string;
  stage: ProvisionStage;
  /** Number of the cycle that stands for it in the journal; 0 before it is opened. */
  cycle: number;
  person: ProvisionedPerson | null;
  /** The rule that decides, as for `why`. */
  verdict: { inScope: boolean; reason: string } | null;
  steps: ProvisionStep[];
  /** Why nothing is done although something may be to do. */
  doubt: string | null;
  cycleError: CycleError | null;
}
