import { ClientAssertionCredential, ClientSecretCredential } from '@azure/identity';
import { expect, test } from '@jest/globals';
import { type SimulatorWorld, type TestRequest, withWorld } from './world.ts';

const scope = 'https://graph.microsoft.com/.default';

/** Microsoft's own library, directed to the sandbox as the product does it. */
const libraryOptions = ({ sandbox }: SimulatorWorld) => ({
  authorityHost: sandbox.microsoft.url,
  disableInstanceDiscovery: true,
  tlsOptions: { ca: sandbox.caPem },
  retryOptions: { maxRetries: 0 },
});

const credential = (world: SimulatorWorld, tenantId: string, clientSecret: string) =>
  new ClientSecretCredential(
    tenantId,
    world.sandbox.credentials.clientId,
    clientSecret,
    libraryOptions(world),
  );

const users = (world: SimulatorWorld, token: string) =>
  world.request(`${world.sandbox.microsoft.url}/v1.0/users`, {
    headers: { authorization: `Bearer ${token}` },
  });

test("Microsoft's library signs in with a secret, and its token opens Graph", () =>
  withWorld({}, async (world) => {
    const { tenantId, clientSecret } = world.sandbox.credentials;
    const { token, expiresOnTimestamp } = await credential(world, tenantId, clientSecret).getToken(scope);
    expect((await users(world, token)).status).toBe(200);
    expect(expiresOnTimestamp).toBeGreaterThan(Date.now() + 3_600_000);
  }));

test("Microsoft's library signs in with an assertion, as certificates and federated identities do", () =>
  withWorld({}, async (world) => {
    const { tenantId, clientId } = world.sandbox.credentials;
    const federated = new ClientAssertionCredential(
      tenantId,
      clientId,
      async () => 'assertion',
      libraryOptions(world),
    );
    expect((await users(world, (await federated.getToken(scope)).token)).status).toBe(200);
  }));

test('sign-in refuses a wrong secret and an unknown tenant with their AADSTS numbers', () =>
  withWorld({}, async (world) => {
    const { tenantId, clientSecret } = world.sandbox.credentials;
    await expect(credential(world, tenantId, 'wrong').getToken(scope)).rejects.toThrow('AADSTS7000215');
    const unknown = '00000000-0000-4000-8000-000000000000';
    await expect(credential(world, unknown, clientSecret).getToken(scope)).rejects.toThrow();
    const url = `${world.sandbox.microsoft.url}/${unknown}/v2.0/.well-known/openid-configuration`;
    const { status, json } = await world.request(url);
    expect([status, json.error_description]).toEqual([400, expect.stringContaining('AADSTS90002')]);
  }));

test('the fault signInRefused refuses with any AADSTS number', () =>
  withWorld({}, async (world) => {
    const { tenantId, clientSecret } = world.sandbox.credentials;
    world.sandbox.microsoft.faults.set('signInRefused', { code: 700_016, times: 1 });
    await expect(credential(world, tenantId, clientSecret).getToken(scope)).rejects.toThrow('AADSTS700016');
    await expect(credential(world, tenantId, clientSecret).getToken(scope)).resolves.toBeDefined();
  }));

test('Graph accepts only unexpired tokens of its own', async () => {
  let now = new Date('2026-03-01T12:00:00Z');
  await withWorld({ clock: () => now }, async (world) => {
    const token = await world.graphToken();
    const codeFor = async (ask: TestRequest) => {
      const { status, json } = await world.request(`${world.sandbox.microsoft.url}/v1.0/users`, ask);
      return [status, json.error?.code];
    };
    const authorization = `Bearer ${token}`;
    expect(await codeFor({ headers: { authorization } })).toEqual([200, undefined]);
    now = new Date('2026-03-01T13:30:00Z');
    const refused = [401, 'InvalidAuthenticationToken'];
    expect(await codeFor({ headers: { authorization } })).toEqual(refused);
    expect(await codeFor({})).toEqual(refused);
    expect(await codeFor({ headers: { authorization: `${authorization}x` } })).toEqual(refused);
  });
});

test('the ledger shows who signed in, and no secret or token', () =>
  withWorld({}, async (world) => {
    const token = await world.graphToken();
    const ledger = JSON.stringify(world.sandbox.microsoft.ledger.entries());
    expect(ledger).toContain(world.sandbox.credentials.clientId);
    expect(ledger).not.toContain(world.sandbox.credentials.clientSecret);
    expect(ledger).not.toContain(token);
  }));
