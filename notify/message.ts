/** The texts of all messages, the same for every channel. Pure. What people typed is on one line, not escaped yet. */
import { createHash } from 'node:crypto';
import type { ConsolePages } from '../domain/console-pages.ts';
import type {
  FailureNotification,
  FindingsNotification,
  FoundOfKind,
  Notification,
  NotificationKind,
  RecoveryNotification,
} from '../domain/notifications/notification.ts';
import { countedKind } from '../domain/plan/finding-kinds.ts';
import { oneLine } from '../domain/shown-text.ts';
import { type TemporalUi, workflowPage } from '../domain/temporal-ui.ts';
import { formatCount } from '../domain/text.ts';
import { approvalsText } from './approvals-text.ts';
import { nameLengthMax, textLengthMax } from './text-lengths.ts';

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
  /** The console's pages, where people decide; null: there is no console. */
  pages: ConsolePages | null;
  /** The keys under which the notification is recorded; the id is made of them. */
  keys: readonly string[];
}

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

export type MessageText = Pick<Message, 'title' | 'lines' | 'items' | 'commands' | 'link'>;

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
  const others = kinds.slice(findingKindsMax).map(({ kind, count }) => countedKind(kind, count));
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

const workflowLink = ({ ui }: MessageOptions, workflowId: string): Message['link'] =>
  ui && { title: "Open in Temporal's UI", url: workflowPage(ui, workflowId) };
