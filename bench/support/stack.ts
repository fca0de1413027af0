/** The product on this machine for one measurement, as `npm start` runs it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { z } from 'zod';
import { contosoReferences } from '../../client/local/contoso-variables.ts';
import { ProcessGroup } from '../../client/local/process-group.ts';
import { startTenant } from '../../client/remote/begin/start-tenant.ts';
import { followCycle } from '../../client/remote/cycle-report.ts';
import { readTenantFile } from '../../client/tenant-file.ts';

/** Measures in a temporary folder with its own processes. Removes both afterwards. */
export async function inFolder<Measured>(
  measure: (folder: string, group: ProcessGroup) => Promise<Measured>,
): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'timely-sync-bench-'));
  const group = await ProcessGroup.open(folder);
  allowSandbox();
  try {
    return await measure(folder, group);
  } finally {
    await group.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lets the workers of the benchmark's tenants, whatever their names, name what the sandbox's tenant file names. */
function allowSandbox(): void {
  const { TIMELY_SYNC_SHARED_REFERENCES: more = '' } = process.env;
  process.env.TIMELY_SYNC_SHARED_REFERENCES = [...contosoReferences, more].join(',');
  process.env.TIMELY_SYNC_ALLOWED_HOSTS = 'localhost';
}

/** Runs `use` with a client of the Temporal server at `address`, then closes the connection. */
export async function withClient<Result>(
  address: string,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

/** Starts the tenant of a file and waits until its first cycle has ended. */
export async function awaitFirstCycle(address: string, tenantFile: string): Promise<void> {
  await withClient(address, async (client) => {
    const { tenant, configured } = await startTenant(client, await readTenantFile(tenantFile), {
      run: true,
    });
    await followCycle(client, tenant, { after: configured.after });
  });
}

const ledgerLine = z.object({
  at: z.string(),
  method: z.string(),
  path: z.string(),
  operation: z.string(),
  subject: z.string().nullable(),
  status: z.number(),
});

export interface RecordedRequest {
  /** Milliseconds since 1970. */
  at: number;
  method: string;
  path: string;
  /** The operation, such as `users.delta`. Sign-ins begin with `oauth.`. */
  operation: string;
  /** The person or object concerned: an e-mail address where one is known. */
  subject: string | null;
  status: number;
}

/** Returns all requests that one side of the sandbox received. `folder` is the stack's data folder. */
export async function readLedger(
  folder: string,
  side: 'microsoft' | 'okta' | 'sap' | 'timely',
): Promise<RecordedRequest[]> {
  const text = await readFile(join(folder, 'sandbox', `${side}-ledger.jsonl`), 'utf8');
  const lines = text.trim().split('\n');
  return lines.map((line) => {
    const { at, ...rest } = ledgerLine.parse(JSON.parse(line));
    return { ...rest, at: new Date(at).getTime() };
  });
}
