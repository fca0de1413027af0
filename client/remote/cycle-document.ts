/** What became of a cycle, asked of a worker: as the document of `up --once --json`, and as an exit code. */
import type { Client } from '@temporalio/client';
import type { CycleReport, ReportLine } from '../../domain/contract/report.ts';
import type { ChangeKind, Finding, HoldRule } from '../../domain/plan/change.ts';
import { CommandError, type ExitCode, exitCodeOfChanges, exitCodes } from '../exit-codes.ts';
import { everyItem, queryWorker } from './query.ts';

/** What became of one tenant's cycle, by the contract of docs/commands.md. */
export interface TenantDocument {
  tenant: string;
  cycle: CycleReport;
  /** `reason` is the rule's name, `request` the open approval of it. */
  held: {
    change: ChangeKind;
    subject: string;
    name: string;
    reason: HoldRule | null;
    detail: string;
    request: string | null;
  }[];
  failed: { change: ChangeKind; subject: string; class: string; message: string; remedy: string }[];
  findings: Finding[];
}

/** The document of `up --once --json` and `sync --json`. */
export interface CycleDocument {
  tenants: TenantDocument[];
}

/** A cycle of a tenant, by its number. */
export interface CycleName {
  tenant: string;
  cycle: number;
}

/**
 * Asks for everything that the document says of these cycles.
 * @throws CommandError (1) when there is no such cycle; the Temporal client's errors
 */
export async function cycleDocument(client: Client, cycles: CycleName[]): Promise<CycleDocument> {
  return { tenants: await Promise.all(cycles.map((cycle) => tenantDocument(client, cycle))) };
}

async function tenantDocument(client: Client, { tenant, cycle }: CycleName): Promise<TenantDocument> {
  const [report, held, failed, findings] = await Promise.all([
    waitForCycleReport(client, tenant, cycle),
    cycleLines(client, tenant, cycle, 'held'),
    cycleLines(client, tenant, cycle, 'failed'),
    everyItem<Finding>((after) => queryWorker(client, { about: 'findings', tenant, cycle, after })),
  ]);
  return { tenant, cycle: report, held: held.map(heldEntry), failed: failed.map(failedEntry), findings };
}

/**
 * The row that a cycle left behind.
 * @throws CommandError (1) when there is none
 */
export async function waitForCycleReport(
  client: Client,
  tenant: string,
  cycle: number,
): Promise<CycleReport> {
  const report = await queryWorker(client, { about: 'cycle', tenant, cycle });
  if (report === null) throw new CommandError(exitCodes.failed, `${tenant} has no cycle ${cycle}.`);
  return report;
}

/** What a cycle did, held, refused or failed at: all of it, or the first `limit` lines. */
export function cycleLines(
  client: Client,
  tenant: string,
  cycle: number,
  status: 'held' | 'failed' | 'refused' | 'done',
  limit?: number,
): Promise<ReportLine[]> {
  return everyItem<ReportLine>(
    (after) => queryWorker(client, { about: 'lines', tenant, cycle, status, after }),
    limit,
  );
}

/** A held change as the document has it. */
function heldEntry(line: ReportLine): TenantDocument['held'][number] {
  const { change, subject, name, hold, request = null } = line;
  return { change, subject, name, reason: hold?.rule ?? null, detail: hold?.detail ?? '', request };
}

/** A failed change as the document has it. */
function failedEntry({ change, subject, failure }: ReportLine): TenantDocument['failed'][number] {
  return { change, subject, ...(failure ?? { class: 'unknown', message: '', remedy: '' }) };
}

/** The worst outcome in the document, as an exit code: 1 before 4 before 3 before 0. */
export function exitCodeFor({ tenants }: CycleDocument): ExitCode {
  if (tenants.some(({ cycle }) => cycle.cycleError !== null)) return exitCodes.failed;
  const count = (lines: 'held' | 'failed') => tenants.reduce((sum, tenant) => sum + tenant[lines].length, 0);
  return exitCodeOfChanges({ held: count('held'), failed: count('failed') });
}
