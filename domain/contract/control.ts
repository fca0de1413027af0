/** What operators have told a tenant's loop to do. The store keeps it, so it outlives every workflow. */
import type { Pause } from './report.ts';

export interface TenantControl {
  /** Null: the tenant is not paused. */
  paused: Pause | null;
  /** The cycle that is being undone. The tenant is paused during an undo and after it. */
  undoing: number | null;
  stopped: boolean;
}

/** The tenant file in force. It has references to secrets, never a secret. */
export interface StoredConfiguration {
  version: number;
  file: unknown;
}

/** Why one person is not provisioned while the tenant is paused. */
export const pausedText = (tenant: string): string =>
  `${tenant} is paused, so nothing was done: \`timely-sync resume ${tenant}\` lets it go on, and \`--even-if-paused\` (\`"evenIfPaused": true\` in the Update) provisions one person meanwhile.`;

/** Whether no cycle may begin: a stopped tenant, or a paused one that undoes nothing. */
export const isAtRest = ({ paused, undoing, stopped }: TenantControl): boolean =>
  stopped || (paused !== null && undoing === null);
