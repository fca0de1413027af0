import { expect, test } from '@jest/globals';
import { fillContosoSap } from '../../../simulators/company-sap.ts';
import { urns } from '../../../simulators/sap/directory/schemas.ts';
import { readAllOf, type SapWorld, withSap } from './sap-world.ts';

const userOf = async (world: SapWorld, name: string, query = '') =>
  (await world.get(`/Users/${world.sap.state.user(name).id}${query}`)).json;

const ids = (resources: { id: string }[]) => resources.map(({ id }) => id);

test('groups hold people and groups, and the people say the same from their side', () =>
  withSap({}, async (world) => {
    const groups = (await readAllOf(world, '/Groups')).resources;
    const users = (await readAllOf(world, '/Users')).resources;
    const pairs = (members: [string, string][]) => members.map((pair) => pair.join(' in ')).sort();
    type Entry = { value: string; type: string };
    const fromGroups = groups.flatMap(({ id, members = [] }) =>
      members.filter(({ type }: Entry) => type === 'User').map(({ value }: Entry) => [value, id]),
    );
    const fromUsers = users.flatMap(({ id, groups: own = [] }) => own.map(({ value }: Entry) => [id, value]));
    expect(pairs(fromUsers)).toEqual(pairs(fromGroups));
    expect(fromUsers.length).toBeGreaterThan(30);
    const { group } = world.sap.state;
    const nested = groups.find(({ displayName }) => displayName === 'Timely Users').members;
    expect(nested).toContainEqual(
      expect.objectContaining({ value: group.call(world.sap.state, 'Finance Leads').id, type: 'Group' }),
    );
    const policy = groups.find(({ displayName }) => displayName === 'Read all - Policy');
    expect(policy[urns.sapGroup].type).toBe('authorization');
  }));

test('a person without a display name is called "None", or has none', () =>
  withSap({}, async (world) => {
    const name = { givenName: 'Bernd', familyName: 'Vogel' };
    expect(await userOf(world, 'Bernd Vogel')).toMatchObject({ displayName: 'None', name });
    await world.order('behave', { noDisplayName: 'absent' });
    expect(await userOf(world, 'Bernd Vogel')).not.toHaveProperty('displayName');
  }));

test('active and status agree, and validity changes neither', async () => {
  let now = new Date('2026-03-01T12:00:00Z');
  await withSap({ clock: () => now }, async (world) => {
    const state = async () => {
      const { active, meta, [urns.sapUser]: sap } = await userOf(world, 'Anders Holm');
      return { active, status: sap.status, validTo: sap.validTo, lastModified: meta.lastModified };
    };
    await world.order('validity', { person: 'Anders Holm', validTo: '2026-03-02' });
    const before = await state();
    expect(before).toMatchObject({ active: true, status: 'active', validTo: '2026-03-02T00:00:00Z' });
    now = new Date('2026-03-05T12:00:00Z');
    expect(await state()).toEqual(before);
    await world.order('behave', { dates: 'date' });
    expect((await state()).validTo).toBe('2026-03-02');
    await world.order('disable', { person: 'Anders Holm' });
    expect(await state()).toMatchObject({ active: false, status: 'inactive' });
    await world.order('validity', { person: 'Anders Holm', validTo: null });
    expect((await state()).validTo).toBeUndefined();
    await world.order('change', { person: 'Anders Holm', properties: { status: 'new' } });
    expect(await state()).toMatchObject({ active: false, status: 'new' });
  });
});

test('only the e-mails of the SAP extension say whether they are verified', () =>
  withSap({}, async (world) => {
    const carla = await userOf(world, 'Carla Mendes');
    expect(carla.emails).toEqual([
      { value: 'carla@mendes-home.example', type: 'home', primary: false },
      { value: 'carla.mendes@contoso.example', type: 'work', primary: true },
    ]);
    expect(carla[urns.sapUser].emails.map(({ verified }: { verified: boolean }) => verified)).toEqual([
      false,
      true,
    ]);
    expect(carla[urns.sapUser].mailVerified).toBe(true);
    expect((await userOf(world, 'Malik Stone'))[urns.sapUser].mailVerified).toBe(false);
    expect(await userOf(world, 'Build Kiosk')).not.toHaveProperty('emails');
  }));

test('a blocked person leaves lists and groups, and comes back inactive', () =>
  withSap({}, async (world) => {
    const { state } = world.sap;
    const { id } = state.user('Bao Nguyen');
    const total = async () => (await world.get('/Users?count=0')).json.totalResults;
    const before = await total();
    expect((await world.order('leave', { person: 'Bao Nguyen' })).json.did).toBe(
      'Bao Nguyen left; the account is blocked.',
    );
    expect([await total(), (await world.get(`/Users/${id}`)).status]).toEqual([before - 1, 404]);
    expect(state.group('Design Guild').members).not.toContain(id);
    await world.order('restore', { person: 'Bao Nguyen' });
    expect(await userOf(world, 'Bao Nguyen')).toMatchObject({ id, active: false });
    await world.order('behave', { restoredId: 'new', blockedMembers: 'stay' });
    await world.order('addToGroup', { person: id, group: 'Design Guild' });
    await world.order('leave', { person: id });
    await world.order('restore', { person: id });
    const again = state.user('Bao Nguyen');
    expect(again.id).not.toBe(id);
    expect(state.group('Design Guild').members).toContain(again.id);
  }));

test('without soft delete an account is deleted, and blocked=true is ignored or refused', () =>
  withSap({}, async (world) => {
    await world.order('behave', { softDelete: 'off' });
    const all = (await world.get('/Users?count=0')).json.totalResults;
    expect((await world.get('/Users?blocked=true&count=0')).json.totalResults).toBe(all);
    await world.order('leave', { person: 'Bao Nguyen' });
    expect(() => world.sap.state.user('Bao Nguyen', true)).toThrow('There is no user');
    await world.order('behave', { blockedParameter: 'refused' });
    expect((await world.get('/Users?blocked=true')).status).toBe(400);
  }));

test('a policy hides people from lists, totals and, where it does so, from reads by id and from groups', () =>
  withSap({}, async (world) => {
    const { id } = world.sap.state.user('Anders Holm');
    const apollo = world.sap.state.group('Timely - Apollo').id;
    const seen = async () => ({
      listed: ids((await readAllOf(world, '/Users')).resources).includes(id),
      total: (await world.get('/Users?count=0')).json.totalResults,
      byId: (await world.get(`/Users/${id}`)).status,
      inGroup: (await world.get(`/Groups/${apollo}`)).text.includes(id),
    });
    const before = await seen();
    await world.order('hide', { filter: `id eq "${id}"` });
    expect(await seen()).toEqual({ listed: false, total: before.total - 1, byId: 200, inGroup: true });
    await world.order('behave', { hiddenById: 'not found', hiddenMembers: 'left out' });
    expect(await seen()).toEqual({ listed: false, total: before.total - 1, byId: 404, inGroup: false });
    await world.order('hide', { filter: null });
    expect(await seen()).toEqual(before);
    expect((await world.order('hide', { filter: 'who knows' })).json.error).toBe('who knows is no filter.');
  }));

test('a manager is a reference, and attributes of every extension are set by name', () =>
  withSap({ fill: fillContosoSap }, async (world) => {
    const { state } = world.sap;
    const bao = await userOf(world, 'Bao Nguyen');
    expect(bao.title).toBe('Product Designer');
    expect(bao[urns.enterpriseUser]).toMatchObject({
      department: 'Design',
      organization: 'Contoso',
      manager: { value: state.user('Amelie Roth').id, displayName: 'Amelie Roth' },
    });
    const amelie = await userOf(world, 'Amelie Roth');
    expect(amelie['urn:contoso:hr:1.0:User']).toEqual({ floor: 3 });
    expect(amelie.schemas).toContain('urn:contoso:hr:1.0:User');
    expect(amelie[urns.customUser].attributes).toEqual([{ name: 'customAttribute1', value: 'Timely' }]);
    const properties = { customAttribute1: null, 'urn:contoso:hr:1.0:User:floor': null, manager: null };
    await world.order('change', { person: 'Amelie Roth', properties });
    const after = await userOf(world, 'Amelie Roth');
    expect(after).not.toHaveProperty([urns.customUser]);
    expect(after.schemas).not.toContain('urn:contoso:hr:1.0:User');
  }));

test.each([
  ['number', '1'],
  ['absent', undefined],
] as const)('versions may be %s', (versions, first) =>
  withSap({ fill: (state) => Object.assign(state.behaviour, { versions }) }, async (world) => {
    await world.order('join', { name: 'New Person' });
    const { meta } = await userOf(world, 'New Person');
    expect(meta.version).toBe(first);
    await world.order('move', { person: 'New Person', department: 'Design' });
    expect((await userOf(world, 'New Person')).meta.version).toBe(first && '2');
  }),
);
