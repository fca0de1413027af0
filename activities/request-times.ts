/** When a request reminds, escalates and expires: the terms of the tenant file that was in force when it was opened. */
import { durationMs } from '../config/duration.ts';
import type { RequestTimes } from '../domain/deadline.ts';
import type { ApprovalRow } from '../store/approvals.ts';
import { cycleRow } from '../store/cycles.ts';
import { newestConfiguration } from '../store/tenants.ts';
import type { Services } from './services.ts';

/** @throws ConfigurationError when the tenant has no file. */
export async function requestTimes(
  services: Services,
  row: Pick<ApprovalRow, 'tenant' | 'cycle' | 'openedAt' | 'expiresAt'>,
): Promise<RequestTimes> {
  const { database } = services;
  const opened = await cycleRow(database, row.tenant, row.cycle);
  const version = opened?.configurationVersion ?? (await newestConfiguration(database, row.tenant))?.version;
  const { approvals } = await services.tenantFile(row.tenant, version ?? 0);
  const openedAtMs = row.openedAt.getTime();
  return {
    openedAtMs,
    remindEveryMs: durationMs(approvals.remindAfter),
    escalateAtMs: openedAtMs + durationMs(approvals.escalateAfter),
    expiresAtMs: row.expiresAt.getTime(),
  };
}
