/** Whether there is such a tenant: an empty result for a mistyped one would look like good news. */
import type { Client } from '@temporalio/client';
import type { TenantSummary } from '../../domain/contract/report.ts';
import { UnknownTenantError } from '../exit-codes.ts';
import { everyItem, queryWorker } from './query.ts';
import { loopStatus } from './tenant-status.ts';

/** @throws CommandError (1) when neither the store nor Temporal knows the tenant */
export async function requireTenant(client: Client, tenant: string): Promise<void> {
  if ((await tenantNames(client)).includes(tenant)) return;
  if ((await loopStatus(client, tenant)) === 'unknown') throw unknownTenant(tenant);
}

export const unknownTenant = (tenant: string) =>
  new UnknownTenantError(tenant, '`timely-sync status` lists them.');

/** The names of all tenants that the store knows. */
export async function tenantNames(client: Client): Promise<string[]> {
  const summaries = await everyItem<TenantSummary>((after) =>
    queryWorker(client, { about: 'tenants', after }),
  );
  return summaries.map(({ tenant }) => tenant);
}
