import { Client, Connection } from '@temporalio/client';
import { followCycle } from '../client/cycle-report.ts';
import { startTenant } from '../client/start-tenant.ts';

/** Starts the tenant of a file, and waits until its first cycle has ended. */
export async function firstCycleOf(client: Client, tenantFile: string): Promise<void> {
  const { tenant, finishedBefore } = await startTenant(client, tenantFile);
  await followCycle(client, tenant, { after: finishedBefore });
}

/** The same by a connection of its own. */
export async function firstCycle(address: string, tenantFile: string): Promise<void> {
  const connection = await Connection.connect({ address });
  await firstCycleOf(new Client({ connection }), tenantFile);
  await connection.close();
}
