/** Those who run the installation: they see each tenant, and nobody else does. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../../simulators/sandbox.ts';
import { operatorServiceOf } from '../../../worker/console/sign-in/operators.ts';
import { policyOf } from '../../config/policy.ts';
import { trust } from '../../directory/entra/trust.ts';
import { worldOf } from '../../simulators/world.ts';
import { openConsole } from './support/console-in-process.ts';
import { callback } from './support/sign-in-world.ts';

const email = 'bao.nguyen@contoso.example';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
  trust(sandbox.caPem);
  Object.assign(sandbox.sap.state.webApp, { redirectUris: [callback] });
});
afterAll(() => sandbox.close());

const policy = policyOf({ TIMELY_SYNC_ALLOWED_HOSTS: 'localhost,127.0.0.1' });
const operatorsOf = (issuer: string) => ({
  addresses: ['Bao.Nguyen@contoso.example'],
  issuer,
  clientId: sandbox.credentials.sapSignInId,
  clientSecret: sandbox.credentials.sapSignInSecret,
});

function open() {
  const operators = operatorsOf(sandbox.sap.url);
  const console = openConsole({ settings: { operators } });
  console.deps.operatorService = operatorServiceOf(operators, policy);
  return console;
}

async function signIn(console: ReturnType<typeof open>, account: string) {
  const browser = console.browser();
  const { location } = await browser.get('/tenants');
  const { location: address } = await browser.get(location ?? '');
  const back = await worldOf(sandbox).request(address ?? '', {
    method: 'POST',
    body: new URLSearchParams({ account }),
  });
  const { pathname, search } = new URL(String(back.headers.location));
  const ended = await browser.get(`${pathname}${search}`);
  return { browser, ended };
}

test('an operator sees the list of tenants and each of them, and decides nothing', async () => {
  const console = open();
  const { browser, ended } = await signIn(console, email);
  expect([ended.status, ended.location]).toEqual([303, '/tenants']);
  expect((await browser.get('/tenants')).page).toContain(`Signed in as`);
  for (const tenant of ['contoso', 'fabrikam'])
    expect((await browser.get(`${console.pathOf(tenant)}/people`)).status).toBe(200);
});

test('a person who signs in there and is no operator gets no further', async () => {
  const console = open();
  const { browser } = await signIn(console, 'hana.sato@contoso.example');
  const { status, page } = await browser.get('/tenants');
  expect([status, page]).toEqual([403, expect.stringContaining('Not for you')]);
  expect((await browser.get(console.pathOf('contoso'))).status).toBe(302);
});

test('the session of a tenant opens no list of tenants', async () => {
  const ada = await openConsole({ whoMay: { mayLook: true, mayDecide: true } })
    .browser()
    .signIn('contoso', {
      addresses: [email],
    });
  expect((await ada.get('/tenants')).location).toMatch('/operators/sign-in?');
});

test('without operators there is no sign-in for them', async () => {
  expect((await openConsole().browser().get('/operators/sign-in')).status).toBe(404);
});

test('an operator of Entra ID is a member by user name, and no guest', () => {
  const { personIn } = operatorServiceOf(operatorsOf('https://login.microsoftonline.com/x/v2.0'), policy);
  const claims = { iss: '', sub: 'a-subject', aud: '', iat: 0, exp: 0, tid: 'a-directory' };
  expect(personIn({ ...claims, preferred_username: email })?.addresses).toEqual([email]);
  expect(personIn({ ...claims, preferred_username: email, idp: 'https://sts.windows.net/y/' })).toBeNull();
  expect(personIn({ ...claims, email })).toBeNull();
});
