/** What proves that a notification answers a subscription of ours: it names the tenant, and nobody else can make it. */
import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

export interface ClientStates {
  /** At most 84 characters, the same at each call. */
  of(tenant: string): string;
  /** The tenant whose client state this is; null when it is none of ours. Takes the same time for every wrong one. */
  tenantOf(clientState: string): string | null;
}

/**
 * Client states under the worker's key. Being computed and not looked up, a flood of false notifications never reaches
 * the store.
 */
export function createClientStates(encryptionKey: Buffer): ClientStates {
  const key = Buffer.from(hkdfSync('sha256', encryptionKey, '', 'client states of change notifications', 32));
  const of = (tenant: string) => `${tenant}.${createHmac('sha256', key).update(tenant).digest('base64url')}`;
  return {
    of,
    tenantOf(clientState) {
      const [tenant = ''] = clientState.split('.', 1);
      // Digests, since only what is of one length can be compared in constant time.
      return timingSafeEqual(digest(clientState), digest(of(tenant))) ? tenant : null;
    },
  };
}

const digest = (text: string) => createHash('sha256').update(text).digest();
