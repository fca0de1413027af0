import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../../simulators/sandbox.ts';
import { worldOf } from '../world.ts';
import { OktaClient, withOkta } from './okta-client.ts';

const refusals = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'samples', 'okta', 'errors-token.json'), 'utf8'),
);
const hour = 3_600;
/** For tests that change nothing in it. */
let shared: Sandbox;
beforeAll(async () => {
  shared = await startSandbox();
});
afterAll(() => shared.close());
const visitor = () => new OktaClient(worldOf(shared), () => new Date());

const nowSeconds = () => Math.floor(Date.now() / 1000);

test('the first proof is asked for a nonce, and the token lasts one hour', async () => {
  const okta = visitor();
  const challenge = await okta.askToken();
  expect([challenge.status, challenge.body]).toEqual([
    400,
    { error: 'use_dpop_nonce', error_description: 'Authorization server requires nonce in DPoP proof.' },
  ]);
  expect(challenge.headers['dpop-nonce']).toMatch(/^[\w-]{32}$/);
  const { status, body } = await okta.signIn();
  expect([status, body.token_type, body.expires_in]).toEqual([200, 'DPoP', hour]);
  expect((await okta.get('/users?limit=1')).status).toBe(200);
});

test.each<[string, Parameters<OktaClient['askToken']>[0]]>([
  ['aud is not the token endpoint', { claims: { aud: 'https://contoso.okta.com' } }],
  ['kid unknown', { kid: 'other' }],
  ['expired', { claims: { exp: nowSeconds() - 10 } }],
  ['exp more than an hour ahead', { claims: { exp: nowSeconds() + hour + 60 } }],
  ['iss is no client', { claims: { iss: 'stranger' } }],
  ['none of the scopes granted to the app', { scope: 'okta.policies.read' }],
  ['scope unknown', { scope: 'openid' }],
  ['DPoP header missing', { withoutProof: true }],
])('the token endpoint refuses as in the sample: %s', async (name, options) => {
  const { status, body } = await visitor().askToken(options);
  expect({ status, body }).toEqual(refusals[name]);
});

test('an assertion is good for one request, the one of a challenge too', async () => {
  const okta = visitor();
  const once = { claims: { jti: 'the same' } };
  expect((await okta.askToken(once)).body.error).toBe('use_dpop_nonce');
  const { status, body } = await okta.askToken(once);
  expect({ status, body }).toEqual(refusals['jti used before']);
});

test('a future iat, an Origin header and another subject are refused', () =>
  withOkta({}, async (okta) => {
    const future = await okta.askToken({ claims: { iat: nowSeconds() + 120 } });
    const browser = await okta.askToken({ headers: { origin: 'https://app.example' } });
    const subject = await okta.askToken({ claims: { sub: 'somebody' } });
    for (const { status, body } of [future, browser, subject])
      expect([status, body.error]).toEqual([401, 'invalid_client']);
    await okta.order('behave', { clockSkewSeconds: 300 });
    expect((await okta.signIn({ claims: { iat: nowSeconds() + 120 } })).status).toBe(200);
  }));

test('kid is needed as soon as there are two keys; a revoked key is unknown, and its tokens live on', () =>
  withOkta({}, async (okta) => {
    expect((await okta.signIn({ kid: null })).status).toBe(200);
    const { privateKey } = await okta.order('applicationKey', { add: 'K2' });
    expect(privateKey).toContain('BEGIN PRIVATE KEY');
    expect((await okta.signIn({ kid: null })).body).toEqual(refusals['kid unknown'].body);
    expect((await okta.signIn()).status).toBe(200);
    await okta.order('applicationKey', { revoke: 'K1' });
    expect((await okta.signIn()).body).toEqual(refusals['kid unknown'].body);
    expect((await okta.get('/users?limit=1')).status).toBe(200);
  }));

test('scopes that are not granted are left out without a word', () =>
  withOkta({}, async (okta) => {
    await okta.order('application', { scopes: ['okta.users.read'] });
    const { body } = await okta.signIn();
    expect(body.scope).toBe('okta.users.read');
    const { status, text, headers } = await okta.get('/groups?limit=1');
    expect([status, text]).toEqual([403, '']);
    expect(headers['www-authenticate']).toMatch(/error="insufficient_scope".*/);
    expect(headers['www-authenticate']).toMatch(/scope="okta.groups.read"/);
  }));

test.each([
  ['htm', { htm: 'POST' }],
  ['htu', { htu: 'https://contoso.okta.com/api/v1/users?limit=1' }],
  ['htu', { htu: 'https://localhost/api/v1/users' }],
  ['iat', { iat: nowSeconds() - 400 }],
  ['iat', { iat: nowSeconds() + 60 }],
  ['ath', { ath: 'other' }],
  ['jti', { jti: '' }],
])('a proof with a wrong %s is refused with 400 and no JSON', async (claim, claims) => {
  const { status, headers, text } = await visitor().get('/users?limit=1', claims);
  expect([status, text]).toEqual([400, '']);
  expect(headers['www-authenticate']).toContain(
    `error="invalid_dpop_proof", error_description="'${claim}' claim in the DPoP proof JWT is invalid."`,
  );
  expect(headers['www-authenticate']).toContain('RS256 RS384 RS512 ES256 ES384 ES512');
});

test('a proof is good for one call, and its path is compared decoded', async () => {
  const okta = visitor();
  expect((await okta.get('/users?limit=1', { jti: 'once' })).status).toBe(200);
  expect((await okta.get('/users?limit=1', { jti: 'once' })).status).toBe(400);
  const login = '/users/hana.sato%40contoso.example';
  expect((await okta.get(login)).status).toBe(400);
  const htu = 'https://contoso.okta.com/api/v1/users/hana.sato@contoso.example';
  expect((await okta.get(login, { htu })).status).toBe(200);
});

test('the nonce changes each day, stays good for three, and can be forgotten at once', async () => {
  let now = new Date();
  await withOkta({ clock: () => now }, async (okta) => {
    const nonce = async () => (await okta.askToken()).headers['dpop-nonce'];
    const first = await nonce();
    expect(await nonce()).toBe(first);
    await okta.signIn();
    now = new Date(now.getTime() + 2 * 24 * hour * 1000);
    expect((await okta.askToken()).status).toBe(200);
    now = new Date(now.getTime() + 25 * hour * 1000);
    expect(await nonce()).not.toBe(first);
    await okta.signIn();
    okta.world.sandbox.okta.faults.set('nonceChanged', { times: 1 });
    expect((await okta.askToken()).body.error).toBe('use_dpop_nonce');
    expect((await okta.signIn()).status).toBe(200);
  });
});

test('RSA proofs pass everywhere; elliptic-curve ones can be refused', () =>
  withOkta({}, async (okta) => {
    await okta.order('behave', { proofAlgorithms: 'RSA' });
    const { body } = await okta.signIn();
    expect(body).toEqual({
      error: 'invalid_dpop_proof',
      error_description: 'The DPoP proof JWT signature algorithm is not supported.',
    });
    okta.useProofKey('RS256');
    expect((await okta.signIn()).status).toBe(200);
    expect((await okta.get('/users?limit=1')).status).toBe(200);
  }));

test('an app without DPoP answers Bearer, and the API can ask for a nonce', () =>
  withOkta({}, async (okta) => {
    await okta.order('behave', { dpop: 'ignored' });
    const bearer = await okta.askToken();
    expect(bearer.body.token_type).toBe('Bearer');
    const headers = { authorization: `Bearer ${bearer.body.access_token}` };
    const { url } = okta.world.sandbox.okta;
    expect((await okta.world.request(`${url}/api/v1/users?limit=1`, { headers })).status).toBe(200);
    await okta.order('behave', { dpop: 'offered', apiNonce: true });
    await okta.signIn();
    const asked = await okta.get('/users?limit=1');
    expect([asked.status, asked.text]).toEqual([401, '']);
    const nonce = String(asked.headers['dpop-nonce']);
    expect((await okta.get('/users?limit=1', { nonce })).status).toBe(200);
  }));

test('a token ends after its hour, and a bound one is no bearer token', async () => {
  let now = new Date();
  await withOkta({ clock: () => now }, async (okta) => {
    const { body } = await okta.signIn();
    const headers = { authorization: `Bearer ${body.access_token}` };
    expect((await okta.get('/users', {}, { headers })).status).toBe(401);
    now = new Date(now.getTime() + hour * 1000 + 1000);
    const { status, json, headers: sent } = await okta.get('/users');
    expect([status, json.errorCode]).toEqual([401, 'E0000011']);
    expect(sent['www-authenticate']).toContain('error="invalid_token"');
  });
});

test('an SSWS token has the rights of its maker, and ends with the account, by revocation and after 30 idle days', async () => {
  let now = new Date();
  await withOkta({ clock: () => now }, async (okta) => {
    const make = async (person: string) => String((await okta.order('createApiToken', { person })).token);
    const read = async (token: string, path: string) => {
      const headers = { authorization: `SSWS ${token}` };
      return (await okta.world.request(`${okta.world.sandbox.okta.url}/api/v1${path}`, { headers })).status;
    };
    const [admin, revoked, plain] = [
      await make('Henrik Lund'),
      await make('Henrik Lund'),
      await make('Chen Wei'),
    ];
    expect(await read(admin, '/iam/assignees/users')).toBe(200);
    expect(await read(plain, '/groups')).toBe(403);
    await okta.order('revokeApiToken', { token: revoked });
    expect(await read(revoked, '/users')).toBe(401);
    now = new Date(now.getTime() + 29 * 24 * hour * 1000);
    expect(await read(admin, '/users')).toBe(200);
    now = new Date(now.getTime() + 29 * 24 * hour * 1000);
    expect(await read(admin, '/users')).toBe(200);
    await okta.order('leave', { person: 'Henrik Lund' });
    expect(await read(admin, '/users')).toBe(401);
    expect(await read(plain, '/users')).toBe(401);
  });
});
