/** Names, ids and messages of the workflows: one place for their makers and their readers. No input or output here. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ProvisionReport } from '../domain/contract/provision.ts';
import type { CycleError, Health } from '../domain/contract/report.ts';

/** Where all workflows and activities of the product run, unless `TIMELY_SYNC_TASK_QUEUE` says otherwise. */
export const defaultTaskQueue = 'timely-sync';

export const tenantWorkflowId = (tenant: string) => `tenant/${tenant}`;
export const applyPlanWorkflowId = (tenant: string, cycle: number, batch: number) =>
  `tenant/${tenant}/cycle/${cycle}/apply/${batch}`;
export const approvalWorkflowId = (tenant: string, approval: number) =>
  `tenant/${tenant}/approval/${approval}`;

export const notifyChannelWorkflowId = (tenant: string, channel: string) =>
  `tenant/${tenant}/notify/${channel}`;

/** Reads `contoso/3` as well as the workflow's own id; null when it is neither. */
export function parseApprovalId(text: string): { tenant: string; approval: number } | null {
  const match = /^(?:tenant\/)?([a-z0-9-]{1,40})\/(?:approval\/)?(\d+)$/.exec(text);
  return match?.[1] && match[2] ? { tenant: match[1], approval: Number(match[2]) } : null;
}

export type Stage = 'starting' | 'reading' | 'planning' | 'applying' | 'reporting' | 'waiting' | 'paused';

/** What the Query `status` answers: where the loop stands. A few hundred bytes, whatever the tenant's size. */
export interface TenantStatus {
  tenant: string;
  stage: Stage;
  health: Health;
  /** The cycle that runs, or the last one. 0 before the first. */
  cycle: number;
  /** The last cycle that ended, well or not. 0 before the first. */
  finishedCycle: number;
  /** Changes applied so far and to apply, while `applying`, and since when. */
  progress: { done: number; of: number; since?: string | undefined } | null;
  cycleError: CycleError | null;
  nextCycleAt: string | null;
  configurationVersion: number;
  paused: boolean;
  /** The cycle that is being taken back; the tenant is paused meanwhile and afterwards. */
  undoing: number | null;
}

export interface NudgeInput {
  /** Drop the cursors and read everything. */
  full?: boolean;
}

/** The tenant file as parsed from YAML: references to secrets, never a secret. The worker validates it. */
export interface ConfigureInput {
  file: unknown;
}
export interface ConfigureResult {
  version: number;
  changed: boolean;
}

/** Take a cycle back. `by`: who wants it, for the journal. */
export interface UndoRequest {
  cycle: number;
  by: string;
}

export const statusQuery = defineQuery<TenantStatus>('status');
export const nudgeSignal = defineSignal<[NudgeInput?]>('nudge');
export const pauseSignal = defineSignal('pause');
export const resumeSignal = defineSignal('resume');
export const stopSignal = defineSignal('stop');
export const undoUpdate = defineUpdate<void, [UndoRequest]>('undo');
export const configureUpdate = defineUpdate<ConfigureResult, [ConfigureInput]>('configure');

/** Who is to be provisioned: an e-mail address, a name, an object id or a sign-in name. */
export interface ProvisionInput {
  person: string;
  /** Names the workflow; made up when left out. */
  id?: string;
}

/** One person now. It waits for the cycle that runs, and no cycle begins before it has ended. */
export const provisionUpdate = defineUpdate<ProvisionReport, [ProvisionInput]>('provision');
/** Where a provision stands, asked of its own workflow. */
export const provisionQuery = defineQuery<ProvisionReport>('provision');
export const provisionWorkflowId = (tenant: string, id: string) => `tenant/${tenant}/provision/${id}`;

/** An answer to a request; the same for the Update `decide` and, less `decision`, for the Signals. */
export interface DecisionPayload {
  by: string;
  note?: string;
  /** E-mail addresses or team names: decide only these. */
  only?: string[];
  /** Decide all but these. */
  except?: string[];
}
export interface DecideInput extends DecisionPayload {
  decision: 'approve' | 'reject';
  /** Set by the command `timely-sync approvals`, for the journal. */
  channel?: 'command';
}
export interface DecideResult {
  /** What became of it, in a sentence. */
  outcome: string;
  decided: number;
  /** Changes of the request that still wait for an answer. */
  undecided: number;
}

export const decideUpdate = defineUpdate<DecideResult, [DecideInput]>('decide');
export const approveSignal = defineSignal<[DecisionPayload]>('approve');
export const rejectSignal = defineSignal<[DecisionPayload]>('reject');
/** The loop tells a request that its cause is gone. */

/** A new tenant file may let other people decide: the request looks at it again. */
export const refreshSignal = defineSignal('refresh');

/** Whoever tells a channel looks once more for what there is to tell. */
export const notificationsDueSignal = defineSignal('notificationsDue');

/** The loop tells the part that is being applied to begin no further change. */
export const yieldSignal = defineSignal('yield');

/** What operators filter workflows by; registered by the dev server's flags, the compose file, or the worker at its start. */
export const searchAttributes = {
  health: defineSearchAttributeKey('SyncHealth', SearchAttributeType.KEYWORD),
  held: defineSearchAttributeKey('SyncHeld', SearchAttributeType.INT),
  failed: defineSearchAttributeKey('SyncFailed', SearchAttributeType.INT),
};
