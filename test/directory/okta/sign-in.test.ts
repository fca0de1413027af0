import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createOktaSource } from '../../../directory/okta/okta-source.ts';
import type { OktaSourceSettings } from '../../../directory/okta/settings.ts';
import type { DirectorySource } from '../../../directory/source.ts';
import {
  ConfigurationError,
  ConsentNeededError,
  PermissionError,
  ThrottledError,
  TransientError,
} from '../../../domain/errors.ts';
import type { OktaBehaviour } from '../../../simulators/okta/directory/behaviour.ts';
import type { OktaFault } from '../../../simulators/okta/faults/faults.ts';
import type { Sandbox } from '../../../simulators/sandbox.ts';
import { failureText, rejection } from '../entra/failures.ts';
import { notingBudgets, openOrg, settingsOf, sourceOf } from './okta-org.ts';

let sandbox: Sandbox;
let usual: OktaBehaviour;

beforeAll(async () => {
  sandbox = await openOrg();
  usual = { ...sandbox.okta.state.behaviour };
});
afterEach(() => {
  sandbox.okta.faults.clear();
  Object.assign(sandbox.okta.state.behaviour, usual);
});
afterAll(() => sandbox.close());

const anyId = () => [...sandbox.okta.state.groups.values()].slice(0, 1).map(({ id }) => id);
/** One request that needs a token. */
const useOnce = (source: DirectorySource) => source.existingGroups(anyId());
const behave = (change: Partial<OktaBehaviour>) => Object.assign(sandbox.okta.state.behaviour, change);
const fault = (name: OktaFault, setting = {}) => sandbox.okta.faults.set(name, setting);

/** A source with another key, which the app in Okta has as well. */
function withKey(
  options: { rsa: true } | { curve: string },
  kid: string,
  form: 'pem' | 'jwk' = 'pem',
): Partial<OktaSourceSettings> {
  const { privateKey, publicKey } =
    'rsa' in options
      ? generateKeyPairSync('rsa', { modulusLength: 2_048 })
      : generateKeyPairSync('ec', { namedCurve: options.curve });
  const { serviceApp } = sandbox.okta.state;
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid };
  serviceApp.keys.push({ id: kid, kid, status: 'ACTIVE', created: new Date().toISOString(), jwk });
  const key =
    form === 'pem'
      ? privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
      : JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid });
  const keyId = form === 'jwk' ? null : kid;
  return { credential: { kind: 'privateKey', clientId: sandbox.credentials.oktaClientId, key, keyId } };
}

test.each([
  ['RSA, PEM', { rsa: true }, 'pem'],
  ['RSA, JWK', { rsa: true }, 'jwk'],
  ['EC P-256, PEM', { curve: 'P-256' }, 'pem'],
  ['EC P-384, JWK', { curve: 'P-384' }, 'jwk'],
] as const)('the service app signs in with a key of the kind %s', async (kind, key, form) => {
  expect(await useOnce(sourceOf(sandbox, withKey(key, `key ${kind}`, form)))).toEqual(anyId());
});

test.each([
  { dpop: 'required', apiNonce: true },
  { dpop: 'required', proofAlgorithms: 'RSA' },
  { dpop: 'offered' },
  { dpop: 'ignored' },
] as const)('an org that behaves as %j lets us read', async (behaviour) => {
  behave(behaviour);
  const source = sourceOf(sandbox);
  expect(await useOnce(source)).toEqual(anyId());
  expect(await useOnce(source)).toEqual(anyId());
});

test('one sign-in serves all callers, and a new one follows a refused token', async () => {
  const { noted, budgetOf } = notingBudgets();
  const source = createOktaSource(settingsOf(sandbox, { budgetOf }));
  const signIns = () => noted.filter((each) => each === 'wait oauth2').length;
  await Promise.all([useOnce(source), useOnce(source)]);
  const before = signIns();
  // The challenge for a nonce, and the token.
  expect(before).toBe(2);
  fault('tokenExpired', { times: 1 });
  expect(await useOnce(source)).toEqual(anyId());
  expect(signIns()).toBe(before + 1);
  fault('nonceChanged', { times: 1 });
  fault('tokenExpired', { times: 1 });
  expect(await useOnce(source)).toEqual(anyId());
});

test("a gateway's page states no limit", async () => {
  const { noted, budgetOf } = notingBudgets();
  const source = createOktaSource(settingsOf(sandbox, { budgetOf }));
  fault('unavailable', { operation: 'groups.get' });
  await rejection(useOnce(source));
  expect(noted.filter((each) => each.endsWith(' null'))).toEqual([]);
});

test('too many requests at one time let the whole org wait, and a full bucket only itself', async () => {
  const { noted, budgetOf } = notingBudgets();
  const source = createOktaSource(settingsOf(sandbox, { budgetOf }));
  const pauses = () => noted.filter((each) => each.startsWith('pause'));
  fault('tooManyAtOnce', { operation: 'groups.get', times: 1 });
  await rejection(useOnce(source));
  expect(pauses()).toEqual(['pause all']);
  fault('throttle', { operation: 'groups.get', times: 1 });
  await rejection(useOnce(source));
  expect(pauses()).toEqual(['pause all', expect.stringMatching(/^pause groups\/\{id\} /)]);
});

test('a clock that is wrong by minutes is made up for', async () => {
  for (const minutes of [7, -7]) {
    fault('clockOff', { minutes });
    expect(await useOnce(sourceOf(sandbox))).toEqual(anyId());
    sandbox.okta.faults.clear();
  }
});

const { clientId, ...otherKey } = { clientId: '0oaWrong00000000000A', kind: 'privateKey' as const };
const unknownKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

test.each<[string, (settings: OktaSourceSettings) => Partial<OktaSourceSettings>, RegExp]>([
  [
    'another client id',
    ({ credential }) => ({ credential: { ...credential, clientId } as typeof credential }),
    /source\.clientId/,
  ],
  [
    'another key',
    () => ({
      credential: {
        ...otherKey,
        clientId: sandbox.credentials.oktaClientId,
        key: unknownKey,
        keyId: 'K1',
      },
    }),
    /register the public key|key/,
  ],
  [
    'an unknown key id',
    ({ credential }) => ({ credential: { ...credential, keyId: 'K99' } as typeof credential }),
    /source\.keyId/,
  ],
  ['another host in the assertion', () => ({ domain: 'other.okta.com' }), /source\.domain/],
])('%s needs our configuration', async (_, change, remedy) => {
  const error = await rejection(useOnce(sourceOf(sandbox, change(settingsOf(sandbox)))));
  expect(error).toBeInstanceOf(ConsentNeededError);
  expect(error).toMatchObject({ remedy: expect.stringMatching(remedy) });
});

test('a scope that is missing in the token stops every read, and is named', async () => {
  const { serviceApp } = sandbox.okta.state;
  const all = [...serviceApp.scopes];
  serviceApp.scopes = all.filter((scope) => scope !== 'okta.logs.read');
  try {
    const error = await rejection(useOnce(sourceOf(sandbox)));
    expect(error).toBeInstanceOf(ConsentNeededError);
    expect(error).toMatchObject({
      message: 'Okta does not grant the service app okta.logs.read.',
      remedy: expect.stringContaining('okta.logs.read'),
    });
  } finally {
    serviceApp.scopes = all;
  }
});

test.each([
  ['consentRequired', {}, ConsentNeededError, /grant okta\.users\.read/],
  ['signInRefused', {}, ConsentNeededError, /./],
  ['keyRevoked', {}, ConsentNeededError, /./],
  ['proofRefused', {}, ConsentNeededError, /clock/],
  ['scopeLost', {}, PermissionError, /grant okta\.groups\.read/],
  ['adminRoleLost', {}, PermissionError, /Read-only Administrator/],
  ['tokenExpired', {}, ConsentNeededError, /service app is active/],
  ['throttle', { operation: 'signIn.token' }, ThrottledError, /^$/],
  ['unavailable', { operation: 'signIn.token' }, TransientError, /^$/],
  ['dropConnection', { operation: 'signIn.token' }, TransientError, /network/],
  ['cutBody', { operation: 'signIn.token' }, TransientError, /./],
  ['readOnlyMode', {}, TransientError, /^$/],
  ['serverError', {}, TransientError, /^$/],
] as const)('a refusal of the kind %s is sorted, with its remedy', async (name, setting, kind, remedy) => {
  fault(name, setting);
  const error = await rejection(useOnce(sourceOf(sandbox)));
  expect(error).toBeInstanceOf(kind);
  expect(error).toMatchObject({ remedy: expect.stringMatching(remedy) });
  const shown = failureText(error);
  for (const line of sandbox.credentials.oktaPrivateKey.split('\n').slice(1, 3))
    expect(shown).not.toContain(line);
  expect(shown).not.toMatch(/eyJ[\w-]{10}/);
});

test('an API token is used as it is', async () => {
  const { state } = sandbox.okta;
  const maker = state.user('Henrik Lund').id;
  state.apiTokens.push({ token: '00made-up-token', makerId: maker, lastUsed: new Date().toISOString() });
  const source = sourceOf(sandbox, { credential: { kind: 'apiToken', token: '00made-up-token' } });
  expect(await useOnce(source)).toEqual(anyId());
  const wrong = sourceOf(sandbox, { credential: { kind: 'apiToken', token: '00wrong' } });
  expect(await rejection(useOnce(wrong))).toBeInstanceOf(ConsentNeededError);
});

test.each(['', 'not a key', '{"kty":"RSA"}', '{"kty":"oct","k":"c2VjcmV0"}', '{"keys":[]}'])(
  'a key such as %j is our configuration, and is not shown',
  async (key) => {
    const credential = { kind: 'privateKey' as const, clientId: 'app', key, keyId: null };
    const error = await rejection(useOnce(sourceOf(sandbox, { credential })));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(failureText(error)).not.toContain('c2VjcmV0');
  },
);
