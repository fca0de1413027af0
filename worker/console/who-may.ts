/** Who may decide and look at a tenant: answered by a worker from its file and the directory as last read. */
import type { Client } from '@temporalio/client';
import { mayNothing, type SignedIn, type WhoMay } from '../../domain/contract/who-may.ts';

/** Nobody, until a worker answers it. */
export const askWhoMay = async (_client: Client, _tenant: string, _person: SignedIn): Promise<WhoMay> =>
  mayNothing;
