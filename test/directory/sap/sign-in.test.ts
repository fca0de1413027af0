/** Signing in to SAP: both credentials, and that a refusal is never hammered. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createSapSource } from '../../../directory/sap/sap-source.ts';
import type { SapCredential } from '../../../directory/sap/settings.ts';
import {
  ConfigurationError,
  ConsentNeededError,
  PermissionError,
  ThrottledError,
  TransientError,
} from '../../../domain/errors.ts';
import { guardedFetch } from '../../../http/guarded-fetch.ts';
import type { Sandbox } from '../../../simulators/sandbox.ts';
import {
  type ClientAuthority,
  issueClientCertificate,
  makeClientAuthority,
} from '../../../simulators/sap/client-certificates.ts';
import { rejection } from '../entra/failures.ts';
import { notingBudget, notingSignIns, openSapTenant, settingsOf, sourceOf } from './sap-tenant.ts';

let sandbox: Sandbox;
let authority: ClientAuthority;
const dayMs = 86_400_000;
const open = {
  tenant: 'contoso',
  refuseHost: () => null,
  refuseAddress: () => null,
  sharedBy: () => null,
};

beforeAll(async () => {
  sandbox = await openSapTenant();
  authority = await makeClientAuthority();
  sandbox.sap.state.system.clientAuthority = authority.certificate;
});
beforeEach(() => {
  const { system } = sandbox.sap.state;
  Object.assign(system, { failedSignIns: 0, lockedUntil: null, secrets: ['right'] });
  Object.assign(sandbox.sap.state.behaviour, { certificateRefusal: 'status' });
});
afterEach(() => sandbox.sap.faults.clear());
afterAll(() => sandbox.close());

const requests = () => sandbox.sap.ledger.entries().length;
const secretOf = (secret: string): SapCredential => ({
  kind: 'secret',
  clientId: sandbox.credentials.sapClientId,
  secret,
});
const byCertificate = (pem: string) =>
  sourceOf(sandbox, { credential: { kind: 'certificate', pem }, fetch: guardedFetch(open, pem) });

async function register(certificate: { certificate: string }): Promise<void> {
  const { X509Certificate } = await import('node:crypto');
  sandbox.sap.state.system.certificates.push(new X509Certificate(certificate.certificate).fingerprint256);
}

describe('client id and secret', () => {
  test('sign in', async () => {
    expect(await sourceOf(sandbox, { credential: secretOf('right') }).count('users')).toBeGreaterThan(0);
  });

  test('a refusal costs one request, whatever is asked at once and later', async () => {
    const { noted, signIns } = notingSignIns();
    const source = sourceOf(sandbox, { credential: secretOf('wrong'), signIns });
    const before = requests();
    const asked = Array.from({ length: 20 }, () => rejection(source.count('users')));
    for (const error of await Promise.all(asked)) expect(error).toBeInstanceOf(ConsentNeededError);
    expect(await rejection(source.existingGroups(['a', 'b']))).toBeInstanceOf(ConsentNeededError);
    expect(requests() - before).toBe(1);
    expect(noted).toHaveLength(1);
    expect((noted[0]?.getTime() ?? 0) - Date.now()).toBeGreaterThan(29 * 60_000);
    const error = await rejection(source.count('users'));
    expect(String(error)).toContain('not tried again before');
    expect(String(error)).not.toContain('wrong');
    expect(sandbox.sap.state.system.failedSignIns).toBe(1);
  });

  test('that another worker was refused with is not tried, although it was taken before', async () => {
    const { noted, signIns } = notingSignIns();
    const worker = () => sourceOf(sandbox, { credential: secretOf('right'), signIns });
    const [one, other] = [worker(), worker()];
    for (const source of [one, other]) await source.count('users');
    sandbox.sap.state.system.secrets = ['renewed'];
    const before = requests();
    for (const source of [one, other])
      expect(await rejection(source.count('users'))).toBeInstanceOf(ConsentNeededError);
    expect(requests() - before).toBe(1);
    expect(noted).toHaveLength(1);
  });

  test('is tried again after half an hour', async () => {
    const signIns = { refusedUntil: async () => new Date(Date.now() - 1), refuse: async () => undefined };
    expect(await sourceOf(sandbox, { credential: secretOf('right'), signIns }).count('users')).not.toBeNull();
  });

  test.each(['scim', 'html', 'empty'] as const)('a refusal with a %s body is one', async (body) => {
    sandbox.sap.state.behaviour.unauthorizedBody = body;
    const error = await rejection(sourceOf(sandbox, { credential: secretOf('wrong') }).count('users'));
    expect(error).toBeInstanceOf(ConsentNeededError);
  });
});

describe('a client certificate', () => {
  test('signs in, and a renewed one too', async () => {
    for (const validTo of [new Date(Date.now() + 20 * dayMs), new Date(Date.now() + 300 * dayMs)]) {
      const made = await issueClientCertificate(authority, { validTo });
      await register(made);
      const source = byCertificate(made.pem);
      expect(await source.count('users')).toBeGreaterThan(0);
      const endsAt = await source.credentialEndsAt();
      expect(Math.abs((endsAt?.getTime() ?? 0) - validTo.getTime())).toBeLessThan(1_000);
      const lines = await source.selfTest({
        plan: { attributes: [], managers: false },
        groups: [],
        privileged: true,
        appAssignments: false,
        notifications: false,
      });
      expect(lines.find(({ name }) => name === 'credential')?.state).toBe(
        validTo.getTime() - Date.now() < 30 * dayMs ? 'warning' : 'ok',
      );
      expect(lines.find(({ name }) => name === 'safety.sensitive.directoryRoles')?.state).toBe('warning');
    }
  });

  test.each(['status', 'connection'] as const)('that SAP does not know (%s) signs nobody in', async (how) => {
    sandbox.sap.state.behaviour.certificateRefusal = how;
    const made = await issueClientCertificate(authority);
    const error = await rejection(byCertificate(made.pem).count('users'));
    expect(error).toBeInstanceOf(how === 'status' ? ConsentNeededError : TransientError);
  });

  test.each(['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED'])(
    'that SAP refuses in the handshake (%s) needs an administrator',
    async (code) => {
      const { pem } = await issueClientCertificate(authority);
      const fetch = async () => await Promise.reject(Object.assign(new Error('closed'), { code }));
      const source = sourceOf(sandbox, { credential: { kind: 'certificate', pem }, fetch });
      const error = await rejection(source.count('users'));
      expect(error).toBeInstanceOf(ConsentNeededError);
      expect(error).toMatchObject({ remedy: expect.stringContaining('authority that SAP trusts') });
    },
  );

  test('that has ended is not even shown', async () => {
    const validTo = new Date(Date.now() - dayMs);
    const made = await issueClientCertificate(authority, {
      validFrom: new Date(Date.now() - 9 * dayMs),
      validTo,
    });
    const before = requests();
    const error = await rejection(byCertificate(made.pem).count('users'));
    expect(error).toBeInstanceOf(ConsentNeededError);
    expect(String(error)).toContain(validTo.toISOString().slice(0, 10));
    expect(requests()).toBe(before);
  });

  test('without its key, or with another one, is refused in words that do not quote it', async () => {
    const [one, other] = [await issueClientCertificate(authority), await issueClientCertificate(authority)];
    for (const pem of [one.certificate, `${one.certificate}\n${other.key}`, 'nonsense']) {
      const make = () => createSapSource(settingsOf(sandbox, { credential: { kind: 'certificate', pem } }));
      expect(make).toThrow(ConfigurationError);
      expect(make).toThrow(/source\.credential\.certificate holds/);
    }
  });
});

test.each([
  [['Manage Groups'], 'users', 'Read Users'],
  [['Read Users'], 'groups', 'Manage Groups'],
] as const)('a system with %j alone misses what reads %s', async (authorizations, stream, missing) => {
  const { system } = sandbox.sap.state;
  const before = system.authorizations;
  system.authorizations = [...authorizations];
  try {
    const source = sourceOf(sandbox, { credential: secretOf('right') });
    const error = await rejection(source.count(stream));
    expect(error).toBeInstanceOf(PermissionError);
    expect((error as PermissionError).remedy).toContain(missing);
    const test = { plan: { attributes: [], managers: false }, groups: [], privileged: false };
    const lines = await source.selfTest({ ...test, appAssignments: false, notifications: false });
    expect(lines.filter(({ state }) => state === 'error').map(({ name }) => name)).toEqual([missing]);
  } finally {
    system.authorizations = before;
  }
});

test.each([
  ['nothing', 60],
  [7, 7],
] as const)('a 429 that says %s stops the budget', async (retryAfter, seconds) => {
  const { pauses, budget } = notingBudget();
  sandbox.sap.faults.set('throttle', { retryAfter });
  const error = await rejection(sourceOf(sandbox, { credential: secretOf('right'), budget }).count('users'));
  expect(error).toBeInstanceOf(ThrottledError);
  expect((error as ThrottledError).retryAfterMs).toBe(seconds * 1_000);
  expect(pauses).toEqual([seconds]);
});
