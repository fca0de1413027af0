/** The content of messages about approvals, outages and findings, as `privacy.labels` of the tenant file allows. */
import type { ReportLine } from '../../domain/contract/report.ts';
import type { ApprovalSummaryInMessage, Notification } from '../../domain/notifications/notification.ts';
import type { OutageNotification } from '../../domain/notifications/outage.ts';
import {
  approvalLines,
  approvalRow,
  approvalsSoFar,
  countChangesOf,
} from '../../store/approvals/approvals.ts';
import { lastOutage } from '../../store/notifications/outages.ts';
import { findingsSince } from '../../store/query/open-findings.ts';
import { approvalSubjects, namelessDetails } from '../approvals/approval-details.ts';
import { fileOfApproval } from '../approvals/approval-terms.ts';
import { newestTenantFile, type Services } from '../services.ts';
import type { DueApprovalNotification } from './due-notifications.ts';

/** Approvals that a message shows, and subjects of each. */
const approvalsMax = 10;
const subjectsMax = 4;
const effectsMax = 2;
/** Findings of each kind that a message shows. */
const findingsMax = 3;

/** Approvals of one kind as one message; null for none. */
export async function approvalsNotification(
  services: Services,
  tenant: string,
  notifications: DueApprovalNotification[],
): Promise<Notification | null> {
  const [first] = notifications;
  if (!first) return null;
  const shown = await Promise.all(
    notifications.slice(0, approvalsMax).map(({ number }) => approvalSummary(services, tenant, number)),
  );
  const requests = shown.flatMap((summary) => summary ?? []);
  return { about: 'requests', kind: first.kind, requests, others: notifications.length - shown.length };
}

async function approvalSummary(
  services: Services,
  tenant: string,
  number: number,
): Promise<ApprovalSummaryInMessage | null> {
  const { database } = services;
  const row = await approvalRow(database, tenant, number);
  if (!row) return null;
  const { approvals, privacy } = await fileOfApproval(services, row);
  const [{ items }, changes, soFar] = await Promise.all([
    approvalLines(database, tenant, number, 0, subjectsMax),
    countChangesOf(database, tenant, number),
    approvalsSoFar(database, tenant, number),
  ]);
  const named = privacy.labels === 'names';
  const label = (line: (typeof items)[number]) =>
    line.name === line.subject ? line.name : `${line.name} (${line.subject})`;
  return {
    id: `${tenant}/${number}`,
    rule: row.rule,
    asks: approvalSubjects[row.rule],
    changes,
    who: items.map((line) => `${line.change} ${named ? label(line) : `#${line.position + 1}`}`),
    what: [...new Set(items.map((line) => effectText(line, named)))].slice(0, effectsMax),
    why: named && items.every(({ why }) => why === items[0]?.why) ? `Reason: ${items[0]?.why ?? ''}.` : '',
    detail: named || namelessDetails.includes(row.rule) ? (items[0]?.hold?.detail ?? '') : '',
    expires: row.expiresAt.toISOString(),
    approvers: approvals.approvers,
    approvedBy: soFar.map(({ by, changes: count }, index) => ({
      by: named ? by : `person ${index + 1}`,
      changes: count,
    })),
  };
}

/** What approving a change does. Without names, a team is not named either. */
function effectText({ change, effect }: ReportLine, isNamed: boolean): string {
  if (!effect) return change;
  const { before, after, says } = effect;
  return isNamed || change !== 'renameTeam' ? `${before} → ${after}. ${says}` : says;
}

/** The tenant's last outage, or its end, as content; null when there was none. */
export async function outageNotification(
  { database }: Services,
  tenant: string,
  notification: OutageNotification,
): Promise<Notification | null> {
  const outage = await lastOutage(database, tenant);
  if (outage === null) return null;
  const { cycleError, endedAt } = outage;
  const since = outage.beganAt.toISOString();
  if (notification.kind === 'failure')
    return { about: 'trouble', kind: 'trouble', cycleError, since, silent: notification.silent };
  return endedAt && { about: 'well', kind: 'trouble', since, until: endedAt.toISOString() };
}

/** What these cycles found first, by kind; null when it is gone by now. */
export async function findingsNotification(
  services: Services,
  tenant: string,
  cycles: number[],
): Promise<Notification | null> {
  const { privacy } = await newestTenantFile(services, tenant);
  const shown = privacy.labels === 'names' ? findingsMax : 0;
  const kinds = await findingsSince(services.database, tenant, cycles, shown);
  return kinds.length === 0 ? null : { about: 'findings', kind: 'finding', kinds };
}
