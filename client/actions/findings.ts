import type { Client } from '@temporalio/client';
import type { OpenFinding, TenantSummary } from '../../domain/contract/report.ts';
import { findingKinds } from '../../domain/plan/finding-kinds.ts';
import type { CommonOptions } from '../command.ts';
import { usageError } from '../exit-codes.ts';
import { withClient } from '../remote/connection.ts';
import { requireTenant } from '../remote/known-tenant.ts';
import { everyItem, queryWorker } from '../remote/query.ts';
import { findingsText } from '../render/findings-text.ts';
import { printResult, type Session } from '../render/output.ts';

export interface FindingsFlags extends CommonOptions {
  kind?: string;
}

/** Prints what the last plan of one tenant, or of each, has found. */
export async function runFindings(
  session: Session,
  tenant: string | undefined,
  { kind, json }: FindingsFlags,
): Promise<void> {
  if (kind !== undefined && !findingKinds.some((known) => known === kind))
    throw usageError(`"${kind}" is not a kind of finding. Kinds are: ${findingKinds.join(', ')}.`);
  const findings = await withClient(async (client) => {
    const tenants = tenant === undefined ? await tenantNames(client) : [tenant];
    const found = await Promise.all(tenants.map((name) => openFindings(client, name, kind ?? null)));
    if (tenant !== undefined && found.flat().length === 0) await requireTenant(client, tenant);
    return found.flat();
  });
  printResult(session, json, { findings }, (shown) =>
    findingsText(shown.findings, session.columns, kind !== undefined),
  );
}

async function tenantNames(client: Client): Promise<string[]> {
  const summaries = await everyItem<TenantSummary>((after) =>
    queryWorker(client, { about: 'tenants', after }),
  );
  return summaries.map(({ tenant }) => tenant);
}

function openFindings(client: Client, tenant: string, kind: string | null): Promise<OpenFinding[]> {
  return everyItem<OpenFinding>((after) =>
    queryWorker(client, { about: 'openFindings', tenant, kind, after }),
  );
}
