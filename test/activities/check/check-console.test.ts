/** What `check` says of the console before a person tries it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkConsole } from '../../../activities/check/check-console.ts';
import { tenantAccess } from '../../../config/policy/tenant-access.ts';
import { validateTenantFile } from '../../../config/tenant-file.ts';
import { createConsolePages } from '../../../domain/console-pages.ts';
import { checkResultsOf } from '../../../domain/contract/check.ts';
import { type Sandbox, startSandbox } from '../../../simulators/sandbox.ts';
import { exampleData } from '../../config/example.ts';
import { policyOf } from '../../config/policy.ts';
import { trust } from '../../directory/entra/trust.ts';
import { worldOf } from '../../simulators/world.ts';
import { signInTenants } from '../../worker/console/support/sign-in-world.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
  trust(sandbox.caPem);
});
afterAll(() => sandbox.close());

/** The lines for the example's file with other parts. */
function linesFor(parts: Record<string, unknown>, hasConsole = true) {
  const env = { TENANT_CONTOSO_SECRET: 'x', TENANT_CONTOSO_SAP_SECRET: 'x' };
  const policy = policyOf({ TIMELY_SYNC_ALLOWED_HOSTS: 'localhost,127.0.0.1' }, env);
  const file = validateTenantFile({ ...Object(exampleData()), tenant: 'contoso', ...parts });
  const pages = hasConsole ? createConsolePages('https://sync.contoso.example', () => 'x') : null;
  const services = {
    access: async (tenant: string) => tenantAccess({ tenant, nested: [] }, policy),
    console: { pages, proofKeys: [], trustsTemporal: false },
  };
  return checkResultsOf('sign-in', () => checkConsole(services, file));
}
const tenants = () => signInTenants(worldOf(sandbox));
const named = { approvals: { who: ['ada@contoso.example'] } };

test('names the service that people sign in at', async () => {
  const [line, ...others] = await linesFor({ ...tenants().contoso, ...named });
  expect(line).toMatchObject({ state: 'ok', message: expect.stringContaining('localhost:') });
  expect(others).toEqual([]);
});

test('warns when nobody is named who may look', async () => {
  const lines = await linesFor({ ...tenants().contoso, approvals: {}, console: {} });
  expect(lines.map(({ name, state }) => `${name} ${state}`)).toEqual(['sign-in ok', 'people warning']);
});

test('says what is missing where people cannot sign in', async () => {
  const { source } = tenants()['contoso-sap'];
  expect(await linesFor({ source, console: {}, ...named })).toMatchObject([
    { name: 'sign-in', state: 'error', remedy: expect.stringContaining('console.signIn') },
  ]);
  const clientSecret = 'env:TENANT_CONTOSO_SAP_SECRET';
  const signIn = { clientId: 'x', clientSecret, issuer: `${sandbox.sap.url}/elsewhere` };
  expect(await linesFor({ source, console: { signIn }, ...named })).toMatchObject([
    { name: 'sign-in', state: 'error', message: expect.stringContaining('cannot be used') },
  ]);
});

test('says nothing where there is no console', async () => {
  expect(await linesFor({ ...tenants().contoso, ...named }, false)).toEqual([]);
});
