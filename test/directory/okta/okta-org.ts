/** The sandbox's Okta behind the adapter, without a store: its budgets never make anybody wait. */
import { createOktaSource } from '../../../directory/okta/okta-source.ts';
import { oktaScopes } from '../../../directory/okta/scopes.ts';
import type { BucketBudget, OktaSourceSettings } from '../../../directory/okta/settings.ts';
import { type Sandbox, startSandbox } from '../../../simulators/sandbox.ts';
import { trust } from '../entra/trust.ts';

/** A budget that only notes what it is told. */
export function notingBudgets() {
  const noted: string[] = [];
  const budgetOf = (bucket: string): BucketBudget => ({
    wait: async () => void noted.push(`wait ${bucket}`),
    limit: (perMinute) => void noted.push(`limit ${bucket} ${perMinute}`),
    pause: async (waitMs) => void noted.push(`pause ${bucket} ${Math.round(waitMs / 1_000)} s`),
    pauseAll: async () => void noted.push('pause all'),
  });
  return { noted, budgetOf };
}

export async function openOrg(clock?: () => Date): Promise<Sandbox> {
  const sandbox = await startSandbox(clock ? { clock } : {});
  trust(sandbox.caPem);
  sandbox.okta.state.behaviour.limitFactor = 1_000;
  return sandbox;
}

/** Settings as from a tenant file that asks for everything. */
export function settingsOf(
  { credentials, okta }: Sandbox,
  changes: Partial<OktaSourceSettings> = {},
): OktaSourceSettings {
  const { oktaDomain, oktaClientId, oktaPrivateKey } = credentials;
  return {
    domain: oktaDomain,
    endpoint: okta.url,
    credential: { kind: 'privateKey', clientId: oktaClientId, key: oktaPrivateKey, keyId: 'K1' },
    scopes: oktaScopes({ roles: true, assignments: true }),
    app: okta.state.app.id,
    keepsSuspended: false,
    hireDate: null,
    budgetOf: notingBudgets().budgetOf,
    ...changes,
  };
}

export const sourceOf = (sandbox: Sandbox, changes: Partial<OktaSourceSettings> = {}) =>
  createOktaSource(settingsOf(sandbox, changes));
