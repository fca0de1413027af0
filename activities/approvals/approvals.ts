/** Approvals: described to their workflows, decided, expired. */
import type { ApprovalTimes } from '../../domain/approvals/deadline.ts';
import { problemWithDecider } from '../../domain/approvals/decider-name.ts';
import {
  type DecisionChannel,
  formatDecision,
  isAllowedToDecide,
  notAllowedMessage,
} from '../../domain/approvals/decision.ts';
import type { ApprovalStatus } from '../../domain/contract/report.ts';
import { approvalLines, approvalRow, closeApproval, summaryOf } from '../../store/approvals/approvals.ts';
import {
  decisionsOf,
  type RecordedDecision,
  recordDecision,
  WrongUseError,
} from '../../store/approvals/decisions.ts';
import { newestTenantFile, type Services } from '../services.ts';
import { approvalDetails } from './approval-details.ts';
import { approvalTimes, fileOfApproval } from './approval-terms.ts';

export interface ApprovalKey {
  tenant: string;
  approval: number;
}

/** What the approval's workflow needs to wait for decisions, and what it shows. */
export interface ApprovalTerms {
  state: string;
  /** When it reminds, escalates and expires. */
  times: ApprovalTimes;
  /** Who may decide; null: everyone who has access to Temporal. */
  who: string[] | null;
  /** What the approval is about, in a sentence and as Markdown. */
  title: string;
  details: string;
  /** The last decisions, oldest first, as Markdown. */
  decisions: string[];
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

const decisionsShown = 20;
const linesShown = 50;

export function createApprovalActivities(services: Services) {
  const { database, now } = services;
  return {
    /** @throws WrongUseError when there is no such approval: waiting would not help */
    async describeApproval({ tenant, approval }: ApprovalKey): Promise<ApprovalTerms> {
      const row = await approvalRow(database, tenant, approval);
      if (!row) throw new WrongUseError(`There is no approval ${tenant}/${approval}.`);
      const opened = await fileOfApproval(services, row);
      const file = await newestTenantFile(services, tenant);
      const summary = await summaryOf(database, row);
      const lines = await approvalLines(database, tenant, approval, 0, linesShown);
      return {
        state: row.state,
        times: approvalTimes(row, opened),
        who: file.approvals.who ?? null,
        ...approvalDetails(summary, lines.items, file.privacy.labels),
        decisions: (await decisionsOf(database, tenant, approval)).slice(-decisionsShown).map(formatDecision),
      };
    },

    /**
     * The tenant file in force counts, not the one that the approval was opened with.
     * @throws WrongUseError when the person may not decide, and as `recordDecision` does
     */
    async decideApproval(input: DecideApprovalInput): Promise<RecordedDecision> {
      const unclear = problemWithDecider(input.by);
      if (unclear) throw new WrongUseError(unclear);
      const { approvals } = await newestTenantFile(services, input.tenant);
      if (!isAllowedToDecide(input.by, approvals.who ?? null))
        throw new WrongUseError(notAllowedMessage(input.by));
      const { approval: number, decisionId: id, ...decision } = input;
      const approversNeeded = approvals.approvers;
      return await recordDecision(database, { ...decision, number, id, approversNeeded, now: now() });
    },

    /** @returns how the approval ended: a decision may have closed it at the last moment. */
    async expireApproval({ tenant, approval }: ApprovalKey): Promise<ApprovalStatus> {
      await closeApproval(database, tenant, approval, 'expired', now());
      return (await approvalRow(database, tenant, approval))?.state ?? 'expired';
    },
  };
}
