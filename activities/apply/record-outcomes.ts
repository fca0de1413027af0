/** Records the outcome of attempted changes: those done in one transaction, all others one by one. */
import { log } from '@temporalio/activity';
import {
  ContractError,
  NotFoundError,
  RejectedError,
  SupersededError,
  type SyncError,
  UncertainWriteError,
} from '../../domain/errors.ts';
import { memoize } from '../../domain/lazy.ts';
import type { ChangeKind } from '../../domain/plan/change.ts';
import { useApproval } from '../../store/approvals/approval-state.ts';
import { type Fence, whileCurrent } from '../../store/fence.ts';
import { type DoneChange, writeJournal } from '../../store/journal/journal.ts';
import { holdForSeat, recordFailure } from '../../store/planning/failures.ts';
import { type LinkReplaced, linkPeople } from '../../store/planning/links.ts';
import { type ChangeRow, setDone, setStatus } from '../../store/planning/plans.ts';
import { requestReplan } from '../../store/replica/dirty-subjects.ts';
import { rememberUsers } from '../../store/replica/timely-snapshot.ts';
import type { Services } from '../services.ts';
import type { ApplyOutcome, ApplyResult } from './apply-context.ts';
import { gathered, runOf } from './gather.ts';

/** A change that was attempted: its result, or a refusal that concerns this person or team only. */
export type Attempted = { row: ChangeRow; result: ApplyResult } | { row: ChangeRow; refusal: SyncError };

type Done = { row: ChangeRow; result: Extract<ApplyResult, { outcome: 'done' }> };
type Dropped = Extract<ApplyResult, { outcome: 'dropped' }>;

/** Class of a refusal for want of a seat: the cycle invites no further people then. */
const noSeat = 'no-seat';

/** Whether an error refuses one person or team, so that all others go on (docs/reference/rules.md section 7). */
export function concernsOneSubject(error: unknown): error is SyncError {
  if (error instanceof UncertainWriteError) return error.retryAfterMs === null;
  return error instanceof RejectedError || error instanceof ContractError || error instanceof NotFoundError;
}

/** Records changes of one cycle. Returns the outcome of each: done ones first, then the others in their order. */
export type RecordOutcomes = (fence: Fence, attempted: readonly Attempted[]) => Promise<ApplyOutcome[]>;

/** Changes that activities have done while a transaction runs share the next one, if they are of the same cycle. */
export function createRecorder(services: Services): RecordOutcomes {
  const recordTogether = memoize((_tenant: string) =>
    gathered({
      groupOf: ({ fence }: { fence: Fence; change: Done }) => runOf(fence),
      async run(items) {
        const done = items.map(({ change }) => change);
        if (items[0]) await recordDone(services, items[0].fence, done);
        return done;
      },
    }),
  );
  return async (fence, attempted) => {
    const done = attempted.filter(isDone);
    const recorded = await Promise.allSettled(
      done.map((change) => recordTogether(fence.tenant)({ fence, change })),
    );
    const errors = recorded.map((each) => (each.status === 'rejected' ? each.reason : null));
    const late = done.filter((_change, place) => isSuperseded(errors[place]));
    if (late.length > 0) await recordLate(services, fence, late);
    const failed = errors.find((error) => error !== null && !isSuperseded(error));
    if (failed) throw failed;
    const outcomes = done.map((change): ApplyOutcome => (late.includes(change) ? 'superseded' : 'done'));
    return [...outcomes, ...(await recordOthers(services, fence, attempted))];
  };
}

const isDone = (change: Attempted): change is Done => 'result' in change && change.result.outcome === 'done';
const isSuperseded = (error: unknown) => error instanceof SupersededError;

/**
 * State, links, journal, and the approvals that were used. A change is recorded once: the answer to an earlier transaction may
 * have been lost, and an activity that timed out may have gone on.
 */
async function recordDone(
  { database, now }: Services,
  fence: Fence,
  attempted: readonly Done[],
): Promise<void> {
  const { tenant, cycle } = fence;
  await whileCurrent(database, fence, async (store) => {
    const rows = attempted.map(({ row }) => row);
    const positions = await setDone(store, tenant, rows);
    const done = attempted.filter(({ row }) => positions.delete(row.position));
    const linked = done.flatMap(({ result }) => result.linked ?? []);
    const links = linked.map(({ link }) => link);
    const replaced = await linkPeople(store, tenant, links);
    const users = linked.map(({ user }) => user);
    await rememberUsers(store, tenant, users, cycle);
    for (const { row, result } of done) {
      await result.remember?.(store);
      await useApproval(store, row, now());
    }
    // Last, because it locks the head of the tenant's chain until the transaction ends.
    const changes = done.map((change) => journaled(change, replaced));
    if (changes.length > 0) await writeJournal(store, tenant, changes, now());
  });
}

/**
 * The cycle ended while these were on their way, and Timely did them. They are journaled; the next cycle reads what is true
 * by now, and plans from that. What may have been sent twice stays noted: the cycle that sends it again finds it first.
 */
async function recordLate(
  { database, now }: Services,
  { tenant }: Fence,
  done: readonly Done[],
): Promise<void> {
  const late = done.filter(({ row }) => !sentOnce.includes(row.kind));
  await database.transaction(async (store) => {
    for (const { row } of late) {
      await useApproval(store, row, now());
      await setStatus(store, row, 'done');
    }
    await requestReplan(store, tenant);
    const changes = late.map((change) => journaled(change, new Map()));
    if (changes.length > 0) await writeJournal(store, tenant, changes, now());
  });
}

/** Their attempts are noted (idempotent-write.ts). */
const sentOnce: readonly ChangeKind[] = ['invite', 'reinstate', 'createTeam'];

/** Links that gave way stay readable in the journal. */
function journaled(
  { row, result: { before, after, linked } }: Done,
  replaced: Map<string, LinkReplaced[]>,
): DoneChange {
  const replaces = (linked && replaced.get(linked.link.personId)) ?? [];
  return { row, before, after: replaces.length === 0 ? after : { ...(after as object), replaces } };
}

/** Those that are not done, one by one. */
async function recordOthers(
  services: Services,
  fence: Fence,
  attempted: readonly Attempted[],
): Promise<ApplyOutcome[]> {
  const outcomes: ApplyOutcome[] = [];
  for (const change of attempted) {
    try {
      if ('refusal' in change)
        outcomes.push(await recordRefusal(services, fence, change.row, change.refusal));
      else if (change.result.outcome === 'dropped')
        outcomes.push(await recordDropped(services, fence, change.row, change.result));
    } catch (error) {
      if (!isSuperseded(error)) throw error;
      await recordLate(services, fence, []);
      outcomes.push('superseded');
    }
  }
  return outcomes;
}

async function recordDropped(
  { database }: Services,
  fence: Fence,
  row: ChangeRow,
  result: Dropped,
): Promise<ApplyOutcome> {
  await whileCurrent(database, fence, async (store) => {
    await setStatus(store, row, 'dropped', { class: 'dropped', message: result.reason, remedy: '' });
    await result.remember?.(store);
    // The facts differ from those of the plan: the next cycle plans again.
    await requestReplan(store, row.tenant);
  });
  return 'dropped';
}

async function recordRefusal(
  { database, now }: Services,
  fence: Fence,
  row: ChangeRow,
  error: SyncError,
): Promise<ApplyOutcome> {
  const failure = { class: classOf(error), message: error.message, remedy: error.remedy };
  if (failure.class === noSeat) {
    await whileCurrent(database, fence, (store) =>
      holdForSeat(store, row, `${error.message}. ${error.remedy}`, failure),
    );
    return 'held';
  }
  await whileCurrent(database, fence, (store) => recordFailure(store, row, failure, now()));
  log.warn('change failed', { change: row.kind, class: failure.class });
  return 'failed';
}

function classOf(error: SyncError): string {
  if (error instanceof RejectedError) return 'seat' in error.fields ? noSeat : 'rejected';
  if (error instanceof UncertainWriteError) return 'unsure';
  return error instanceof NotFoundError ? 'not-found' : 'unexpected-response';
}
