/** The terms of a request: those of the tenant file that was in force when it was opened. */
import { durationMs } from '../../config/duration.ts';
import type { TenantFile } from '../../config/tenant-file.ts';
import type { ApprovalTimes } from '../../domain/approvals/deadline.ts';
import type { ApprovalRow } from '../../store/approvals/approvals.ts';
import { cycleRow } from '../../store/planning/cycles.ts';
import { newestConfiguration } from '../../store/tenants.ts';
import type { Services } from '../services.ts';

/** @throws ConfigurationError when the tenant has no file. */
export async function fileOfApproval(
  services: Services,
  { tenant, cycle }: Pick<ApprovalRow, 'tenant' | 'cycle'>,
): Promise<TenantFile> {
  const { database } = services;
  const opened = await cycleRow(database, tenant, cycle);
  const version = opened?.configurationVersion ?? (await newestConfiguration(database, tenant))?.version;
  return await services.tenantFile(tenant, version ?? 0);
}

/** When a request reminds, escalates and expires. */
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
