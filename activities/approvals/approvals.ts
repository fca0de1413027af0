/** Approvals: described to their workflows, decided, expired. */
import type { TenantFile } from '../../config/tenant-file.ts';
import type { ApprovalTimes } from '../../domain/approvals/deadline.ts';
import { problemWithDecider } from '../../domain/approvals/decider-name.ts';
import {
  type DecisionChannel,
  formatDecision,
  notAllowedMessage,
  proofNeededMessage,
  proofRefusedMessage,
  type RequiredProof,
} from '../../domain/approvals/decision.ts';
import type { ApprovalStatus } from '../../domain/contract/report.ts';
import { approvalLines, approvalRow, closeApproval, summaryOf } from '../../store/approvals/approvals.ts';
import {
  decisionsOf,
  type RecordedDecision,
  recordDecision,
  WrongUseError,
} from '../../store/approvals/decisions.ts';
import { mayDecideAs } from '../../store/approvals/listed-people.ts';
import { newestTenantFile, type Services } from '../services.ts';
import { approvalDetails } from './approval-details.ts';
import { approvalTimes, fileOfApproval } from './approval-terms.ts';
import { isProofOf } from './decision-proof.ts';

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
  /** Set when only answers from the console count. */
  proof: RequiredProof | null;
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
  /** From the console: proves who gave this answer. */
  proof?: string;
  /** When the answer arrived, ISO 8601: a later attempt finds its proof as old as the first one did. */
  at: string;
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
      const page = services.console.pages?.request(tenant, approval) ?? null;
      const proof = requiresProof(services, file) ? { page } : null;
      return {
        state: row.state,
        times: approvalTimes(row, opened),
        who: file.approvals.who ?? null,
        proof,
        ...approvalDetails(summary, lines.items, file.privacy.labels, { page, onlyThere: proof !== null }),
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
      const file = await newestTenantFile(services, input.tenant);
      await requireProof(services, file, input);
      const { who = null, approvers: approversNeeded } = file.approvals;
      if (!(await mayDecideAs(database, input.tenant, { by: input.by, who }, now())))
        throw new WrongUseError(notAllowedMessage(input.by));
      const { approval: number, decisionId: id, proof, at: _, ...decision } = input;
      const proved = proof !== undefined;
      return await recordDecision(database, { ...decision, proved, number, id, approversNeeded, now: now() });
    },

    /** @returns how the approval ended: a decision may have closed it at the last moment. */
    async expireApproval({ tenant, approval }: ApprovalKey): Promise<ApprovalStatus> {
      await closeApproval(database, tenant, approval, 'expired', now());
      return (await approvalRow(database, tenant, approval))?.state ?? 'expired';
    },
  };
}

/** Where Temporal's own access control proves who calls it, its answers count like those of the console. */
const requiresProof = ({ console }: Services, { approvals }: TenantFile): boolean =>
  approvals.proof === 'required' && !console.trustsTemporal;

/** @throws WrongUseError when a proof does not hold, or is missing where it is required */
async function requireProof(
  services: Services,
  file: TenantFile,
  { tenant, approval, proof, at, ...answer }: DecideApprovalInput,
): Promise<void> {
  const { pages, proofKeys } = services.console;
  const page = pages?.request(tenant, approval) ?? null;
  if (proof === undefined) {
    if (requiresProof(services, file)) throw new WrongUseError(proofNeededMessage({ page }));
    return;
  }
  const proven = { ...answer, approval: `${tenant}/${approval}` };
  if (!(await isProofOf(proofKeys, proof, proven, new Date(at))))
    throw new WrongUseError(proofRefusedMessage({ page }));
}
