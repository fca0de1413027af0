import { tenantAccess } from '../config/policy/tenant-access.ts';
import type { TenantPolicy } from '../config/policy/tenant-policy.ts';
import type { EncryptionKeys } from '../store/account/encryption.ts';
import type { Database } from '../store/database.ts';
import { openSecret, readSecret } from '../store/set-up/stored-secrets.ts';
import { nestedTenants } from '../store/tenants.ts';
import type { Services } from './services.ts';

/** What the worker's policy gives the files of a tenant. `key` opens the secrets that the store keeps for it. */
export const createAccess =
  (database: Database, key: EncryptionKeys, policy: TenantPolicy): Services['access'] =>
  async (tenant, offered = null) => {
    const nested = await nestedTenants(database, tenant);
    const secretOf = async (name: string) =>
      name === offered?.name
        ? openSecret(key, tenant, offered)
        : await readSecret(database, key, tenant, name);
    return tenantAccess({ tenant, nested, storedSecret: secretOf }, policy);
  };
