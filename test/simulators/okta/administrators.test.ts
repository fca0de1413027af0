import { expect, test } from '@jest/globals';
import { withOkta } from './okta-client.ts';

test('roles of a person are the direct ones and those of groups; the list of assignees has only direct ones', () =>
  withOkta({}, async (okta) => {
    const { state } = okta.world.sandbox.okta;
    const rolesOf = async (name: string) =>
      (await okta.get(`/users/${state.user(name).id}/roles`)).json.map(
        (role: { type: string; assignmentType: string }) => [role.type, role.assignmentType],
      );
    expect(await rolesOf('Henrik Lund')).toEqual([['SUPER_ADMIN', 'USER']]);
    expect(await rolesOf('Eleanor Vance')).toEqual([['REPORT_ADMIN', 'GROUP']]);
    expect(await rolesOf('Chen Wei')).toEqual([]);
    const assignees = async () =>
      (await okta.all('/iam/assignees/users?limit=1')).entries.map(({ id }) => state.label(id));
    expect(await assignees()).toEqual(['henrik.lund@contoso.example']);
    await okta.order('behave', { assigneesByGroup: true });
    expect((await assignees()).sort()).toEqual([
      'eleanor.vance@contoso.example',
      'henrik.lund@contoso.example',
    ]);
    await okta.order('grantRole', { person: 'Chen Wei', role: 'Help Desk Administrator' });
    expect(await rolesOf('Chen Wei')).toEqual([['HELP_DESK_ADMIN', 'USER']]);
    await okta.order('revokeRole', { person: 'Chen Wei', role: 'HELP_DESK_ADMIN' });
    expect(await rolesOf('Chen Wei')).toEqual([]);
  }));

test('without an administrator role, users are an empty 200 and the rest is 403', () =>
  withOkta({}, async (okta) => {
    await okta.order('applicationRoles', { roles: [] });
    const { status, json, headers } = await okta.get('/users');
    expect([status, json]).toEqual([200, []]);
    expect(headers.link).not.toContain('next');
    for (const path of ['/groups', '/logs', '/iam/assignees/users', '/apps/0oa9z8y7x6w5v4u3t2s1/users'])
      expect((await okta.get(path)).json.errorCode).toBe('E0000006');
    const id = okta.world.sandbox.okta.state.user('Chen Wei').id;
    expect((await okta.get(`/users/${id}`)).status).toBe(404);
  }));

test('a read-only administrator sees no administrators, a group administrator not Everyone', () =>
  withOkta({}, async (okta) => {
    await okta.order('applicationRoles', { roles: ['READ_ONLY_ADMIN'] });
    expect((await okta.get('/iam/assignees/users?limit=1')).status).toBe(403);
    const names = async () => (await okta.all('/groups')).entries.map(({ profile }) => profile.name);
    expect(await names()).toContain('Everyone');
    await okta.order('applicationRoles', { roles: ['USER_ADMIN'] });
    expect(await names()).not.toContain('Everyone');
    expect((await okta.get('/logs')).status).toBe(403);
  }));

test('a resource set limits what a custom role sees, and answers 200 all the same', () =>
  withOkta({}, async (okta) => {
    const { state } = okta.world.sandbox.okta;
    const permissions = ['okta.users.read', 'okta.groups.read'];
    const reach = (groups: string[]) =>
      okta.order('applicationRoles', { roles: [{ label: 'Sync', permissions, groups }] });
    await reach(['Timely Users', 'Design Guild']);
    const people = (await okta.all('/users')).entries.length;
    await reach(['Timely Users']);
    const fewer = (await okta.all('/users')).entries;
    expect(fewer.length).toBeLessThan(people);
    expect((await okta.all('/groups')).entries.map(({ profile }) => profile.name)).toEqual(['Timely Users']);
    expect((await okta.get(`/users/${state.user('Hana Sato').id}`)).status).toBe(404);
    const groups = await okta.get(`/users/${state.user('Filippa Berg').id}/groups`);
    expect(groups.json.map(({ profile }: { profile: { name: string } }) => profile.name)).toEqual([
      'Timely Users',
    ]);
    expect((await okta.get('/logs')).status).toBe(403);
    await okta.order('behave', { customRoleReadsLog: true });
    expect((await okta.get('/logs')).status).toBe(200);
  }));
