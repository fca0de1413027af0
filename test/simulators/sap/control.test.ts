import { expect, test } from '@jest/globals';
import { SapState } from '../../../simulators/sap/directory/state.ts';
import { withSap } from './sap-world.ts';

test('other processes make people join, move and leave', () =>
  withSap({}, async (world) => {
    const { state } = world.sap;
    const does = async (action: string, body: object) => {
      const { status, json } = await world.order(action, body);
      expect([status, json.error]).toEqual([200, undefined]);
      return json.did;
    };
    const email = 'new.person@contoso.example';
    expect(await does('join', { name: 'New Person', email, groups: ['Design Guild'] })).toBe(
      'New Person joined.',
    );
    await does('move', { person: email, department: 'Finance' });
    await does('addToGroup', { person: 'New Person', group: 'Executives' });
    await does('removeFromGroup', { person: 'New Person', group: 'Design Guild' });
    await does('createGroup', { name: 'Board', kind: 'userGroup' });
    await does('nest', { inner: 'Executives', outer: 'Board' });
    await does('renameGroup', { group: 'Board', name: 'The Board' });
    await does('change', { person: email, properties: { jobTitle: 'Chair', manager: 'Eleanor Vance' } });
    const { id } = state.user(email);
    expect(state.user(email).attributes.title).toBe('Chair');
    expect(state.groupIdsOf(id)).toEqual([state.group('Executives').id]);
    expect(state.groupIdsOf(state.group('Executives').id)).toEqual([state.group('The Board').id]);
    await does('unnest', { inner: 'Executives', outer: 'The Board' });
    await does('deleteGroup', { group: 'The Board' });
    expect(() => state.group('The Board')).toThrow('There is no group "The Board"');
    for (const action of ['disable', 'enable', 'leave', 'restore', 'leave', 'purge'])
      await does(action, { person: 'New Person' });
    expect(state.get(id)).toBeUndefined();
    await does('guest', { name: 'Gast', email: 'gast@other.example' });
    expect(state.user('Gast').status).toBe('new');
    await does('accept', { person: 'gast@other.example' });
    expect(state.user('Gast')).toMatchObject({ status: 'active', attributes: { userType: 'partner' } });
  }));

test.each([
  ['leave', { person: 'Nobody' }, 'There is no user "Nobody" in the directory.'],
  ['restore', { person: 'Bao Nguyen' }, 'There is no user "Bao Nguyen" among the blocked ones'],
  ['leave', {}, 'expected string'],
  ['leave', { person: 'front.desk@contoso.example' }, 'There are 2 of the name'],
  ['grantRole', { person: 'Bao Nguyen' }, 'SAP shows no roles: put the person into a group.'],
  ['explode', {}, 'There is no action "explode"'],
  ['behave', { noDisplayName: 'Nobody' }, 'Invalid option'],
  ['faults', { set: 'earthquake' }, 'There is no fault "earthquake"'],
] as const)('the action %s %j is refused with a sentence', (action, body, sentence) =>
  withSap({}, async (world) => {
    const { status, json } = await world.order(action, body);
    expect([status, json.error]).toEqual([400, expect.stringContaining(sentence)]);
  }),
);

test('the state shows people, groups and the system, and no secret', () =>
  withSap({}, async (world) => {
    const { text, json } = await world.order('state');
    const find = (name: string) =>
      json.users.find(({ displayName }: { displayName: string }) => displayName === name);
    expect(find('Bao Nguyen')).toMatchObject({
      status: 'live',
      sapStatus: 'active',
      mail: 'bao.nguyen@contoso.example',
      userPrincipalName: 'bao.nguyen@contoso.example',
      accountEnabled: true,
      department: 'Design',
    });
    expect(find('Ulrike Sommer').status).toBe('deleted');
    const leads = json.groups.find(
      ({ displayName }: { displayName: string }) => displayName === 'Timely Users',
    );
    expect(leads.members).toEqual(expect.arrayContaining(['Finance Leads', 'Bernd Vogel']));
    expect(text).not.toContain(world.sap.state.system.secrets[0]);
  }));

test('the saved state has everything again', () =>
  withSap({}, async (world) => {
    await world.order('behave', { noDisplayName: 'absent' });
    await world.order('hide', { filter: 'userType eq "partner"' });
    await world.order('leave', { person: 'Bao Nguyen' });
    const saved = JSON.parse(JSON.stringify(world.sap.state.save()));
    const again = new SapState(saved, () => new Date());
    expect(again.save()).toEqual(world.sap.state.save());
    const { id } = again.user('Amelie Roth');
    expect(again.groupIdsOf(id)).toEqual(world.sap.state.groupIdsOf(id));
  }));

test('the ledger names the operation and the person of each request, and no secret', () =>
  withSap({}, async (world) => {
    const { state, ledger } = world.sap;
    await world.get('/Users?startId=initial&count=1');
    await world.get(`/Users/${state.user('Bao Nguyen').id}`);
    await world.get(`/Groups/${state.group('Executives').id}`);
    expect(ledger.entries()).toMatchObject([
      { operation: 'users.list', query: { startId: 'initial', count: '1' }, status: 200 },
      { operation: 'users.get', subject: 'bao.nguyen@contoso.example' },
      { operation: 'groups.get', subject: 'Executives' },
    ]);
    expect(JSON.stringify(ledger.entries())).not.toContain(state.system.secrets[0]);
  }));
