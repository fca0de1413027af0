/** Queries of the command, answered from the store in pages that stay far below Temporal's limits for a payload. */

import { microsoftLogin } from '../../config/source-settings.ts';
import { findDirectoryId } from '../../directory/entra/sign-in/find-tenant.ts';
import { problemWithDecider } from '../../domain/approvals/decider-name.ts';
import type { StoredConfiguration } from '../../domain/contract/control.ts';
import type { LinkReport } from '../../domain/contract/link.ts';
import type { PersonSignInOutcome } from '../../domain/contract/person-sign-in.ts';
import type { SeenPreview } from '../../domain/contract/preview.ts';
import type { StoreQuery } from '../../domain/contract/query.ts';
import type {
  ApprovalDetail,
  ApprovalSummary,
  CycleReport,
  EndedRequestSummary,
  OpenFinding,
  Page,
  Pause,
  ReopenedRequest,
  ReportLine,
  TenantSummary,
} from '../../domain/contract/report.ts';
import type { WhoMay } from '../../domain/contract/who-may.ts';
import type { SubjectsMeant, WhyAnswer } from '../../domain/contract/why.ts';
import type { Finding } from '../../domain/plan/change.ts';
import type { FindingCounts } from '../../domain/plan/finding-kinds.ts';
import { guardedFetch } from '../../http/guarded-fetch.ts';
import { tokensSavedAt } from '../../store/account/tokens.ts';
import { approvalLines, approvalRow, approvalsPage, summaryOf } from '../../store/approvals/approvals.ts';
import { decisionsOf, WrongUseError } from '../../store/approvals/decisions.ts';
import { endedApprovals, tenantsWithEndedApprovals } from '../../store/approvals/ended-approvals.ts';
import { reopenStored } from '../../store/approvals/reopen-approval.ts';
import { controlOf } from '../../store/control.ts';
import { planCycleOf } from '../../store/planning/cycles.ts';
import { seenPreview } from '../../store/preview/seen-preview.ts';
import {
  findingsPage,
  latestCycleReports,
  loadCycleReport,
  reportLines,
} from '../../store/query/cycle-reports.ts';
import { countFindings, openFindingsPage } from '../../store/query/open-findings.ts';
import { silenceForReport, silenceOf } from '../approvals/approval-terms.ts';
import type { Services } from '../services.ts';
import { personSignedIn, personSignInPage } from '../sign-in/person-sign-in.ts';
import { accountToSignInTo } from '../sign-in-account.ts';
import { storedConfiguration } from './configuration-query.ts';
import { type JournalResult, runJournalQuery } from './journal-query.ts';
import { runLinkQuery } from './link-query.ts';
import { runLookList } from './look.ts';
import { type PreviewResult, runPreviewQuery } from './preview-query.ts';
import { readQuery } from './query-schema.ts';
import { runRequestQuery } from './request-query.ts';
import { runSetUpQuery } from './set-up-query.ts';
import { summariesPage } from './tenant-summaries.ts';
import { whoMay } from './who-may.ts';
import { subjectsMeant, whyOf } from './why.ts';

/** Rows of one page: about 40 KB of the largest kind, 60 KB of an approval, which may have very many, and a third more encrypted. */
const pageSize = { lines: 60, findings: 150, approvals: 8, approvalLines: 120 };
const cyclesMax = 50;

type ApprovalPage = Omit<ApprovalDetail, 'lines'> & { lines: Page<ApprovalDetail['lines'][number]> };

export type QueryResult =
  | Page<TenantSummary>
  | CycleReport
  | CycleReport[]
  | Page<ReportLine>
  | Page<Finding>
  | Page<OpenFinding>
  | FindingCounts
  | Pause
  | SeenPreview
  | StoredConfiguration
  | Page<ApprovalSummary>
  | ApprovalPage
  | EndedRequestSummary[]
  | ReopenedRequest
  | PreviewResult
  | WhyAnswer
  | SubjectsMeant
  | WhoMay
  | Awaited<ReturnType<typeof runRequestQuery>>
  | JournalResult
  | LinkReport
  | PersonSignInOutcome
  | Awaited<ReturnType<typeof runLookList>>
  | Awaited<ReturnType<typeof runSetUpQuery>>
  | string
  | null;

export function createQueryActivities(services: Services) {
  const { database } = services;
  return {
    /** @throws WrongUseError for a payload that is no query, and what the query itself throws */
    async runQuery(payload: StoreQuery): Promise<QueryResult> {
      const query = readQuery(payload);
      const unclear = 'by' in query ? problemWithDecider(query.by) : null;
      if (unclear) throw new WrongUseError(unclear);
      switch (query.about) {
        case 'tenants':
          return await summariesPage(database, query);
        case 'cycle':
          return await loadCycleReport(database, query.tenant, query.cycle);
        case 'cycles':
          return await latestCycleReports(database, query.tenant, {
            ...query,
            limit: Math.min(query.limit, cyclesMax),
          });
        case 'lines':
          return await linesPage(services, query);
        case 'findings': {
          const cycle = await planCycleOf(database, query.tenant, query.cycle);
          return await findingsPage(database, query.tenant, cycle, query.after, pageSize.findings);
        }
        case 'openFindings':
          return await openFindingsPage(database, { ...query, limit: pageSize.findings });
        case 'findingCounts':
          return await countFindings(database, query.tenant);
        case 'pause':
          return (await controlOf(database, query.tenant)).paused;
        case 'configuration':
          return await storedConfiguration(database, query);
        case 'signedInAt':
          return (await tokensSavedAt(database, query.tenant))?.toISOString() ?? null;
        case 'seenPreview':
          return await seenPreview(database, query.tenant);
        case 'approvals':
          return await approvalsPage(database, { ...query, limit: pageSize.approvals });
        case 'approval':
          return await oneApproval(database, query);
        case 'endedApprovals':
          return await allEndedApprovals(services, query.tenant);
        case 'reopen': {
          const { tenant, approval: number, by, note } = query;
          return await reopenStored(database, {
            ...(await silenceOf(services, tenant)),
            ...{ tenant, number, by, note },
          });
        }
        case 'whoMay':
          return await whoMay(services, query.tenant, query);
        case 'requestPage':
        case 'decisionPreview':
          return await runRequestQuery(services, query);
        case 'history':
        case 'verify':
        case 'undo':
        case 'erase':
          return await runJournalQuery(services, query);
        case 'signInAddress':
          return (await accountToSignInTo(services, query.tenant, query.file)).signIn.address(query);
        case 'personSignInPage':
          return await personSignInPage(services, query.tenant, query);
        case 'personSignedIn':
          return await personSignedIn(services, query.tenant, query);
        case 'link':
        case 'unlink':
          return await runLinkQuery(services, query);
        case 'why':
          return await whyOf(services, query.tenant, query.subject, query.from);
        case 'subjects':
          return await subjectsMeant(services, query.tenant, query.subject);
        case 'previewProgress':
        case 'previewLines':
        case 'previewFindings':
        case 'previewEnd':
          return await runPreviewQuery(services, query);
        case 'lookList':
          return await runLookList(services, query);
        case 'invite':
        case 'revokeInvitation':
        case 'linkUnopened':
        case 'openSetUp':
        case 'setUp':
        case 'openedSetUp':
        case 'moveSetUp':
        case 'saveSetUp':
        case 'finishSetUp':
        case 'mayConsent':
          return await runSetUpQuery(services, query);
        case 'directoryId': {
          const { endpoints, endpoint } = await services.access(query.tenant);
          const login = query.login === null ? microsoftLogin : await endpoint(query.login);
          return await findDirectoryId(query.domain, { login, fetch: guardedFetch(endpoints) });
        }
      }
    },
  };
}

type Store = Services['database'];

/** A cycle's own lines are those it applied. What waits or is refused is in the standing plan, perhaps an earlier cycle's. */
async function linesPage(
  services: Services,
  { tenant, cycle, status, part = '', after }: Extract<StoreQuery, { about: 'lines' }>,
): Promise<Page<ReportLine>> {
  const store = services.database;
  const where = status === 'done' ? cycle : await planCycleOf(store, tenant, cycle);
  const statuses = status === 'failed' ? (['failed', 'parked'] as const) : [status];
  const page = { tenant, cycle: where, statuses: [...statuses], part, after, limit: pageSize.lines };
  return await reportLines(store, page, status === 'held' ? await silenceForReport(services, tenant) : null);
}

/** Ended requests of one tenant or of all, by tenant. */
async function allEndedApprovals(services: Services, tenant: string | null): Promise<EndedRequestSummary[]> {
  const { database } = services;
  const ended: EndedRequestSummary[] = [];
  for (const each of await tenantsWithEndedApprovals(database, tenant))
    ended.push(...(await endedApprovals(database, each, await silenceOf(services, each))));
  return ended.slice(0, pageSize.lines);
}

async function oneApproval(
  store: Store,
  { tenant, approval, after }: Extract<StoreQuery, { about: 'approval' }>,
): Promise<ApprovalPage | null> {
  const row = await approvalRow(store, tenant, approval);
  if (!row) return null;
  const [summary, decisions, lines] = await Promise.all([
    summaryOf(store, row),
    decisionsOf(store, tenant, approval),
    approvalLines(store, tenant, approval, after, pageSize.approvalLines),
  ]);
  return { ...summary, decisions, lines };
}
