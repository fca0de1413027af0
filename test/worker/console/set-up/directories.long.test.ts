import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { JWK } from 'jose';
import { parseTenantFile } from '../../../../config/tenant-file.ts';
import { contoso } from '../../../../simulators/contoso.ts';
import { storedSecrets } from '../../../../store/schema/set-up-tables.ts';
import { newestConfiguration } from '../../../../store/tenants.ts';
import type { Administrator } from './support/administrator.ts';
import { openSetUpWorld, type SetUpWorld } from './support/set-up-world.ts';

let world: SetUpWorld;

beforeAll(async () => {
  world = await openSetUpWorld({ isShared: false, startsPaused: false });
}, 180_000);
afterAll(() => world.close());

async function invited(tenant: string): Promise<Administrator> {
  const admin = world.administrator();
  await admin.open(await world.invite(tenant));
  await admin.send();
  return admin;
}

const unescaped = (html: string) => html.replaceAll('&quot;', '"').replaceAll('&amp;', '&');

/** From what the directory grants to the start. Returns the tenant file that is in force then. */
async function carryThrough(
  admin: Administrator,
  tenant: string,
  deciders: Record<string, string> = { deciders: '' },
) {
  expect(admin.text).toContain('The sync can read your directory');
  await admin.open('/set-up/timely');
  await admin.send({ accountId: String(contoso.accountId) });
  await admin.goTo(String(world.sandbox.timely.state.account.owner_id));
  expect(admin.path).toBe('/set-up/people');
  const [, line = ''] = /name="line" value="([^"]+Timely Users[^"]+)"/.exec(admin.page) ?? [];
  const chosen = { line: unescaped(line), role: 'employee', teams: 'none', ...deciders, do: 'preview' };
  if ('signInClientId' in deciders) {
    await admin.send({ ...chosen, signInSecret: '' });
    expect([admin.status, admin.text]).toEqual([
      400,
      expect.stringContaining('an application without a secret is refused'),
    ]);
    expect(admin.page).toContain(`value="${deciders.signInClientId}"`);
  }
  await admin.send(chosen);
  expect(admin.text).toContain('people are chosen');
  const [, preview = ''] = /name="preview" value="([^"]+)"/.exec(admin.page) ?? [];
  await admin.send({ preview }, '/set-up/start');
  expect(admin.text).toContain('its first cycle has begun');
  return parseTenantFile(
    JSON.stringify((await newestConfiguration(world.store.database, tenant))?.file),
    'file',
  );
}

/** What the store and the histories have of a secret that was pasted. */
async function expectSealed(secret: string) {
  const rows = await world.store.database.select().from(storedSecrets);
  const kept = rows.map(({ encrypted }) => encrypted.toString('latin1')).join();
  expect(kept).not.toContain(secret);
  expect(world.console.logged.join()).not.toContain(secret);
}

test('Okta is read by a key that is made at the set-up', async () => {
  const admin = await invited('by-okta');
  await admin.open('/set-up/directory/okta');
  const [, shown = ''] = /<pre tabindex="0">([^<]+)</.exec(admin.page) ?? [];
  const key = JSON.parse(unescaped(shown)) as JWK;
  expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  const { oktaDomain, oktaClientId } = world.sandbox.credentials;
  await admin.send({ domain: `https://${oktaDomain}/admin`, clientId: oktaClientId, keyId: '' });
  expect(admin.text).toContain('Something is missing');
  world.sandbox.okta.state.serviceApp.keys.push({
    id: 'made-here',
    kid: key.kid ?? '',
    jwk: key,
    status: 'ACTIVE',
    created: new Date().toISOString(),
  });
  await admin.open('/set-up/access');
  const file = await carryThrough(admin, 'by-okta', { deciders: 'it-lead@contoso.example' });
  expect(admin.text).toContain('Nobody can sign in there yet');
  expect(file.source).toMatchObject({
    type: 'okta',
    domain: oktaDomain,
    credential: { privateKey: expect.stringMatching(/^store:okta-key-[0-9a-f]{8}$/) },
  });
}, 180_000);

test('SAP is read by a client id and a secret that are pasted', async () => {
  const admin = await invited('by-sap');
  const { sapHost, sapClientId, sapSecret } = world.sandbox.credentials;
  await admin.open('/set-up/directory/sap');
  await admin.send({ host: sapHost, clientId: sapClientId, secret: '' });
  expect(admin.text).toContain('Paste it here.');
  expect(admin.page).toContain(`value="${sapClientId}"`);
  await admin.send({ host: sapHost, clientId: sapClientId, secret: sapSecret });
  expect(admin.page).not.toContain(sapSecret);
  const file = await carryThrough(admin, 'by-sap', {
    deciders: 'it-lead@contoso.example\ngroup:Timely Admins',
    signInClientId: 'console-app',
    signInSecret: 'marked-sign-in',
  });
  expect(admin.text).toContain('who may decide signs in there');
  expect(file.approvals.who).toEqual(['it-lead@contoso.example', 'group:Timely Admins']);
  expect(file.console.signIn).toEqual({
    clientId: 'console-app',
    clientSecret: expect.stringMatching(/^store:console-secret-[0-9a-f]{8}$/),
  });
  await expectSealed('marked-sign-in');
  expect(file.source).toMatchObject({ type: 'sap', host: sapHost, clientId: sapClientId });
  await expectSealed(sapSecret);
}, 180_000);

test('SAP is read by a certificate that is pasted', async () => {
  const admin = await invited('by-certificate');
  const { sapHost, sapCertificate } = world.sandbox.credentials;
  await admin.open('/set-up/directory/sap-certificate');
  await admin.send({ host: sapHost, secret: sapCertificate });
  expect(admin.text).toContain('The sync can read your directory');
}, 180_000);

test('Entra ID is read by an application of the customer', async () => {
  const admin = await invited('by-secret');
  const { clientId, clientSecret } = world.sandbox.credentials;
  await admin.open('/set-up/directory/entra-own');
  await admin.send({ directoryId: contoso.tenantId, clientId, secret: 'marked-wrong' });
  expect(admin.text).toContain('Something is missing');
  expect(admin.text).toContain('The client secret is wrong');
  await admin.open('/set-up/directory/entra-own');
  expect(admin.page).not.toContain('marked-wrong');
  await admin.send({ directoryId: contoso.tenantId, clientId, secret: clientSecret });
  const file = await carryThrough(admin, 'by-secret');
  expect(file.source).toMatchObject({ type: 'entra', tenantId: contoso.tenantId, clientId });
  await expectSealed(clientSecret);
}, 180_000);

test('what one tenant keeps is nothing for a file of another', async () => {
  const file = (await newestConfiguration(world.store.database, 'by-sap'))?.file;
  const { check } = world.activities;
  const stolen = { ...Object(file), tenant: 'evil' };
  const { lines, missing } = await check({ about: 'check', file: stolen, part: 'access' });
  expect(missing).toEqual([expect.stringMatching(/^store:sap-secret-/)]);
  expect(lines[0]?.message).toContain('the store keeps no such secret for the tenant evil');
});
