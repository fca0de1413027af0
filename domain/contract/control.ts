/** What operators have told a tenant's loop to do. The store keeps it, so it outlives every workflow. */
import type { Pause } from './report.ts';

export interface TenantControl {
  /** Null: the tenant is not paused. */
  paused: Pause | null;
  /** The cycle that is being undone. The tenant is paused during an undo and after it. */
  undoing: number | null;
  stopped: boolean;
}

/** Whether no cycle may begin: a stopped tenant, or a paused one that undoes nothing. */
export const isAtRest = ({ paused, undoing, stopped }: TenantControl): boolean =>
  stopped || (paused !== null && undoing === null);
