/** How all tenants are, asked of a worker and of their loops. */
import type { Client } from '@temporalio/client';
import type { Health, Page, TenantSummary } from '../../domain/contract/report.ts';
import { type Stage, tenantWorkflowId } from '../../workflows/messages.ts';
import { workerIsSilent } from '../explain-error.ts';
import { oneTryMs } from './connection.ts';
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

/** The same for a page of the console, which waits less long. `silent`: no worker answers for it. */
export type ShownTenant = Omit<TenantLine, 'stage'> & { stage: TenantLine['stage'] | 'silent' };

/** Loops that are asked at the same time: enough to be quick with a thousand tenants, few enough for the server. */
const loopsAtATime = 20;

/** All tenants by name. */
export async function allTenants(client: Client): Promise<TenantLine[]> {
  const summaries = await everyItem<TenantSummary>((after) =>
    queryWorker(client, { about: 'tenants', after }),
  );
  return await linesOf(summaries, (summary) => tenantLine(client, summary));
}

/** A page of the tenants by name, of those whose name has the part. */
export async function shownTenants(
  client: Client,
  { part, after }: { part: string; after: number },
): Promise<Page<ShownTenant>> {
  const { items, next } = await queryWorker(client, { about: 'tenants', part, after });
  return { items: await linesOf(items, (summary) => shownTenant(client, summary)), next };
}

async function linesOf<Line>(
  summaries: readonly TenantSummary[],
  lineOf: (summary: TenantSummary) => Promise<Line>,
): Promise<Line[]> {
  const lines: Line[] = [];
  for (let start = 0; start < summaries.length; start += loopsAtATime)
    lines.push(...(await Promise.all(summaries.slice(start, start + loopsAtATime).map(lineOf))));
  return lines;
}

/** One loop that does not answer hides none of the others. */
const shownTenant = (client: Client, summary: TenantSummary): Promise<ShownTenant> =>
  tenantLine(client, summary, oneTryMs).catch((error: unknown) => {
    if (!workerIsSilent(error)) throw error;
    return { ...summary, stage: 'silent' as const, health: lastHealth(summary), nextCycleAt: null };
  });

const lastHealth = ({ lastCycle }: TenantSummary): Health => lastCycle?.cycleError?.health ?? 'ok';

async function tenantLine(client: Client, summary: TenantSummary, limitMs?: number): Promise<TenantLine> {
  const status = await loopStatus(client, summary.tenant, limitMs).catch(async (error: unknown) => {
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
    health: lastHealth(summary),
    nextCycleAt: null,
  };
}
