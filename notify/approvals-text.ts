/** Messages about requests: who, what, why, until when, and where to decide. */
import { formatMinute } from '../domain/approvals/decision.ts';
import type {
  ApprovalSummaryInMessage,
  ApprovalsNotification,
} from '../domain/notifications/notification.ts';
import { oneLine } from '../domain/shown-text.ts';
import { listPage, openApprovalsQuery, workflowPage } from '../domain/temporal-ui.ts';
import type { Message, MessageItem, MessageOptions, MessageText } from './message.ts';
import { effectLengthMax, nameLengthMax, textLengthMax } from './text-lengths.ts';

type Kind = ApprovalsNotification['kind'];

/** Of one approval, or of several. */
const titles: Record<Kind, (what: string, several: boolean) => string> = {
  request: (what) => `${what} for approval`,
  reminder: (what, several) => `reminder, ${what} still ${several ? 'wait' : 'waits'} for a decision`,
  escalation: (what) => `escalation, no decision yet on ${what}`,
  expiry: (what) => `${what} expired without a decision`,
};

export function approvalsText(
  { kind, requests, others }: ApprovalsNotification,
  options: MessageOptions,
): MessageText {
  const { tenant } = options;
  const count = requests.length + others;
  const [only] = count === 1 ? requests : [];
  const what = only ? `request ${only.id}` : `${count} requests`;
  const until = kind === 'expiry' ? '' : ' until there is a decision. All other changes go ahead';
  const more = others > 0 ? [`These are the first ${requests.length}.`] : [];
  return {
    title: `Timely sync of ${tenant}: ${titles[kind](what, only === undefined)}`,
    lines: [`The people concerned stay as they are${until}.`, ...more],
    items: requests.map((request) => itemOf(request, kind, options)),
    commands: commandsFor(only ?? null, { kind, requests }, options),
    link: only ? null : listLink(options),
  };
}

/** People who decide on a page need no command. */
function commandsFor(
  only: ApprovalSummaryInMessage | null,
  { kind, requests }: Pick<ApprovalsNotification, 'kind' | 'requests'>,
  { tenant, pages }: MessageOptions,
): Message['commands'] {
  if (pages !== null) return [];
  const [first] = requests;
  const list = { for: 'List all open requests', type: `timely-sync approvals list ${tenant}` };
  return [...(only ? [] : [list]), ...(first ? commandsOf(first, kind) : [])];
}

function commandsOf({ id }: ApprovalSummaryInMessage, kind: Kind): Message['commands'] {
  const show = { for: 'Show the details', type: `timely-sync approvals show ${id}` };
  if (kind === 'expiry') return [show];
  return [
    show,
    { for: 'Approve', type: `timely-sync approvals approve ${id} --note "…"` },
    { for: 'Reject', type: `timely-sync approvals reject ${id} --note "…"` },
  ];
}

function itemOf(request: ApprovalSummaryInMessage, kind: Kind, options: MessageOptions): MessageItem {
  const { id, rule, asks, changes, who, what, why, detail, expires } = request;
  const hidden = changes - who.length;
  const names =
    who.map((name) => oneLine(name, nameLengthMax)).join(', ') + (hidden > 0 ? ` and ${hidden} more` : '');
  const reasons = oneLine([detail, why].filter((text) => text !== '').join(' '), textLengthMax);
  const until = `${formatMinute(expires)} UTC`;
  return {
    title: `${id}: ${asks} (${rule})`,
    lines: [
      `Who: ${names}`,
      ...what.map((text) => `What: ${oneLine(text, effectLengthMax)}`),
      ...(reasons === '' ? [] : [`Why: ${reasons}`]),
      ...approversLine(request, kind),
      kind === 'expiry' ? `Expired: ${until}` : `Until: ${until}`,
    ],
    link: requestLink(id, kind, options),
  };
}

function approversLine({ approvers, approvedBy, changes }: ApprovalSummaryInMessage, kind: Kind): string[] {
  if (approvers < 2 || kind === 'expiry') return [];
  const needed = `${approvers} different people have to approve`;
  if (approvedBy.length === 0) return [`${needed}; none has so far.`];
  const some = approvedBy.slice(0, 5).map(({ by, changes: count }) => {
    const part = count < changes ? ` (${count} of ${changes} changes)` : '';
    return `${oneLine(by, nameLengthMax)}${part}`;
  });
  return [`${needed}; so far: ${some.join(', ')}.`];
}

function requestLink(id: string, kind: Kind, { ui, pages, tenant }: MessageOptions): Message['link'] {
  if (pages !== null) {
    const number = Number(id.slice(id.indexOf('/') + 1));
    return { title: kind === 'expiry' ? 'Open' : 'Decide', url: pages.request(tenant, number) };
  }
  const workflowId = `tenant/${id.replace('/', '/approval/')}`;
  return ui && { title: "Open in Temporal's UI", url: workflowPage(ui, workflowId) };
}

function listLink({ ui, pages, tenant }: MessageOptions): Message['link'] {
  if (pages !== null) return { title: 'Open all', url: pages.requests(tenant) };
  return ui && { title: "Open all in Temporal's UI", url: listPage(ui, openApprovalsQuery(tenant)) };
}
