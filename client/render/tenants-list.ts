/** All tenants, as text for people and as rows of CSV. */
import { totalFindings } from '../../domain/plan/finding-kinds.ts';
import type { TenantLine } from '../remote/status-of-all.ts';
import type { ListTexts } from './list-output.ts';
import { table } from './output.ts';
import { moment } from './words/moments.ts';

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
