/** The report of `timely-sync provision`, which syncs one person at once. */
import type { CycleError, ReportLine } from './report.ts';

/** The stages of a provision, in order. */
export const provisionStages = ['opening', 'reading', 'planning', 'applying', 'reporting', 'done'] as const;
export type ProvisionStage = (typeof provisionStages)[number];

/** A person of the directory, who may be deleted there. */
export interface ProvisionedPerson {
  id: string;
  name: string;
  email: string | null;
}

/** A change about the person, with its result. */
export interface ProvisionStep extends ReportLine {
  /** The open approval that the change waits for. */
  request: string | null;
}

/** The state or the result of a provision. */
export interface ProvisionReport {
  tenant: string;
  stage: ProvisionStage;
  /** Number of its cycle in the journal; 0 before the cycle is opened. */
  cycle: number;
  person: ProvisionedPerson | null;
  /** The line of the tenant file that decides, as in `why`. */
  verdict: { inScope: boolean; reason: string } | null;
  steps: ProvisionStep[];
  /** Why nothing was done although a change may be due. */
  doubt: string | null;
  cycleError: CycleError | null;
}
