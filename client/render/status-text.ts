/** One tenant in full, as text for people. */
import type { CycleReport } from '../../domain/contract/report.ts';
import { findingCountsText } from '../../domain/plan/finding-kinds.ts';
import { formatCount } from '../../domain/text.ts';
import type { TenantInFull } from '../remote/status-of-one.ts';
import { endedText } from './approval-text.ts';
import { changesTable, signed } from './change-groups.ts';
import { estimateText } from './estimate.ts';
import { table } from './output.ts';
import { changeTableRow, cycleErrorText, cycleResult, cycleTook } from './words/change-words.ts';
import { moment } from './words/moments.ts';
import {
  connectedText,
  healthText,
  holdsText,
  isInTrouble,
  pauseText,
  troubleOf,
} from './words/tenant-words.ts';

/** Rows of the first screen: `approvals show` has the rest. */
const waitingRowsMax = 8;

/** The tenant's report as text. */
export function tenantInFullText(report: TenantInFull, columns: number): string {
  const { tenant, cycles, held, failed, approvals, ended, seats } = report;
  const found = findingCountsText(report.findings);
  const finished = cycles.find(({ finishedAt }) => finishedAt !== null);
  return [
    headline(report),
    ...present(pauseText(report)),
    ...troubleLines(report),
    ...seats.map(({ message }) => message),
    ...(cycles.length > 0
      ? [table(['cycle', 'began', 'took', 'what it did'], cycles.map(cycleRow), columns)]
      : []),
    ...changesTable('What waits', [...held, ...failed], (line) => signed(line, changeTableRow(line)), {
      ...{ most: waitingRowsMax, columns },
      total: finished && finished.counts.held + finished.counts.failed,
    }),
    ...present(holdsText(report)),
    ...(found === '' ? [] : [`Findings: ${found}. They are in: timely-sync findings ${tenant}`]),
    ...approvals.map(
      ({ id, rule, changes }) =>
        `Waits for approval: ${id}, ${rule}, ${formatCount(changes, 'change', 'changes')}`,
    ),
    ...ended.map(endedText),
    ...(isInTrouble(report) ? [`Each step is in Temporal's UI: timely-sync status ${tenant} --web`] : []),
    ...(approvals.length > 0 ? [`Next: timely-sync approvals show ${approvals[0]?.id}`] : []),
  ].join('\n');
}

const present = (text: string | null): string[] => (text === null ? [] : [text]);

/** What is wrong, unless somebody has mended it and no cycle has tried since. */
function troubleLines(report: TenantInFull): string[] {
  const cycleError = troubleOf(report);
  return cycleError === null ? [] : [connectedText(report) ?? cycleErrorText(cycleError)];
}

function headline(report: TenantInFull): string {
  const { tenant, status, stuck, estimate } = report;
  if (stuck)
    return `${tenant}: stuck since ${moment(stuck.since)}. ${stuck.cause}: ${stuck.message}\n${stuck.remedy}`;
  if (status === null) return `${tenant}: stopped`;
  const steps = estimate ? ` (${estimateText(estimate, Date.now())})` : '';
  const next = status.nextCycleAt ? `, next cycle at ${moment(status.nextCycleAt)}` : '';
  return `${tenant}: ${healthText(report)}, ${status.stage}${steps}${next}; configuration ${status.configurationVersion}`;
}

const cycleRow = (cycle: CycleReport): string[] => [
  `${cycle.number} ${cycle.kind}`,
  moment(cycle.startedAt),
  cycleTook(cycle),
  cycleResult(cycle),
];
