import { createHash, randomBytes } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { queryWorker } from '../query.ts';

/** A link that lets whoever opens it first set the tenant up. */
export interface NewInvitation {
  tenant: string;
  link: string;
  opensUntil: string;
  replacesLink: boolean;
  hasFile: boolean;
}

/** Makes the tenant's link. The token stays on this machine: the worker gets its digest. */
export async function newInvitation(client: Client, tenant: string, by: string): Promise<NewInvitation> {
  const token = randomBytes(32).toString('base64url');
  const link = createHash('sha256').update(token).digest('hex');
  const { address, ...facts } = await queryWorker(client, { about: 'invite', tenant, link, by });
  return { ...facts, link: `${address}${token}` };
}
