/** Writes down what trying changes has come to: what was done in one transaction, everything else one by one. */
import { log } from '@temporalio/activity';
import {
  ContractError,
  NotFoundError,
  RejectedError,
  type SyncError,
  UncertainWriteError,
} from '../../domain/errors.ts';
import { useApproval } from '../../store/approvals/approval-state.ts';
import { type DoneChange, writeJournal } from '../../store/journal/journal.ts';
import { requestReplan } from '../../store/planning/dirty-subjects.ts';
import { type LinkReplaced, linkPeople } from '../../store/planning/links.ts';
import { type ChangeRow, recordFailure, setDone, setStatus } from '../../store/planning/plans.ts';
import { holdForSeat } from '../../store/planning/seats.ts';
import { rememberUsers } from '../../store/replica/timely-snapshot.ts';
import type { Services } from '../services.ts';
import type { ApplyOutcome, ApplyResult } from './apply-context.ts';

/** A change that got an end: an effect, or a refusal that concerns this person or team only. */
export type Attempted = { row: ChangeRow; effect: ApplyResult } | { row: ChangeRow; refusal: SyncError };

type Done = { row: ChangeRow; effect: Extract<ApplyResult, { outcome: 'done' }> };
type Dropped = Extract<ApplyResult, { outcome: 'dropped' }>;

/** Class of a refusal for want of a seat: then nobody else of the cycle is tried. */
const noSeat = 'no-seat';

/** Refusals of one person or team; everybody else goes on (docs/reference/rules.md section 7). */
export function concernsOneSubject(error: unknown): error is SyncError {
  if (error instanceof UncertainWriteError) return error.retryAfterMs === null;
  return error instanceof RejectedError || error instanceof ContractError || error instanceof NotFoundError;
}

/** Settles changes of one cycle, and answers the outcome of each. */
export async function recordOutcomes(
  services: Services,
  tenant: string,
  tried: readonly Attempted[],
): Promise<ApplyOutcome[]> {
  const done = tried.filter(
    (change): change is Done => 'effect' in change && change.effect.outcome === 'done',
  );
  if (done.length > 0) await recordDone(services, tenant, done);
  const outcomes: ApplyOutcome[] = done.map(() => 'done');
  for (const change of tried) {
    if ('refusal' in change) outcomes.push(await recordRefusal(services, change.row, change.refusal));
    else if (change.effect.outcome === 'dropped')
      outcomes.push(await recordDropped(services, change.row, change.effect));
  }
  return outcomes;
}

/** State, links, journal, and the approvals that were used. */
async function recordDone({ database, now }: Services, tenant: string, done: readonly Done[]): Promise<void> {
  const linked = done.flatMap(({ effect }) => effect.linked ?? []);
  const rows = done.map(({ row }) => row);
  const cycle = rows[0]?.cycle ?? 0;
  await database.transaction(async (store) => {
    const links = linked.map(({ link }) => link);
    const replaced = await linkPeople(store, tenant, links);
    const users = linked.map(({ user }) => user);
    await rememberUsers(store, tenant, users, cycle);
    for (const { effect } of done) await effect.remember?.(store);
    for (const row of rows) await useApproval(store, row, now());
    await setDone(store, tenant, rows);
    // Last, since it locks the head of the tenant's chain until the end.
    const changes = done.map((change) => asJournalled(change, replaced));
    await writeJournal(store, tenant, changes, now());
  });
}

/** Links that gave way stay readable in the journal. */
function asJournalled(
  { row, effect: { before, after, linked } }: Done,
  replaced: Map<string, LinkReplaced[]>,
): DoneChange {
  const replaces = (linked && replaced.get(linked.link.personId)) ?? [];
  return { row, before, after: replaces.length === 0 ? after : { ...(after as object), replaces } };
}

async function recordDropped({ database }: Services, row: ChangeRow, effect: Dropped): Promise<ApplyOutcome> {
  await database.transaction(async (store) => {
    await setStatus(store, row, 'dropped', { class: 'dropped', message: effect.reason, remedy: '' });
    await effect.remember?.(store);
    // The facts differ from what was planned with: the next cycle plans afresh.
    await requestReplan(store, row.tenant);
  });
  return 'dropped';
}

async function recordRefusal(
  { database, now }: Services,
  row: ChangeRow,
  error: SyncError,
): Promise<ApplyOutcome> {
  const failure = { class: classOf(error), message: error.message, remedy: error.remedy };
  if (failure.class === noSeat) {
    await holdForSeat(database, row, `${error.message}. ${error.remedy}`, failure);
    return 'held';
  }
  await recordFailure(database, row, failure, now());
  log.warn('change failed', { change: row.kind, class: failure.class });
  return 'failed';
}

function classOf(error: SyncError): string {
  if (error instanceof RejectedError) return 'seat' in error.fields ? noSeat : 'rejected';
  if (error instanceof UncertainWriteError) return 'unsure';
  return error instanceof NotFoundError ? 'not-found' : 'unexpected-answer';
}
