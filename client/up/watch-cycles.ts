/** What `up` shows on a terminal after the first cycles: one line that moves, and one that stays for each cycle that did something. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { CycleCounts, CycleReport } from '../../domain/contract/report.ts';
import { runningTenantsQuery } from '../../domain/temporal-ui.ts';
import { tenantWorkflowId } from '../../workflows/messages.ts';
import { within } from '../remote/connection.ts';
import { queryWorker } from '../remote/query.ts';
import { loopStatus } from '../remote/tenant-status.ts';
import { watchLine } from '../remote/watch.ts';
import type { Progress } from '../render/progress.ts';
import { countsLine, cycleErrorText } from '../render/words/change-words.ts';
import { moment } from '../render/words/moments.ts';

const askEveryMs = 2_000;

/**
 * Shows the cycles of these tenants until `signal` ends it, and of those that were started meanwhile: in the browser, or from
 * another terminal. What cannot be asked is asked again.
 */
export async function watchCycles(
  client: Client,
  tenants: readonly string[],
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const seen = new Map<string, number>();
  while (!signal.aborted) {
    for (const tenant of await withStarted(client, tenants))
      await look(client, tenant, { seen, progress }).catch(() => undefined);
    await sleep(askEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

async function withStarted(client: Client, tenants: readonly string[]): Promise<Set<string>> {
  const all = new Set(tenants);
  try {
    await within(client, askEveryMs, async () => {
      for await (const { workflowId } of client.workflow.list({ query: runningTenantsQuery }))
        all.add(workflowId.replace(tenantWorkflowId(''), ''));
    });
  } catch {
    // Temporal is away: the others are asked all the same, and say so.
  }
  return all;
}

async function look(
  client: Client,
  tenant: string,
  { seen, progress }: { seen: Map<string, number>; progress: Progress },
): Promise<void> {
  const status = await loopStatus(client, tenant, askEveryMs);
  if (typeof status !== 'object') return progress.show(tenant, status);
  const before = seen.get(tenant) ?? status.finishedCycle;
  seen.set(tenant, status.finishedCycle);
  if (status.finishedCycle > before) {
    const report = await queryWorker(client, { about: 'cycle', tenant, cycle: status.finishedCycle });
    const line = report && cycleLine(tenant, report);
    if (line) progress.say(line);
  }
  progress.show(tenant, watchLine(status, null, Date.now()).replace(`${tenant}: `, ''));
}

/** `2026-11-23 12:06 contoso: cycle 8, 2 invited, 1 removed.`; null for a cycle that changed nothing. */
export function cycleLine(
  tenant: string,
  { number, finishedAt, counts, cycleError }: CycleReport,
): string | null {
  const head = `${moment(finishedAt)} ${tenant}: cycle ${number}`;
  if (cycleError) return `${head}, ${cycleErrorText(cycleError)}`;
  const { inScope: _inScope, unchanged: _unchanged, held: _held, failed: _failed, ...done } = counts;
  const didSomething = Object.values(done).some((count) => count > 0);
  return didSomething ? `${head}, ${countsLine({ ...none, ...done })}` : null;
}

const none: CycleCounts = {
  ...{ inScope: 0, invited: 0, reinstated: 0, linked: 0, roleChanged: 0, removed: 0, teamsCreated: 0 },
  ...{ teamsRenamed: 0, teamMembersChanged: 0, teamsRetired: 0, held: 0, failed: 0, unchanged: 0 },
};
