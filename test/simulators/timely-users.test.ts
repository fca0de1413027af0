import { expect, test } from '@jest/globals';
import type { TimelyState } from '../../simulators/timely/state.ts';
import { type SimulatorWorld, withWorld } from './world.ts';

const roleIds = async (world: SimulatorWorld): Promise<Record<string, number>> => {
  const { json } = await world.timely('/roles');
  return Object.fromEntries(json.map(({ name, id }: { name: string; id: number }) => [name, id]));
};
const invite = async (world: SimulatorWorld, user: Record<string, unknown>) => {
  const { employee } = await roleIds(world);
  const body = { user: { name: 'Ada Example', email: 'ada@contoso.example', role_id: employee, ...user } };
  return world.timely('/users', { method: 'POST', body });
};

test('an invitation sends one mail and returns the documented form', () =>
  withWorld({}, async (world) => {
    const { status, json } = await invite(world, { external_id: '6f1c-0', weekly_capacity: 37.5 });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      email: 'ada@contoso.example',
      name: 'Ada Example',
      active: false,
      deleted: false,
      sign_in_count: null,
      external_id: '6f1c-0',
      weekly_capacity: 37.5,
      type: 'User',
      user_level: 'employee',
      role: { name: 'employee' },
    });
    expect(json).not.toHaveProperty('active_projects_count');
    expect((await world.timely(`/users/${json.id}`)).json).toHaveProperty('active_projects_count', 0);
    expect(world.sandbox.timely.state.mailsTo('ADA@contoso.example')).toBe(1);
  }));

test('an invitation of a present user sends a second mail and changes settings, without a second user', () =>
  withWorld({}, async (world) => {
    const { manager } = await roleIds(world);
    const first = await invite(world, {});
    const second = await invite(world, {
      email: 'Ada@contoso.example',
      name: 'Another Name',
      role_id: manager,
    });
    expect(second.json).toMatchObject({ id: first.json.id, name: 'Ada Example', role: { name: 'manager' } });
    expect(world.sandbox.timely.state.mailsTo('ada@contoso.example')).toBe(2);
  }));

test('an invitation of a removed user reinstates the same user without an activation mail', () =>
  withWorld({}, async (world) => {
    const { id } = (await invite(world, {})).json;
    await world.timely(`/users/${id}`, { method: 'DELETE' });
    const deleted = await world.timely('/users?filter=deleted');
    expect(deleted.json[0]).toMatchObject({ id, deleted: true });
    expect((await world.timely(`/users/${id}`)).status).toBe(404);
    expect((await invite(world, {})).json).toMatchObject({ id, deleted: false });
    const { mails } = world.sandbox.timely.state;
    const kinds = mails.filter(({ email }) => email === 'ada@contoso.example').map(({ kind }) => kind);
    expect(kinds).toEqual(['invitation', 'reinstatement']);
  }));

test.each([
  ['an upper-case domain', { email: 'ada@CONTOSO.example' }, 'email'],
  ['an address without a domain', { email: 'kiosk@contoso' }, 'email'],
  ['a digit in the name', { name: 'Ada Example 2' }, 'name'],
  ['an empty name', { name: ' ' }, 'name'],
  ['a role of another account', { role_id: 1 }, 'role_id'],
  ['the role of team leads', { role_id: 8168 }, 'role_id'],
  ['no role', { role_id: undefined }, 'role_id'],
  ['an unknown team', { team_ids: [1] }, 'team_ids'],
])('an invitation with %s is refused without a mail', (_what, user, field) =>
  withWorld({}, async (world) => {
    const mailsBefore = world.sandbox.timely.state.mails.length;
    const { status, json } = await invite(world, user);
    expect([status, Object.keys(json.errors)]).toEqual([422, [field]]);
    expect(world.sandbox.timely.state.mails).toHaveLength(mailsBefore);
  }),
);

test('without a free seat new people are refused, and present users can be invited again', () =>
  withWorld({}, async (world) => {
    const { state } = world.sandbox.timely;
    state.account.seats = state.present.length;
    expect((await invite(world, {})).status).toBe(422);
    expect((await invite(world, { email: 'jonas.weber@contoso.example' })).status).toBe(422);
    expect((await invite(world, { email: 'lena.fischer@contoso.example' })).status).toBe(200);
  }));

test('an update stores the role and silently drops name and address', async () => {
  let now = new Date('2026-03-01T12:00:00Z');
  await withWorld({ clock: () => now }, async (world) => {
    const { manager } = await roleIds(world);
    const before = (await invite(world, {})).json;
    now = new Date('2026-03-01T12:00:05Z');
    const put = (user: object) => world.timely(`/users/${before.id}`, { method: 'PUT', body: { user } });
    const ignored = await put({ name: 'Other', email: 'other@contoso.example' });
    expect(ignored.status).toBe(200);
    expect(ignored.json).toMatchObject({
      name: before.name,
      email: before.email,
      updated_at: before.updated_at + 5,
    });
    expect((await put({ role_id: manager })).json.role.name).toBe('manager');
    expect(world.sandbox.timely.state.mailsTo(before.email)).toBe(1);
  });
});

test('team ids in an update replace the teams of the user', () =>
  withWorld({}, async (world) => {
    const { state } = world.sandbox.timely;
    const [guild] = state.teams;
    const other = state.createTeam('Other', []);
    const lena = state.byEmail('lena.fischer@contoso.example');
    const body = { user: { team_ids: [other.id] } };
    await world.timely(`/users/${lena?.id}`, { method: 'PUT', body });
    expect(guild?.users.map(({ user_id }) => user_id)).not.toContain(lena?.id);
    expect(other.users.map(({ user_id }) => user_id)).toEqual([lena?.id]);
  }));

test('a removal takes the user out of teams; of the owner it is refused; a second one finds no user', () =>
  withWorld({}, async (world) => {
    const { state } = world.sandbox.timely;
    const remove = async (id: number | undefined) =>
      (await world.timely(`/users/${id}`, { method: 'DELETE' })).status;
    const lena = state.byEmail('lena.fischer@contoso.example')?.id;
    expect(await remove(lena)).toBe(200);
    expect(state.teams[0]?.users).toHaveLength(2);
    expect(await remove(lena)).toBe(404);
    state.behaviour.secondDelete = 200;
    expect(await remove(lena)).toBe(200);
    expect(await remove(state.account.owner_id)).toBe(422);
  }));

const manyUsers = (_microsoft: unknown, timely: TimelyState) => {
  for (let number = 0; number < 250; number += 1) {
    timely.addActive('Some Body', `person${number}@contoso.example`, 'employee');
  }
};

test('the list begins with the newest update, has at most 100 rows, and windows cover all users', () =>
  withWorld({ company: manyUsers }, async (world) => {
    const page = async (query: string) => (await world.timely(`/users?${query}`)).json;
    const emails = (rows: { email: string }[]) => rows.map(({ email }) => email);
    expect(await page('')).toHaveLength(100);
    expect(await page('limit=1000')).toHaveLength(100);
    const all = [
      ...(await page('limit=100')),
      ...(await page('limit=100&offset=100')),
      ...(await page('offset=200')),
    ];
    expect(new Set(emails(all)).size).toBe(251);
    expect(emails(all)[0]).toBe('person249@contoso.example');
    expect(emails(await page('order=asc&limit=1'))).toEqual(['owner@contoso.example']);
    const owner = all.find(({ email }) => email === 'owner@contoso.example');
    await world.timely(`/users/${owner.id}`, { method: 'PUT', body: { user: {} } });
    expect(emails(await page('limit=1'))).toEqual(['owner@contoso.example']);
  }));

test('the account counts its users, and the signed-in admin has all permissions', () =>
  withWorld({}, async (world) => {
    const { accountId } = world.sandbox.credentials;
    const url = `${world.sandbox.timely.url}/1.1/accounts`;
    const headers = { authorization: `Bearer ${world.timelyToken()}` };
    const { json } = await world.request(`${url}/${accountId}`, { headers });
    const { state } = world.sandbox.timely;
    expect(json).toMatchObject({ id: accountId, num_users: 5, seats: 80, owner_id: state.account.owner_id });
    expect((await world.request(url, { headers })).json).toHaveLength(1);
    expect((await world.request(`${url}/1`, { headers })).status).toBe(403);
    const permissions = (await world.timely('/users/current/permissions')).json;
    expect(
      permissions.find(({ resource }: { resource: string }) => resource === 'team').global_permissions,
    ).toEqual(expect.arrayContaining(['create', 'read', 'update', 'delete']));
    expect((await world.timely('/users/search?q=lena')).json).toMatchObject([{ name: 'Lena Fischer' }]);
  }));

test('the ledger shows the body of a write with roles by name', () =>
  withWorld({}, async (world) => {
    const before = world.sandbox.timely.ledger.last;
    await invite(world, {});
    expect(world.sandbox.timely.ledger.writes(before)).toMatchObject([
      {
        operation: 'users.invite',
        subject: 'ada@contoso.example',
        status: 200,
        write: { name: 'Ada Example', email: 'ada@contoso.example', role: 'employee' },
      },
    ]);
  }));
