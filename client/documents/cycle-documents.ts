/** Shapes of the documents about cycles: of `up --once`, `sync`, `watch`, `undo`, `preview`. */
import { z } from 'zod';
import { changeKinds, holdRules } from '../../domain/plan/change.ts';
import type { CycleDocument } from '../remote/cycle-document.ts';
import { type PreviewDocument, previewSummary } from '../remote/preview.ts';
import { finding, planLine } from '../schemas/plan-line-schemas.ts';
import { cycleSchema, evidenceSchema } from '../schemas/report-schemas.ts';

const held = z.object({
  change: z.enum(changeKinds),
  subject: z.string(),
  name: z.string(),
  reason: z.enum(holdRules).nullable(),
  detail: z.string(),
  request: z.string().nullable(),
});

const failed = z.object({
  change: z.enum(changeKinds),
  subject: z.string(),
  class: z.string(),
  message: z.string(),
  remedy: z.string(),
});

export const cycleDocumentSchema = z.object({
  tenants: z.array(
    z.object({
      tenant: z.string(),
      cycle: cycleSchema,
      held: z.array(held),
      failed: z.array(failed),
      findings: z.array(finding),
    }),
  ),
}) satisfies z.ZodType<CycleDocument>;

export const undoDocumentSchema = cycleDocumentSchema.extend({ undone: z.number() });

export const previewDocumentSchema: z.ZodType<PreviewDocument> = previewSummary
  .omit({ kind: true, evidence: true })
  .extend({
    against: z.literal('running').nullable(),
    read: z.object({ kind: z.enum(['full', 'incremental']), evidence: evidenceSchema.nullable() }),
    changes: z.array(planLine),
    findings: z.array(finding),
  });
