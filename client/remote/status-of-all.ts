/** How all tenants are. */
import type { Client } from '@temporalio/client';
import type { Health, TenantSummary } from '../../domain/contract/report.ts';
import { totalFindings } from '../../domain/plan/finding-kinds.ts';
import { type Stage, tenantWorkflowId } from '../../workflows/messages.ts';
import type { ListTexts } from '../render/list-output.ts';
import { moment, table } from '../render/output.ts';
import { everyItem, queryWorker } from './query.ts';
import { stuckWorkflow } from './stuck-workflow.ts';
import { loopStatus } from './tenant-status.ts';

/** One tenant's line: what the store knows of it and where its loop stands. */
export interface TenantLine extends TenantSummary {
  /** `stuck`: it runs and does not go on; `status TENANT` says why. */
  stage: Stage | 'stopped' | 'stuck';
  health: Health;
  nextCycleAt: string | null;
}

/** Loops that are asked at the same time: enough to be quick with a thousand tenants, few enough for the server. */
const loopsAtATime = 20;

/** All tenants by name. */
export async function allTenants(client: Client): Promise<TenantLine[]> {
  const summaries = await everyItem<TenantSummary>((after) =>
    queryWorker(client, { about: 'tenants', after }),
  );
  const lines: TenantLine[] = [];
  for (let start = 0; start < summaries.length; start += loopsAtATime) {
    const some = summaries.slice(start, start + loopsAtATime);
    lines.push(...(await Promise.all(some.map((summary) => tenantLine(client, summary)))));
  }
  return lines;
}

/** The tenants as a table, and as rows of CSV. */
export const tenantsList = (columns: number): ListTexts<{ tenants: TenantLine[] }> => ({
  textOf: ({ tenants }) => tenantsTable(tenants, columns),
  titles: head,
  rowsOf: ({ tenants }) => tenants.map(row),
});

const head = [
  'tenant',
  'health',
  'stage',
  'in scope',
  'held',
  'failed',
  'approvals',
  'findings',
  'last cycle',
  'next cycle',
];

/** With less room only what tells whether to look closer. */
const allColumnsFit = 110;
const narrowHead = ['tenant', 'state', 'people', 'held', 'failed', 'asks', 'last cycle'];

function narrowRow(line: TenantLine): string[] {
  const { tenant, health, stage, lastCycle, held, failed, openApprovals } = line;
  const state = health === 'ok' ? stage : health;
  const numbers = [lastCycle?.counts.inScope ?? 0, held, failed, openApprovals].map(String);
  return [tenant, state, ...numbers, moment(lastCycle?.finishedAt ?? null)];
}

function tenantsTable(lines: TenantLine[], columns: number): string {
  if (lines.length === 0) return 'No tenant yet: `timely-sync start FILE` starts one.';
  return columns < allColumnsFit
    ? table(narrowHead, lines.map(narrowRow), columns)
    : table(head, lines.map(row), columns);
}

async function tenantLine(client: Client, summary: TenantSummary): Promise<TenantLine> {
  const status = await loopStatus(client, summary.tenant).catch(async (error: unknown) => {
    if (await stuckWorkflow(client, tenantWorkflowId(summary.tenant))) return 'stuck';
    throw error;
  });
  if (typeof status === 'object') {
    const { stage, health, nextCycleAt } = status;
    return { ...summary, stage, health, nextCycleAt };
  }
  return {
    ...summary,
    stage: status === 'stuck' ? 'stuck' : 'stopped',
    health: summary.lastCycle?.cycleError?.health ?? 'ok',
    nextCycleAt: null,
  };
}

function row({
  tenant,
  health,
  stage,
  lastCycle,
  held,
  failed,
  openApprovals,
  findings,
  nextCycleAt,
}: TenantLine): string[] {
  const isRead = lastCycle !== null || health !== 'ok';
  const numbers = [
    lastCycle?.counts.inScope ?? '-',
    held,
    failed,
    openApprovals,
    totalFindings(findings),
  ].map(String);
  return [
    tenant,
    isRead ? health : 'never read',
    stage,
    ...numbers,
    moment(lastCycle?.finishedAt ?? null),
    moment(nextCycleAt),
  ];
}
