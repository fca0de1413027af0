import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import * as openid from 'openid-client';
import { Agent } from 'undici';
import { type Sandbox, startSandbox } from '../../../simulators/sandbox.ts';
import { type SimulatorWorld, worldOf } from '../world.ts';
import { forgedSignIns } from './sign-in-faults.ts';
import { email, type Program, programOf, redirectUri, services, submit } from './sign-in-world.ts';

let sandbox: Sandbox;
let world: SimulatorWorld;
let dispatcher: Agent;

beforeAll(async () => {
  sandbox = await startSandbox();
  world = worldOf(sandbox);
  dispatcher = new Agent({ connect: { ca: sandbox.caPem } });
});
afterAll(async () => {
  await dispatcher.close();
  await sandbox.close();
});

describe.each(services)('$name', (service) => {
  let program: Program;

  beforeAll(async () => {
    program = await programOf(service, world, dispatcher);
  });
  afterEach(() => service.faults(world).clear());

  test('signs a person in by code, PKCE and nonce', async () => {
    const { config, begin } = program;
    const { address, checks } = await begin();
    const page = await world.request(address.href);
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('Bao Nguyen')]);
    const back = await submit(world, address, { account: email });
    expect(back.href).toMatch(`${redirectUri}?`);
    const tokens = await openid.authorizationCodeGrant(config, back, checks);
    expect(tokens.claims()).toMatchObject({ iss: service.issuer(world), ...service.claims(world) });
  });

  test('redeems a code once', async () => {
    const { config, begin } = program;
    const { address, checks } = await begin();
    const back = await submit(world, address, { account: email });
    await openid.authorizationCodeGrant(config, back, checks);
    await expect(openid.authorizationCodeGrant(config, back, checks)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  test('redeems no code with the verifier of another sign-in', async () => {
    const { config, begin } = program;
    const { address, checks } = await begin();
    const back = await submit(world, address, { account: email });
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    await expect(
      openid.authorizationCodeGrant(config, back, { ...checks, pkceCodeVerifier }),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  test('sends the person back with access_denied after Cancel', async () => {
    const { config, begin } = program;
    const { address, checks } = await begin();
    const back = await submit(world, address, { account: '', cancel: 'true' });
    expect(back.searchParams.get('state')).toBe(checks.expectedState);
    await expect(openid.authorizationCodeGrant(config, back, checks)).rejects.toMatchObject({
      error: 'access_denied',
    });
  });

  test('sends nobody to an address that is not registered, nor for an unknown application', async () => {
    const { begin } = program;
    for (const wrong of [{ redirect_uri: 'https://evil.example/callback' }, { client_id: 'unknown' }]) {
      const { address } = await begin(wrong);
      for (const method of ['GET', 'POST'])
        expect(await world.request(address.href, { method })).toMatchObject({
          status: 400,
          headers: { 'content-type': 'text/html; charset=utf-8' },
        });
    }
  });

  test('says that it needs the person when asked for no page', async () => {
    const { begin } = program;
    const { address } = await begin({ prompt: 'none' });
    const { headers } = await world.request(address.href);
    expect(new URL(String(headers.location)).searchParams.get('error')).toBe('login_required');
  });

  test('shows the page again for a name that nobody has, and escapes it', async () => {
    const { begin } = program;
    const { address } = await begin({ login_hint: '"><script>alert(1)</script>' });
    const first = await world.request(address.href);
    const body = new URLSearchParams({ account: '"><script>alert(2)</script>' });
    const again = await world.request(address.href, { method: 'POST', body });
    expect([first.status, again.status]).toEqual([200, 400]);
    expect(first.text + again.text).not.toContain('<script>');
  });

  test.each(forgedSignIns)('the fault %s makes a client refuse the sign-in', async (fault) => {
    const { config, begin } = program;
    service.faults(world).set(fault);
    const { address, checks } = await begin();
    const back = await submit(world, address, { account: email });
    await expect(openid.authorizationCodeGrant(config, back, checks)).rejects.toThrow();
  });

  test('the fault codeReplayed answers with the code of the sign-in before', async () => {
    const { begin } = program;
    const codeOf = ({ searchParams }: URL) => searchParams.get('code');
    const first = await submit(world, (await begin()).address, { account: email });
    service.faults(world).set('codeReplayed');
    const second = await submit(world, (await begin()).address, { account: email });
    expect(codeOf(second)).toBe(codeOf(first));
  });

  test('lets nobody in whose account is disabled', async () => {
    const { address } = await program.begin();
    expect((await world.request(address.href)).text).not.toContain('Tobias Kern');
    const body = new URLSearchParams({ account: 'tobias.kern@contoso.example' });
    expect((await world.request(address.href, { method: 'POST', body })).status).toBe(400);
  });
});

test('Microsoft says of a guest who signed them in', async () => {
  const [microsoft] = services;
  const { config, begin } = await programOf(microsoft as (typeof services)[number], world, dispatcher);
  const { address, checks } = await begin();
  const back = await submit(world, address, { account: 'paula.reyes@northwind-consulting.example' });
  const tokens = await openid.authorizationCodeGrant(config, back, checks);
  expect(tokens.claims()).toMatchObject({ name: 'Paula Reyes', idp: expect.stringMatching(/^https:/) });
});

test('Microsoft takes the secret of an application in the header too', async () => {
  const { credentials, microsoft } = sandbox;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: 'https://graph.microsoft.com/.default',
  });
  const statusWith = async (secret: string) => {
    const basic = Buffer.from(`${credentials.clientId}:${encodeURIComponent(secret)}`).toString('base64');
    const url = `${microsoft.url}/${credentials.tenantId}/oauth2/v2.0/token`;
    return (await world.request(url, { method: 'POST', body, headers: { authorization: `Basic ${basic}` } }))
      .status;
  };
  expect(await statusWith(credentials.clientSecret)).toBe(200);
  expect(await statusWith('wrong')).toBe(401);
});
