/**
 * How workflows go over to a new release, where workers have a build id (docs/operating.md, "Upgrade"). Each run stays on the
 * release that it began on. Short ones end on it. Those that last continue as new on the next one: at their next step, or
 * when they look for it, since nothing wakes a run that waits.
 */
import { makeContinueAsNewFunc, type Workflow, workflowInfo } from '@temporalio/workflow';
import { dayMs } from '../domain/time.ts';

/** A run that waits for longer looks this often. So no release is needed for more than a day after the next one is current. */
export const looksForReleaseEveryMs = dayMs;
export const lookingForRelease = 'looks for a new release';

/**
 * Whether the run should end and continue as new: its history is long by the server's own measure, or another release has
 * become current since it began. A run that began behind it, because an operator has pinned it, would do so for ever.
 */
export function newRunWatch(): () => boolean {
  const { targetWorkerDeploymentVersionChanged: isPinnedByOperator } = workflowInfo();
  return () => {
    const { continueAsNewSuggested, targetWorkerDeploymentVersionChanged } = workflowInfo();
    return continueAsNewSuggested || (targetWorkerDeploymentVersionChanged && !isPinnedByOperator);
  };
}

/** Continues as new, on the release that is current by then. */
export const continueOnCurrentRelease = <Running extends Workflow>(
  ...args: Parameters<Running>
): Promise<never> => makeContinueAsNewFunc<Running>({ initialVersioningBehavior: 'AUTO_UPGRADE' })(...args);
