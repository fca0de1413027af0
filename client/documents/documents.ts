/** The document that each command prints with `--json`, as a schema. `timely-sync schema` publishes them. */
import { z } from 'zod';
import { provisionReport } from '../remote/provision.ts';
import type { TenantLine } from '../remote/status-of-all.ts';
import type { TenantInFull } from '../remote/status-of-one.ts';
import { stages, tenantStatus } from '../remote/tenant-status.ts';
import {
  checkReport,
  configurationSchema,
  endedRequestSummary,
  erasureReport,
  fileDifference,
  journalLine,
  linkReport,
  pauseSchema,
  seenPreviewSchema,
  tenantSummary,
} from '../schemas/answer-schemas.ts';
import { lookReport } from '../schemas/look-schemas.ts';
import { finding, findingCounts, line, openFinding } from '../schemas/plan-line-schemas.ts';
import {
  approvalLineSchema,
  approvalSchema,
  cycleSchema,
  decisionSchema,
  healthSchema,
} from '../schemas/report-schemas.ts';
import { invitationReport } from '../schemas/set-up-schemas.ts';
import { whyAnswer } from '../schemas/why-schemas.ts';
import { cycleDocumentSchema, previewDocumentSchema, undoDocumentSchema } from './cycle-documents.ts';

const number = z.number();
const text = z.string();

const tenantLine: z.ZodType<TenantLine> = tenantSummary.extend({
  stage: z.enum([...stages, 'stopped', 'stuck']),
  health: healthSchema,
  nextCycleAt: text.nullable(),
});

const tenantInFull: z.ZodType<TenantInFull> = z.object({
  tenant: text,
  status: tenantStatus.nullable(),
  stuck: z.object({ since: text, cause: text, message: text, remedy: text }).nullable(),
  paused: pauseSchema.nullable(),
  connectedSince: text.nullable(),
  cycles: z.array(cycleSchema),
  held: z.array(line),
  failed: z.array(line),
  approvals: z.array(approvalSchema),
  ended: z.array(endedRequestSummary),
  seats: z.array(finding),
  findings: findingCounts,
  estimate: z
    .object({ done: number, of: number, perSecond: number.nullable(), endsAt: text.nullable() })
    .nullable(),
});

const chain = z.object({
  tenant: text,
  whole: z.boolean(),
  entries: number,
  pruned: number,
  head: z.object({ sequence: number, hash: text }),
  opened: z.array(z.object({ sequence: number, at: text, by: text, entries: number })),
  broken: z.object({ sequence: number, problem: text }).nullable(),
});

const decided = z.object({
  id: text,
  decision: z.enum(['approve', 'reject']),
  outcome: text,
  decided: number,
  undecided: number,
});
const decisions = z.union([decided, z.object({ decisions: z.array(decided) })]);
const reopened = z.object({ id: text, changes: number, isAwake: z.boolean() });
const signal = z.object({ tenant: text, sent: text });
const webPage = z.object({ url: text });

const ofCommands: Record<string, z.ZodType> = {
  up: cycleDocumentSchema,
  sync: z.union([cycleDocumentSchema, webPage]),
  watch: z.union([cycleDocumentSchema, webPage]),
  undo: undoDocumentSchema,
  preview: previewDocumentSchema,
  check: checkReport,
  init: z.object({
    ...{ file: text, tenant: text, registration: z.array(text), look: lookReport.nullable() },
    ...{ check: checkReport.nullable(), preview: previewDocumentSchema.nullable() },
  }),
  start: z.object({
    ...{ tenant: text, version: number, changed: z.boolean(), paused: z.boolean() },
    differences: z.array(fileDifference),
  }),
  invite: z.union([
    invitationReport.omit({ address: true }).extend({ link: text }),
    z.object({ tenant: text, revoked: z.literal(true) }),
  ]),
  connect: z.object({
    tenant: text,
    name: text,
    email: text,
    role: text,
    isAdmin: z.boolean(),
    loopRuns: z.boolean(),
    paused: z.boolean(),
  }),
  status: z.union([z.object({ tenants: z.array(tenantLine) }), tenantInFull, webPage]),
  provision: z.union([provisionReport, webPage]),
  why: z.union([whyAnswer, webPage]),
  'approvals list': z.union([
    z.object({ approvals: z.array(approvalSchema), ended: z.array(endedRequestSummary) }),
    webPage,
  ]),
  'approvals show': z.union([
    approvalSchema.extend({ lines: z.array(approvalLineSchema), decisions: z.array(decisionSchema) }),
    webPage,
  ]),
  'approvals approve': decisions,
  'approvals reject': decisions,
  'approvals reopen': z.union([reopened, z.object({ reopened: z.array(reopened) })]),
  findings: z.object({ findings: z.array(openFinding) }),
  link: linkReport,
  unlink: linkReport,
  history: z.union([
    z.object({ tenant: text, entries: z.array(journalLine) }),
    z.object({ tenant: text, file: text, entries: number }),
    chain,
    webPage,
  ]),
  erase: erasureReport,
  config: configurationSchema.extend({ tenant: text, newest: number, differences: z.array(fileDifference) }),
  pause: signal,
  resume: signal.extend({ paused: z.boolean(), preview: seenPreviewSchema.nullable() }),
  stop: signal,
  completion: z.object({ shell: text, script: text }),
};

/** By the words of the command. Documents may carry further keys. */
export const documents: ReadonlyMap<string, z.ZodType> = new Map(Object.entries(ofCommands));

/** The published JSON Schema of a document (draft 2020-12). */
export const documentJsonSchema = (command: string, document: z.ZodType): object => ({
  title: `timely-sync ${command} --json`,
  ...z.toJSONSchema(document, { io: 'input', unrepresentable: 'any' }),
});
