/** The sandbox's SAP behind the adapter, without a store: nothing makes anybody wait, and no refusal is remembered. */
import { createSapSource } from '../../../directory/sap/sap-source.ts';
import type { SapSourceSettings } from '../../../directory/sap/settings.ts';
import { type Sandbox, startSandbox } from '../../../simulators/sandbox.ts';
import { trust } from '../entra/trust.ts';

export async function openSapTenant(clock?: () => Date): Promise<Sandbox> {
  const sandbox = await startSandbox(clock ? { clock } : {});
  trust(sandbox.caPem);
  sandbox.sap.options.rates = null;
  return sandbox;
}

/** A sign-in memory that keeps what it is told. */
export function notingSignIns() {
  const noted: Date[] = [];
  return {
    noted,
    signIns: {
      refusedUntil: async () => noted.at(-1) ?? null,
      refuse: async (until: Date) => void noted.push(until),
    },
  };
}

/** A budget that only notes pauses, in seconds. */
export function notingBudget() {
  const pauses: number[] = [];
  return {
    pauses,
    budget: { wait: async () => undefined, pause: async (ms: number) => void pauses.push(ms / 1_000) },
  };
}

/** Settings as from a tenant file, with client id and secret. */
export function settingsOf(
  { credentials, sap }: Sandbox,
  changes: Partial<SapSourceSettings> = {},
): SapSourceSettings {
  return {
    host: credentials.sapHost,
    endpoint: sap.url,
    credential: { kind: 'secret', clientId: credentials.sapClientId, secret: credentials.sapSecret },
    budget: notingBudget().budget,
    signIns: { refusedUntil: async () => null, refuse: async () => undefined },
    ...changes,
  };
}

export const sourceOf = (sandbox: Sandbox, changes: Partial<SapSourceSettings> = {}) =>
  createSapSource(settingsOf(sandbox, changes));

/** SAP gives at most 100 objects a page; this asks for fewer. */
export const inPagesOf =
  (pageMax: () => number, send: typeof fetch = fetch): typeof fetch =>
  (input, init) => {
    const url = new URL(String(input));
    if (pageMax() > 0 && url.searchParams.get('count') === '100')
      url.searchParams.set('count', String(pageMax()));
    return send(url, init);
  };
