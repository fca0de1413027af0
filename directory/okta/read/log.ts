/** The System Log: who was deleted, and what else moved (docs/reference/okta-and-sap.md section 1.3). */
import { z } from 'zod';
import type { OktaClient } from '../client/okta-client.ts';
import type { OktaCall } from '../client/okta-errors.ts';
import { followList } from '../client/paging.ts';

const call: OktaCall = { operation: 'GET /logs', scope: 'okta.logs.read' };
/** An event has some seventy values: a thousand of them are more than one body may hold. */
const eventsMax = 200;

const logEvent = z.object({
  eventType: z.string(),
  published: z.string().catch(''),
  target: z
    .array(z.object({ id: z.string().catch(''), type: z.string().catch('') }))
    .nullish()
    .catch(null),
});
export type LogEvent = z.output<typeof logEvent>;

export const userDeletions = ['user.lifecycle.delete.initiated', 'user.lifecycle.delete.completed'];
export const groupDeletions = ['group.lifecycle.delete'];
export const membershipChanges = ['group.user_membership.add', 'group.user_membership.remove'];
export const roleChanges = [
  'user.account.privilege.grant',
  'user.account.privilege.revoke',
  'group.privilege.grant',
  'group.privilege.revoke',
  'iam.resourceset.bindings.add',
  'iam.resourceset.bindings.delete',
];
export const assignmentChanges = [
  'application.user_membership.add',
  'application.user_membership.remove',
  'group.application_assignment.add',
  'group.application_assignment.remove',
];

/** A page of the log. */
export interface LogPage {
  events: LogEvent[];
  /** Lines of the page, also those that cannot be read. */
  lines: number;
  /** Path of what is stored after it; null when Okta does not say. */
  behind: string | null;
}

/** The path of the first page of these events. */
export function logPath(types: readonly string[], since: string): string {
  const filter = types.map((type) => `eventType eq "${type}"`).join(' or ');
  const query = { since, sortOrder: 'ASCENDING', limit: String(eventsMax), filter };
  return `/logs?${Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')}`;
}

/**
 * Reads the log from a path on to what is stored now. Polling has a `next` link always: an empty page is the end. Events may
 * come twice and out of order, and those that cannot be read are left out: each only says what to ask about.
 */
export async function* readLog(okta: OktaClient, path: string): AsyncGenerator<LogPage, void, undefined> {
  for await (const { items, next } of followList(okta, path, z.unknown(), call)) {
    const events = items.flatMap((item) => logEvent.safeParse(item).data ?? []);
    yield { events, lines: items.length, behind: next };
    if (items.length === 0) return;
  }
}

/** Object ids of the targets of that type in events of these types, each once. */
export function targetsOf(events: readonly LogEvent[], types: readonly string[], kind: 'User' | 'UserGroup') {
  const targets = events.flatMap(({ eventType, target }) =>
    types.includes(eventType) ? (target ?? []) : [],
  );
  return [...new Set(targets.flatMap(({ id, type }) => (type === kind && id !== '' ? [id] : [])))];
}
