/** The texts of all messages, the same for every channel. Pure; what people have typed comes out on one line, still unescaped. */
import { createHash } from 'node:crypto';
import type {
  ApprovalSummaryInMessage,
  ApprovalsNotification,
  Notification,
  NotificationKind,
} from '../domain/notifications/notification.ts';

/** A message before it takes a channel's form. Commands and links hold nothing that anybody could have typed. */
export interface Message {
  /** The same when the same news are sent again, so that a receiver can tell. */
  id: string;
  tenant: string;
  kind: NotificationKind;
  title: string;
  /** Sentences below the title. */
  lines: string[];
  /** One for each request shown. */
  items: MessageItem[];
  /** What to type, and what that is for. */
  commands: { for: string; type: string }[];
  link: { title: string; url: string } | null;
  /** The same as data, for the JSON webhook. */
  news: Notification;
}

export interface MessageItem {
  title: string;
  lines: string[];
  link: { title: string; url: string } | null;
}

export interface MessageOptions {
  tenant: string;
  /** Temporal's UI and the namespace in it; null: no links. */
  ui: { url: string; namespace: string } | null;
  /** What the news are noted by; makes the id. */
  matters: readonly string[];
}

/** Teams refuses a card of more than 28 KB. */
const textLengthMax = 300;
const nameLengthMax = 80;

/** The message for some news. */
export function messageOf(news: Notification, options: MessageOptions): Message {
  const { tenant, matters } = options;
  const digest = createHash('sha256').update(JSON.stringify([tenant, matters]));
  const common = { id: digest.digest('hex').slice(0, 32), tenant, kind: news.kind, news };
  if (news.about === 'requests') return { ...common, ...requestsText(news, options) };
  const link = workflowLink(options, `tenant/${tenant}`);
  const status = { for: 'How it is now', type: `timely-sync status ${tenant}` };
  if (news.about === 'well') {
    const title = `Timely sync of ${tenant}: all is well again`;
    const lines = [`A cycle was carried through at ${news.until}; the trouble began at ${news.since}.`];
    return { ...common, title, lines, items: [], commands: [status], link };
  }
  const { health, message, remedy } = news.cycleError;
  const title = news.silent
    ? `Timely sync of ${tenant}: no good cycle since ${news.since} (${health})`
    : `Timely sync of ${tenant} needs somebody: ${health}`;
  const lines = [oneLine(message), oneLine(remedy), `Since ${news.since}. Nobody is changed meanwhile.`];
  const again = { for: 'Try again at once', type: `timely-sync sync ${tenant}` };
  const signIn = { for: 'Sign in to Timely', type: `timely-sync connect ${tenant}` };
  const commands = health === 'needs-connect' ? [signIn, status] : [status, again];
  return { ...common, title, lines: lines.filter((line) => line !== ''), items: [], commands, link };
}

const requestWords: Record<ApprovalsNotification['kind'], (count: string) => string> = {
  request: (count) => `${count} for approval`,
  reminder: (count) => `reminder, ${count} still waits for an answer`,
  escalation: (count) => `escalation, nobody has answered ${count}`,
  expiry: (count) => `${count} expired without an answer`,
};

const requestsWords: Record<ApprovalsNotification['kind'], (count: string) => string> = {
  ...requestWords,
  reminder: (count) => `reminder, ${count} still wait for an answer`,
};

function requestsText(
  { kind, requests, others }: ApprovalsNotification,
  options: MessageOptions,
): Pick<Message, 'title' | 'lines' | 'items' | 'commands' | 'link'> {
  const { tenant } = options;
  const count = requests.length + others;
  const [only] = count === 1 ? requests : [];
  const what = only ? `request ${only.id}` : `${count} requests`;
  const title = `Timely sync of ${tenant}: ${(only ? requestWords : requestsWords)[kind](what)}`;
  const after =
    kind === 'expiry'
      ? 'Whom it concerns stays as they are.'
      : 'Everybody it concerns stays as they are until somebody decides; all other changes went on.';
  const more = others > 0 ? [`These are the first ${requests.length}.`] : [];
  const list = { for: 'All that wait', type: `timely-sync approvals list ${tenant}` };
  return {
    title,
    lines: [after, ...more],
    items: requests.map((request) => itemOf(request, kind, options)),
    commands: only ? commandsFor(only, kind) : [list, ...commandsForFirst(requests, kind)],
    link: only ? null : listLink(options),
  };
}

function commandsFor(
  { id }: ApprovalSummaryInMessage,
  kind: ApprovalsNotification['kind'],
): Message['commands'] {
  const show = { for: 'All of it', type: `timely-sync approvals show ${id}` };
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
    lines: [`Concerns ${names}.`, oneLine(detail), ...approversLine(request, kind), ends].filter(
      (line) => line !== '',
    ),
    link: workflowLink(options, `tenant/${id.replace('/', '/approval/')}`),
  };
}

function approversLine(
  { approvers, approvedBy, changes }: ApprovalSummaryInMessage,
  kind: ApprovalsNotification['kind'],
) {
  if (approvers < 2 || kind === 'expiry') return [];
  const needed = `${approvers} different people have to approve`;
  if (approvedBy.length === 0) return [`${needed}; nobody has so far.`];
  const some = approvedBy.slice(0, 5).map(({ by, changes: count }) => {
    const part = count < changes ? ` (${count} of ${changes} changes)` : '';
    return `${oneLine(by, nameLengthMax)}${part}`;
  });
  return [`${needed}; so far ${some.join(', ')} did.`];
}

/** Control characters, line breaks and what turns the direction of writing become blanks; a text has an end. */
export function oneLine(text: string, lengthMax = textLengthMax): string {
  const clean = text
    .replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return clean.length > lengthMax ? `${clean.slice(0, lengthMax - 1)}…` : clean;
}

function workflowLink({ ui }: MessageOptions, workflowId: string): Message['link'] {
  if (ui === null) return null;
  const path = `namespaces/${encodeURIComponent(ui.namespace)}/workflows/${encodeURIComponent(workflowId)}`;
  return { title: "Open in Temporal's UI", url: `${ui.url}/${path}` };
}

function listLink({ ui, tenant }: MessageOptions): Message['link'] {
  if (ui === null) return null;
  const query = `WorkflowType="approval" AND ExecutionStatus="Running" AND WorkflowId STARTS_WITH "tenant/${tenant}/"`;
  const path = `namespaces/${encodeURIComponent(ui.namespace)}/workflows?query=${encodeURIComponent(query)}`;
  return { title: "Open all in Temporal's UI", url: `${ui.url}/${path}` };
}
