/** Ids and messages of the workflows: one place for those who send them and those who receive them. No input or output here. */
import { defineSearchAttributeKey, type SearchAttributePair, SearchAttributeType } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ProvisionReport } from '../domain/contract/provision.ts';
import type { CycleError, Health } from '../domain/contract/report.ts';
import { subjectsAttribute } from '../domain/temporal-ui.ts';

/** The task queue of all workflows and activities, unless `TIMELY_SYNC_TASK_QUEUE` names another. */
export const defaultTaskQueue = 'timely-sync';

export const tenantWorkflowId = (tenant: string) => `tenant/${tenant}`;
export const applyPlanWorkflowId = (tenant: string, cycle: number, batch: number) =>
  `tenant/${tenant}/cycle/${cycle}/apply/${batch}`;
export const approvalWorkflowId = (tenant: string, approval: number) =>
  `tenant/${tenant}/approval/${approval}`;
export const provisionWorkflowId = (tenant: string, id: string) => `tenant/${tenant}/provision/${id}`;
export const notifyChannelWorkflowId = (tenant: string, channel: string) =>
  `tenant/${tenant}/notify/${channel}`;

/** Reads `contoso/3` as well as the workflow's own id; null when the text is neither. */
export function parseApprovalId(text: string): { tenant: string; approval: number } | null {
  const match = /^(?:tenant\/)?([a-z0-9-]{1,40})\/(?:approval\/)?(\d+)$/.exec(text);
  return match?.[1] && match[2] ? { tenant: match[1], approval: Number(match[2]) } : null;
}

export type Stage = 'starting' | 'reading' | 'planning' | 'applying' | 'reporting' | 'waiting' | 'paused';

/** The last cycles that left nothing to the next one, well or not: whoever waits for an answer waits for these. 0: none yet. */
export interface CarriedThrough {
  cycle: number;
  /** The last one that read everything, or completed what such a cycle had left. */
  full: number;
  /** A full cycle has left changes that no later cycle has completed. */
  isFullLeft: boolean;
}

/** The result of the Query `status`. A few hundred bytes, whatever the tenant's size. */
export interface TenantStatus {
  tenant: string;
  stage: Stage;
  health: Health;
  /** The running cycle, or the last one. 0 before the first. */
  cycle: number;
  /** The last cycle that ended, with or without an error. 0 before the first. */
  finishedCycle: number;
  carriedThrough: CarriedThrough;
  /** Changes applied and changes to apply, while `applying`, and when applying began. */
  progress: { done: number; of: number; since?: string | undefined } | null;
  cycleError: CycleError | null;
  nextCycleAt: string | null;
  configurationVersion: number;
  paused: boolean;
  /** The cycle that is being undone. The tenant is paused during an undo and after it. */
  undoing: number | null;
}

export interface NudgeInput {
  /** Drop the cursors and read everything. */
  full?: boolean;
}

/** A cycle with a higher number begins after the request. */
export interface RequestedCycle {
  after: number;
}

/** The tenant file as parsed from YAML: references to secrets, never a secret. The worker validates it. */
export interface ConfigureInput {
  file: unknown;
  /** A new tenant begins at once. Without it, it starts paused. */
  run?: boolean;
  /** Who gives it, for the journal. */
  by?: string;
  /** Set by commands and by the set-up in the browser, for the journal. */
  channel?: 'command' | 'page';
}
export interface ConfigureResult extends RequestedCycle {
  version: number;
  changed: boolean;
  paused: boolean;
}

/** With the Signals `pause`, `resume` and `stop`: who asks for it, for the journal. */
export interface OrderInput {
  by?: string;
  /** Set by commands, for the journal. */
  channel?: 'command';
}

/** Undo a cycle. `by`: who asks for it, for the journal. */
export interface UndoRequest {
  cycle: number;
  by: string;
  /** Set by commands, for the journal. */
  channel?: 'command';
}

export const statusQuery = defineQuery<TenantStatus>('status');
export const nudgeSignal = defineSignal<[NudgeInput?]>('nudge');
/** As the Signal `nudge`, with an answer that tells which cycle to wait for. */
export const requestCycleUpdate = defineUpdate<RequestedCycle, [NudgeInput]>('requestCycle');
export const pauseSignal = defineSignal<[OrderInput?]>('pause');
export const resumeSignal = defineSignal<[OrderInput?]>('resume');
export const stopSignal = defineSignal<[OrderInput?]>('stop');
export const undoUpdate = defineUpdate<void, [UndoRequest]>('undo');
export const configureUpdate = defineUpdate<ConfigureResult, [ConfigureInput]>('configure');

/** The person to provision: an e-mail address, a name, an object id or a sign-in name. */
export interface ProvisionInput {
  person: string;
  /** Names the workflow; the loop makes one up when it is missing. */
  id?: string;
  /** Also while the tenant is paused. */
  evenIfPaused?: boolean;
}

/** Provisions one person now. It waits for the running cycle, and no cycle begins before it has ended. */
export const provisionUpdate = defineUpdate<ProvisionReport, [ProvisionInput]>('provision');
/** Progress of a provision, asked of its own workflow. */
export const provisionQuery = defineQuery<ProvisionReport>('provision');

/** A decision about an approval: the same for the Update `decide` and, less `decision`, for the Signals. */
export interface DecisionPayload {
  by: string;
  note?: string;
  /** E-mail addresses, team names or kinds of changes such as `changeRole`: decide only these. */
  only?: string[];
  /** Decide all but these. */
  except?: string[];
}
export interface DecideInput extends DecisionPayload {
  decision: 'approve' | 'reject';
  /** Set by the command `timely-sync approvals`, for the journal. */
  channel?: 'command';
  /** Set by the console: proves that the person has signed in and gave this answer. */
  proof?: string;
}
export interface DecideResult {
  /** What the decision did, in a sentence. */
  outcome: string;
  decided: number;
  /** Changes of the approval that still wait for a decision. */
  undecided: number;
}

export const decideUpdate = defineUpdate<DecideResult, [DecideInput]>('decide');
export const approveSignal = defineSignal<[DecisionPayload]>('approve');
export const rejectSignal = defineSignal<[DecisionPayload]>('reject');

/** To an approval: read the store again, because the cause of the approval or the tenant file has changed. */
export const refreshSignal = defineSignal('refresh');

/** To the notifier of a channel: read the store again for notifications that are due. */
export const notificationsDueSignal = defineSignal('notificationsDue');

/** To a batch that is being applied: begin no further change. */
export const yieldSignal = defineSignal('yield');

/** What operators filter workflows by. deploy/temporal-namespace.sh registers the same ones; a test compares them. */
export const searchAttributes = {
  tenant: defineSearchAttributeKey('SyncTenant', SearchAttributeType.KEYWORD),
  stage: defineSearchAttributeKey('SyncStage', SearchAttributeType.KEYWORD),
  paused: defineSearchAttributeKey('SyncPaused', SearchAttributeType.BOOL),
  health: defineSearchAttributeKey('SyncHealth', SearchAttributeType.KEYWORD),
  held: defineSearchAttributeKey('SyncHeld', SearchAttributeType.INT),
  failed: defineSearchAttributeKey('SyncFailed', SearchAttributeType.INT),
  /** Of an approval: why its changes are held. */
  rule: defineSearchAttributeKey('SyncRule', SearchAttributeType.KEYWORD),
  subjects: defineSearchAttributeKey(subjectsAttribute, SearchAttributeType.KEYWORD_LIST),
};

/** The tags of those whom a run concerns; nothing where the server does not know the attribute. */
export const subjectAttributes = (tags: string[], missing: readonly string[]): SearchAttributePair[] =>
  missing.includes(searchAttributes.subjects.name) || tags.length === 0
    ? []
    : [{ key: searchAttributes.subjects, value: tags }];

const cliTypes: Partial<Record<SearchAttributeType, string>> = {
  INT: 'Int',
  BOOL: 'Bool',
  KEYWORD: 'Keyword',
  KEYWORD_LIST: 'KeywordList',
};

/** The search attributes with their types as Temporal's CLI writes them. */
export const searchAttributesForCli = Object.values(searchAttributes).map(({ name, type }) => ({
  name,
  type: cliTypes[type] ?? type,
}));
