/** Each simulated sign-in service beside a client of openid-client, which the product uses as well. */
import * as openid from 'openid-client';
import { type Agent, fetch } from 'undici';
import type { SimulatorWorld } from '../world.ts';

export const redirectUri = 'http://localhost:8090/callback';

export interface Service {
  name: string;
  issuer(world: SimulatorWorld): string;
  client(world: SimulatorWorld): { id: string; secret: string };
  /** What Bao Nguyen's ID token says about them besides the common claims. */
  claims(world: SimulatorWorld): Record<string, unknown>;
  faults(world: SimulatorWorld): { set(name: OpenIdFaultName): void; clear(): void };
}
type OpenIdFaultName = Parameters<SimulatorWorld['sandbox']['microsoft']['faults']['set']>[0] &
  Parameters<SimulatorWorld['sandbox']['okta']['faults']['set']>[0] &
  Parameters<SimulatorWorld['sandbox']['sap']['faults']['set']>[0];

export const email = 'bao.nguyen@contoso.example';

const okta = {
  client: ({ sandbox: { credentials } }: SimulatorWorld) => ({
    id: credentials.oktaSignInId,
    secret: credentials.oktaSignInSecret,
  }),
  claims: ({ sandbox }: SimulatorWorld) => ({
    sub: sandbox.okta.state.user(email).id,
    name: 'Bao Nguyen',
    preferred_username: email,
    email,
  }),
  faults: ({ sandbox }: SimulatorWorld) => sandbox.okta.faults,
};

export const services: Service[] = [
  {
    name: 'Microsoft',
    issuer: ({ sandbox: { microsoft, credentials } }) => `${microsoft.url}/${credentials.tenantId}/v2.0`,
    client: ({ sandbox: { credentials } }) => ({
      id: credentials.clientId,
      secret: credentials.clientSecret,
    }),
    claims: ({ sandbox: { microsoft, credentials } }) => ({
      oid: microsoft.state.user(email).id,
      tid: credentials.tenantId,
      name: 'Bao Nguyen',
      preferred_username: email,
      email,
      ver: '2.0',
    }),
    faults: ({ sandbox }) => sandbox.microsoft.faults,
  },
  { name: "Okta's org server", issuer: ({ sandbox }) => sandbox.okta.url, ...okta },
  { name: "Okta's custom server", issuer: ({ sandbox }) => `${sandbox.okta.url}/oauth2/default`, ...okta },
  {
    name: 'SAP',
    issuer: ({ sandbox }) => sandbox.sap.url,
    client: ({ sandbox: { credentials } }) => ({
      id: credentials.sapSignInId,
      secret: credentials.sapSignInSecret,
    }),
    claims: ({ sandbox }) => {
      const { id } = sandbox.sap.state.user(email);
      return { sub: id, scim_id: id, user_uuid: id, given_name: 'Bao', family_name: 'Nguyen', email };
    },
    faults: ({ sandbox }) => sandbox.sap.faults,
  },
];

/** A program that signs people in. */
export interface Program {
  config: openid.Configuration;
  /** Begins a sign-in: the address for the browser, and what is checked when it comes back. */
  begin(parameters?: Record<string, string>): Promise<SignIn>;
}
export interface SignIn {
  address: URL;
  checks: { pkceCodeVerifier: string; expectedNonce: string; expectedState: string };
}

/** Registers the program with a service; it checks signatures. `dispatcher` trusts the sandbox. */
export async function programOf(
  service: Service,
  world: SimulatorWorld,
  dispatcher: Agent,
): Promise<Program> {
  const { id, secret } = service.client(world);
  const trusting = ((url: string, options: object) =>
    fetch(url, { ...options, dispatcher })) as unknown as openid.CustomFetch;
  const config = await openid.discovery(new URL(service.issuer(world)), id, secret, undefined, {
    [openid.customFetch]: trusting,
  });
  openid.enableNonRepudiationChecks(config);
  return { config, begin: (parameters) => begin(config, parameters) };
}

async function begin(config: openid.Configuration, parameters: Record<string, string> = {}): Promise<SignIn> {
  const checks = {
    pkceCodeVerifier: openid.randomPKCECodeVerifier(),
    expectedNonce: openid.randomNonce(),
    expectedState: openid.randomState(),
  };
  const address = openid.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    code_challenge: await openid.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    nonce: checks.expectedNonce,
    state: checks.expectedState,
    ...parameters,
  });
  return { address, checks };
}

/** Fills in the page of a sign-in as a person does. Returns where the browser is sent. */
export async function submit(
  { request }: SimulatorWorld,
  { href }: URL,
  fields: Record<string, string>,
): Promise<URL> {
  const { status, headers, text } = await request(href, {
    method: 'POST',
    body: new URLSearchParams(fields),
  });
  if (status !== 302) throw new Error(`The page answered ${status}: ${text}`);
  return new URL(String(headers.location));
}
