/** Notifications about a tenant, and their channels: the vocabulary of `notify:` in the tenant file. */

import type { CycleError } from '../contract/report.ts';
import type { Finding, HoldRule } from '../plan/change.ts';
import type { FindingKind } from '../plan/finding-kinds.ts';

/** The values of `only` in a line of `notify:`. A recovery goes to each channel that got the failure. */
export const notificationKinds = [
  'request',
  'reminder',
  'escalation',
  'expiry',
  'trouble',
  'finding',
] as const;
export type NotificationKind = (typeof notificationKinds)[number];
export type ApprovalNotificationKind = Exclude<NotificationKind, 'trouble' | 'finding'>;

/** One approval in a message. All fields except the id and the rule may contain text that people typed. */
export interface ApprovalSummaryInMessage {
  /** `<tenant>/<number>`. */
  id: string;
  rule: HoldRule;
  /** The subject of the approval, in words: "a sensitive account". */
  asks: string;
  changes: number;
  /** The first people concerned, labelled as `privacy.labels` says. */
  who: string[];
  /** What approving does, once for all changes that are alike: before, after and the effect. */
  what: string[];
  /** Why the sync wants it; empty when that differs, or may not be shown. */
  why: string;
  /** The limit and its figure, or why the person is sensitive. */
  detail: string;
  expires: string;
  /** How many different people have to approve, and who has approved so far, with the number of changes. */
  approvers: number;
  approvedBy: { by: string; changes: number }[];
}

/** Approvals that were opened, are due for a reminder or escalation, or have expired. One message has one kind. */
export interface ApprovalsNotification {
  about: 'requests';
  kind: ApprovalNotificationKind;
  requests: ApprovalSummaryInMessage[];
  /** Number of approvals that the message leaves out. */
  others: number;
}

/** A tenant whose cycles fail and that needs a person, or that has had no successful cycle for some time. */
export interface FailureNotification {
  about: 'trouble';
  kind: 'trouble';
  cycleError: CycleError;
  /** When the first cycle of the outage failed. */
  since: string;
  /** Whether the failure should have ended by itself, but did not. */
  silent: boolean;
}

export interface RecoveryNotification {
  about: 'well';
  kind: 'trouble';
  since: string;
  until: string;
}

/** Findings of one kind that are new: their number, and the first of them. */
export interface FoundOfKind {
  kind: FindingKind;
  count: number;
  /** Text that people typed; empty when `privacy.labels` shows no names. */
  first: Finding[];
}

/** New findings of a tenant, by kind. */
export interface FindingsNotification {
  about: 'findings';
  kind: 'finding';
  kinds: FoundOfKind[];
}

export type Notification =
  | ApprovalsNotification
  | FailureNotification
  | RecoveryNotification
  | FindingsNotification;

/** The address of a channel, with every reference resolved. A webhook's URL is a secret. */
export type ChannelAddress =
  | { kind: 'teams'; url: string }
  | { kind: 'slack'; url: string }
  /** Signed when it has a key. */
  | { kind: 'webhook'; url: string; key: string | null }
  | { kind: 'email'; to: string[] };
