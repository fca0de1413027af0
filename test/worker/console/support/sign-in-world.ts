/** People who sign in to the console at the sandbox's directories, without Temporal and without a store. */
import { signInPage } from '../../../../activities/sign-in/open-id.ts';
import { signInOutcome } from '../../../../activities/sign-in/person-sign-in.ts';
import { type SignInService, signInServiceOf } from '../../../../activities/sign-in/sign-in-service.ts';
import { tenantAccess } from '../../../../config/policy/tenant-access.ts';
import { type TenantFile, validateTenantFile } from '../../../../config/tenant-file.ts';
import type { PersonSignInAnswer, PersonSignInRequest } from '../../../../domain/contract/person-sign-in.ts';
import { exampleData } from '../../../config/example.ts';
import { policyOf } from '../../../config/policy.ts';
import type { SimulatorWorld } from '../../../simulators/world.ts';
import type { Browser, Shown } from './browser.ts';
import { type ConsoleOptions, consoleUrl, openConsole } from './console-in-process.ts';

export const callback = `${consoleUrl}/sign-in/callback`;

type SignInQuery = { tenant: string } & (
  | ({ about: 'personSignInPage' } & PersonSignInRequest)
  | ({ about: 'personSignedIn' } & PersonSignInAnswer)
);

export interface SignInOptions extends ConsoleOptions {
  /** Further variables of the worker, and references that it gives to all tenants. */
  variables?: Record<string, string>;
  shared?: string;
}

/** Opens a console for tenants with these parts of their files, and lets the simulated applications lead back to it. */
export function openSignInWorld(
  world: SimulatorWorld,
  tenants: Record<string, Record<string, unknown>>,
  { variables = {}, shared = '', ...options }: SignInOptions = {},
) {
  const { microsoft, okta, sap, credentials } = world.sandbox;
  microsoft.state.app.redirectUris = [callback];
  for (const { webApp } of [okta.state, sap.state]) Object.assign(webApp, { redirectUris: [callback] });
  const env = {
    TENANT_CONTOSO_SECRET: credentials.clientSecret,
    TENANT_CONTOSO_OKTA_SECRET: credentials.oktaSignInSecret,
    TENANT_CONTOSO_OKTA_CUSTOM_SECRET: credentials.oktaSignInSecret,
    TENANT_CONTOSO_SAP_SECRET: credentials.sapSignInSecret,
  };
  const policy = policyOf(
    { TIMELY_SYNC_ALLOWED_HOSTS: 'localhost,127.0.0.1', TIMELY_SYNC_SHARED_REFERENCES: shared },
    { ...env, ...variables },
  );
  const known = new Map<string, Promise<SignInService>>();
  const serviceOf = (tenant: string) => {
    const access = tenantAccess({ tenant, nested: [] }, policy);
    const service = known.get(tenant) ?? signInServiceOf(fileOf(tenant, tenants[tenant] ?? {}), access);
    known.set(tenant, service);
    return service;
  };
  const console = openConsole({
    whoMay: { by: 'bao.nguyen@contoso.example', mayLook: true },
    ...options,
    answers: {
      runQuery: async (query: SignInQuery) => {
        const service = await serviceOf(query.tenant);
        return query.about === 'personSignInPage'
          ? await signInPage(service, query)
          : await signInOutcome(service, query);
      },
    },
  });

  /** Opens a page, and returns the address of the sign-in service that the browser ends up at. */
  async function begin(browser: Browser, path: string): Promise<URL> {
    const { location } = await browser.get(path);
    const { status, location: address } = await browser.get(location ?? '');
    if (status !== 302) throw new Error(`The sign-in of ${path} answered ${status}.`);
    return new URL(address ?? '');
  }

  /** Fills in the page of the service, and returns the path that it sends the browser back to. */
  async function comeBack(
    address: URL,
    account: string,
    fields: Record<string, string> = {},
  ): Promise<string> {
    const body = new URLSearchParams({ account, ...fields });
    const { headers, status, text } = await world.request(address.href, { method: 'POST', body });
    if (status !== 302) throw new Error(`The service answered ${status}: ${text}`);
    const { pathname, search } = new URL(String(headers.location));
    return `${pathname}${search}`;
  }

  return {
    ...console,
    serviceOf,
    begin,
    comeBack,
    /** Signs in on the way to a page, and returns the answer to the callback. */
    signIn: async (browser: Browser, path: string, account: string): Promise<Shown> =>
      browser.get(await comeBack(await begin(browser, path), account)),
  };
}

const fileOf = (tenant: string, parts: Record<string, unknown>): TenantFile =>
  validateTenantFile({ ...Object(exampleData()), tenant, ...parts });

/** The parts of tenant files that say where people sign in, one tenant for each directory. */
export function signInTenants({ sandbox: { credentials, microsoft, okta, sap } }: SimulatorWorld) {
  const entra = {
    type: 'entra',
    tenantId: credentials.tenantId,
    clientId: credentials.clientId,
    endpoints: { login: microsoft.url, graph: microsoft.url },
  };
  const ofOkta = (secret: string, issuer = {}) => ({
    source: {
      type: 'okta',
      domain: credentials.oktaDomain,
      credential: { apiToken: secret },
      endpoint: okta.url,
    },
    console: { signIn: { clientId: credentials.oktaSignInId, clientSecret: secret, ...issuer } },
  });
  return {
    contoso: { source: { ...entra, credential: { secret: 'env:TENANT_CONTOSO_SECRET' } } },
    'contoso-okta': ofOkta('env:TENANT_CONTOSO_OKTA_SECRET'),
    'contoso-okta-custom': ofOkta('env:TENANT_CONTOSO_OKTA_CUSTOM_SECRET', {
      issuer: `${okta.url}/oauth2/default`,
    }),
    'contoso-sap': {
      source: {
        type: 'sap',
        host: credentials.sapHost,
        clientId: credentials.sapClientId,
        credential: { secret: 'env:TENANT_CONTOSO_SAP_SECRET' },
        endpoint: sap.url,
      },
      console: {
        signIn: { clientId: credentials.sapSignInId, clientSecret: 'env:TENANT_CONTOSO_SAP_SECRET' },
      },
    },
  };
}
