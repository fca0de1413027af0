import { Client, Connection } from '@temporalio/client';
import { followCycle } from '../../client/remote/cycle-report.ts';
import { startTenant } from '../../client/remote/start-tenant.ts';

/** Starts the tenant of a file by a connection of its own, and waits until its first cycle has ended. */
export async function awaitFirstCycle(address: string, tenantFile: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const { tenant, finishedBefore } = await startTenant(client, tenantFile);
  await followCycle(client, tenant, { after: finishedBefore });
  await connection.close();
}
