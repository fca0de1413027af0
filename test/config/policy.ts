/** Policies of workers, as their variables give them. */
import { z } from 'zod';
import { policyShape, type TenantPolicy, tenantPolicy } from '../../config/policy/tenant-policy.ts';

export type PolicyVariables = Partial<Record<keyof typeof policyShape, string>>;

/** The policy that the variables give; `env` is where references are resolved. */
export function policyOf(
  variables: PolicyVariables = {},
  env: NodeJS.ProcessEnv = process.env,
): TenantPolicy {
  return tenantPolicy(z.object(policyShape).parse(variables), env);
}

/** What the sandbox's tenant file names, under any name of the tenant. */
const sandboxReferences = [
  'TENANT_CONTOSO_MICROSOFT',
  'TENANT_CONTOSO_TIMELY',
  'TENANT_CONTOSO_ENTRA_SECRET',
  'TIMELY_CLIENT_ID',
  'TIMELY_CLIENT_SECRET',
  'TENANT_CONTOSO_REFRESH_TOKEN',
].join(',');

/** Allows what the sandbox's tenant file names, and hosts on this machine. */
export const sandboxPolicy = (): TenantPolicy =>
  policyOf({
    TIMELY_SYNC_SHARED_REFERENCES: sandboxReferences,
    TIMELY_SYNC_ALLOWED_HOSTS: 'localhost,127.0.0.1',
  });
