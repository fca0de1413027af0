/** Workflows that outlive the one that starts them, one run at a time: Temporal offers signal-with-start to clients alone. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  getExternalWorkflowHandle,
  ParentClosePolicy,
  type SignalDefinition,
  startChild,
  type Workflow,
} from '@temporalio/workflow';

interface StartOrSignalOptions<Started extends Workflow> {
  workflowId: string;
  args: Parameters<Started>;
  /** For the run that is there already. */
  signal: SignalDefinition;
}

/** Starts a workflow, or signals its running one. Returns false when that one ended between the two: try again or leave it. */
export async function startOrSignal<Started extends Workflow>(
  workflow: Started,
  { workflowId, args, signal }: StartOrSignalOptions<Started>,
): Promise<boolean> {
  try {
    const parentClosePolicy = ParentClosePolicy.ABANDON;
    await startChild<Workflow>(workflow, { workflowId, parentClosePolicy, args });
    return true;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return await signalIfRunning(workflowId, signal);
  }
}

/** Signals a workflow that may have ended. Returns whether it was running. */
export async function signalIfRunning<Args extends unknown[]>(
  workflowId: string,
  signal: SignalDefinition<Args>,
  ...args: Args
): Promise<boolean> {
  return await getExternalWorkflowHandle(workflowId)
    .signal(signal, ...args)
    .then(
      () => true,
      () => false,
    );
}
