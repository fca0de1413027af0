/** The terms of an approval: those of the tenant file that was in force when it was opened. */
import { durationMs } from '../../config/duration.ts';
import type { TenantFile } from '../../config/tenant-file.ts';
import type { ApprovalTimes } from '../../domain/approvals/deadline.ts';
import type { ApprovalRow } from '../../store/approvals/approvals.ts';
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
