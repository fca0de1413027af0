/** Client states prove that a notification belongs to one of our subscriptions: they name the tenant, and only we can make them. */
import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

export interface ClientStates {
  /** At most 84 characters; the same each time. */
  of(tenant: string): string;
  /** The tenant of a client state; null when we did not make it. Takes the same time for every wrong one. */
  tenantOf(clientState: string): string | null;
}

/**
 * Client states under the worker's key. They are computed, not looked up, so that a flood of false notifications never
 * reaches the store.
 */
export function createClientStates(encryptionKey: Buffer): ClientStates {
  const key = Buffer.from(hkdfSync('sha256', encryptionKey, '', 'client states of change notifications', 32));
  const of = (tenant: string) => `${tenant}.${createHmac('sha256', key).update(tenant).digest('base64url')}`;
  return {
    of,
    tenantOf(clientState) {
      const [tenant = ''] = clientState.split('.', 1);
      // Digests, because only buffers of one length can be compared in constant time.
      return timingSafeEqual(digest(clientState), digest(of(tenant))) ? tenant : null;
    },
  };
}

const digest = (text: string) => createHash('sha256').update(text).digest();
