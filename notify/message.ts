/** The texts of all messages, the same for every channel. Pure. What people typed is on one line, not escaped yet. */
import { createHash } from 'node:crypto';
import type {
  ApprovalSummaryInMessage,
  ApprovalsNotification,
  FailureNotification,
  FindingsNotification,
  FoundOfKind,
  Notification,
  NotificationKind,
  RecoveryNotification,
} from '../domain/notifications/notification.ts';
import { oneLine } from '../domain/shown-text.ts';
import { listPage, openApprovalsQuery, type TemporalUi, workflowPage } from '../domain/temporal-ui.ts';
import { formatCount } from '../domain/text.ts';

/** A message before it takes a channel's form. Commands and links hold nothing that people typed. */
export interface Message {
  /** The same when the same notification is sent again, so that a receiver can recognize it. */
  id: string;
  tenant: string;
  kind: NotificationKind;
  title: string;
  /** Sentences below the title. */
  lines: string[];
  /** One for each approval or kind of finding shown. */
  items: MessageItem[];
  /** What to type, and what it does. */
  commands: { for: string; type: string }[];
  link: { title: string; url: string } | null;
  /** The same as data, for the JSON webhook. */
  notification: Notification;
}

export interface MessageItem {
  title: string;
  lines: string[];
  link: { title: string; url: string } | null;
}

export interface MessageOptions {
  tenant: string;
  /** Temporal's UI and the namespace in it; null: no links. */
  ui: TemporalUi | null;
  /** The keys under which the notification is recorded; the id is made of them. */
  keys: readonly string[];
}

/** Teams refuses a card of more than 28 KB. */
const textLengthMax = 300;
const nameLengthMax = 80;
/** Kinds of findings that a message shows with examples. */
const findingKindsMax = 10;

/** The message for a notification. */
export function messageOf(notification: Notification, options: MessageOptions): Message {
  const { tenant, keys } = options;
  const digest = createHash('sha256').update(JSON.stringify([tenant, keys]));
  const { kind } = notification;
  const common = { id: digest.digest('hex').slice(0, 32), tenant, kind, notification };
  switch (notification.about) {
    case 'requests':
      return { ...common, ...approvalsText(notification, options) };
    case 'findings':
      return { ...common, ...findingsText(notification, options) };
    default:
      return { ...common, ...outageText(notification, options), items: [] };
  }
}

type MessageText = Pick<Message, 'title' | 'lines' | 'items' | 'commands' | 'link'>;

function outageText(
  notification: FailureNotification | RecoveryNotification,
  options: MessageOptions,
): Omit<MessageText, 'items'> {
  const { tenant } = options;
  const link = workflowLink(options, `tenant/${tenant}`);
  const status = { for: 'Show the status', type: `timely-sync status ${tenant}` };
  const { since } = notification;
  if (notification.about === 'well') {
    const title = `Timely sync of ${tenant}: all is well again`;
    const lines = [`A cycle succeeded at ${notification.until}. The trouble began at ${since}.`];
    return { title, lines, commands: [status], link };
  }
  const { health, message, remedy } = notification.cycleError;
  const title = notification.silent
    ? `Timely sync of ${tenant}: no good cycle since ${since} (${health})`
    : `Timely sync of ${tenant} needs attention: ${health}`;
  const lines = [
    oneLine(message, textLengthMax),
    oneLine(remedy, textLengthMax),
    `Since ${since}. The sync changes no user in the meantime.`,
  ].filter((line) => line !== '');
  const again = { for: 'Try again at once', type: `timely-sync sync ${tenant}` };
  const signIn = { for: 'Sign in to Timely', type: `timely-sync connect ${tenant}` };
  return { title, lines, commands: health === 'needs-connect' ? [signIn, status] : [status, again], link };
}

function findingsText({ kinds }: FindingsNotification, options: MessageOptions): MessageText {
  const { tenant } = options;
  const total = kinds.reduce((sum, { count }) => sum + count, 0);
  const shown = kinds.slice(0, findingKindsMax);
  const others = kinds.slice(findingKindsMax).map(({ kind, count }) => `${count} ${kind}`);
  return {
    title: `Timely sync of ${tenant}: ${formatCount(total, 'new finding', 'new findings')}`,
    lines: [
      'The sync cannot correct these facts. Each is told once.',
      ...(others.length > 0 ? [`Also: ${others.join(', ')}.`] : []),
    ],
    items: shown.map(foundItem),
    commands: [{ for: 'List all findings', type: `timely-sync findings ${tenant}` }],
    link: workflowLink(options, `tenant/${tenant}`),
  };
}

function foundItem({ kind, count, first }: FoundOfKind): MessageItem {
  const hidden = count - first.length;
  return {
    title: `${kind}: ${formatCount(count, 'finding', 'findings')}`,
    lines: [
      ...first.map(
        ({ subject, message }) => `${oneLine(subject, nameLengthMax)}: ${oneLine(message, textLengthMax)}`,
      ),
      ...(first.length > 0 && hidden > 0 ? [`… and ${hidden} more`] : []),
    ],
    link: null,
  };
}

/** Of one approval, or of several. */
const titles: Record<ApprovalsNotification['kind'], (what: string, several: boolean) => string> = {
  request: (what) => `${what} for approval`,
  reminder: (what, several) => `reminder, ${what} still ${several ? 'wait' : 'waits'} for a decision`,
  escalation: (what) => `escalation, no decision yet on ${what}`,
  expiry: (what) => `${what} expired without a decision`,
};

function approvalsText(
  { kind, requests, others }: ApprovalsNotification,
  options: MessageOptions,
): MessageText {
  const { tenant } = options;
  const count = requests.length + others;
  const [only] = count === 1 ? requests : [];
  const what = only ? `request ${only.id}` : `${count} requests`;
  const until = kind === 'expiry' ? '' : ' until there is a decision. All other changes go ahead';
  const more = others > 0 ? [`These are the first ${requests.length}.`] : [];
  const list = { for: 'List all open requests', type: `timely-sync approvals list ${tenant}` };
  return {
    title: `Timely sync of ${tenant}: ${titles[kind](what, only === undefined)}`,
    lines: [`The people concerned stay as they are${until}.`, ...more],
    items: requests.map((request) => itemOf(request, kind, options)),
    commands: only ? commandsFor(only, kind) : [list, ...commandsForFirst(requests, kind)],
    link: only ? null : listLink(options),
  };
}

function commandsFor(
  { id }: ApprovalSummaryInMessage,
  kind: ApprovalsNotification['kind'],
): Message['commands'] {
  const show = { for: 'Show the details', type: `timely-sync approvals show ${id}` };
  if (kind === 'expiry') return [show];
  return [
    show,
    { for: 'Approve', type: `timely-sync approvals approve ${id} --note "…"` },
    { for: 'Reject', type: `timely-sync approvals reject ${id} --note "…"` },
  ];
}

function commandsForFirst(
  [first]: ApprovalSummaryInMessage[],
  kind: ApprovalsNotification['kind'],
): Message['commands'] {
  return first ? commandsFor(first, kind) : [];
}

function itemOf(
  request: ApprovalSummaryInMessage,
  kind: ApprovalsNotification['kind'],
  options: MessageOptions,
): MessageItem {
  const { id, rule, asks, changes, who, detail, expires } = request;
  const hidden = changes - who.length;
  const names =
    who.map((name) => oneLine(name, nameLengthMax)).join(', ') + (hidden > 0 ? ` and ${hidden} more` : '');
  const ends = kind === 'expiry' ? `Expired at ${expires}.` : `Expires at ${expires}.`;
  return {
    title: `${id}: ${asks} (${rule})`,
    lines: [
      `Concerns ${names}.`,
      oneLine(detail, textLengthMax),
      ...approversLine(request, kind),
      ends,
    ].filter((line) => line !== ''),
    link: workflowLink(options, `tenant/${id.replace('/', '/approval/')}`),
  };
}

function approversLine(
  { approvers, approvedBy, changes }: ApprovalSummaryInMessage,
  kind: ApprovalsNotification['kind'],
) {
  if (approvers < 2 || kind === 'expiry') return [];
  const needed = `${approvers} different people have to approve`;
  if (approvedBy.length === 0) return [`${needed}; none has so far.`];
  const some = approvedBy.slice(0, 5).map(({ by, changes: count }) => {
    const part = count < changes ? ` (${count} of ${changes} changes)` : '';
    return `${oneLine(by, nameLengthMax)}${part}`;
  });
  return [`${needed}; so far: ${some.join(', ')}.`];
}

const workflowLink = ({ ui }: MessageOptions, workflowId: string): Message['link'] =>
  ui && { title: "Open in Temporal's UI", url: workflowPage(ui, workflowId) };

const listLink = ({ ui, tenant }: MessageOptions): Message['link'] =>
  ui && { title: "Open all in Temporal's UI", url: listPage(ui, openApprovalsQuery(tenant)) };
