/**
 * Applies one change to Timely. May run again at any time with the same end: what is done is not done twice, and a
 * second attempt looks first whether the first one took effect (behaviour.md, section 7).
 */
import { activityInfo, log } from '@temporalio/activity';
import {
  ContractError,
  NotFoundError,
  PassingError,
  RejectedError,
  type SyncError,
  UnansweredError,
  UnsureError,
} from '../domain/errors.ts';
import { once } from '../domain/once.ts';
import { lanesFor, togetherFor } from '../domain/pace.ts';
import { takesSeat } from '../domain/seats.ts';
import { useApproval } from '../store/approvals.ts';
import { attemptsOf } from '../store/attempts.ts';
import type { Database } from '../store/database.ts';
import { writeJournal } from '../store/journal.ts';
import {
  type ChangeRow,
  changeRow,
  changeRows,
  nextChanges,
  recordFailure,
  removals,
  setDone,
  setStatus,
} from '../store/plans.ts';
import { holdForSeat, seatRefused } from '../store/seats.ts';
import { accountRow } from '../store/timely-snapshot.ts';
import { planAgain } from '../store/touched.ts';
import type { Application, ApplyOutcome, Effect } from './application.ts';
import { applyToPerson } from './apply-person.ts';
import { applyToTeam } from './apply-team.ts';
import type { Services } from './services.ts';

/** Which part of a plan a child workflow applies. */
export interface PlanPart {
  tenant: string;
  cycle: number;
  configurationVersion: number;
  phase: number;
  /** First position to look at, and how many changes to take. */
  from: number;
  limit: number;
}

export interface PartChanges {
  changes: { position: number; label: string }[];
  /** So many of them are to be in flight at once. */
  lanes: number;
  /** So many one activity applies side by side. */
  together: number;
}

export interface ApplyChangeInput {
  tenant: string;
  cycle: number;
  configurationVersion: number;
  position: number;
  /** Set when it was tried before, by another activity: that may have taken effect. */
  wasTried?: true;
}

export interface ApplyChangesInput {
  tenant: string;
  cycle: number;
  configurationVersion: number;
  positions: number[];
}

export interface AppliedTogether {
  outcomes: ApplyOutcome[];
  /** Positions of changes that got no end at the first try; each is now tried for itself. */
  left: number[];
}

/**
 * A write that got no answer so often is left to the next cycle, after some 15 seconds of growing waits: several such
 * writes in a row stop the applying (workflows/apply-plan.ts), and that must not take minutes.
 */
const unansweredMax = 5;
const leftForLater = ({ message }: PassingError) =>
  new UnansweredError(message, {
    remedy: 'It is tried again in the next cycle, which comes sooner than usual; see whether Timely works.',
  });

/** Class of a refusal for want of a seat: then nobody else of the cycle is tried. */
const noSeat = 'no-seat';
const seatRefusedToAnother =
  'Timely refused somebody else of this cycle for want of a seat, so this person was not tried. Goes on by itself when a seat is free.';

export function createApplyChangeActivities(services: Services) {
  return {
    /** The changes of a part, with the words that run histories show. */
    async listChanges(part: PlanPart): Promise<PartChanges> {
      const { perSecond } = await services.tenant(part.tenant, part.configurationVersion);
      const changes = await nextChanges(services.database, part);
      const rate = await perSecond();
      // Each removal is an activity of its own: whoever leaves is not to wait for others.
      const together = part.phase === removals ? 1 : togetherFor(rate);
      return { changes, lanes: lanesFor(rate), together };
    },

    async applyChange(input: ApplyChangeInput): Promise<{ outcome: ApplyOutcome }> {
      const { database } = services;
      const row = await changeRow(database, input.tenant, input.cycle, input.position);
      if (row?.status !== 'planned') return { outcome: settledAs(row?.status) };
      const tenant = await services.tenant(input.tenant, input.configurationVersion);
      const repeated = input.wasTried === true || activityInfo().attempt > 1;
      if (takesSeat(row) && !repeated && (await seatRefused(database, input.tenant, input.cycle))) {
        await holdForSeat(database, row, seatRefusedToAnother);
        return { outcome: 'held' };
      }
      try {
        const known = knownOf(database, input.tenant, [row]);
        return { outcome: await applyToItsEnd({ services, tenant, row, repeated, ...known(row) }) };
      } catch (error) {
        if (error instanceof PassingError && activityInfo().attempt >= unansweredMax)
          throw leftForLater(error);
        throw error;
      }
    },

    /**
     * Applies some changes side by side, each with an end of its own in the store. It tries each once: what gets no
     * answer is handed back, so that it alone is waited for.
     */
    async applyChanges(input: ApplyChangesInput): Promise<AppliedTogether> {
      const { database } = services;
      const tenant = await services.tenant(input.tenant, input.configurationVersion);
      const rows = await changeRows(database, input.tenant, input.cycle, input.positions);
      // Whoever was begun by an earlier attempt is looked after one by one.
      if (activityInfo().attempt > 1 || (await seatRefused(database, input.tenant, input.cycle)))
        return { outcomes: [], left: input.positions };
      const known = knownOf(database, input.tenant, rows);
      const left: number[] = [];
      const outcomes = await Promise.all(
        rows.map(async (row) => {
          if (row.status !== 'planned') return settledAs(row.status);
          try {
            return await applyToItsEnd({ services, tenant, row, repeated: false, ...known(row) });
          } catch {
            left.push(row.position);
            return null;
          }
        }),
      );
      return { outcomes: outcomes.filter((outcome) => outcome !== null), left: left.sort((a, b) => a - b) };
    },
  };
}

/** What the store knows and some changes need, asked once for all of them. */
function knownOf(database: Database, tenant: string, rows: readonly ChangeRow[]) {
  const account = once(() => accountRow(database, tenant));
  const subjects = rows.map(({ subjectKey }) => subjectKey);
  const attempts = once(() => attemptsOf(database, tenant, subjects));
  return ({ subjectKey }: ChangeRow): Pick<Application, 'account' | 'attempt'> => ({
    account,
    attempt: async () => (await attempts()).get(subjectKey) ?? null,
  });
}

/** Applies a change and writes down what became of it. @throws what concerns more than this change, or may pass */
async function applyToItsEnd(application: Application): Promise<ApplyOutcome> {
  const { services, row } = application;
  try {
    const effect = await apply(application);
    await settle(services, row, effect);
    return effect.outcome;
  } catch (error) {
    if (!concernsThisOneOnly(error)) throw error;
    return await settleRefusal(services, row, error);
  }
}

/** An earlier attempt got as far as writing its end down. */
function settledAs(status: ChangeRow['status'] | undefined): ApplyOutcome {
  return status === 'done' || status === 'failed' || status === 'held' ? status : 'dropped';
}

async function apply(application: Application): Promise<Effect> {
  const { kind } = application.row;
  switch (kind) {
    case 'invite':
    case 'reinstate':
    case 'link':
    case 'changeRole':
    case 'remove':
      return await applyToPerson(application, kind);
    case 'createTeam':
    case 'renameTeam':
    case 'setTeamMembers':
    case 'retireTeam':
      return await applyToTeam(application, kind);
  }
}

/** Writes the end of a change down in one transaction: state, link, journal, and the approval that was used. */
async function settle({ database, now }: Services, row: ChangeRow, effect: Effect): Promise<void> {
  await database.transaction(async (store) => {
    if (effect.outcome === 'dropped') {
      const failure = { class: 'dropped', message: effect.reason, remedy: '' };
      await setStatus(store, row, 'dropped', failure);
      await effect.remember?.(store);
      // The facts differ from what was planned with: the next cycle plans afresh.
      await planAgain(store, row.tenant);
      return;
    }
    await effect.remember(store);
    await useApproval(store, row, now());
    await setDone(store, row);
    // Last, since it locks the head of the tenant's chain until the end.
    await writeJournal(store, row, effect, now());
  });
}

async function settleRefusal(
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

/** Refusals of one person or team; everybody else goes on (behaviour.md, section 7). */
function concernsThisOneOnly(error: unknown): error is SyncError {
  if (error instanceof UnsureError) return error.retryAfterMs === null;
  return error instanceof RejectedError || error instanceof ContractError || error instanceof NotFoundError;
}

function classOf(error: SyncError): string {
  if (error instanceof RejectedError) return 'seat' in error.fields ? noSeat : 'rejected';
  if (error instanceof UnsureError) return 'unsure';
  return error instanceof NotFoundError ? 'not-found' : 'unexpected-answer';
}
