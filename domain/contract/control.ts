/** What operators have told a tenant's loop to do. The store keeps it, so it outlives every workflow. */
import type { Pause } from './report.ts';

export interface TenantControl {
  /** Null: the tenant is not paused. */
  paused: Pause | null;
  /** The cycle that is being undone. The tenant is paused during an undo and after it. */
  undoing: number | null;
  stopped: boolean;
}

/** How an order came: as a Signal or an Update, or by the command or a page, which send one of them. */
export const orderChannels = ['signal', 'update', 'command', 'page'] as const;
export type OrderChannel = (typeof orderChannels)[number];

/** Who gave an order, and how it came. `by` is null where nobody said it. */
export interface OrderSource {
  by: string | null;
  channel: OrderChannel;
}

/** A version of the tenant file. It has references to secrets, never a secret. */
export interface StoredConfiguration {
  version: number;
  file: unknown;
  /** The version in force. */
  newest: number;
  /** When it was given, and by whom; null where the journal no longer knows. */
  given: ({ at: string } & OrderSource) | null;
  /** What it changed of the version before; empty for the first. */
  differences: FileDifference[];
}

/** `before` or `after` is null where the key, or the line of a list, is not there. Values are JSON on one line. */
export interface FileDifference {
  path: string;
  before: string | null;
  after: string | null;
}

/** Why one person is not provisioned while the tenant is paused. */
export const pausedText = (tenant: string): string =>
  `${tenant} is paused, so nothing was done: \`timely-sync resume ${tenant}\` lets it go on, and \`--even-if-paused\` (\`"evenIfPaused": true\` in the Update) provisions one person meanwhile.`;

/** Whether no cycle may begin: a stopped tenant, or a paused one that undoes nothing. */
export const isAtRest = ({ paused, undoing, stopped }: TenantControl): boolean =>
  stopped || (paused !== null && undoing === null);
