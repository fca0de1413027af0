/** What the event hooks of directories prove themselves with. */
import { eventHookReferences } from '../../store/tenants.ts';
import type { Services } from '../services.ts';

/** Tenant files are read no more often than this, however many requests come. */
const cachedMs = 10_000;

/** The secret of a tenant's event hook; null when its file names none, or it cannot be resolved. */
export type HookSecretOf = (tenant: string) => Promise<string | null>;

export function createHookSecrets({ database, access }: Pick<Services, 'database' | 'access'>): HookSecretOf {
  let known = { atMs: Number.NEGATIVE_INFINITY, secrets: Promise.resolve(new Map<string, string>()) };

  async function load(): Promise<Map<string, string>> {
    const secrets = new Map<string, string>();
    for (const { tenant, reference } of await eventHookReferences(database)) {
      const allowed = await access(tenant);
      const secret = await allowed.key(reference).catch(() => null);
      if (secret !== null) secrets.set(tenant, secret);
    }
    return secrets;
  }

  return async (tenant) => {
    if (performance.now() - known.atMs > cachedMs) {
      const { secrets: before } = known;
      // While the store does not answer, the secrets of before count.
      known = { atMs: performance.now(), secrets: load().catch(() => before) };
    }
    return (await known.secrets).get(tenant) ?? null;
  };
}
