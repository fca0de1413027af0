/** What proves that a notification answers a subscription of ours: it names the tenant, and nobody else can make it. */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

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
  const proof = (tenant: string) => createHmac('sha256', key).update(tenant).digest();
  return {
    of: (tenant) => `${tenant}.${proof(tenant).toString('base64url')}`,
    tenantOf(clientState) {
      const [tenant = '', given = ''] = clientState.split('.', 2);
      const expected = proof(tenant);
      // Always as long as a proof, since unequal lengths cannot be compared.
      const bytes = Buffer.alloc(expected.length);
      const length = bytes.write(given, 'base64url');
      return timingSafeEqual(bytes, expected) && length === expected.length ? tenant : null;
    },
  };
}
