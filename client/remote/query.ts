/** Queries to a worker: one activity each, so that no command needs the database or a secret. */
import type { Client } from '@temporalio/client';
import { z } from 'zod';
import type { CheckReport } from '../../domain/contract/check.ts';
import type { StoredConfiguration } from '../../domain/contract/control.ts';
import type { ErasureReport } from '../../domain/contract/erasure.ts';
import type { JournalLine } from '../../domain/contract/journal-line.ts';
import type { LinkReport } from '../../domain/contract/link.ts';
import type { CountedGroup, CountedList, NamedCount } from '../../domain/contract/look.ts';
import type { PersonSignInOutcome } from '../../domain/contract/person-sign-in.ts';
import type { PlanLine, PreviewProgress, SeenPreview } from '../../domain/contract/preview.ts';
import type { Query } from '../../domain/contract/query.ts';
import type {
  ApprovalDetail,
  ApprovalSummary,
  ChainReport,
  CycleReport,
  EndedRequestSummary,
  OpenFinding,
  Page,
  Pause,
  ReopenedRequest,
  ReportLine,
  TenantSummary,
  UndoPreview,
} from '../../domain/contract/report.ts';
import type { DecisionPreview, RequestPage } from '../../domain/contract/request-page.ts';
import type { InvitationReport, SetUpReport } from '../../domain/contract/set-up.ts';
import type { WhoMay } from '../../domain/contract/who-may.ts';
import type { SubjectsMeant, WhyAnswer } from '../../domain/contract/why.ts';
import type { Finding } from '../../domain/plan/change.ts';
import type { FindingCounts } from '../../domain/plan/finding-kinds.ts';
import {
  checkReport,
  configurationSchema,
  endedRequestSummary,
  erasureReport,
  journalLine,
  linkReport,
  pauseSchema,
  personSignInOutcome,
  seenPreviewSchema,
  tenantSummary,
  whoMayAnswer,
} from '../schemas/answer-schemas.ts';
import { foundList } from '../schemas/look-schemas.ts';
import { finding, findingCounts, line, openFinding, planLine } from '../schemas/plan-line-schemas.ts';
import {
  approvalLineSchema,
  approvalSchema,
  cycleSchema,
  decisionPreviewSchema,
  decisionSchema,
  requestPageSchema,
} from '../schemas/report-schemas.ts';
import { invitationReport, setUpReport } from '../schemas/set-up-schemas.ts';
import { subjectsAnswer, whyAnswer } from '../schemas/why-schemas.ts';
import { answerWithinMs } from './connection.ts';
import { onWorker } from './on-worker.ts';

type ApprovalLine = ApprovalDetail['lines'][number];

/** One page of an approval: who decided what, and some of its changes. */
export type ApprovalPage = Omit<ApprovalDetail, 'lines'> & { lines: Page<ApprovalLine> };

/** The result of each query; null for what is not there. */
export interface QueryResults {
  tenants: Page<TenantSummary>;
  cycle: CycleReport | null;
  /** Newest first. */
  cycles: CycleReport[];
  lines: Page<ReportLine>;
  findings: Page<Finding>;
  openFindings: Page<OpenFinding>;
  findingCounts: FindingCounts;
  pause: Pause | null;
  configuration: StoredConfiguration | null;
  seenPreview: SeenPreview | null;
  signedInAt: string | null;
  approvals: Page<ApprovalSummary>;
  approval: ApprovalPage | null;
  endedApprovals: EndedRequestSummary[];
  reopen: ReopenedRequest;
  check: CheckReport;
  personSignInPage: string;
  personSignedIn: PersonSignInOutcome;
  why: WhyAnswer;
  subjects: SubjectsMeant;
  whoMay: WhoMay;
  requestPage: RequestPage | null;
  decisionPreview: DecisionPreview;
  previewProgress: PreviewProgress;
  previewLines: Page<PlanLine>;
  previewFindings: Page<Finding>;
  previewEnd: null;
  lookList: CountedList<NamedCount & Partial<CountedGroup>>;
  /** A GUID. */
  directoryId: string;
  /** What the browser is to open for a sign-in to Timely. */
  signInAddress: string;
  /** Newest first. */
  history: Page<JournalLine>;
  verify: ChainReport;
  undo: UndoPreview;
  erase: ErasureReport;
  link: LinkReport;
  unlink: LinkReport;
  invite: InvitationReport;
  /** False when there was no link to end. */
  revokeInvitation: boolean;
  linkUnopened: boolean;
  openSetUp: SetUpReport | null;
  openedSetUp: SetUpReport | null;
  moveSetUp: SetUpReport | null;
  setUp: SetUpReport | null;
  /** False when the browser may not go on. */
  saveSetUp: boolean;
  finishSetUp: boolean;
  mayConsent: boolean;
}

/**
 * Sends one query and waits for its result.
 * @throws the Temporal client's errors, among them a time-out when no worker responds within `limitMs`
 */
export async function queryWorker<Asked extends Query>(
  client: Client,
  query: Asked,
  limitMs = answerWithinMs,
): Promise<QueryResults[Asked['about']]> {
  const tenant = tenantIn(query);
  const result = await onWorker(client, {
    activity: query.about === 'check' ? 'check' : 'runQuery',
    workflow: 'query',
    id: 'query',
    title: tenant === null ? query.about : `${query.about}, ${tenant}`,
    tenant,
    input: query,
    limitMs,
  });
  const about: Asked['about'] = query.about;
  return resultSchemas[about].parse(result);
}

/** Whom a query concerns; null for all tenants. */
function tenantIn(query: Query): string | null {
  if ('tenant' in query) return query.tenant ?? null;
  const { data } = tenantFile.safeParse('file' in query ? query.file : null);
  return data?.tenant ?? null;
}
const tenantFile = z.object({ tenant: z.string() });

/** Items of a list that comes in pages: all of them, or the first `limit`. */
export async function everyItem<Item>(
  askPage: (after: number) => Promise<Page<Item>>,
  limit = Number.POSITIVE_INFINITY,
): Promise<Item[]> {
  const items: Item[] = [];
  for await (const some of everyPage(askPage)) {
    items.push(...some);
    if (items.length >= limit) break;
  }
  return items.slice(0, limit);
}

/** The pages of such a list, one after the other. */
export async function* everyPage<Item>(
  askPage: (after: number) => Promise<Page<Item>>,
): AsyncGenerator<Item[], void> {
  let after: number | null = 0;
  while (after !== null) {
    const page: Page<Item> = await askPage(after);
    yield page.items;
    after = page.next;
  }
}

const pageOf = <Item>(item: z.ZodType<Item>) =>
  z.object({ items: z.array(item), next: z.number().nullable() });

const resultSchemas: { [About in keyof QueryResults]: z.ZodType<QueryResults[About]> } = {
  tenants: pageOf(tenantSummary),
  cycle: cycleSchema.nullable(),
  cycles: z.array(cycleSchema),
  lines: pageOf(line),
  findings: pageOf(finding),
  openFindings: pageOf(openFinding),
  findingCounts,
  pause: pauseSchema.nullable(),
  configuration: configurationSchema.nullable(),
  signedInAt: z.string().nullable(),
  seenPreview: seenPreviewSchema.nullable(),
  approvals: pageOf(approvalSchema),
  check: checkReport,
  approval: approvalSchema
    .extend({ lines: pageOf(approvalLineSchema), decisions: z.array(decisionSchema) })
    .nullable(),
  endedApprovals: z.array(endedRequestSummary),
  reopen: z.object({ id: z.string(), changes: z.number() }),
  signInAddress: z.url(),
  personSignInPage: z.url(),
  personSignedIn: personSignInOutcome,
  why: whyAnswer,
  subjects: subjectsAnswer,
  whoMay: whoMayAnswer,
  requestPage: requestPageSchema.nullable(),
  decisionPreview: decisionPreviewSchema,
  previewProgress: z.object({ directoryEntries: z.number(), timelyUsers: z.number() }),
  previewLines: pageOf(planLine),
  previewFindings: pageOf(finding),
  previewEnd: z.null(),
  lookList: foundList,
  directoryId: z.guid(),
  history: pageOf(journalLine),
  verify: z.object({
    checked: z.number(),
    end: z.object({ sequence: z.number(), hash: z.string() }),
    anchor: z.number(),
    done: z.boolean(),
    opened: z.array(z.object({ sequence: z.number(), at: z.string(), by: z.string(), entries: z.number() })),
    broken: z.object({ sequence: z.number(), problem: z.string() }).nullable(),
  }),
  undo: z.object({ changes: z.number(), lines: z.array(line), findings: z.array(finding) }),
  erase: erasureReport,
  link: linkReport,
  unlink: linkReport,
  invite: invitationReport,
  revokeInvitation: z.boolean(),
  linkUnopened: z.boolean(),
  openSetUp: setUpReport.nullable(),
  openedSetUp: setUpReport.nullable(),
  moveSetUp: setUpReport.nullable(),
  setUp: setUpReport.nullable(),
  saveSetUp: z.boolean(),
  finishSetUp: z.boolean(),
  mayConsent: z.boolean(),
};
