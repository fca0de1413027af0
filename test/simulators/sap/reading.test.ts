import { expect, test } from '@jest/globals';
import type { SapState } from '../../../simulators/sap/directory/state.ts';
import { readAllOf, type SapWorld, withSap } from './sap-world.ts';

/** A directory of numbered people, whose ids are in their order. */
const idOf = (number: number) => `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`;
const people = (count: number) => (state: SapState) => {
  state.createGroup({ displayName: 'All' });
  for (let number = 1; number <= count; number += 1)
    state.join({ id: idOf(number), displayName: `Person Number${number}`, groups: ['All'] });
};
const ids = (resources: { id: string }[]) => resources.map(({ id }) => id);
const filtered = async (world: SapWorld, path: string, filter: string) =>
  (await world.get(`${path}?filter=${encodeURIComponent(filter)}`)).json;

test('pages by id hold everybody once, in the order of ids, at most 100 each', () =>
  withSap({ fill: people(250) }, async (world) => {
    const { pages, resources } = await readAllOf(world, '/Users', '&count=1000');
    expect(ids(resources)).toEqual(Array.from({ length: 250 }, (_, index) => idOf(index + 1)));
    expect(pages.map(({ json }) => json.Resources.length)).toEqual([100, 100, 50]);
    expect(pages.map(({ json }) => [json.totalResults, json.itemsPerPage])).toEqual([
      [250, 100],
      [250, 100],
      [250, 100],
    ]);
    expect(pages[1]?.json).toMatchObject({ startId: idOf(101), nextId: idOf(201) });
  }));

test('pages by index have no nextId, and a closing slash changes nothing', () =>
  withSap({ fill: people(5) }, async (world) => {
    const { json } = await world.get('/Users/?startIndex=2&count=2');
    expect(ids(json.Resources)).toEqual([idOf(2), idOf(3)]);
    expect(json).toMatchObject({ startIndex: 2, totalResults: 5 });
    expect(json).not.toHaveProperty('nextId');
    expect((await world.get('/Users?startIndex=6')).json).not.toHaveProperty('Resources');
  }));

test.each([
  ['count=0', 0, 0],
  ['count=-7', 0, 0],
  ['count=3', 3, 3],
  ['count=101', 4, 100],
  ['', 4, 100],
])('%s gives %d people of a page for %d', (query, length, itemsPerPage) =>
  withSap({ fill: people(4) }, async (world) => {
    const { json } = await world.get(`/Users?${query}`);
    expect(json).toMatchObject({ totalResults: 4, itemsPerPage });
    expect(json.Resources ?? []).toHaveLength(length);
  }),
);

test('a page whose first person is gone is refused, or begins with the next one', () =>
  withSap({ fill: people(6) }, async (world) => {
    const { nextId } = (await world.get('/Users?startId=initial&count=3')).json;
    await world.order('purge', { person: nextId });
    const page = () => world.get(`/Users?startId=${nextId}&count=3`);
    expect((await page()).json).toMatchObject({ status: '400', detail: 'Invalid startId' });
    await world.order('behave', { vanishedStartId: 'next' });
    expect(ids((await page()).json.Resources)).toEqual([idOf(5), idOf(6)]);
  }));

test('a person who comes during a read may land on a page that was read already', () =>
  withSap({ fill: people(6) }, async (world) => {
    const first = await world.get('/Users?startId=initial&count=3');
    world.sap.state.join({ id: idOf(0), displayName: 'New Person' });
    const second = await world.get(`/Users?startId=${first.json.nextId}&count=3`);
    expect([first.json.totalResults, second.json.totalResults]).toEqual([6, 7]);
    expect(ids([...first.json.Resources, ...second.json.Resources])).not.toContain(idOf(0));
  }));

test('membership moves the group, never the person; leaving the company moves the groups', async () => {
  let now = new Date('2026-03-01T12:00:00.400Z');
  await withSap({ fill: people(3), clock: () => now }, async (world) => {
    const read = async () => ({
      user: (await world.get(`/Users/${idOf(1)}`)).json.meta,
      group: (await world.get('/Groups')).json.Resources[0].meta,
    });
    const before = await read();
    now = new Date('2026-03-01T13:00:00.900Z');
    await world.order('removeFromGroup', { person: idOf(1), group: 'All' });
    const after = await read();
    expect(after.user).toEqual(before.user);
    expect(after.group.lastModified).toBe('2026-03-01T13:00:00Z');
    expect(after.group.version).not.toBe(before.group.version);
    await world.order('removeFromGroup', { person: idOf(1), group: 'All' });
    expect((await read()).group).toEqual(after.group);
    now = new Date('2026-03-01T14:00:00Z');
    await world.order('purge', { person: idOf(2) });
    expect((await read()).group.lastModified).toBe('2026-03-01T14:00:00Z');
    const { members } = (await world.get('/Groups')).json.Resources[0];
    expect(members.map(({ value }: { value: string }) => value)).toEqual([idOf(3)]);
  });
});

test('a filter by time finds what changed after it, without anybody who is gone', async () => {
  let now = new Date('2026-03-01T12:00:00Z');
  await withSap({ fill: people(4), clock: () => now }, async (world) => {
    now = new Date('2026-03-01T13:00:00Z');
    await world.order('move', { person: idOf(2), department: 'Design' });
    await world.order('disable', { person: idOf(3) });
    await world.order('purge', { person: idOf(4) });
    const since = (time: string) => filtered(world, '/Users', `meta.lastModified gt "${time}"`);
    expect(ids((await since('2026-03-01T12:00:00Z')).Resources)).toEqual([idOf(2), idOf(3)]);
    expect((await since('2026-03-01T12:00:00.700Z')).totalResults).toBe(2);
    expect((await since('2026-03-01T14:00:00+02:00')).totalResults).toBe(2);
    expect((await since('2026-03-01T13:00:00Z')).totalResults).toBe(0);
  });
});

test.each([
  ['userName eq "person.number2@contoso.example"', 1],
  ['emails.value eq "person.number3@contoso.example"', 1],
  [`id eq "${idOf(1)}" or id eq "${idOf(3)}"`, 2],
  ['groups.display eq "All" and name.familyName eq "Number4"', 1],
  ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "Design"', 0],
])('the filter %s finds %d', (filter, found) =>
  withSap({ fill: people(4) }, async (world) => {
    expect((await filtered(world, '/Users', filter)).totalResults).toBe(found);
  }),
);

test.each(['userName sw "p"', 'meta.lastModified gt "soon"', 'not (active eq true)', 'active is true'])(
  'the filter %s is refused, or ignored',
  (filter) =>
    withSap({ fill: people(2) }, async (world) => {
      const refused = await filtered(world, '/Users', filter);
      expect(refused).toMatchObject({ status: '400', scimType: 'invalidFilter' });
      await world.order('behave', { unknownFilter: 'ignored' });
      expect((await filtered(world, '/Users', filter)).totalResults).toBe(2);
    }),
);

test('more operators may be understood', () =>
  withSap({ fill: people(3) }, async (world) => {
    await world.order('behave', { filterOperators: 'all' });
    const { totalResults } = await filtered(world, '/Users', 'emails[value ew "2@contoso.example"]');
    expect(totalResults).toBe(1);
  }));

test('attributes are chosen or left out, in any letter case and within extensions', () =>
  withSap({ fill: people(1) }, async (world) => {
    await world.order('change', { person: idOf(1), properties: { department: 'Design', costCenter: '1' } });
    const keys = async (query: string) => (await world.get(`/Users/${idOf(1)}?${query}`)).json;
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
    expect(await keys(`attributes=USERNAME,name.givenName,${enterprise}:department`)).toEqual({
      schemas: expect.any(Array),
      id: idOf(1),
      userName: 'person.number1@contoso.example',
      name: { givenName: 'Person' },
      [enterprise]: { department: 'Design' },
    });
    const fewer = await keys(`excludedAttributes=id,groups,meta.version,${enterprise}:costCenter`);
    expect(fewer).toMatchObject({ id: idOf(1), [enterprise]: { department: 'Design' } });
    expect(fewer).not.toHaveProperty('groups');
    expect(fewer.meta).not.toHaveProperty('version');
    const group = (await world.get('/Groups?attributes=displayName')).json.Resources[0];
    expect(Object.keys(group).sort()).toEqual(['displayName', 'id', 'schemas']);
  }));

test('long filters go by POST, which is no write', () =>
  withSap({ fill: people(3) }, async (world) => {
    const body = { schemas: ['…'], filter: `id eq "${idOf(2)}"`, startId: 'initial', count: 1 };
    const { status, json } = await world.get('/Users/.search', { method: 'POST', body });
    expect([status, ids(json.Resources), json.nextId]).toEqual([200, [idOf(2)], 'end']);
    expect(world.sap.ledger.writes()).toEqual([]);
  }));

test('a group shows 20,000 members at most, and a person 1,000 groups', () =>
  withSap({ fill: people(3) }, async (world) => {
    const { state } = world.sap;
    expect(state.behaviour).toMatchObject({ membersMax: 20_000, userGroupsMax: 1000 });
    await world.order('behave', { membersMax: 2, userGroupsMax: 1 });
    state.createGroup({ displayName: 'More' });
    state.addToGroup(idOf(1), 'More');
    const user = (await world.get('/Users?count=1')).json.Resources[0];
    expect([user.groups.length, user.meta['groups.cnt']]).toEqual([1, 2]);
    expect((await world.get(`/Groups/${state.group('All').id}`)).json.members).toHaveLength(2);
  }));
