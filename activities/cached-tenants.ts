/** Opened tenants of a worker: their sign-ins keep tokens, so each is used for a while. */
import { AsyncResource } from 'node:async_hooks';
import type { Services, Tenant } from './services.ts';

/** A renewed secret (`file:/run/secrets/…`) is read after this time at the latest. */
const cachedMs = 10 * 60_000;
/** A tenant takes some 50 KB. With more tenants than that most sign in again in each cycle. */
const cachedMax = 300;

export interface CachedTenants {
  tenant: Services['tenant'];
  /** The tenant if it is open with that version of its file. */
  known(name: string, version: number): Promise<Tenant> | null;
}

/** One for each name, by version of the tenant file. What could not be opened (a missing secret) is opened again next time. */
export function cachedTenants(open: Services['tenant']): CachedTenants {
  const cached = new Map<string, { version: number; untilMs: number; tenant: Promise<Tenant> }>();
  // Outside of the activity that asks first: a tenant would keep all that belongs to it.
  const openOutside = AsyncResource.bind(open);
  const known: CachedTenants['known'] = (name, version) => {
    const found = cached.get(name);
    return found?.version === version && found.untilMs > Date.now() ? found.tenant : null;
  };
  const openAndKeep = (name: string, version: number): Promise<Tenant> => {
    const tenant = openOutside(name, version);
    cached.delete(name);
    // Oldest first. What is out of date is let go: most tenants wait for longer than it lives.
    for (const [other, { untilMs }] of cached) {
      if (untilMs > Date.now() && cached.size < cachedMax) break;
      cached.delete(other);
    }
    cached.set(name, { version, untilMs: Date.now() + cachedMs, tenant });
    tenant.catch(() => cached.delete(name));
    return tenant;
  };
  return {
    known,
    tenant: async (name, version) => await (known(name, version) ?? openAndKeep(name, version)),
  };
}
