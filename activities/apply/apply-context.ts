/** Applying one change: what it needs, and its result. */
import type { TimelyUser } from '../../domain/timely.ts';
import type { Store } from '../../store/database.ts';
import type { Fence } from '../../store/fence.ts';
import type { Attempt } from '../../store/planning/attempts.ts';
import type { NewLink } from '../../store/planning/links.ts';
import type { ChangeRow } from '../../store/planning/plans.ts';
import type { accountRow } from '../../store/replica/timely-snapshot.ts';
import type { Services, Tenant } from '../services.ts';

/**
 * `held`: it turned out that no seat is free; the change waits like those that the gate holds. `superseded`: another cycle has
 * begun.
 */
export type ApplyOutcome = 'done' | 'dropped' | 'failed' | 'held' | 'superseded';

/** One change with all that applying it needs. */
export interface ApplyContext<Row extends ChangeRow = ChangeRow> {
  services: Services;
  /** Its Timely keeps back writes of a cycle that has ended. */
  tenant: Tenant;
  fence: Fence;
  row: Row;
  /** Set on a second attempt: the first may have taken effect. */
  repeated: boolean;
  /** The account as the last read left it; loaded once. */
  account(): ReturnType<typeof accountRow>;
  /** An earlier attempt whose end is unknown, as noted when this one began; loaded once. */
  attempt(): Promise<Attempt | null>;
  /**
   * Notes an attempt, in one statement with those of other changes. `seen`: the one before.
   * @throws SupersededError, or TransientError when another process has noted one since `seen`
   */
  noteAttempt(attempt: Attempt, seen: Attempt | null): Promise<void>;
}

/** The result of applying: `dropped` when the fact behind the change no longer holds, with the reason. */
export type ApplyResult =
  | {
      outcome: 'dropped';
      reason: string;
      /** Stores what was learnt instead. */
      remember?(store: Store): Promise<void>;
    }
  | {
      outcome: 'done';
      before: unknown;
      after: unknown;
      /** Links the person to this Timely user. */
      linked?: { link: NewLink; user: TimelyUser };
      /** Stores what else was learnt, in the transaction that records the change as done. */
      remember?(store: Store): Promise<void>;
    };
