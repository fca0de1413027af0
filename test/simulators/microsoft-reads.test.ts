import { expect, test } from '@jest/globals';
import { globalAdministrator } from '../../simulators/microsoft/directory/built-in-roles.ts';
import { readAll, type SimulatorWorld, withWorld } from './world.ts';

const names = (json: { value: { displayName: string }[] }) =>
  json.value.map(({ displayName }) => displayName);
const filtered = (world: SimulatorWorld, filter: string, rest = '') =>
  world.graph(`/users?$select=displayName&$filter=${encodeURIComponent(filter)}${rest}`);

test('a read finds a person by id and by sign-in name, a guest with #EXT# escaped', () =>
  withWorld({}, async (world) => {
    const { id } = world.sandbox.microsoft.state.user('Anders Holm');
    const select = '?$select=id,displayName,accountEnabled,employeeHireDate';
    const expected = { id, displayName: 'Anders Holm', accountEnabled: true, employeeHireDate: null };
    for (const key of [id, 'anders.holm@contoso.example', 'Anders.Holm@Contoso.Example']) {
      expect((await world.graph(`/users/${key}${select}`)).json).toMatchObject(expected);
      expect((await world.graph(`/users('${key}')${select}`)).json).toMatchObject(expected);
    }
    const guest = 'paula.reyes_northwind-consulting.example%23EXT%23@contoso.example';
    expect((await world.graph(`/users/${guest}`)).json.displayName).toBe('Paula Reyes');
  }));

test('a deleted person is missing from point reads and listed among deleted items', () =>
  withWorld({}, async (world) => {
    const { id } = world.sandbox.microsoft.state.leave('Anders Holm');
    const { status, json } = await world.graph(`/users/${id}`);
    expect([status, json.error.code]).toEqual([404, 'Request_ResourceNotFound']);
    const deleted = await world.graph('/directory/deletedItems/microsoft.graph.user');
    expect(names(deleted.json)).toEqual(['Anders Holm', 'Ulrike Sommer']);
  }));

test('filters compare with eq and in, in any letter case', () =>
  withWorld({}, async (world) => {
    expect(names((await filtered(world, "mail eq 'grace.hall@contoso.example'")).json)).toEqual([
      'Grace Hall',
    ]);
    const finance = await filtered(world, "department in ('FINANCE','Nowhere') and jobTitle eq 'Accountant'");
    expect(names(finance.json)).toEqual(['Bernd Vogel', 'Claire Dumont']);
    const disabled = await filtered(world, 'accountEnabled eq false');
    expect(names(disabled.json)).toEqual(['Tobias Kern']);
    const many = Array.from({ length: 16 }, (_, number) => `'${number}'`).join(',');
    expect((await filtered(world, `id in (${many})`)).status).toBe(400);
    expect((await filtered(world, "startswith(department,'Fin')")).status).toBe(400);
  }));

test('pages of a list cover each person once', () =>
  withWorld({}, async (world) => {
    const { value, pages } = await readAll(world, '/users?$top=7&$select=displayName');
    const live = world.sandbox.microsoft.state.objects.users.filter(({ status }) => status === 'live');
    expect(new Set(value.map(({ id }) => id)).size).toBe(live.length);
    expect(value).toHaveLength(live.length);
    expect(pages).toHaveLength(Math.ceil(live.length / 7));
  }));

test('counts need the consistency header', () =>
  withWorld({}, async (world) => {
    const headers = { ConsistencyLevel: 'eventual' };
    const live = world.sandbox.microsoft.state.objects.users.filter(({ status }) => status === 'live');
    expect((await world.graph('/users/$count', { headers })).text).toBe(String(live.length));
    expect((await world.graph('/users/$count')).json.error.code).toBe('Request_BadRequest');
    expect((await world.graph('/users?$count=true', { headers })).json['@odata.count']).toBe(live.length);
    expect((await world.graph('/users?$count=true')).json['@odata.count']).toBeUndefined();
  }));

test('members lists direct members with their types, transitiveMembers those of all levels', () =>
  withWorld({}, async (world) => {
    const { state } = world.sandbox.microsoft;
    const { id } = state.group('Timely Users');
    const direct = await world.graph(`/groups/${id}/members?$select=id,displayName`);
    expect(direct.json.value).toContainEqual({
      '@odata.type': '#microsoft.graph.group',
      id: state.group('Finance Leads').id,
      displayName: 'Finance Leads',
    });
    expect(names(direct.json)).not.toContain('Filippa Berg');
    const cast = `/groups/${id}/transitiveMembers/microsoft.graph.user?$select=displayName`;
    const transitive = await world.graph(cast);
    expect(names(transitive.json)).toEqual(
      expect.arrayContaining(['Agnes Keller', 'Dorothea Lang', 'Filippa Berg']),
    );
    expect(names(transitive.json)).not.toContain('Ulrike Sommer');
  }));

test('checkMemberGroups follows nested groups, even in a circle', () =>
  withWorld({}, async (world) => {
    const { state } = world.sandbox.microsoft;
    state.nest('Timely Users', 'Finance Interns');
    const groupIds = ['Timely Users', 'Finance Leads', 'Executives'].map((name) => state.group(name).id);
    const path = `/users/${state.user('Gabriel Stein').id}/checkMemberGroups`;
    const { json } = await world.graph(path, { method: 'POST', body: { groupIds } });
    expect(json.value).toEqual(groupIds.slice(0, 2));
    const memberOf = await world.graph(path.replace('checkMemberGroups', 'transitiveMemberOf'));
    expect(names(memberOf.json).sort()).toEqual(['Finance Interns', 'Finance Leads', 'Timely Users']);
    const tooMany = { groupIds: Array.from({ length: 21 }, () => groupIds[0]) };
    expect((await world.graph(path, { method: 'POST', body: tooMany })).status).toBe(400);
  }));

test('role assignments expand their role, and follow grants and revocations', () =>
  withWorld({}, async (world) => {
    const { state } = world.sandbox.microsoft;
    const holders = async () => {
      const { json } = await world.graph('/roleManagement/directory/roleAssignments?$expand=roleDefinition');
      return json.value
        .filter(
          ({ roleDefinition }: { roleDefinition: { templateId: string } }) =>
            roleDefinition.templateId === globalAdministrator,
        )
        .map(({ principalId }: { principalId: string }) => principalId);
    };
    expect(await holders()).toEqual([state.user('Henrik Lund').id]);
    state.grantRole(state.user('Chen Wei').id, 'Global Administrator');
    state.revokeRole(state.user('Henrik Lund').id, globalAdministrator);
    expect(await holders()).toEqual([state.user('Chen Wei').id]);
    const active = await world.graph(`/directoryRoles/roleTemplateId=${globalAdministrator}/members`);
    expect(names(active.json)).toEqual(['Chen Wei']);
  }));

test('a read by client id finds the assignments to the application', () =>
  withWorld({}, async (world) => {
    const { clientId } = world.sandbox.credentials;
    const { json } = await world.graph(`/servicePrincipals(appId='${clientId}')/appRoleAssignedTo`);
    expect(json.value).toMatchObject([{ principalDisplayName: 'Timely Users', principalType: 'Group' }]);
    const filter = encodeURIComponent(`appId eq '${clientId}'`);
    const { id } = (await world.graph(`/servicePrincipals?$filter=${filter}`)).json.value[0];
    expect((await world.graph(`/servicePrincipals/${id}/appRoleAssignedTo`)).json.value).toEqual(json.value);
  }));

test('a batch with more than twenty requests or a repeated id is refused', () =>
  withWorld({}, async (world) => {
    const request = (id: string) => ({ id, method: 'GET', url: '/organization' });
    const send = async (requests: object[]) =>
      (await world.graph('/$batch', { method: 'POST', body: { requests } })).status;
    const twenty = Array.from({ length: 20 }, (_, number) => request(`a${number}`));
    expect(await send(twenty)).toBe(200);
    expect(await send([...twenty, request('b')])).toBe(400);
    expect(await send([request('a'), request('A')])).toBe(400);
  }));

test('each response has its resource units', () =>
  withWorld({}, async (world) => {
    const cost = async (path: string) => (await world.graph(path)).headers['x-ms-resource-unit'];
    const { id } = world.sandbox.microsoft.state.group('Timely Users');
    expect(await cost('/users')).toBe('2');
    expect(await cost(`/groups/${id}/transitiveMembers`)).toBe('5');
    expect(await cost(`/groups/${id}/members?$select=id`)).toBe('2');
    expect(await cost('/users/delta?$select=displayName')).toBe('1');
  }));
