/** Puts a tenant file in force. */
import { validateTenantFile } from '../../config/tenant-file.ts';
import type { OrderSource, TenantControl } from '../../domain/contract/control.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { announceAgain } from '../../store/approvals/approvals.ts';
import { controlOf } from '../../store/control.ts';
import { storeConfiguration } from '../../store/tenants.ts';
import type { Services } from '../services.ts';

export interface StoreTenantFileInput {
  tenant: string;
  file: unknown;
  /** A new tenant starts paused. */
  startsPaused?: boolean;
  /** Who gave the file. */
  source?: OrderSource;
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
    async storeTenantFile({ tenant, file, ...given }: StoreTenantFileInput): Promise<StoredTenantFile> {
      const valid = validateTenantFile(file);
      if (valid.tenant !== tenant) {
        throw new ConfigurationError(`The file is for tenant ${valid.tenant}, not for ${tenant}.`, {
          remedy: 'Start it under the name that the file has.',
        });
      }
      const stored = await storeConfiguration(database, tenant, valid, given);
      // Open approvals read again who may decide.
      if (stored.changed) await announceAgain(database, tenant);
      const missingAttributes = (await searchAttributes()).missing;
      return { ...stored, control: await controlOf(database, tenant), missingAttributes };
    },
  };
}
