import { expect, test } from '@jest/globals';
import {
  type ClientCertificate,
  issueClientCertificate,
  makeClientAuthority,
} from '../../../simulators/sap/client-certificates.ts';
import { basic, type SapWorld, withSap } from './sap-world.ts';

const users = '/scim/Users?count=1';
const hour = 3_600_000;

const withCertificate = (world: SapWorld, certificate: ClientCertificate) =>
  world.request(users, {}, world.agentWith(certificate));
const withSecret = async (world: SapWorld, secret?: string, clientId?: string) =>
  (await world.request(users, { headers: basic(world.sap.state, secret, clientId) })).status;

test('a system signs in by its certificate or by its secret, and not without', () =>
  withSap({}, async (world) => {
    expect((await withCertificate(world, world.certificate)).status).toBe(200);
    expect(await withSecret(world)).toBe(200);
    const { status, headers, json } = await world.request(users);
    expect({ status, detail: json.detail }).toEqual({ status: 401, detail: 'Unauthorized' });
    expect(headers['www-authenticate']).toContain('Basic');
    expect((await world.request(users, { headers: { authorization: 'Bearer x' } })).status).toBe(401);
  }));

test('a certificate is refused when it is expired, not yet valid, unknown, or of another authority', () =>
  withSap({}, async (world) => {
    const before = (days: number) => new Date(Date.now() - days * 24 * hour);
    const { authority } = world;
    const certificates = {
      expired: await issueClientCertificate(authority, { validFrom: before(9), validTo: before(1) }),
      early: await issueClientCertificate(authority, { validFrom: before(-1), validTo: before(-9) }),
      stranger: await issueClientCertificate(await makeClientAuthority()),
    };
    const pems = Object.values(certificates).map(({ certificate }) => certificate);
    await world.order('certificates', { certificates: [...pems, world.certificate.certificate] });
    for (const certificate of Object.values(certificates))
      expect((await withCertificate(world, certificate)).status).toBe(401);
    const unknown = await issueClientCertificate(authority);
    expect((await withCertificate(world, unknown)).status).toBe(401);
    await world.order('certificates', { certificates: [unknown.certificate] });
    expect((await withCertificate(world, unknown)).status).toBe(200);
    expect((await withCertificate(world, world.certificate)).status).toBe(401);
  }));

test('a certificate ends by the clock of the tenant, on a connection that stays open too', async () => {
  let now = new Date();
  await withSap({ clock: () => now }, async (world) => {
    const agent = world.agentWith(world.certificate);
    expect((await world.request(users, {}, agent)).status).toBe(200);
    now = new Date(now.getTime() + 366 * 24 * hour);
    expect((await world.request(users, {}, agent)).status).toBe(401);
  });
});

test('a refused certificate cuts the connection where the tenant does so', () =>
  withSap({}, async (world) => {
    world.sap.faults.set('certificateExpired');
    expect((await withCertificate(world, world.certificate)).status).toBe(401);
    expect(await withSecret(world)).toBe(200);
    await world.order('behave', { certificateRefusal: 'connection' });
    await expect(withCertificate(world, world.certificate)).rejects.toThrow('socket hang up');
    expect(world.sap.ledger.entries().at(-1)).toMatchObject({ status: 0, faults: ['certificateExpired'] });
  }));

test('five wrong secrets lock the client id for an hour, also for the right one', async () => {
  let now = new Date('2026-03-01T12:00:00Z');
  await withSap({ clock: () => now }, async (world) => {
    for (let tries = 0; tries < 4; tries += 1) expect(await withSecret(world, 'wrong')).toBe(401);
    expect(await withSecret(world)).toBe(200);
    for (let tries = 0; tries < 7; tries += 1) await withSecret(world, 'wrong', 'another-id');
    for (let tries = 0; tries < 5; tries += 1) {
      expect(world.sap.state.system.lockedUntil).toBeNull();
      await withSecret(world, 'wrong');
    }
    expect(await withSecret(world)).toBe(401);
    now = new Date('2026-03-01T12:59:00Z');
    expect(await withSecret(world)).toBe(401);
    now = new Date('2026-03-01T13:00:00Z');
    expect(await withSecret(world)).toBe(200);
    for (let tries = 0; tries < 5; tries += 1) await withSecret(world, 'wrong');
    await world.order('unlock', {});
    expect(await withSecret(world)).toBe(200);
  });
});

test('a system has two secrets, so that they rotate without a gap', () =>
  withSap({}, async (world) => {
    await world.order('secrets', { secrets: ['old', 'new'] });
    expect([await withSecret(world, 'old'), await withSecret(world, 'new')]).toEqual([200, 200]);
    expect((await world.order('secrets', { secrets: ['1', '2', '3'] })).status).toBe(400);
  }));

test.each([
  ['html', 'text/html', '<html>'],
  ['empty', 'text/plain', ''],
] as const)('a 401 may have the body %s', (body, type, start) =>
  withSap({}, async (world) => {
    await world.order('behave', { unauthorizedBody: body });
    const { status, headers, text } = await world.request(users);
    expect([status, headers['content-type']]).toEqual([401, type]);
    expect(text.slice(0, start.length)).toBe(start);
  }),
);

test('users and groups need an authorization each', () =>
  withSap({}, async (world) => {
    const statuses = async () => [
      (await world.get('/Users?count=1')).status,
      (await world.get('/Groups?count=1')).status,
      (await world.get('/Users', { method: 'POST', body: { userName: 'x' } })).status,
    ];
    expect(await statuses()).toEqual([200, 200, 403]);
    await world.order('authorize', { authorizations: ['Read Users'] });
    expect(await statuses()).toEqual([200, 403, 403]);
    expect((await world.get('/Groups')).json).toMatchObject({ status: '403', detail: 'Forbidden' });
    await world.order('behave', { groupsNeed: 'Read Users' });
    expect(await statuses()).toEqual([200, 200, 403]);
    await world.order('authorize', { authorizations: ['Manage Groups', 'Manage Users'] });
    expect(await statuses()).toEqual([200, 200, 201]);
  }));
