/** Cases that need a scripted Microsoft: certificates, several secrets, unreadable tokens, and the cost of requests. */
import { expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { permissionsIn } from '../../../directory/entra/check/check-permissions.ts';
import { createEntraSource } from '../../../directory/entra/entra-source.ts';
import type { DirectoryRequest } from '../../../domain/meter.ts';
import { noMeter } from '../../../domain/meter.ts';
import { dayMs } from '../../../domain/time.ts';
import { type FakeMicrosoft, graphError, secret, settingsFor, withMicrosoft } from './fake-microsoft.ts';

const nothing = {
  plan: { attributes: [], managers: false },
  groups: [],
  privileged: false,
  appAssignments: false,
  notifications: true,
};

const inDays = (days: number) => new Date(Math.floor(Date.now() / 1000) * 1000 + days * dayMs);

/** Both streams have one entry; the registration has these secrets. */
function serve(microsoft: FakeMicrosoft, passwordCredentials: unknown[] = []): void {
  microsoft.graph = ({ path }) => {
    if (path.includes('/applications(')) return { body: { passwordCredentials, keyCredentials: [] } };
    if (path.includes('/$count')) return { body: '1' };
    const value = [{ id: 'ada', displayName: 'Ada Example', userPrincipalName: 'ada@contoso.example' }];
    return { body: { value, '@odata.deltaLink': `${microsoft.origin}/v1.0/users/delta?$deltatoken=1` } };
  };
}

test('an unreadable token proves nothing about permissions', () =>
  withMicrosoft(async (microsoft) => {
    serve(microsoft);
    const lines = await createEntraSource(settingsFor(microsoft)).selfTest(nothing);
    expect(lines.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'sign-in ok',
      'User.Read.All ok',
      'GroupMember.Read.All ok',
      'Group.Read.All warning',
      'least privilege ok',
      'people ok',
      'groups ok',
      'credential ok',
    ]);
  }));

test('permissions are read from a token of Entra ID only', () => {
  const token = (payload: string) => `e30.${Buffer.from(payload).toString('base64url')}.c2ln`;
  expect(permissionsIn(token('{"roles":["User.Read.All"]}'))).toEqual(['User.Read.All']);
  for (const odd of ['opaque', 'a.b.c', token('{}'), token('{"roles":"all"}'), token('null'), ''])
    expect(permissionsIn(odd)).toBeNull();
});

test('of several client secrets, the one with our hint that expires first counts', () =>
  withMicrosoft(async (microsoft) => {
    const [soon, late] = [inDays(20), inDays(90)];
    const credentials = [
      { endDateTime: inDays(-5).toISOString(), hint: secret.slice(0, 3) },
      { endDateTime: inDays(3).toISOString(), hint: 'xyz' },
      { endDateTime: late.toISOString(), hint: secret.slice(0, 3) },
      { endDateTime: soon.toISOString(), hint: null },
    ];
    serve(microsoft, credentials);
    const source = createEntraSource(settingsFor(microsoft));
    expect(await source.credentialEndsAt()).toEqual(soon);
    serve(microsoft, credentials.slice(0, 3));
    expect(await source.credentialEndsAt()).toEqual(late);
    serve(microsoft, credentials.slice(0, 2));
    expect(await source.credentialEndsAt()).toBeNull();
  }));

test('a certificate shows its own expiry without a request', () =>
  withMicrosoft(async (microsoft) => {
    const notAfterDate = inDays(12);
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'sync' }], {
      keyType: 'ec',
      notAfterDate,
    });
    const credential = { kind: 'certificate', pem: `${key}\n${cert}` } as const;
    const source = createEntraSource(settingsFor(microsoft, { credential }));
    expect(await source.credentialEndsAt()).toEqual(notAfterDate);
    expect(microsoft.requestLines).toEqual([]);
  }));

test.each([
  [403, 'Authorization_RequestDenied'],
  [404, 'Request_ResourceNotFound'],
  [400, 'BadRequest'],
])('a registration that answers %i shows no expiry, and is not an error', (status, code) =>
  withMicrosoft(async (microsoft) => {
    microsoft.graph = () => ({ status, body: graphError(code) });
    expect(await createEntraSource(settingsFor(microsoft)).credentialEndsAt()).toBeNull();
  }),
);

test('requests are counted with their cost, the parts of a batch one by one', () =>
  withMicrosoft(async (microsoft) => {
    const counted: DirectoryRequest[] = [];
    const meter = { ...noMeter, directoryRequest: (request: DirectoryRequest) => counted.push(request) };
    microsoft.graph = () => ({
      headers: { 'x-ms-resource-unit': '1', 'x-ms-throttle-limit-percentage': '0.92' },
      body: {
        responses: [
          { id: '1', status: 404, headers: { 'x-ms-resource-unit': '2' }, body: graphError('NotFound') },
        ],
      },
    });
    const source = createEntraSource(settingsFor(microsoft), meter);
    await source.confirm(['ada'], [], nothing.plan);
    microsoft.graph = () => ({ fault: 'cut', body: { value: 1 } });
    await source.count('users').catch(() => undefined);
    expect(counted).toEqual([
      {
        operation: 'POST /$batch of GET /users/{id}',
        status: 200,
        resourceUnits: 1,
        throttleRatio: 0.92,
      },
      { operation: 'GET /users/{id}', status: 404, resourceUnits: 2, throttleRatio: null },
      { operation: 'GET /users/$count', status: 'none', resourceUnits: null, throttleRatio: null },
    ]);
  }));
