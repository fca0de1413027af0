/** Provisions one person, in steps that Temporal's UI and the command show: read, plan, apply, report. */
import { setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import type { CycleKey } from '../../activities/cycle/open-cycle.ts';
import type { ProvisionReport } from '../../domain/contract/provision.ts';
import type { CycleError } from '../../domain/contract/report.ts';
import { markdownText } from '../../domain/shown-text.ts';
import {
  applyChange,
  finishProvision,
  openProvision,
  planPerson,
  readDirectory,
  readTimely,
} from '../activity-proxies.ts';
import { endOrderly } from '../cancellation.ts';
import { cycleErrorOf } from '../failures.ts';
import { provisionQuery, subjectAttributes } from '../messages.ts';
import { setAttributes } from '../set-attributes.ts';

export interface ProvisionPersonInput {
  tenant: string;
  person: string;
  evenIfPaused?: boolean;
}

/** Only the tenant's loop starts it, between two cycles, so that no other workflow writes at the same time. */
export async function provisionPerson({
  tenant,
  person,
  evenIfPaused = false,
}: ProvisionPersonInput): Promise<ProvisionReport> {
  const report: ProvisionReport = {
    tenant,
    stage: 'opening',
    cycle: 0,
    person: null,
    verdict: null,
    steps: [],
    doubt: null,
    cycleError: null,
  };
  setHandler(provisionQuery, () => report, { description: 'The progress of the provision' });
  let isCancelled = false;
  const cancel = () => {
    isCancelled = true;
  };
  const request = { person, evenIfPaused };
  return await endOrderly(cancel, () => provision(report, request, () => isCancelled));
}

/** A cancelled provision begins no further change, and reports what it did. */
async function provision(
  report: ProvisionReport,
  { person, evenIfPaused }: { person: string; evenIfPaused: boolean },
  isCancelled: () => boolean,
): Promise<ProvisionReport> {
  const { tenant } = report;
  // After a reset this run is another one than the one that opened the cycle.
  const opening = workflowInfo().runId;
  const key = { ...(await openProvision({ tenant, opening, evenIfPaused })), opening };
  report.cycle = key.cycle;
  try {
    report.cycleError =
      (await readBothSides(report, key)) ?? (await planAndApply(report, key, person, isCancelled));
  } catch (error) {
    await finishProvision({ key, cycleError: null });
    throw error;
  }
  setStage(report, 'reporting');
  report.steps = await finishProvision({ key, cycleError: report.cycleError });
  setStage(report, 'done');
  return report;
}

async function readBothSides(report: ProvisionReport, key: CycleKey): Promise<CycleError | null> {
  setStage(report, 'reading');
  const [directory, timely] = await Promise.allSettled([readDirectory(key), readTimely(key)]);
  if (directory.status === 'rejected') return cycleErrorOf(directory.reason, 'source', key.tenant);
  return timely.status === 'rejected' ? cycleErrorOf(timely.reason, 'target', key.tenant) : null;
}

async function planAndApply(
  report: ProvisionReport,
  key: CycleKey,
  person: string,
  isCancelled: () => boolean,
): Promise<CycleError | null> {
  setStage(report, 'planning');
  const { changes, tags, missingAttributes, ...planned } = await planPerson({ key, person });
  Object.assign(report, planned);
  setAttributes(subjectAttributes(tags, missingAttributes), missingAttributes);
  setStage(report, 'applying');
  const { tenant, cycle, opening, configurationVersion } = key;
  for (const { position, label } of changes) {
    if (isCancelled()) return cancelledError;
    try {
      await applyChange.executeWithOptions({ summary: label }, [
        { tenant, cycle, opening, configurationVersion, position },
      ]);
    } catch (error) {
      // The next cycle plans the rest again.
      return cycleErrorOf(error, 'target', tenant);
    }
  }
  return null;
}

const cancelledError: CycleError = {
  health: 'quarantined',
  message: 'The provision was cancelled in Temporal before all its changes had begun.',
  remedy: 'The next cycle does what is left.',
};

function setStage(report: ProvisionReport, stage: ProvisionReport['stage']): void {
  report.stage = stage;
  setCurrentDetails(detailsOf(report));
}

function detailsOf({
  tenant,
  cycle,
  stage,
  person,
  verdict,
  doubt,
  cycleError,
  steps,
}: ProvisionReport): string {
  const who = person && `**${markdownText(person.id)}**: ${markdownText(verdict?.reason ?? '')}`;
  const done = steps.map(({ change, status }) => `- ${change}: ${status}`);
  const lines = [`Cycle ${cycle} of ${tenant}, for one person: ${stage}`, who, doubt && markdownText(doubt)];
  if (cycleError) lines.push(markdownText(`${cycleError.message} ${cycleError.remedy}`));
  return [...lines.filter(Boolean), done.join('\n')].join('\n\n').trim();
}
