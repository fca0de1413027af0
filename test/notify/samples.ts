/** Notifications for tests. */
import type {
  ApprovalSummaryInMessage,
  ApprovalsNotification,
  FindingsNotification,
} from '../../domain/notifications/notification.ts';
import type { MessageOptions } from '../../notify/message.ts';

export const options: MessageOptions = {
  tenant: 'contoso',
  ui: { url: 'http://localhost:8233', namespace: 'default' },
  pages: null,
  keys: ['request/3'],
};

export const request = (over: Partial<ApprovalSummaryInMessage> = {}): ApprovalSummaryInMessage => ({
  id: 'contoso/3',
  rule: 'sensitive',
  asks: 'a sensitive account',
  changes: 1,
  who: ['invite Ada Example (ada@contoso.example)'],
  what: ['not in Timely → employee. Invites the person by e-mail as employee, who takes a seat.'],
  why: 'Reason: joiner.',
  detail: 'Is in the sensitive group "Executives".',
  expires: '2026-12-01T09:00:00.000Z',
  approvers: 1,
  approvedBy: [],
  ...over,
});

export const requests = (over: Partial<ApprovalsNotification> = {}): ApprovalsNotification => ({
  about: 'requests',
  kind: 'request',
  requests: [request()],
  others: 0,
  ...over,
});

/** People without an address, of whom the message names the first. */
export const findings = (count: number, message = 'She has no address.'): FindingsNotification => ({
  about: 'findings',
  kind: 'finding',
  kinds: [
    { kind: 'no-email', count, first: [{ kind: 'no-email', subject: 'ada@contoso.example', message }] },
  ],
});

/** A name with everything that a channel could read as mark-up. */
export const nastyName =
  '<!channel> *bold* [click](https://evil.example) <https://evil.example|x> & {{DATE(2026)}} `x`\r\nBcc: all@contoso.example\u202e';
