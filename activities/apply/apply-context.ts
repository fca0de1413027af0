/** Applying one change: what it takes, and what it comes to. */
import type { TimelyUser } from '../../domain/timely.ts';
import type { Store } from '../../store/database.ts';
import type { Attempt } from '../../store/planning/attempts.ts';
import type { NewLink } from '../../store/planning/links.ts';
import type { ChangeRow } from '../../store/planning/plans.ts';
import type { accountRow } from '../../store/replica/timely-snapshot.ts';
import type { Services, Tenant } from '../services.ts';

/** `held`: it turned out that no seat is free; the change waits like those that the gate holds. */
export type ApplyOutcome = 'done' | 'dropped' | 'failed' | 'held';

/** One change with all it takes to apply it. */
export interface ApplyContext {
  services: Services;
  tenant: Tenant;
  row: ChangeRow;
  /** Set on a second attempt: the first may have taken effect. */
  repeated: boolean;
  /** The account as the last read left it; asked of the store once. */
  account(): ReturnType<typeof accountRow>;
  /** An earlier attempt whose end is unknown, as noted when this one began; asked of the store once. */
  attempt(): Promise<Attempt | null>;
}

/** What applying came to: `dropped` when the fact behind the change no longer holds, with the reason. */
export type ApplyResult =
  | {
      outcome: 'dropped';
      reason: string;
      /** Notes what was learnt instead. */
      remember?(store: Store): Promise<void>;
    }
  | {
      outcome: 'done';
      before: unknown;
      after: unknown;
      /** The person is this Timely user from here on. */
      linked?: { link: NewLink; user: TimelyUser };
      /** Notes what else is to be known, in the transaction that notes the change as done. */
      remember?(store: Store): Promise<void>;
    };
