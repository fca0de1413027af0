/** Puts a tenant file in force. */
import { validateTenantFile } from '../../config/tenant-file.ts';
import type { TenantControl } from '../../domain/contract/control.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { announceAgain } from '../../store/approvals/approvals.ts';
import { controlOf } from '../../store/control.ts';
import { storeConfiguration } from '../../store/tenants.ts';
import type { Services } from '../services.ts';

export interface StoreTenantFileInput {
  tenant: string;
  file: unknown;
  /** A new tenant starts paused, and who started it. Null or absent: it runs at once. */
  startsPaused?: { by: string | null } | null;
}

export interface StoredTenantFile {
  version: number;
  changed: boolean;
  /** A paused tenant stays paused; a stopped one runs again. */
  control: TenantControl;
  /** Search attributes that the namespace does not know. */
  missingAttributes: string[];
}

export function createConfigurationActivities({ database, searchAttributes }: Services) {
  return {
    /** Validates and stores a tenant file. @throws ConfigurationError that names every problem. */
    async storeTenantFile({
      tenant,
      file,
      startsPaused = null,
    }: StoreTenantFileInput): Promise<StoredTenantFile> {
      const valid = validateTenantFile(file);
      if (valid.tenant !== tenant) {
        throw new ConfigurationError(`The file is for tenant ${valid.tenant}, not for ${tenant}.`, {
          remedy: 'Start it under the name that the file has.',
        });
      }
      const stored = await storeConfiguration(database, tenant, valid, startsPaused);
      // Open approvals read again who may decide.
      if (stored.changed) await announceAgain(database, tenant);
      const missingAttributes = (await searchAttributes()).missing;
      return { ...stored, control: await controlOf(database, tenant), missingAttributes };
    },
  };
}
