import { createHash } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { queryWorker } from '../query.ts';
import { randomText } from './sign-in-secrets.ts';

/** A link with which the first person to open it sets the tenant up. */
export interface NewInvitation {
  tenant: string;
  link: string;
  opensUntil: string;
  replacesLink: boolean;
  hasFile: boolean;
}

/** Makes the tenant's link. The token stays on this machine: the worker gets its digest. */
export async function newInvitation(client: Client, tenant: string, by: string): Promise<NewInvitation> {
  const token = randomText();
  const link = digestOf(token);
  const { address, ...facts } = await queryWorker(client, { about: 'invite', tenant, link, by });
  return { ...facts, link: `${address}${token}` };
}

/** What the store knows of a link's token, and of the secret of the browser that has opened it. */
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
