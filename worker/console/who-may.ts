/** Who may decide and look at a tenant: answered by a worker from its file and the directory as last read. */
import type { Client } from '@temporalio/client';
import { queryWorker } from '../../client/remote/query.ts';
import type { SignedIn, WhoMay } from '../../domain/contract/who-may.ts';

/** @throws the Temporal client's errors, among them a time-out when no worker responds */
export const askWhoMay = (client: Client, tenant: string, person: SignedIn): Promise<WhoMay> =>
  queryWorker(client, { about: 'whoMay', tenant, ...person });
