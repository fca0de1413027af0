/** Opens the directory that a tenant file names. */
import type { TenantAccess } from '../config/policy/tenant-access.ts';
import { entraSettings } from '../config/source-settings.ts';
import type { TenantFile } from '../config/tenant-file.ts';
import { createEntraSource } from '../directory/entra/entra-source.ts';
import type { DirectorySource } from '../directory/source.ts';
import { ConfigurationError } from '../domain/errors.ts';
import type { Meter } from '../domain/meter.ts';
import { guardedFetch } from '../http/guarded-fetch.ts';

/** @throws ConfigurationError when a secret of the file cannot be resolved, or it does not fit */
export async function openDirectory(
  source: TenantFile['source'],
  access: TenantAccess,
  { meter, ...limits }: { meter: Meter; timeoutMs?: number },
): Promise<DirectorySource> {
  const fetch = guardedFetch(access.endpoints);
  switch (source.type) {
    case 'entra':
      return createEntraSource({ ...(await entraSettings(source, access)), ...limits, fetch }, meter);
    case 'okta':
      throw new ConfigurationError('Okta cannot be read yet.');
  }
}
