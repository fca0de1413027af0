/** The terms of an approval: those of the tenant file that was in force when it was opened. */
import { durationMs } from '../../config/duration.ts';
import type { TenantFile } from '../../config/tenant-file.ts';
import type { ApprovalTimes } from '../../domain/approvals/deadline.ts';
import type { ApprovalRow } from '../../store/approvals/approvals.ts';
import { type Silence, tenantsWithEndedApprovals } from '../../store/approvals/ended-approvals.ts';
import { cycleRow } from '../../store/planning/cycles.ts';
import { newestTenantFile, type Services } from '../services.ts';

/** @throws ConfigurationError when the tenant has no file. */
export async function fileOfApproval(
  services: Services,
  { tenant, cycle }: Pick<ApprovalRow, 'tenant' | 'cycle'>,
): Promise<TenantFile> {
  const opened = await cycleRow(services.database, tenant, cycle);
  return opened
    ? await services.tenantFile(tenant, opened.configurationVersion)
    : await newestTenantFile(services, tenant);
}

/** When an approval reminds, escalates and expires. */
export function approvalTimes(
  { openedAt, expiresAt }: Pick<ApprovalRow, 'openedAt' | 'expiresAt'>,
  { approvals }: TenantFile,
): ApprovalTimes {
  const openedAtMs = openedAt.getTime();
  return {
    openedAtMs,
    remindEveryMs: durationMs(approvals.remindAfter),
    escalateAtMs: openedAtMs + durationMs(approvals.escalateAfter),
    expiresAtMs: expiresAt.getTime(),
  };
}

/** For how long what was rejected or expired is not asked again, by the tenant file in force. */
export async function silenceOf(services: Services, tenant: string): Promise<Silence> {
  const { approvals } = await newestTenantFile(services, tenant);
  return { now: services.now(), rejectionHoldsMs: durationMs(approvals.rejectionHolds) };
}

/** The same for reports; null where no request has ended without a yes, so that no tenant file is needed. */
export async function silenceForReport(services: Services, tenant: string): Promise<Silence | null> {
  const [found] = await tenantsWithEndedApprovals(services.database, tenant);
  return found === undefined ? null : await silenceOf(services, tenant);
}
