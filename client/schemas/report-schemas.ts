/** What a worker says of cycles and approvals. */
import { z } from 'zod';
import { decisionChannels } from '../../domain/approvals/decision.ts';
import { cycleKinds, healthStates } from '../../domain/contract/report.ts';
import type { ChangeGroup, DecisionPreview, RequestPage } from '../../domain/contract/request-page.ts';
import { changeKinds, holdRules } from '../../domain/plan/change.ts';
import { line } from './plan-line-schemas.ts';

const counts = z.object({
  inScope: z.number(),
  invited: z.number(),
  reinstated: z.number(),
  linked: z.number(),
  roleChanged: z.number(),
  removed: z.number(),
  teamsCreated: z.number(),
  teamsRenamed: z.number(),
  teamMembersChanged: z.number(),
  teamsRetired: z.number(),
  held: z.number(),
  failed: z.number(),
  unchanged: z.number(),
});

export const healthSchema = z.enum(healthStates);

const stream = z.object({ pages: z.number(), objects: z.number() });
/** What a read can be trusted for. */
export const evidenceSchema = z.object({
  kind: z.enum(['full', 'incremental']),
  complete: z.boolean(),
  reasons: z.array(z.string()),
  users: stream,
  groups: stream,
});

/** Why a tenant's cycle could not be carried through. */
export const cycleErrorSchema = z.object({
  health: z.enum(healthStates),
  message: z.string(),
  remedy: z.string(),
});

export const cycleSchema = z.object({
  number: z.number(),
  kind: z.enum(cycleKinds),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  evidence: evidenceSchema.nullable(),
  counts,
  cycleError: cycleErrorSchema.nullable(),
});

export const approvalSchema = z.object({
  id: z.string(),
  tenant: z.string(),
  rule: z.enum(holdRules),
  state: z.enum(['open', 'approved', 'rejected', 'partly approved', 'expired', 'ended by itself']),
  opened: z.string(),
  expires: z.string(),
  changes: z.number(),
  subjects: z.array(z.string()),
});

export const decisionSchema = z.object({
  decision: z.enum(['approve', 'reject']),
  by: z.string(),
  note: z.string(),
  channel: z.enum(decisionChannels),
  proved: z.boolean().exactOptional(),
  changes: z.number(),
  facts: z.string(),
  at: z.string(),
});
export const approvalLineSchema = line.extend({ decision: z.enum(['approved', 'rejected']).nullable() });

const changeGroup: z.ZodType<ChangeGroup> = z.object({
  change: z.enum(changeKinds),
  before: z.string(),
  after: z.string(),
  says: z.string(),
  changes: z.number(),
  undecided: z.number(),
});

export const requestPageSchema: z.ZodType<RequestPage> = approvalSchema.extend({
  approvers: z.number(),
  undecided: z.number(),
  groups: z.array(changeGroup),
  matching: z.number(),
  from: z.number(),
  lines: z.array(approvalLineSchema.extend({ approvedBy: z.array(z.string()), own: z.boolean() })),
  decisions: z.array(decisionSchema),
});

export const decisionPreviewSchema: z.ZodType<DecisionPreview> = z.object({
  decided: z.number(),
  pending: z.number(),
  stale: z.number(),
  own: z.number(),
  left: z.number(),
  groups: z.array(changeGroup),
  first: z.array(z.string()),
});
