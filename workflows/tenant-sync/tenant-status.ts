/** The status of a tenant: what one run hands to the next, and what Temporal's UI shows. */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { FinishedCycle } from '../../activities/cycle/finish-cycle.ts';
import type { CycleCounts, CycleError } from '../../domain/contract/report.ts';
import { findingCountsText } from '../../domain/plan/finding-kinds.ts';
import { markdownText } from '../../domain/shown-text.ts';
import { searchAttributes, type TenantStatus } from '../messages.ts';

/** What one run hands to the next: a few hundred bytes. */
export interface TenantSyncInput {
  tenant: string;
  configurationVersion?: number;
  /** The last cycle, for `status`; the store gives the numbers. */
  cycle?: number;
  full?: boolean;
  /** A cycle was requested while the last one came to its end. */
  nudged?: boolean;
  paused?: boolean;
  /** The cycle that is being undone. */
  undoing?: number | null;
  /** The directory sends change notifications; the subscriptions end with the loop. */
  subscribed?: boolean;
  /** Failed cycles in a row. */
  consecutiveFailures?: number;
  cycleError?: CycleError | null;
}

export const initialStatus = (input: TenantSyncInput): TenantStatus => ({
  tenant: input.tenant,
  stage: input.paused ? 'paused' : 'starting',
  health: input.cycleError?.health ?? 'ok',
  cycle: input.cycle ?? 0,
  finishedCycle: input.cycle ?? 0,
  progress: null,
  cycleError: input.cycleError ?? null,
  nextCycleAt: null,
  configurationVersion: input.configurationVersion ?? 0,
  paused: input.paused ?? false,
  undoing: input.undoing ?? null,
});

/** Shows a tenant in Temporal's UI, and makes it findable by its health. `finished`: null when there is no report. */
export function showStatus(status: TenantStatus, finished: FinishedCycle | null): void {
  const counts = finished?.counts;
  setCurrentDetails(detailsOf(status, finished));
  upsertSearchAttributes([
    { key: searchAttributes.health, value: status.health },
    { key: searchAttributes.held, value: counts?.held ?? 0 },
    { key: searchAttributes.failed, value: counts?.failed ?? 0 },
  ]);
}

const countTitles: [keyof CycleCounts, string][] = [
  ['invited', 'invited'],
  ['reinstated', 'reinstated'],
  ['linked', 'linked'],
  ['roleChanged', 'roles changed'],
  ['removed', 'removed'],
  ['teamsCreated', 'teams created'],
  ['teamsRenamed', 'teams renamed'],
  ['teamMembersChanged', 'teams with changed members'],
  ['teamsRetired', 'teams retired'],
  ['held', 'waiting for approval'],
  ['failed', 'failed'],
];

/**
 * As Markdown. Lists, because the UI shows tables without space between their columns
 * (docs/reference/temporal.md section 2.12).
 */
function detailsOf(status: TenantStatus, finished: FinishedCycle | null): string {
  const lines = [`**Tenant ${status.tenant}**, cycle ${status.cycle}: ${status.health}`];
  if (status.cycleError)
    lines.push('', markdownText(`${status.cycleError.message} ${status.cycleError.remedy}`));
  if (finished) {
    const { counts, findings = {} } = finished;
    lines.push('', `- ${counts.inScope} people in scope, ${counts.unchanged} as they should be`);
    for (const [key, text] of countTitles) if (counts[key] > 0) lines.push(`- ${counts[key]} ${text}`);
    const found = findingCountsText(findings);
    if (found !== '') lines.push(`- findings: ${found} (\`timely-sync findings ${status.tenant}\`)`);
  }
  return lines.join('\n');
}
