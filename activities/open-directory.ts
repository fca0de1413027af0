/** Opens the directory that a tenant file names. */
import type { TenantAccess } from '../config/policy/tenant-access.ts';
import { needsAppAssignments } from '../config/rules.ts';
import { entraSettings, oktaSettings, sapSettings } from '../config/source-settings.ts';
import type { TenantFile } from '../config/tenant-file.ts';
import { createEntraSource } from '../directory/entra/entra-source.ts';
import { createOktaSource } from '../directory/okta/okta-source.ts';
import { oktaScopes } from '../directory/okta/scopes.ts';
import { createSapSource } from '../directory/sap/sap-source.ts';
import type { DirectorySource } from '../directory/source.ts';
import type { Meter } from '../domain/meter.ts';
import { guardedFetch } from '../http/guarded-fetch.ts';
import { createBucketBudgets } from '../store/account/bucket-budget.ts';
import { createRequestBudgets } from '../store/account/request-budget.ts';
import { createSignInMemories } from '../store/account/sign-in-memory.ts';
import type { Database } from '../store/database.ts';

/** What all workers share about directories: their rates, and credentials that were refused. */
export const sharedByWorkers = (database: Database) => ({
  budgetOf: createBucketBudgets(database),
  requestBudgetOf: createRequestBudgets(database),
  signInsOf: createSignInMemories(database),
});

interface Opening {
  meter: Meter;
  shared: ReturnType<typeof sharedByWorkers>;
  timeoutMs?: number;
}

/** @throws ConfigurationError when a secret of the file cannot be resolved, or it does not fit */
export async function openDirectory(
  file: TenantFile,
  access: TenantAccess,
  { meter, shared, ...limits }: Opening,
): Promise<DirectorySource> {
  const { source, safety } = file;
  const sending = { ...limits, fetch: guardedFetch(access.endpoints) };
  switch (source.type) {
    case 'entra':
      return createEntraSource({ ...(await entraSettings(source, access)), ...sending }, meter);
    case 'okta': {
      const scopes = oktaScopes({
        roles: safety.sensitive.directoryRoles,
        assignments: needsAppAssignments(file),
      });
      const settings = { ...(await oktaSettings(source, access)), ...sending, scopes };
      const ofOrg = (bucket: string) => shared.budgetOf(source.domain, bucket);
      return createOktaSource({ ...settings, budgetOf: ofOrg }, meter);
    }
    case 'sap': {
      const settings = await sapSettings(source, access);
      const { credential, host } = settings;
      const pem = credential.kind === 'certificate' ? credential.pem : undefined;
      const fetch = guardedFetch(access.endpoints, pem);
      const budget = shared.requestBudgetOf(host, source.requestsPerMinute);
      const signIns = shared.signInsOf(host, pem ?? JSON.stringify(credential), JSON.stringify(file));
      return createSapSource({ ...settings, ...limits, fetch, budget, signIns }, meter);
    }
  }
}
