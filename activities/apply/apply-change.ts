/**
 * Applies one change to Timely. May run again at any time with the same end: what is done is not done twice, and a
 * second attempt looks first whether the first one took effect (docs/reference/rules.md section 7).
 */
import { activityInfo } from '@temporalio/activity';
import { AttemptsExhaustedError, TransientError } from '../../domain/errors.ts';
import { lazy } from '../../domain/lazy.ts';
import { removalPhase } from '../../domain/plan/phases.ts';
import { takesSeat } from '../../domain/plan/seats.ts';
import { batchSizeFor, concurrencyFor } from '../../domain/rate-limit/rate-limiter.ts';
import type { Database } from '../../store/database.ts';
import { attemptsOf } from '../../store/planning/attempts.ts';
import { type ChangeRow, loadChange, loadChanges, nextChanges } from '../../store/planning/plans.ts';
import { holdForSeat, seatRefused } from '../../store/planning/seats.ts';
import { accountRow } from '../../store/replica/timely-snapshot.ts';
import type { Services } from '../services.ts';
import type { ApplyContext, ApplyOutcome, ApplyResult } from './apply-context.ts';
import { applyToPerson } from './apply-person.ts';
import { applyToTeam } from './apply-team.ts';
import { type Attempted, concernsOneSubject, recordOutcomes } from './record-outcomes.ts';

/** Which part of a plan a child workflow applies. */
export interface ApplyBatch {
  tenant: string;
  cycle: number;
  configurationVersion: number;
  phase: number;
  /** First position to look at, and how many changes to take. */
  from: number;
  limit: number;
}

export interface BatchChanges {
  changes: { position: number; label: string }[];
  /** So many of them are to be in flight at once. */
  concurrency: number;
  /** So many one activity applies side by side. */
  batchSize: number;
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

export interface AppliedBatch {
  outcomes: ApplyOutcome[];
  /** Positions of changes that got no end at the first try; each is now tried for itself. */
  retryIndividually: number[];
}

/**
 * A write that got no answer so often is left to the next cycle, after some 15 seconds of growing waits unless Timely asks
 * for longer ones: several such writes in a row stop the applying (workflows/tenant-sync/apply-plan.ts), and that must not take minutes.
 */
const unansweredMax = 5;
const leftToNextCycle = ({ message }: TransientError) =>
  new AttemptsExhaustedError(message, {
    remedy: 'It is tried again in the next cycle, which comes sooner than usual; see whether Timely works.',
  });

const seatRefusedToAnother =
  'Timely refused somebody else of this cycle for want of a seat, so this person was not tried. Goes on by itself when a seat is free.';

export function createApplyChangeActivities(services: Services) {
  return {
    /** The changes of a part, with the words that run histories show. */
    async listChanges(batch: ApplyBatch): Promise<BatchChanges> {
      const { perSecond } = await services.tenant(batch.tenant, batch.configurationVersion);
      const changes = await nextChanges(services.database, batch);
      const rate = await perSecond();
      // Each removal is an activity of its own: whoever leaves is not to wait for others.
      const batchSize = batch.phase === removalPhase ? 1 : batchSizeFor(rate);
      return { changes, concurrency: concurrencyFor(rate), batchSize };
    },

    async applyChange(input: ApplyChangeInput): Promise<{ outcome: ApplyOutcome }> {
      const { database } = services;
      const row = await loadChange(database, input.tenant, input.cycle, input.position);
      if (row?.status !== 'planned') return { outcome: outcomeOf(row?.status) };
      const tenant = await services.tenant(input.tenant, input.configurationVersion);
      const repeated = input.wasTried === true || activityInfo().attempt > 1;
      if (takesSeat(row) && !repeated && (await seatRefused(database, input.tenant, input.cycle))) {
        await holdForSeat(database, row, seatRefusedToAnother);
        return { outcome: 'held' };
      }
      try {
        const known = knownOf(database, input.tenant, [row]);
        const attempted = await attempt({ services, tenant, row, repeated, ...known(row) });
        const [outcome] = await recordOutcomes(services, input.tenant, [attempted]);
        return { outcome: outcome ?? 'dropped' };
      } catch (error) {
        if (error instanceof TransientError && activityInfo().attempt >= unansweredMax)
          throw leftToNextCycle(error);
        throw error;
      }
    },

    /**
     * Applies some changes side by side and settles them together. It tries each once: what gets no answer is handed back,
     * so that it alone is waited for.
     */
    async applyChanges(input: ApplyChangesInput): Promise<AppliedBatch> {
      const { database } = services;
      const tenant = await services.tenant(input.tenant, input.configurationVersion);
      const rows = await loadChanges(database, input.tenant, input.cycle, input.positions);
      // Whoever was begun by an earlier attempt is looked after one by one.
      if (activityInfo().attempt > 1 || (await seatRefused(database, input.tenant, input.cycle)))
        return { outcomes: [], retryIndividually: input.positions };
      const planned = rows.filter(({ status }) => status === 'planned');
      const known = knownOf(database, input.tenant, planned);
      const attempts = await Promise.allSettled(
        planned.map((row) => attempt({ services, tenant, row, repeated: false, ...known(row) })),
      );
      const attempted = attempts.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      const outcomes = await recordOutcomes(services, input.tenant, attempted);
      const ended = new Set(attempted.map(({ row }) => row.position));
      return {
        outcomes: [
          ...outcomes,
          ...rows.filter((row) => row.status !== 'planned').map(({ status }) => outcomeOf(status)),
        ],
        retryIndividually: planned.map(({ position }) => position).filter((position) => !ended.has(position)),
      };
    },
  };
}

/** What the store knows and some changes need, asked once for all of them. */
function knownOf(database: Database, tenant: string, rows: readonly ChangeRow[]) {
  const account = lazy(() => accountRow(database, tenant));
  const subjects = rows.map(({ subjectKey }) => subjectKey);
  const attempts = lazy(() => attemptsOf(database, tenant, subjects));
  return ({ subjectKey }: ChangeRow): Pick<ApplyContext, 'account' | 'attempt'> => ({
    account,
    attempt: async () => (await attempts()).get(subjectKey) ?? null,
  });
}

/** @throws what concerns more than this change, or may pass */
async function attempt(context: ApplyContext): Promise<Attempted> {
  const { row } = context;
  try {
    return { row, effect: await apply(context) };
  } catch (error) {
    if (!concernsOneSubject(error)) throw error;
    return { row, refusal: error };
  }
}

/** An earlier attempt got as far as writing its end down. */
function outcomeOf(status: ChangeRow['status'] | undefined): ApplyOutcome {
  return status === 'done' || status === 'failed' || status === 'held' ? status : 'dropped';
}

async function apply(context: ApplyContext): Promise<ApplyResult> {
  const { kind } = context.row;
  switch (kind) {
    case 'invite':
    case 'reinstate':
    case 'link':
    case 'changeRole':
    case 'remove':
      return await applyToPerson(context, kind);
    case 'createTeam':
    case 'renameTeam':
    case 'setTeamMembers':
    case 'retireTeam':
      return await applyToTeam(context, kind);
  }
}
