/** Requests for approval: opened and ended after each plan, described to their workflows, decided, expired. */
import { durationMs } from '../../config/duration.ts';
import type { TenantFile } from '../../config/tenant-file.ts';
import type { ApprovalTimes } from '../../domain/approvals/deadline.ts';
import {
  type DecisionChannel,
  formatDecision,
  isAllowedToDecide,
  notAllowedMessage,
} from '../../domain/approvals/decision.ts';
import type { ApprovalStatus } from '../../domain/contract/report.ts';
import {
  approvalLines,
  approvalRow,
  closeApproval,
  markAnnounced,
  summaryOf,
} from '../../store/approvals/approvals.ts';
import {
  decisionsOf,
  type RecordedDecision,
  recordDecision,
  WrongUseError,
} from '../../store/approvals/decisions.ts';
import { reconcileApprovals } from '../../store/approvals/reconcile-approvals.ts';
import { newestConfiguration } from '../../store/tenants.ts';
import type { CycleKey } from '../cycle/open-cycle.ts';
import type { Services } from '../services.ts';
import { approvalDetails } from './approval-details.ts';
import { approvalTimes, fileOfApproval } from './approval-terms.ts';

export interface ApprovalKey {
  tenant: string;
  approval: number;
  configurationVersion: number;
}

/** What the request's workflow needs to wait for an answer, and what it shows. */
export interface ApprovalTerms {
  state: string;
  /** When it reminds, escalates and expires. */
  times: ApprovalTimes;
  /** Who may decide; null: everybody whom Temporal lets in. */
  who: string[] | null;
  /** What the request asks, in a sentence and as Markdown. */
  title: string;
  details: string;
  /** What was answered so far, as Markdown. */
  answers: string[];
}

export interface DecideApprovalInput extends ApprovalKey {
  /** Made once in the workflow, so that a second run records nothing twice. */
  decisionId: string;
  decision: 'approve' | 'reject';
  by: string;
  note: string;
  channel: DecisionChannel;
  only: string[];
  except: string[];
}

const answersShown = 20;

export function createApprovalActivities(services: Services) {
  const { database, now } = services;
  return {
    /** Opens requests for what the cycle's plan holds, and ends those whose cause is gone. */
    async openApprovals(key: CycleKey): Promise<{ open: number[]; ended: number[] }> {
      const file = await services.tenantFile(key.tenant, key.configurationVersion);
      return await reconcileApprovals(database, key.tenant, key.cycle, {
        now: now(),
        expireAfterMs: durationMs(file.approvals.expireAfter),
        rejectionHoldsMs: durationMs(file.approvals.rejectionHolds),
      });
    },

    /** Notes that the workflows of these requests run, or know that they have ended. */
    async recordAnnounced({ tenant, approvals }: { tenant: string; approvals: number[] }): Promise<void> {
      await markAnnounced(database, tenant, approvals);
    },

    /** @throws WrongUseError when there is no such request: that is not waited for. */
    async describeApproval({ tenant, approval }: ApprovalKey): Promise<ApprovalTerms> {
      const row = await approvalRow(database, tenant, approval);
      if (!row) throw new WrongUseError(`There is no request ${tenant}/${approval}.`);
      const opened = await fileOfApproval(services, row);
      const file = await newestFile(services, tenant);
      const summary = await summaryOf(database, row);
      const lines = await approvalLines(database, tenant, approval, 0, 50);
      return {
        state: row.state,
        times: approvalTimes(row, opened),
        who: file.approvals.who ?? null,
        ...approvalDetails(summary, lines.items, file.privacy.labels),
        answers: (await decisionsOf(database, tenant, approval)).slice(-answersShown).map(formatDecision),
      };
    },

    /**
     * What the tenant file says now counts, whatever it said when the request was opened.
     * @throws WrongUseError when they may not decide, the request has ended, or the answer names nobody in it.
     */
    async decideApproval(input: DecideApprovalInput): Promise<RecordedDecision> {
      const { approvals } = await newestFile(services, input.tenant);
      if (!isAllowedToDecide(input.by, approvals.who ?? null))
        throw new WrongUseError(notAllowedMessage(input.by));
      const { approval: number, decisionId: id, ...answer } = input;
      const approversNeeded = approvals.approvers;
      return await recordDecision(database, { ...answer, number, id, approversNeeded, now: now() });
    },

    /** @returns how the request ended: somebody may have answered at the last moment. */
    async expireApproval({ tenant, approval }: ApprovalKey): Promise<ApprovalStatus> {
      await closeApproval(database, tenant, approval, 'expired', now());
      return (await approvalRow(database, tenant, approval))?.state ?? 'expired';
    },
  };
}

async function newestFile({ database, tenantFile }: Services, tenant: string): Promise<TenantFile> {
  return await tenantFile(tenant, (await newestConfiguration(database, tenant))?.version ?? 0);
}
