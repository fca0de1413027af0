/** What people are told about a tenant, and where: the vocabulary of `notify:` in the tenant file. */

import type { CycleError } from '../contract/report.ts';
import type { HoldRule } from '../plan/change.ts';

/** What a line of `notify:` may ask for with `only`. The end of a trouble is told to whom the trouble was told. */
export const notificationKinds = ['request', 'reminder', 'escalation', 'expiry', 'trouble'] as const;
export type NotificationKind = (typeof notificationKinds)[number];

/** One request as a message shows it. Everything in it but the id and the rule may hold what people have typed. */
export interface ApprovalSummaryInMessage {
  /** `<tenant>/<number>`. */
  id: string;
  rule: HoldRule;
  /** What it is about, in words: "a sensitive account". */
  asks: string;
  changes: number;
  /** The first of those whom it concerns, as `privacy.labels` says. */
  who: string[];
  /** Limit and figure, or why the person is sensitive. */
  detail: string;
  expires: string;
  /** How many different people have to approve, and who has so far, with the number of changes. */
  approvers: number;
  approvedBy: { by: string; changes: number }[];
}

/** Requests that were opened, remind, escalate or have expired: all of one kind in one message. */
export interface ApprovalsNotification {
  about: 'requests';
  kind: Exclude<NotificationKind, 'trouble'>;
  requests: ApprovalSummaryInMessage[];
  /** How many more there are. */
  others: number;
}

/** A tenant that needs somebody, or that has had no good cycle for long. */
export interface FailureNotification {
  about: 'trouble';
  kind: 'trouble';
  cycleError: CycleError;
  /** When its first cycle failed. */
  since: string;
  /** It should have passed by itself, and did not. */
  silent: boolean;
}

export interface RecoveryNotification {
  about: 'well';
  kind: 'trouble';
  since: string;
  until: string;
}

export type Notification = ApprovalsNotification | FailureNotification | RecoveryNotification;

/** Where a message goes, with every reference resolved. An address of a webhook is a secret. */
export type ChannelAddress =
  | { kind: 'teams'; url: string }
  | { kind: 'slack'; url: string }
  /** Signed when there is a key. */
  | { kind: 'webhook'; url: string; key: string | null }
  | { kind: 'email'; to: string[] };
