/** Policies of workers, as their variables give them. */
import { z } from 'zod';
import { contosoReferences } from '../../client/local/contoso-variables.ts';
import { policyShape, type TenantPolicy, tenantPolicy } from '../../config/policy/tenant-policy.ts';

export type PolicyVariables = Partial<Record<keyof typeof policyShape, string>>;

/** The policy that the variables give; `env` is where references are resolved. */
export function policyOf(
  variables: PolicyVariables = {},
  env: NodeJS.ProcessEnv = process.env,
): TenantPolicy {
  return tenantPolicy(z.object(policyShape).parse(variables), env);
}

/** Allows what the sandbox's tenant file names, and hosts on this machine. */
export const sandboxPolicy = (): TenantPolicy =>
  policyOf({
    TIMELY_SYNC_SHARED_REFERENCES: contosoReferences.join(','),
    TIMELY_SYNC_ALLOWED_HOSTS: 'localhost,127.0.0.1',
  });
