/** The state of an approval's workflow, and what its messages do to it. */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  log,
  setCurrentDetails,
  uuid4,
} from '@temporalio/workflow';
import type { ApprovalKey, ApprovalTerms } from '../../activities/approvals/approvals.ts';
import { type DecisionChannel, formatDecision } from '../../domain/approvals/decision.ts';
import { decideApproval, describeApproval } from '../activity-proxies.ts';
import { refuseWith, wrongUseFailure } from '../failures.ts';
import {
  type DecideInput,
  type DecideResult,
  type DecisionPayload,
  nudgeSignal,
  tenantWorkflowId,
} from '../messages.ts';
import { approvalView, cancelledNote, outcomeOf, refusedLine, refusedShown } from './approval-view.ts';
import { problemWith, problemWithSignal } from './validate-decision.ts';

export class OpenApproval {
  state = 'open';
  /** The last refused decisions, as they are shown. */
  refused: string[];
  readonly #key: ApprovalKey;
  /** Null until the store was read. */
  #terms: ApprovalTerms | null = null;
  #decisions: string[] = [];
  #mustRefresh = false;

  constructor(key: ApprovalKey, refused: string[]) {
    this.#key = key;
    this.refused = refused;
  }

  get isOpen(): boolean {
    return this.state === 'open';
  }

  /** Whether the store has to be read again. */
  get mustRefresh(): boolean {
    return this.#mustRefresh;
  }

  /** The workflow reads once for all requests up to then. */
  requestRefresh(): void {
    this.#mustRefresh = true;
  }

  /** Reads the terms and the state from the store. So a `refresh` from Temporal's UI does no harm. */
  async refresh(): Promise<ApprovalTerms> {
    this.#mustRefresh = false;
    const terms = await describeApproval(this.#key);
    this.#terms = terms;
    this.#decisions = terms.decisions;
    this.#close(terms.state);
    this.show();
    return terms;
  }

  /** @throws ApplicationFailure when the decision makes no sense, or is not this person's */
  validate(input: DecideInput): void {
    insist(this.#problemWith(input));
  }

  /** A decision that has arrived is recorded, even when the workflow is cancelled meanwhile. */
  decide(input: DecideInput, channel: DecisionChannel): Promise<DecideResult> {
    return CancellationScope.nonCancellable(() => this.#decide(input, channel));
  }

  async #decide(input: DecideInput, channel: DecisionChannel): Promise<DecideResult> {
    const { decision, by, note = '', only = [], except = [], proof } = input;
    const fields = { decision, by, note, channel };
    const recorded = await decideApproval({
      ...this.#key,
      ...fields,
      only,
      except,
      ...(proof !== undefined && { proof }),
      at: new Date(Date.now()).toISOString(),
      decisionId: uuid4(),
    }).catch(refuseWith('The decision could not be recorded.'));
    this.#close(recorded.state);
    const at = new Date(Date.now()).toISOString();
    this.#decisions = [...this.#decisions, formatDecision({ ...fields, at, changes: recorded.decided })];
    this.show();
    await wakeLoop(this.#key.tenant);
    const { decided, undecided } = recorded;
    return { outcome: outcomeOf(decision, recorded), decided, undecided };
  }

  /** A signal has no response: a refused one is shown with the reason, and changes nothing. */
  async decideBySignal(payload: DecisionPayload, decision: DecideInput['decision']): Promise<void> {
    try {
      // Only the console has proofs, and it sends none by signal.
      const { proof: _, ...input }: DecideInput = { ...payload, decision };
      insist(problemWithSignal(payload, decision) ?? this.#problemWith(input));
      await this.decide(input, 'signal');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // The reason repeats what was typed; it is shown with the approval.
      log.warn('refused a decision by signal');
      this.refused = [...this.refused, refusedLine(payload, decision, reason)].slice(-refusedShown);
      this.show();
    }
  }

  /** The workflow was cancelled, perhaps by mistake: that decides nothing. */
  async cancel(): Promise<void> {
    await condition(allHandlersFinished);
    this.show(this.isOpen ? cancelledNote(this.#key) : null);
  }

  show(note: string | null = null): void {
    const { state, refused } = this;
    const terms = this.#terms?.details ?? '';
    const details = note === null ? terms : `${note}\n\n${terms}`;
    setCurrentDetails(approvalView({ state, details, decisions: this.#decisions, refused }));
  }

  #problemWith(input: DecideInput): string | null {
    const id = `${this.#key.tenant}/${this.#key.approval}`;
    const { who = null, proof = null } = this.#terms ?? {};
    return problemWith(input, { id, state: this.state, who, proof });
  }

  /** Decisions may overlap: one that left the approval open does not open it again. */
  #close(state: string): void {
    if (state !== 'open') this.state = state;
  }
}

/** The loop may be stopped, or between two runs: the decision is in the store, where its next cycle finds it. */
async function wakeLoop(tenant: string): Promise<void> {
  const loop = getExternalWorkflowHandle(tenantWorkflowId(tenant));
  await loop.signal(nudgeSignal, {}).catch(() => undefined);
}

function insist(problem: string | null): void {
  if (problem) throw wrongUseFailure(problem);
}
