import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { parseTenantFile } from '../../../../config/tenant-file.ts';
import { contoso } from '../../../../simulators/contoso.ts';
import { newestConfiguration } from '../../../../store/tenants.ts';
import { failingSignIns } from '../../../simulators/openid/sign-in-faults.ts';
import type { Administrator } from './support/administrator.ts';
import { openSetUpWorld, type SetUpWorld } from './support/set-up-world.ts';

let world: SetUpWorld;

beforeAll(async () => {
  world = await openSetUpWorld();
}, 180_000);
afterAll(() => world.close());
afterEach(() => {
  world.sandbox.microsoft.faults.clear();
  world.sandbox.timely.faults.clear();
});

const idOf = (name: string) => world.sandbox.microsoft.state.user(name).id;
async function signInToTimely(admin: Administrator) {
  await admin.open('/set-up/timely');
  await admin.send({ accountId: `https://app.timelyapp.com/${contoso.accountId}/calendar` });
  await admin.goTo(String(world.sandbox.timely.state.account.owner_id));
}

test('a tenant is set up by consent, from the link to the start', async () => {
  const { tenant, admin } = await world.invited();
  expect(admin.path).toBe('/set-up/directory');
  await world.toAccess(admin);
  expect(admin.text).toContain('The sync can read your directory');
  expect(admin.text).toContain('granted User.Read.All');
  await signInToTimely(admin);
  expect(admin.path).toBe('/set-up/people');
  expect(admin.text).toMatch(/Timely Users \d+ people/);
  const [, line = ''] = /name="line" value="([^"]+Timely Users[^"]+)"/.exec(admin.page) ?? [];
  const [role, teams, deciders] = ['employee', 'departments', 'it-lead@contoso.example'];
  await admin.send({ line: line.replaceAll('&quot;', '"'), role, teams, deciders, do: 'preview' });
  expect(admin.path).toBe('/set-up/preview');
  expect(admin.text).toContain('people are chosen');
  const file = await admin.browser.get('/set-up/preview/file');
  const written = parseTenantFile(file.page, 'contoso.yaml');
  expect(written).toMatchObject({
    source: { type: 'entra', tenantId: contoso.tenantId, application: 'shared' },
    scope: { include: [{ group: 'Timely Users' }] },
    teams: [{ fromDepartment: '*' }],
    approvals: { who: ['it-lead@contoso.example'] },
  });
  const [, preview = ''] = /name="preview" value="([^"]+)"/.exec(admin.page) ?? [];
  await admin.send({ preview }, '/set-up/start');
  expect(admin.text).toContain(`${tenant} is set up and paused`);
  expect((await newestConfiguration(world.store.database, tenant))?.file).toEqual(written);
  await admin.open('/set-up/people');
  expect(admin.status).toBe(404);
}, 180_000);

test('a consent that is refused changes nothing, and can be given then', async () => {
  const { admin } = await world.invited();
  await world.toConsent(admin);
  await admin.goTo(null);
  expect(admin.status).toBe(400);
  expect(admin.text).toContain('Microsoft did not give the consent (consent_required)');
  await world.toAccess(admin);
  expect(admin.text).toContain('The sync can read your directory');
});

test('a permission that is missing is named, and the next consent grants it', async () => {
  const { admin } = await world.invited();
  const permissions = ['GroupMember.Read.All'];
  world.sandbox.microsoft.faults.set('permissionLeftOut', { permissions });
  await world.toAccess(admin);
  expect(admin.text).toContain('Something is missing');
  expect(admin.text).toContain('missing GroupMember.Read.All');
  expect(admin.text).toContain('granted User.Read.All');
  await admin.open('/set-up/timely');
  expect(admin.path).toBe('/set-up/access');
  world.sandbox.microsoft.faults.clear();
  await world.toAccess(admin);
  expect(admin.text).toContain('granted GroupMember.Read.All');
});

test('without the permission that shows administrators nobody is taken for one', async () => {
  const { admin } = await world.invited();
  world.sandbox.microsoft.faults.set('permissionLeftOut', { permissions: ['RoleManagement.Read.Directory'] });
  await world.toAccess(admin);
  expect(admin.status).toBe(400);
  expect(admin.text).toContain('RoleManagement.Read.Directory');
  await admin.open('/set-up/access');
  expect(admin.path).toBe('/set-up/consent');
});

test('a consent for another directory, or by nobody, opens no directory', async () => {
  const { admin } = await world.invited();
  await world.toAccess((await world.invited()).admin);
  await world.toConsent(admin);
  world.sandbox.microsoft.faults.set('consentTenantWrong');
  await admin.goTo(world.globalAdmin());
  expect(admin.text).toContain('in another directory than the one of this set-up');
  // Typed, not given: the directory has consented for another tenant, so its application would be let in.
  await world.toConsent(admin);
  const [, state = ''] = /[?&]state=([^&]+)/.exec(admin.button) ?? [];
  const typed = new URLSearchParams({ admin_consent: 'True', tenant: contoso.tenantId, state });
  const signIn = await admin.open(`/set-up/consented?${typed}`);
  await admin.goTo(idOf('Hana Sato'), signIn ?? '');
  expect(admin.text).toContain(
    'holds neither the role Global Administrator nor Privileged Role Administrator',
  );
  await admin.open('/set-up/access');
  expect(admin.path).toBe('/set-up/consent');
});

test('an answer with a state that nobody sent, or that was used, is refused', async () => {
  const { admin } = await world.invited();
  await world.toConsent(admin);
  const forged = new URLSearchParams({ admin_consent: 'True', tenant: contoso.tenantId, state: 'forged' });
  await admin.open(`/set-up/consented?${forged}`);
  expect(admin.text).toContain('belongs to another consent or sign-in');
  await world.toConsent(admin);
  const signIn = await admin.goTo(world.globalAdmin());
  const consentedAt = admin.came;
  await admin.goTo(world.globalAdmin(), signIn ?? '');
  expect(admin.path).toBe('/set-up/access');
  for (const path of [consentedAt, admin.came]) {
    await admin.open(path);
    expect([admin.status, admin.text]).toEqual([400, expect.stringContaining('it was used before')]);
  }
});

test.each(failingSignIns)(
  'a sign-in with the fault %s proves nothing, and the log names nobody',
  async (fault) => {
    const { admin } = await world.invited();
    await world.toConsent(admin);
    const signIn = await admin.goTo(world.globalAdmin());
    world.console.logged.length = 0;
    world.sandbox.microsoft.faults.set(fault);
    await admin.goTo(world.globalAdmin(), signIn ?? '');
    expect(admin.status).toBe(400);
    const logged = world.console.logged.join('');
    expect(logged).toContain('the set-up refused an answer of a sign-in service');
    expect(logged).not.toMatch(/Henrik|henrik|contoso\.example/);
    await admin.open('/set-up/access');
    expect(admin.path).toBe('/set-up/consent');
  },
);

test('a domain that no directory has is said beside the field', async () => {
  const { admin } = await world.invited();
  await admin.open('/set-up/directory/entra');
  await admin.send({ directoryId: 'nowhere.example' });
  expect(admin.status).toBe(400);
  expect(admin.text).toContain('Entra ID has no directory with the domain nowhere.example');
  await admin.send({ directoryId: 'a b' });
  expect(admin.text).toContain('It is a GUID');
});

test('only an Admin of Timely carries the sync, and each answer of Timely counts once', async () => {
  const { admin } = await world.invited();
  await world.toAccess(admin);
  await admin.open('/set-up/timely');
  await admin.send({ accountId: String(contoso.accountId) });
  const { present, account } = world.sandbox.timely.state;
  const employee = present.find(
    ({ id, role_id: role }) => id !== account.owner_id && role !== present[0]?.role_id,
  );
  await admin.goTo(String(employee?.id));
  expect(admin.status).toBe(400);
  expect(admin.text).toContain('only an Admin may invite and remove people');
  await admin.open('/set-up/people');
  expect(admin.path).toBe('/set-up/timely');
  await admin.open('/set-up/timely/sign-in');
  await admin.goTo(null);
  expect(admin.text).toContain('Timely did not let the sync in');
  await signInToTimely(admin);
  expect(admin.path).toBe('/set-up/people');
  await admin.open(admin.came);
  expect(admin.text).toContain('it was used before');
});

test('a wrong number of the account can be corrected, and nobody is chosen by choosing nothing', async () => {
  const { admin } = await world.invited();
  await world.toAccess(admin);
  await admin.open('/set-up/timely');
  await admin.send({ accountId: '42' });
  await admin.goTo(String(world.sandbox.timely.state.account.owner_id));
  expect(admin.status).toBe(400);
  await signInToTimely(admin);
  expect(admin.path).toBe('/set-up/people');
  expect(admin.text).toContain('Who comes into Timely');
  const lines = Array.from({ length: 201 }, (_, index): [string, string] => [
    'line',
    JSON.stringify({ kind: 'department', value: `Department ${index}`, comment: '', people: 1 }),
  ]);
  await admin.send([...lines, ['do', 'preview']]);
  expect([admin.status, admin.text]).toEqual([400, expect.stringContaining('Choose at most 200')]);
  await admin.open('/set-up');
  expect(admin.path).toBe('/set-up/people');
  await admin.send({ part: 'executives', do: 'search' });
  expect(admin.text).toContain('Executives');
  for (const path of ['/set-up/preview', '/set-up/preview/file']) {
    await admin.open(path);
    expect(admin.path).toBe('/set-up/people');
  }
});
