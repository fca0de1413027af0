/** Shapes of what a worker says of tenants, the journal, checks and links. */
import { z } from 'zod';
import { decisionChannels } from '../../domain/approvals/decision.ts';
import { type CheckReport, checkSides, checkStates } from '../../domain/contract/check.ts';
import {
  type FileDifference,
  orderChannels,
  type StoredConfiguration,
} from '../../domain/contract/control.ts';
import type { ErasureReport } from '../../domain/contract/erasure.ts';
import type { JournalLine } from '../../domain/contract/journal-line.ts';
import type { LinkReport } from '../../domain/contract/link.ts';
import type { PersonSignInOutcome } from '../../domain/contract/person-sign-in.ts';
import type { SeenPreview } from '../../domain/contract/preview.ts';
import type { EndedRequestSummary, Pause, TenantSummary } from '../../domain/contract/report.ts';
import type { SignedInUser } from '../../domain/contract/sign-in.ts';
import type { WhoMay } from '../../domain/contract/who-may.ts';
import { journalKinds } from '../../domain/journal/journal.ts';
import { holdRules } from '../../domain/plan/change.ts';
import { endedRequest, findingCounts } from './plan-line-schemas.ts';
import { cycleSchema } from './report-schemas.ts';

export const tenantSummary = z.object({
  tenant: z.string(),
  lastCycle: cycleSchema.nullable(),
  held: z.number(),
  failed: z.number(),
  openApprovals: z.number(),
  findings: findingCounts,
}) satisfies z.ZodType<TenantSummary>;

export const fileDifference: z.ZodType<FileDifference> = z.object({
  path: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});

export const configurationSchema = z.object({
  version: z.number(),
  newest: z.number(),
  file: z.unknown(),
  given: z.object({ at: z.string(), by: z.string().nullable(), channel: z.enum(orderChannels) }).nullable(),
  differences: z.array(fileDifference),
}) satisfies z.ZodType<StoredConfiguration>;

export const journalLine: z.ZodType<JournalLine> = z.object({
  sequence: z.number(),
  at: z.string(),
  cycle: z.number(),
  kind: z.enum(journalKinds),
  subject: z.string().nullable(),
  name: z.string().nullable(),
  reason: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  approval: z.string().nullable(),
  approvedBy: z.array(z.string()),
  by: z.string().exactOptional(),
  channel: z.enum(decisionChannels).exactOptional(),
  proved: z.boolean().exactOptional(),
  differences: z.array(fileDifference).exactOptional(),
  hash: z.string(),
});

export const pauseSchema: z.ZodType<Pause> = z.object({
  since: z.string(),
  undoes: z.number().nullable(),
  by: z.string().nullable(),
});

export const seenPreviewSchema: z.ZodType<SeenPreview> = z.object({
  madeAt: z.string(),
  changes: z.number(),
});

export const whoMayAnswer: z.ZodType<WhoMay> = z.object({
  by: z.string().nullable(),
  name: z.string().nullable(),
  mayDecide: z.boolean(),
  mayLook: z.boolean(),
  isWhoNamed: z.boolean(),
});

const checkLine = z.object({
  side: z.enum(checkSides),
  name: z.string(),
  state: z.enum(checkStates),
  message: z.string(),
  remedy: z.string(),
});

export const checkReport: z.ZodType<CheckReport> = z.object({
  tenant: z.string(),
  lines: z.array(checkLine),
  missing: z.array(z.string()),
});

export const endedRequestSummary: z.ZodType<EndedRequestSummary> = endedRequest.extend({
  rule: z.enum(holdRules),
  changes: z.number(),
  subjects: z.array(z.string()),
});

export const erasureReport: z.ZodType<ErasureReport> = z.object({
  tenant: z.string(),
  entries: z.number(),
  stays: z.boolean(),
});

export const linkReport: z.ZodType<LinkReport> = z.object({
  tenant: z.string(),
  did: z.enum(['linked', 'unlinked', 'nothing']),
  person: z.object({ id: z.string(), name: z.string(), email: z.string().nullable() }),
  timely: z.object({ id: z.number(), name: z.string(), email: z.string(), removed: z.boolean() }),
  next: z.string(),
});

export const personSignInOutcome: z.ZodType<PersonSignInOutcome> = z.union([
  z.object({
    person: z.object({ subject: z.string().nullable(), addresses: z.array(z.string()), name: z.string() }),
  }),
  z.object({ refusal: z.string() }),
]);

export const signedInUser: z.ZodType<SignedInUser> = z.object({
  name: z.string(),
  email: z.string(),
  role: z.string(),
  isAdmin: z.boolean(),
});
