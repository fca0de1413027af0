/** What an edit in the sandbox leads to: wakes the tenant, waits for the cycle, and reports what it did. */
import type { Client } from '@temporalio/client';
import { z } from 'zod';
import type { ReportLine } from '../../domain/contract/report.ts';
import { nudgeSignal, type TenantStatus, tenantWorkflowId } from '../../workflows/messages.ts';
import { answerWithinMs, within } from '../remote/connection.ts';
import { cycleLines, waitForCycleReport } from '../remote/cycle-document.ts';
import { followCycle } from '../remote/follow-cycle.ts';
import { changeTableRow, cycleErrorText } from '../render/words/change-words.ts';
import { span } from '../render/words/moments.ts';
import type { SandboxControl } from './control.ts';
import type { SandboxEdit } from './edits.ts';

/** More lines of a cycle than an edit in the sandbox leads to. */
const linesLimit = 500;

const told = z.object({
  did: z.string(),
  id: z.union([z.string(), z.number()]).optional(),
  notified: z.boolean().default(false),
});
const directoryView = z.object({
  users: z.array(
    z.object({
      id: z.string(),
      mail: z.string().nullish(),
      userPrincipalName: z.string(),
      proxyAddresses: z.array(z.string()).default([]),
    }),
  ),
});
const accountView = z.object({
  users: z.array(z.object({ id: z.number(), email: z.string() })),
  removed: z.array(z.object({ id: z.number(), email: z.string() })),
});

/** An edit that was made. */
export interface Made {
  /** What happened, in a sentence. */
  did: string;
  atMs: number;
  /** Lower-case addresses of the person it concerns; null when it concerns no single person. */
  addresses: string[] | null;
  /** The simulator has sent the sync a notification, which wakes it. */
  notified: boolean;
}

/** What the cycle after an edit did about it. */
export interface EditEffect {
  cycle: number;
  /** From the edit to the end of the cycle. */
  afterMs: number;
  changes: ReportLine[];
  /** Set when the cycle could not be carried through. */
  cycleError: string | null;
}

/** Makes an edit and finds out which person it concerns. */
export async function makeEdit(
  sandbox: SandboxControl,
  side: SandboxEdit['simulator'],
  action: string,
  body: Record<string, unknown>,
): Promise<Made> {
  const atMs = Date.now();
  const simulator = side === 'directory' ? sandbox.directory : side;
  const { did, id, notified } = told.parse(await sandbox.order(simulator, action, body));
  const state = await sandbox.state(simulator);
  return {
    did,
    atMs,
    notified,
    addresses: side === 'directory' ? directoryAddresses(state, id) : timelyAddress(state, id),
  };
}

/** Asks for a cycle, where nothing else would. */
export async function wake(client: Client, tenant: string): Promise<void> {
  const handle = client.workflow.getHandle(tenantWorkflowId(tenant));
  await within(client, answerWithinMs, () => handle.signal(nudgeSignal));
}

/** Waits for the first cycle after `after` that began after the edit, and picks its changes about the edit's person. */
export async function effectOf(
  client: Client,
  tenant: string,
  made: Made,
  after: number,
  onProgress: (status: TenantStatus) => void,
): Promise<EditEffect> {
  const cycle = await followCycle(client, tenant, { after, until: 'ended', onProgress });
  const { startedAt, finishedAt, cycleError } = await waitForCycleReport(client, tenant, cycle);
  if (Date.parse(startedAt) < made.atMs) return await effectOf(client, tenant, made, cycle, onProgress);
  const statuses = made.addresses ? (['done', 'held', 'refused', 'failed'] as const) : (['done'] as const);
  const lines = await Promise.all(
    statuses.map((status) => cycleLines(client, tenant, cycle, status, linesLimit)),
  );
  return {
    cycle,
    afterMs: (finishedAt ? Date.parse(finishedAt) : Date.now()) - made.atMs,
    changes: concerned(lines.flat(), made.addresses),
    cycleError: cycleError && cycleErrorText(cycleError),
  };
}

/** Changes about the person; without any, changes of teams, as after a move. */
function concerned(lines: ReportLine[], addresses: string[] | null): ReportLine[] {
  if (addresses === null) return lines;
  const own = lines.filter(({ subject }) => addresses.includes(subject.toLowerCase()));
  return own.length > 0
    ? own
    : lines.filter(({ change, status }) => status === 'done' && change.includes('Team'));
}

/** `Bo Berg left; the account is deleted: removed from Timely after 0.9 s.` */
export function effectText(did: string, { afterMs, changes, cycleError }: EditEffect): string {
  const subject = did.replace(/\.$/, '');
  if (cycleError) return `${subject}, but the cycle could not be carried through.\n${cycleError}`;
  const [only] = changes;
  if (!only) return `${subject}: nothing to change in Timely, known after ${span(afterMs)}.`;
  if (changes.length === 1) return `${subject}: ${outcome(only)} after ${span(afterMs)}.`;
  const rows = changes.map((line) => `  ${changeTableRow(line).join(' · ')}`);
  return [`${subject}, and after ${span(afterMs)}:`, ...rows].join('\n');
}

function outcome(line: ReportLine): string {
  const [what, , why] = changeTableRow(line);
  if (line.status !== 'done') return `${what}, ${why},`;
  const words: Partial<Record<ReportLine['change'], string>> = {
    invite: 'invited to Timely',
    reinstate: 'taken back into Timely',
    link: 'known in Timely',
    changeRole: 'given another role in Timely',
    remove: 'removed from Timely',
  };
  return words[line.change] ?? what;
}

function directoryAddresses(state: unknown, id: string | number | undefined): string[] | null {
  const user = directoryView.parse(state).users.find((one) => one.id === id);
  if (!user) return null;
  const proxies = user.proxyAddresses.map((address) => address.replace(/^smtp:/i, ''));
  return [user.mail ?? '', user.userPrincipalName, ...proxies].map((address) => address.toLowerCase());
}

function timelyAddress(state: unknown, id: string | number | undefined): string[] | null {
  const { users, removed } = accountView.parse(state);
  const user = [...users, ...removed].find((one) => one.id === id);
  return user ? [user.email.toLowerCase()] : null;
}
