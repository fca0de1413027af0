/**
 * Applies changes to Timely. Each may run again at any time with the same end: a second attempt first checks whether the
 * first one took effect (docs/reference/rules.md section 7).
 */
import { activityInfo } from '@temporalio/activity';
import { AttemptsExhaustedError, TransientError } from '../../domain/errors.ts';
import { batchSizeFor, concurrencyFor, removalPhase, renamePhase } from '../../domain/plan/phases.ts';
import { takesSeat } from '../../domain/plan/seats.ts';
import { dependOnEachOther } from '../../domain/teams/rename-order.ts';
import type { Database } from '../../store/database.ts';
import { type Fence, requireCurrent } from '../../store/fence.ts';
import { holdForSeat, seatRefused } from '../../store/planning/failures.ts';
import { type ChangeRow, isTeamRow, loadChanges, nextChanges } from '../../store/planning/plans.ts';
import type { Services, Tenant } from '../services.ts';
import type { ApplyContext, ApplyOutcome, ApplyResult } from './apply-context.ts';
import { applyToPerson } from './apply-person.ts';
import { applyToTeam } from './apply-team.ts';
import { foundBeforeInviting, holdBeyondSeats } from './before-inviting.ts';
import { createKnownChanges } from './gather.ts';
import { type Attempted, concernsOneSubject, createRecorder } from './record-outcomes.ts';

/** The part of a plan that one child workflow applies. */
export interface ApplyBatch extends Fence {
  configurationVersion: number;
  phase: number;
  /** First position to look at, and how many changes to take. */
  from: number;
  limit: number;
}

export interface BatchChanges {
  changes: { position: number; label: string }[];
  /** How many of them may be in flight at once. */
  concurrency: number;
  /** How many of them one activity applies at once. */
  batchSize: number;
}

export interface ApplyChangeInput extends Fence {
  configurationVersion: number;
  position: number;
  /** Set when another activity tried it before: that may have taken effect. */
  wasTried?: true;
}

export interface ApplyChangesInput extends Fence {
  configurationVersion: number;
  positions: number[];
}

export interface AppliedBatch {
  outcomes: ApplyOutcome[];
  /** Positions of changes without an outcome after the first try: each is tried again on its own. */
  retryIndividually: number[];
}

/**
 * After this many attempts without a response, about 15 seconds unless Timely asks for longer waits, a write is left to the
 * next cycle. Several such writes in a row stop the applying (workflows/tenant-sync/apply-plan.ts), which must not take
 * minutes.
 */
const unansweredMax = 5;
const leftToNextCycle = ({ message }: TransientError) =>
  new AttemptsExhaustedError(message, {
    remedy: 'The next cycle tries again, and comes sooner than usual. Check that Timely works.',
  });

const seatRefusedToAnother =
  'Timely had no seat for another person of this cycle, so this person was not invited. Goes on by itself when a seat is free.';

/** The next change of a tenant begins within this time, even on a busy worker. */
const applyingMs = 10_000;

/** Returns a function that takes the tenant of a change about to be applied, and returns how many tenants have had one lately. */
function createTenantsApplying() {
  const seenAt = new Map<string, number>();
  return (tenant: string): number => {
    const now = Date.now();
    seenAt.set(tenant, now);
    for (const [other, at] of seenAt) if (at < now - applyingMs) seenAt.delete(other);
    return seenAt.size;
  };
}

export function createApplyChangeActivities(services: Services) {
  const { loadKnown, knownOf } = createKnownChanges(services.database);
  const recordOutcomes = createRecorder(services);
  const tenantsApplying = createTenantsApplying();
  return {
    /** The changes of a batch, with the labels that run histories show. @throws SupersededError */
    async listChanges(batch: ApplyBatch): Promise<BatchChanges> {
      await requireCurrent(services.database, batch);
      const tenant = await services.tenant(batch.tenant, batch.configurationVersion);
      await holdBeyondSeats(services, batch);
      const { database } = services;
      let changes = await nextChanges(database, batch);
      while (await foundBeforeInviting(services, tenant, batch, changes, recordOutcomes))
        changes = await nextChanges(database, batch);
      if (batch.phase === renamePhase && (await haveOrder(database, batch, changes)))
        return { changes, concurrency: 1, batchSize: 1 };
      const rate = await tenant.perSecond();
      // Each removal is an activity of its own, so that no leaver waits for others.
      const tenants = tenantsApplying(batch.tenant);
      const batchSize = batch.phase === removalPhase ? 1 : batchSizeFor(rate, tenants);
      return { changes, concurrency: concurrencyFor(rate), batchSize };
    },

    async applyChange(input: ApplyChangeInput): Promise<{ outcome: ApplyOutcome }> {
      const { database } = services;
      const known = await loadKnown(input);
      if (known?.row.status !== 'planned') return { outcome: outcomeOf(known?.row.status) };
      const { row, seatRefused: refused, ...facts } = known;
      const tenant = await guardedTenant(services, input);
      const repeated = input.wasTried === true || activityInfo().attempt > 1;
      if (takesSeat(row) && !repeated && (await refused())) {
        await holdForSeat(database, row, seatRefusedToAnother);
        return { outcome: 'held' };
      }
      tenantsApplying(input.tenant);
      try {
        const attempted = await attempt({ services, tenant, fence: input, row, repeated, ...facts });
        const [outcome] = await recordOutcomes(input, [attempted]);
        return { outcome: outcome ?? 'dropped' };
      } catch (error) {
        if (error instanceof TransientError && activityInfo().attempt >= unansweredMax)
          throw leftToNextCycle(error);
        throw error;
      }
    },

    /**
     * Applies several changes at once and records their outcomes together. It tries each once: those without a response are
     * handed back, so that they alone are waited for.
     */
    async applyChanges(input: ApplyChangesInput): Promise<AppliedBatch> {
      const { database } = services;
      const tenant = await guardedTenant(services, input);
      const rows = await loadChanges(database, input.tenant, input.cycle, input.positions);
      // An earlier attempt may have begun any of them, so each is tried on its own.
      if (activityInfo().attempt > 1 || (await seatRefused(database, input.tenant, input.cycle)))
        return { outcomes: [], retryIndividually: input.positions };
      const planned = rows.filter(({ status }) => status === 'planned');
      tenantsApplying(input.tenant);
      const attempts = await Promise.allSettled(
        knownOf(input, planned).map(({ seatRefused: _, ...known }) =>
          attempt({ services, tenant, fence: input, repeated: false, ...known }),
        ),
      );
      const attempted = attempts.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      const outcomes = await recordOutcomes(input, attempted);
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

/** The tenant, whose Timely keeps back what a cycle that has ended would write. */
async function guardedTenant(
  services: Services,
  { configurationVersion, ...fence }: Fence & { configurationVersion: number },
): Promise<Tenant> {
  const tenant = await services.tenant(fence.tenant, configurationVersion);
  return { ...tenant, timely: tenant.timely.guardedBy(() => requireCurrent(services.database, fence)) };
}

/** Whether renames of a batch take names that others of it give up: then they go one after the other. */
async function haveOrder(
  database: Database,
  { tenant, cycle }: ApplyBatch,
  listed: BatchChanges['changes'],
): Promise<boolean> {
  const positions = listed.map(({ position }) => position);
  const rows = await loadChanges(database, tenant, cycle, positions);
  return dependOnEachOther(rows.filter(isTeamRow));
}

/** @throws errors that concern more than this change, or may pass */
async function attempt(context: ApplyContext): Promise<Attempted> {
  const { row } = context;
  try {
    return { row, result: await apply(context) };
  } catch (error) {
    if (!concernsOneSubject(error)) throw error;
    return { row, refusal: error };
  }
}

/** The outcome that an earlier attempt has recorded. */
function outcomeOf(status: ChangeRow['status'] | undefined): ApplyOutcome {
  switch (status) {
    case 'done':
    case 'failed':
    case 'held':
    case 'superseded':
      return status;
    default:
      return 'dropped';
  }
}

async function apply(context: ApplyContext): Promise<ApplyResult> {
  const { row } = context;
  switch (row.kind) {
    case 'invite':
    case 'reinstate':
    case 'link':
    case 'changeRole':
    case 'remove':
      return await applyToPerson({ ...context, row });
    case 'createTeam':
    case 'renameTeam':
    case 'setTeamMembers':
    case 'retireTeam':
      return await applyToTeam({ ...context, row });
  }
}
