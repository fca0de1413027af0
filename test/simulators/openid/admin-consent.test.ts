import { expect, test } from '@jest/globals';
import { type SimulatorWorld, withWorld } from '../world.ts';
import { submit } from './sign-in-world.ts';

const redirectUri = 'https://sync.contoso.example/consent';

const consentAddress = ({ sandbox }: SimulatorWorld, tenant = 'organizations', more = {}): URL => {
  sandbox.microsoft.state.sharedApp.redirectUris = [redirectUri];
  const address = new URL(`/${tenant}/v2.0/adminconsent`, sandbox.microsoft.url);
  const query = {
    client_id: sandbox.credentials.sharedClientId,
    scope: 'https://graph.microsoft.com/.default',
    redirect_uri: redirectUri,
    state: 'xyz',
    ...more,
  };
  address.search = new URLSearchParams(query).toString();
  return address;
};

const token = ({ request, sandbox }: SimulatorWorld, tenant: string = sandbox.credentials.tenantId) =>
  request(`${sandbox.microsoft.url}/${tenant}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: sandbox.credentials.sharedClientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: 'signed by the library',
      scope: 'https://graph.microsoft.com/.default',
    }),
  });

const statusOf = async ({ request, sandbox }: SimulatorWorld, path: string, bearer: string) =>
  (await request(`${sandbox.microsoft.url}/v1.0${path}`, { headers: { authorization: `Bearer ${bearer}` } }))
    .status;

const administrator = ({ sandbox }: SimulatorWorld) => sandbox.microsoft.state.user('Henrik Lund').id;

test('the shared application reads the directory after the consent of an administrator, and not before', () =>
  withWorld({}, async (world) => {
    const refused = await token(world);
    expect([refused.status, refused.json.error_codes]).toEqual([400, [700016]]);
    const page = await world.request(consentAddress(world).href);
    expect(page.text).toContain('GroupMember.Read.All');
    expect(page.text).toContain('Henrik Lund');
    const back = await submit(world, consentAddress(world), { account: administrator(world) });
    expect(Object.fromEntries(back.searchParams)).toEqual({
      admin_consent: 'True',
      tenant: world.sandbox.credentials.tenantId,
      scope: 'https://graph.microsoft.com/.default',
      state: 'xyz',
    });
    const { json } = await token(world);
    expect(await statusOf(world, '/users', json.access_token)).toBe(200);
    expect(await statusOf(world, '/groups', json.access_token)).toBe(200);
  }));

test.each(['cancel', 'fault'])('a consent that is refused (%s) grants nothing', (how) =>
  withWorld({}, async (world) => {
    if (how === 'fault') world.sandbox.microsoft.faults.set('consentRefused');
    const fields = { account: administrator(world), ...(how === 'cancel' ? { cancel: 'true' } : {}) };
    const { searchParams } = await submit(world, consentAddress(world), fields);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      admin_consent: 'True',
      error: 'consent_required',
      error_description: expect.stringContaining('AADSTS65004'),
      state: 'xyz',
    });
    expect((await token(world)).status).toBe(400);
  }),
);

test('the fault permissionLeftOut grants the others', () =>
  withWorld({}, async (world) => {
    world.sandbox.microsoft.faults.set('permissionLeftOut', { permissions: ['GroupMember.Read.All'] });
    await submit(world, consentAddress(world), { account: administrator(world) });
    const { json } = await token(world);
    expect(await statusOf(world, '/users', json.access_token)).toBe(200);
    expect(await statusOf(world, '/groups', json.access_token)).toBe(403);
  }));

test('only administrators consent', () =>
  withWorld({}, async (world) => {
    const body = new URLSearchParams({ account: world.sandbox.microsoft.state.user('Bao Nguyen').id });
    const { status, text } = await world.request(consentAddress(world).href, { method: 'POST', body });
    expect([status, text]).toEqual([403, expect.stringContaining('AADSTS90094')]);
    expect((await token(world)).status).toBe(400);
  }));

test("another company's administrator consents for that company alone", () =>
  withWorld({}, async (world) => {
    const page = await world.request(consentAddress(world).href);
    const [, account = ''] = /value="([^"]+)">Fiona Fabri/.exec(page.text) ?? [];
    const back = await submit(world, consentAddress(world), { account });
    expect(back.searchParams.get('tenant')).not.toBe(world.sandbox.credentials.tenantId);
    expect((await token(world)).status).toBe(400);
    const own = consentAddress(world, world.sandbox.credentials.tenantId);
    expect((await world.request(own.href)).text).not.toContain('Fiona Fabri');
  }));

test('consent sends nobody to an address that is not registered', () =>
  withWorld({}, async (world) => {
    const address = consentAddress(world, 'organizations', { redirect_uri: 'https://evil.example/' });
    const { status, text } = await world.request(address.href);
    expect([status, text]).toEqual([400, expect.stringContaining('AADSTS50011')]);
  }));

test('a restart keeps the consent', () =>
  withWorld({}, async (world) => {
    await submit(world, consentAddress(world), { account: administrator(world) });
    const saved = world.sandbox.microsoft.state.save();
    expect(saved.sharedApp?.granted).toEqual(saved.sharedApp?.requested);
  }));
