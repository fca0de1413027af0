/** What a tenant's workflow shows in Temporal's UI. */
import type { CycleCounts } from '../../domain/contract/report.ts';
import type { TenantStatus } from '../messages.ts';

const words: [keyof CycleCounts, string][] = [
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
 * Markdown: a list, because the UI sets tables without space between their columns
 * (docs/reference/temporal.md section 2.12).
 */
export function detailsOf(status: TenantStatus, counts: CycleCounts | null): string {
  const lines = [`**Tenant ${status.tenant}**, cycle ${status.cycle}: ${status.health}`];
  if (status.cycleError) lines.push('', `${status.cycleError.message} ${status.cycleError.remedy}`);
  if (counts) {
    lines.push('', `- ${counts.inScope} people in scope, ${counts.unchanged} as they should be`);
    for (const [key, text] of words) if (counts[key] > 0) lines.push(`- ${counts[key]} ${text}`);
  }
  return lines.join('\n');
}
