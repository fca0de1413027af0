/** Signing in at each directory, and every attack on it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { type Sandbox, startSandbox } from '../../../simulators/sandbox.ts';
import { createSignInLimits } from '../../../worker/console/sign-in/limits.ts';
import { trust } from '../../directory/entra/trust.ts';
import { failingSignIns } from '../../simulators/openid/sign-in-faults.ts';
import { type SimulatorWorld, worldOf } from '../../simulators/world.ts';
import { openConsole } from './support/console-in-process.ts';
import { openSignInWorld, signInTenants } from './support/sign-in-world.ts';

const email = 'bao.nguyen@contoso.example';
const other = 'hana.sato@contoso.example';

let sandbox: Sandbox;
let world: SimulatorWorld;
let agent: Agent;
beforeAll(async () => {
  sandbox = await startSandbox();
  trust(sandbox.caPem);
  agent = new Agent({ ca: sandbox.caPem, keepAlive: true });
  world = worldOf(sandbox, agent);
});
afterAll(async () => {
  agent.destroy();
  await sandbox.close();
});
afterEach(() => {
  for (const { faults } of [sandbox.microsoft, sandbox.okta, sandbox.sap]) faults.clear();
});

const open = (options: Parameters<typeof openSignInWorld>[2] = {}) =>
  openSignInWorld(world, signInTenants(world), options);

const directories = [
  { tenant: 'contoso', directory: () => sandbox.microsoft },
  { tenant: 'contoso-okta', directory: () => sandbox.okta },
  { tenant: 'contoso-okta-custom', directory: () => sandbox.okta },
  { tenant: 'contoso-sap', directory: () => sandbox.sap },
];
/** What each service makes by code of its own. */
const ownFaults = ['signInDeclined', 'codeExpired', 'audienceWrong'] as const;

test.each(directories)(
  '$tenant signs a person in by their id in the directory, and leads back to the page',
  async ({ tenant, directory }) => {
    const asked: unknown[] = [];
    const { signIn, browser, pathOf, deps } = open();
    deps.whoMay = async (_tenant, person) => {
      asked.push(person);
      return { by: email, name: null, mayDecide: false, mayLook: true, isWhoNamed: true };
    };
    const person = browser();
    const page = `${pathOf(tenant)}/people?page=2`;
    const { status, location } = await signIn(person, page, email);
    expect([status, location]).toEqual([303, page]);
    expect((await person.get(page)).status).toBe(200);
    expect(asked).toEqual([{ subject: directory().state.user(email).id, addresses: [] }]);
  },
);

test('with Entra ID the certificate or the federated token of the source redeems the code', async () => {
  const pem = await sandbox.sharedCertificate();
  const folder = await mkdtemp(join(tmpdir(), 'timely-sync-token-'));
  const token = join(folder, 'token');
  await writeFile(token, 'a-federated-token');
  const { source } = signInTenants(world).contoso;
  const by = (credential: Record<string, string>) => ({ source: { ...source, credential } });
  const { signIn, browser, pathOf } = openSignInWorld(
    world,
    {
      contoso: by({ certificate: 'env:TENANT_CONTOSO_CERTIFICATE' }),
      'contoso-federated': by({ federatedToken: `file:${token}` }),
    },
    { variables: { TENANT_CONTOSO_CERTIFICATE: pem }, shared: `file:${token}` },
  );
  for (const tenant of ['contoso', 'contoso-federated']) {
    const person = browser();
    expect((await signIn(person, pathOf(tenant), email)).status).toBe(303);
    expect((await person.get(`${pathOf(tenant)}/people`)).status).toBe(200);
  }
  await rm(folder, { recursive: true });
});

test.each([
  ...failingSignIns.map((fault) => ['contoso', fault] as const),
  ...ownFaults.flatMap((fault) => [['contoso-okta', fault] as const, ['contoso-sap', fault] as const]),
])('%s lets nobody in under %s, and says it in the log without names', async (tenant, fault) => {
  const { signIn, browser, pathOf, logged } = open();
  const person = browser();
  directories
    .find((each) => each.tenant === tenant)
    ?.directory()
    .faults.set(fault);
  const { status, page } = await signIn(person, pathOf(tenant), email);
  expect([status, page]).toEqual([403, expect.stringContaining('You are not signed in')]);
  expect(person.cookies.has('__Host-timely-sync')).toBe(false);
  expect((await person.get(pathOf(tenant))).status).toBe(302);
  expect(logged.join()).toContain('the console refused a sign-in');
  expect(logged.join()).not.toMatch(/bao|nguyen/i);
});

test('the code of another sign-in is worth nothing', async () => {
  const { signIn, begin, comeBack, browser, pathOf } = open();
  await signIn(browser(), pathOf('contoso'), email);
  sandbox.microsoft.faults.set('codeReplayed');
  const person = browser();
  const back = await comeBack(await begin(person, pathOf('contoso')), other);
  expect((await person.get(back)).status).toBe(403);
});

test('an answer that was sent to another browser is worth nothing', async () => {
  const { begin, comeBack, browser, pathOf } = open();
  const back = await comeBack(await begin(browser(), pathOf('contoso')), email);
  const victim = browser();
  expect((await victim.get(back)).status).toBe(403);
  await begin(victim, pathOf('contoso'));
  expect((await victim.get(back)).status).toBe(403);
  expect(victim.cookies.has('__Host-timely-sync')).toBe(false);
});

test('an answer counts once', async () => {
  const { begin, comeBack, browser, pathOf } = open();
  const person = browser();
  const back = await comeBack(await begin(person, pathOf('contoso')), email);
  const cookies = new Map(person.cookies);
  expect((await person.get(back)).status).toBe(303);
  expect((await person.get(back)).status).toBe(403);
  // Not even with the cookie of before: the service takes its code once.
  const thief = browser();
  for (const [name, value] of cookies) thief.cookies.set(name, value);
  expect((await thief.get(back)).status).toBe(403);
});

test('a sign-in that was begun for one tenant signs in to no other', async () => {
  const { signIn, browser, pathOf } = open();
  const person = browser();
  await signIn(person, pathOf('contoso-okta'), email);
  const { status, location } = await person.get(pathOf('contoso'));
  expect([status, location]).toEqual([302, expect.stringContaining('/sign-in?')]);
});

test('a token of another directory names nobody, and an address in a token counts for nothing', async () => {
  const { serviceOf } = open();
  const [entra, sap] = [await serviceOf('contoso'), await serviceOf('contoso-sap')];
  const claims = { iss: '', sub: 'a-subject', aud: '', iat: 0, exp: 0 };
  const given = { ...claims, oid: 'an-id', email, email_verified: true, preferred_username: email };
  expect(entra.personIn({ ...given, tid: sandbox.credentials.tenantId.toUpperCase() })).toMatchObject({
    subject: 'an-id',
    addresses: [],
  });
  expect(entra.personIn({ ...given, tid: 'f4b41ca2-9999-4888-8777-666655554444' })).toBeNull();
  expect(entra.personIn(given)).toBeNull();
  expect(sap.personIn(given)).toBeNull();
  expect(sap.personIn({ ...given, user_uuid: 'an-id' })).toMatchObject({ subject: 'an-id', addresses: [] });
});

test('a service that is not the directory names people by verified addresses alone', async () => {
  const { contoso } = signInTenants(world);
  const signIn = {
    issuer: sandbox.sap.url,
    clientId: sandbox.credentials.sapSignInId,
    clientSecret: 'env:TENANT_CONTOSO_SAP_SECRET',
  };
  const { serviceOf } = openSignInWorld(world, { contoso: { ...contoso, console: { signIn } } });
  const { issuer, personIn } = await serviceOf('contoso');
  expect(issuer).toBe(sandbox.sap.url);
  const claims = { iss: '', sub: 'a-subject', aud: '', iat: 0, exp: 0, oid: 'an-id', user_uuid: 'an-id' };
  expect(personIn({ ...claims, email, email_verified: true })).toEqual({
    subject: null,
    addresses: [email],
    name: '',
  });
  for (const unproven of [{ email }, { email, email_verified: 'true' }, { preferred_username: email }])
    expect(personIn({ ...claims, ...unproven })).toBeNull();
});

test('several pages that are opened at once can each be signed in to', async () => {
  const { begin, comeBack, browser, pathOf } = open();
  const person = browser();
  const pages = [1, 2, 3].map((number) => `${pathOf('contoso')}/approvals?page=${number}`);
  const addresses: URL[] = [];
  for (const page of pages) addresses.push(await begin(person, page));
  for (const [index, address] of addresses.entries())
    expect((await person.get(await comeBack(address, email))).location).toBe(pages[index]);
});

test('a sign-in ends within ten minutes or not at all', async () => {
  const { begin, comeBack, browser, pathOf, now } = open();
  const person = browser();
  const address = await begin(person, pathOf('contoso'));
  const back = await comeBack(address, email);
  now.ms += 11 * 60_000;
  expect((await person.get(back)).status).toBe(403);
});

test.each([
  'https://evil.example/',
  '//evil.example/t/contoso',
  '/\\evil.example',
  'javascript:alert(1)',
  '/t/fabrikam~AAAAAAAAAAAA',
  '/tenants',
])("a sign-in leads to no page but the tenant's own: not to %s", async (to) => {
  const { comeBack, browser, pathOf } = open();
  const person = browser();
  const path = `${pathOf('contoso')}/sign-in?${new URLSearchParams({ to })}`;
  const { location } = await person.get(path);
  const { location: shown } = await person.get(await comeBack(new URL(location ?? ''), email));
  expect(shown).toBe(pathOf('contoso'));
});

test('the service asks for the account after a sign-out', async () => {
  const { browser, pathOf } = open();
  const signIn = async (tenant: string, query: string) =>
    new URL((await browser().get(`${pathOf(tenant)}/sign-in${query}`)).location ?? '').searchParams.get(
      'prompt',
    );
  expect(await signIn('contoso', '')).toBeNull();
  expect(await signIn('contoso', '?account=other')).toBe('select_account');
  expect(await signIn('contoso-okta', '?account=other')).toBe('login');
});

test('a directory without an application for the console says so to nobody but the log', async () => {
  const { console: _, ...okta } = signInTenants(world)['contoso-okta'];
  const { browser, pathOf, logged } = openSignInWorld(world, { contoso: okta });
  const { status, page } = await browser().get(`${pathOf('contoso')}/sign-in`);
  expect([status, page]).toEqual([500, expect.stringContaining('Nobody can sign in here yet')]);
  expect(logged.join()).toContain('console.signIn');
});

test('too many sign-ins from one address are refused before a worker is asked', async () => {
  let asked = 0;
  const getHandle = () => {
    asked += 1;
    throw new Error('No worker answers here.');
  };
  const client = { workflow: { getHandle } } as unknown as Client;
  const { browser, pathOf } = openConsole({
    client,
    signInLimits: createSignInLimits({ inAll: 9, fromOneAddress: 3, atOneTenant: 7 }),
  });
  const statusFrom = async (address: string, tenant = 'contoso') =>
    (await browser().get(`${pathOf(tenant)}/sign-in`, { 'x-forwarded-for': address })).status;
  const statuses: number[] = [];
  // A caller writes what it likes before the address that the proxy adds.
  for (const caller of ['', '198.51.100.1, ', '198.51.100.2, ', '198.51.100.3, '])
    statuses.push(await statusFrom(`${caller}192.0.2.1`));
  expect(statuses).toEqual([500, 500, 500, 429]);
  expect([await statusFrom('192.0.2.2'), asked]).toEqual([500, 4]);
});

test('all addresses of one line count as one, and those of IPv4 each for itself', async () => {
  const limits = createSignInLimits({ inAll: 99, fromOneAddress: 2, atOneTenant: 99 });
  const { app, pathOf } = openConsole({ signInLimits: limits });
  const isRefused = async (address: string) => {
    const headers = { 'x-forwarded-for': address };
    return (await app.request(`${pathOf('contoso')}/sign-in`, { headers })).status === 429;
  };
  const sameLine = ['2001:db8::1', '2001:db8:0:0:ffff::2', '2001:DB8:0000:0:1:2:3:4'];
  expect([await isRefused(sameLine[0] ?? ''), await isRefused(sameLine[1] ?? '')]).toEqual([false, false]);
  expect(await isRefused(sameLine[2] ?? '')).toBe(true);
  for (const other of ['2001:db8:0:1::1', '::ffff:192.0.2.1', '::ffff:192.0.2.2', '192.0.2.3', '::1'])
    expect([other, await isRefused(other)]).toEqual([other, false]);
});
