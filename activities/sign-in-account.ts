import { validateTenantFile } from '../config/tenant-file.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { newestTenant, type Services, type Tenant } from './services.ts';

/**
 * The account that a sign-in is for: that of a tenant file which need not be in force, else of the tenant.
 * @throws ConfigurationError as `Services.tenant`, and for the file of another tenant
 */
export async function accountToSignInTo(
  services: Services,
  name: string,
  file: unknown,
): Promise<Pick<Tenant, 'timely' | 'signIn'>> {
  if (file === undefined) return await newestTenant(services, name);
  const valid = validateTenantFile(file);
  if (valid.tenant === name) return await services.accountOf(valid, {}, true);
  throw new ConfigurationError(`The file is for the tenant ${valid.tenant}, and the sign-in for ${name}.`);
}
