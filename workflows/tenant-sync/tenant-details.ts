/** What Temporal's UI shows of a tenant under its current details. */
import { countTexts } from '../../domain/contract/cycle-counts-text.ts';
import type { Pause } from '../../domain/contract/report.ts';
import { findingCountsText } from '../../domain/plan/finding-kinds.ts';
import { markdownText } from '../../domain/shown-text.ts';
import { formatCount } from '../../domain/text.ts';
import type { TenantStatus } from '../messages.ts';
import type { CycleSummary } from './tenant-status.ts';

/**
 * As Markdown. Lists, because the UI shows tables without space between their columns
 * (docs/reference/temporal.md section 2.12). `last`: the report of the last cycle, null before the first.
 */
export function detailsOf(status: TenantStatus, pause: Pause | null, last: CycleSummary | null): string {
  const { tenant, cycle, finishedCycle, health, stage, cycleError, nextCycleAt } = status;
  const running = cycle > finishedCycle ? `cycle ${cycle} is ${stage}${progressOf(status)}` : stage;
  const isRead = cycle > 0 || cycleError !== null;
  const lines = [`**Tenant ${tenant}**: ${isRead ? health : 'never read'}, ${running}`];
  if (cycleError) lines.push(markdownText(`${cycleError.message} ${cycleError.remedy}`));
  if (pause) lines.push(pauseText(status, pause));
  else if (nextCycleAt) lines.push(`Next cycle at ${nextCycleAt}; the Signal \`nudge\` brings it at once.`);
  if (last) lines.push(reportOf(tenant, finishedCycle, last));
  return lines.join('\n\n');
}

function progressOf({ progress }: TenantStatus): string {
  return progress ? `, ${progress.done} of ${formatCount(progress.of, 'change', 'changes')} done` : '';
}

function pauseText({ tenant, undoing }: TenantStatus, { since, undoes, by }: Pause): string {
  const cause = undoes === null ? '' : ` by the undo of cycle ${undoes}`;
  const who = by ? `, ${markdownText(by)}` : '';
  const goesOn =
    undoing === null
      ? `\`timely-sync resume ${tenant}\` or the Signal \`resume\` lets it go on.`
      : `The undo goes on until nothing of it waits; \`timely-sync resume ${tenant}\` ends it.`;
  return `**Paused** since ${since}${cause}${who}. ${goesOn}`;
}

function reportOf(tenant: string, cycle: number, { counts, findings }: CycleSummary): string {
  const lines = [`Cycle ${cycle}:`, ''];
  lines.push(...countTexts(counts).map((text) => `- ${text}`));
  const found = findingCountsText(findings);
  if (found !== '') lines.push(`- findings: ${found} (\`timely-sync findings ${tenant}\`)`);
  return lines.join('\n');
}
