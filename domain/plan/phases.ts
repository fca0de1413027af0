/** The one order in which changes are planned, stored and applied, and how many at once (docs/reference/rules.md section 4.2). */
import type { ChangeKind } from './change.ts';

const concurrencyMin = 4;
const concurrencyMax = 100;
const batchAboveRate = 60;
/** The changes of more tenants wait for their worker, not for their accounts (docs/performance.md). */
const batchAboveTenants = 4;
const batchSizeMax = 10;

interface Phase {
  /** Title in Temporal's UI. */
  title: string;
  /** Kinds of changes, by step. Changes of one step have no order, but for names that teams hand on. */
  steps: readonly (readonly ChangeKind[])[];
}

/**
 * Removals free seats and end access, so they come first. Teams need their people, so they come last. A write of a team
 * sends its name and members together (docs/reference/timely-api.md section 3), so names change a phase earlier.
 */
export const phases: readonly Phase[] = [
  { title: 'removals', steps: [['remove']] },
  { title: 'invitations, reinstatements and links', steps: [['invite', 'reinstate', 'link']] },
  { title: 'role changes', steps: [['changeRole']] },
  { title: 'names of teams', steps: [['renameTeam']] },
  { title: 'teams', steps: [['createTeam'], ['setTeamMembers'], ['retireTeam']] },
];

/** Number of the phase that applies a kind of change: its index in `phases`. */
export const phaseOf = (kind: ChangeKind): number =>
  phases.findIndex(({ steps }) => steps.some((kinds) => kinds.includes(kind)));

/** Number of the phase for leavers, which nothing may delay. */
export const removalPhase = phaseOf('remove');

/** Number of the phase for names of teams, where changes may have an order. */
export const renamePhase = phaseOf('renameTeam');

const allSteps = phases.flatMap(({ steps }) => steps);
const stepOf = (kind: ChangeKind) => allSteps.findIndex((kinds) => kinds.includes(kind));

/** Compares kinds of changes by the order of applying; 0 for two kinds of one step. */
export const compareKinds = (one: ChangeKind, other: ChangeKind): number => stepOf(one) - stepOf(other);

/**
 * Returns how many changes to have in flight to use the rate: those that can start within a second. More would only wait,
 * take slots of the worker from other tenants, and delay a leaver who comes in between.
 */
export const concurrencyFor = (perSecond: number) =>
  Math.min(Math.max(Math.ceil(perSecond), concurrencyMin), concurrencyMax);

/**
 * Returns how many changes one activity applies at once: at high rates, and on a worker that many tenants keep busy, one
 * activity per change costs more than the request. Those of one activity start within a second. `tenants`: whose changes
 * this worker applies right now.
 */
export const batchSizeFor = (perSecond: number, tenants: number) =>
  perSecond > batchAboveRate || tenants > batchAboveTenants
    ? Math.min(Math.ceil(perSecond), batchSizeMax)
    : 1;
