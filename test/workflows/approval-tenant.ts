/** Plays steps on one tenant: the real gate, store and workflows, with a directory and a Timely account of the model. */
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/errors.ts';
import { loadApprovalState, useApproval } from '../../store/approvals/approval-state.ts';
import { loadChanges, type PlannedRow } from '../../store/planning/plans.ts';
import { approveSignal, decideUpdate, rejectSignal } from '../../workflows/messages.ts';
import { gated, link, person, user, worldWith } from '../domain/support/world.ts';
import type { Requests } from '../support/requests.ts';
import { breachesOfEnd, breachesOfPlan, historyOf, keyOf, type PlanMade } from './approval-history.ts';
import { type DecideStep, type DirectoryState, peopleNames, type Step } from './approval-steps.ts';

const who = ['lea@contoso.example', 'max@contoso.example'];
const terms = { who, remindAfter: '1s', escalateAfter: '2s', expireAfter: '6s', rejectionHolds: '2s' };
const rejectionHoldsMs = 2_000;

export interface Script {
  approvers: number;
  steps: readonly Step[];
}

/**
 * @returns how its approvals ended
 * @throws Error with every breach
 */
export async function playTenant(
  requests: Requests,
  { approvers, steps }: Script,
  restart: () => Promise<void>,
): Promise<string[]> {
  const tenant = await requests.tenant({ ...terms, approvers });
  const { database } = tenant;
  const directoryStates = new Map<string, DirectoryState>();
  const removed = new Set<string>();
  const used = new Set<string>();
  const accepted: { number: number; decision: string; by: string }[] = [];
  const pending: Promise<void>[] = [];
  const breaches: string[] = [];
  const history = () => historyOf(database, tenant.name, approvers);

  async function plan(applies: boolean): Promise<void> {
    const before = await history();
    const [usedBefore, beganMs] = [new Set(used), Date.now()];
    const approvalState = await loadApprovalState(database, tenant.name, new Date(), rejectionHoldsMs);
    const decidedMs = Date.now();
    const approved = new Set(approvalState.approved.keys());
    const changes = gated(worldOf(directoryStates, removed), {
      approved,
      requestedRules: approvalState.requestedRules,
      rejected: approvalState.rejected,
    });
    const rows = changes.map((change): PlannedRow => {
      const approval = change.hold ? null : (approvalState.approved.get(change.fingerprint) ?? null);
      return { change, status: change.hold ? 'held' : 'planned', label: '', approval, failure: null };
    });
    await tenant.ask(rows);
    const made: PlanMade = { rows, before, after: await history(), used: usedBefore, beganMs, decidedMs };
    breaches.push(...breachesOfPlan(made, rejectionHoldsMs));
    if (applies) await apply(rows);
  }

  /** Applies the planned changes: the person leaves Timely, and the approval is used. */
  async function apply(rows: PlannedRow[]): Promise<void> {
    for (const [position, { change, status, approval }] of rows.entries()) {
      const [row] = await loadChanges(database, tenant.name, tenant.cycle(), [position]);
      if (status !== 'planned' || !row || change.subject.type !== 'person') continue;
      await useApproval(database, row, new Date());
      if (approval !== null) used.add(keyOf(approval, change.fingerprint));
      removed.add(change.subject.name);
    }
  }

  async function decide({ back, decision, by, only, except, bySignal }: DecideStep): Promise<void> {
    const number = (await history()).length - back;
    if (number < 1) return;
    const named = (places: number[]) => places.map((place) => addressOf(peopleNames[place] ?? ''));
    const input = { by, only: named(only), except: named(except) };
    const handle = tenant.handle(number);
    try {
      if (bySignal) await handle.signal(decision === 'approve' ? approveSignal : rejectSignal, input);
      else {
        await handle.executeUpdate(decideUpdate, { args: [{ ...input, decision }] });
        accepted.push({ number, decision, by: by.trim() });
      }
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }

  async function take(step: Step): Promise<void> {
    if (step.do === 'plan') await plan(step.applies);
    if (step.do === 'restart') await restart();
    if (step.do === 'wait') await new Promise((resolve) => setTimeout(resolve, step.ms));
    if (step.do === 'move') {
      const name = peopleNames[step.who] ?? '';
      directoryStates.set(name, step.to);
      if (step.to === 'there') removed.delete(name);
    }
    if (step.do === 'decide') {
      const decisions = Array.from({ length: step.twice ? 2 : 1 }, () => decide(step));
      const all = Promise.all(decisions).then(() => undefined);
      pending.push(all);
      if (step.awaited) await all;
    }
  }

  for (const step of steps) await take(step);
  await Promise.all(pending);
  await plan(true);
  const ends = new Map<number, string>();
  for (const { number } of await history()) {
    const { state } = (await tenant.handle(number).result()) as { state: string };
    ends.set(number, state);
  }
  await plan(true);
  breaches.push(...breachesOfEnd(await history(), ends, accepted));
  if (breaches.length > 0) throw new Error(breaches.join('\n'));
  return [...ends.values()];
}

const addressOf = (name: string) => `${name.toLowerCase()}@contoso.example`;

/** Every removal needs an approval, and one of the people is sensitive. */
function worldOf(directoryStates: ReadonlyMap<string, DirectoryState>, removed: ReadonlySet<string>) {
  const stateOf = (name: string) => directoryStates.get(name) ?? 'there';
  const present = peopleNames.filter((name) => !removed.has(name));
  const idOf = (name: string) => 100 + peopleNames.indexOf(name);
  return worldWith({
    rules: {
      safety: {
        removals: { max: 0, percent: 100, windowDays: 7 },
        sensitive: { directoryRoles: false, timelyRoles: [], groups: [], emails: [addressOf('Ada')] },
      },
    },
    directory: {
      people: peopleNames
        .filter((name) => stateOf(name) !== 'deleted')
        .map((name) => person(name, { enabled: stateOf(name) === 'there' })),
    },
    timely: { users: present.map((name) => user(idOf(name), name)) },
    personLinks: present.map((name) => link(name, idOf(name))),
  });
}

/** An open approval refuses with a sentence; a closed one does not exist for Temporal. */
function isRefusal(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true;
  if (!(error instanceof WorkflowUpdateFailedError)) return false;
  const { cause } = error;
  return (
    cause instanceof ApplicationFailure &&
    [String(failureTypes.wrongUse), 'AcceptedUpdateCompletedWorkflow'].includes(cause.type ?? '')
  );
}
