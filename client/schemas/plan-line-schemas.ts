/** Shapes of changes and findings, for what comes from a worker. */
import { z } from 'zod';
import {
  differences,
  type PlanLine,
  type PreviewGroup,
  type StateBrief,
} from '../../domain/contract/preview.ts';
import type { OpenFinding } from '../../domain/contract/report.ts';
import { changeKinds, holdRules, refusalRules } from '../../domain/plan/change.ts';
import { type FindingCounts, findingKinds } from '../../domain/plan/finding-kinds.ts';

export const endedRequest = z.object({
  id: z.string(),
  state: z.enum(['rejected', 'expired']),
  until: z.string(),
});

export const line = z.object({
  position: z.number(),
  change: z.enum(changeKinds),
  status: z.enum(['planned', 'held', 'refused', 'done', 'dropped', 'failed', 'superseded', 'parked']),
  subject: z.string(),
  name: z.string(),
  why: z.string(),
  hold: z.object({ rule: z.enum(holdRules), detail: z.string() }).nullable(),
  refusal: z.object({ rule: z.enum(refusalRules), detail: z.string() }).nullable(),
  failure: z
    .object({
      class: z.string(),
      message: z.string(),
      remedy: z.string(),
      tries: z.number().exactOptional(),
      nextTryAt: z.string().exactOptional(),
    })
    .nullable(),
  request: z.string().nullable().exactOptional(),
  ended: endedRequest.nullable().exactOptional(),
  effect: z
    .object({
      before: z.string(),
      after: z.string(),
      says: z.string(),
      joins: z.array(z.string()),
      leaves: z.array(z.string()),
    })
    .exactOptional(),
});

/** How many changes of one kind have the same fate. */
export const planGroupSchema: z.ZodType<PreviewGroup> = line.pick({ change: true, status: true }).extend({
  rule: z.string().nullable(),
  changes: z.number(),
});

export const finding = z.object({ kind: z.enum(findingKinds), subject: z.string(), message: z.string() });

export const openFinding: z.ZodType<OpenFinding> = finding.extend({
  tenant: z.string(),
  since: z.string().nullable(),
});

/** How many findings there are of each kind. */
export const findingCounts: z.ZodType<FindingCounts> = z.partialRecord(z.enum(findingKinds), z.number());

const stateBrief: z.ZodType<StateBrief> = z.object({
  role: z.string().optional(),
  name: z.string().optional(),
  people: z.number().optional(),
});

export const planLine: z.ZodType<PlanLine> = line.extend({
  id: z.string(),
  fingerprint: z.string(),
  before: stateBrief.nullable(),
  after: stateBrief.nullable(),
  joins: z.array(z.string()),
  leaves: z.array(z.string()),
  difference: z.enum(differences).nullable(),
});
