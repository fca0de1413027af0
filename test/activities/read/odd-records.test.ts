/** One odd record of the directory stops nobody else's (docs/reference/rules.md section 1.8). */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type DirectoryReader, type DirectoryWorld, openReader } from '../support/directory-world.ts';

let reader: DirectoryReader;

beforeAll(async () => {
  reader = await openReader();
});
afterAll(() => reader.close());

async function withWorld(run: (world: DirectoryWorld) => Promise<void>): Promise<void> {
  const world = await reader.world((state) => {
    state.createGroup({ displayName: 'Staff' });
    for (const displayName of ['Ada', 'Sam', 'Bo']) state.join({ displayName, groups: ['Staff'] });
  });
  try {
    await run(world);
  } finally {
    await world.close();
  }
}

const namesIn = async (world: DirectoryWorld) =>
  (await world.replica()).people.map(({ name }) => name).sort();
const findingsOf = async (world: DirectoryWorld) =>
  (await world.findings()).filter(({ kind }) => kind === 'odd-record');

test.each([
  ['half an emoji', 'Sam \ud83d', 'Sam \ufffd'],
  ['a NUL', 'Sam\0', 'Sam\ufffd'],
  ['decomposed letters', 'Same\u0301', 'Samé'],
])('takes in a display name with %s, whole and as a change', (_, given, clean) =>
  withWorld(async (world) => {
    await world.read();
    world.state.change('Sam', { displayName: given, department: given });
    world.state.renameGroup('Staff', given);
    for (const full of [false, true]) {
      expect((await world.read({ full })).reasons).toEqual([]);
      expect(await namesIn(world)).toEqual(['Ada', 'Bo', clean]);
      expect((await world.replica()).groups.map(({ name }) => name)).toEqual([clean]);
    }
    expect(await findingsOf(world)).toEqual([]);
  }),
);

test.each([
  ['mail', { mail: { odd: true }, displayName: 'Samuel' }],
  ['displayName', { displayName: 5 }],
  ['proxyAddresses.0', { proxyAddresses: [null], displayName: 'Samuel' }],
])('leaves out a record whose %s has an unknown shape, names it, and keeps what it knew', (property, odd) =>
  withWorld(async (world) => {
    await world.read();
    const { id } = world.state.change('Sam', odd);
    world.state.change('Bo', { displayName: 'Bob' });
    for (const full of [false, true]) {
      expect((await world.read({ full })).complete).toBe(true);
      expect(await namesIn(world)).toEqual(['Ada', 'Bob', 'Sam']);
      expect(await findingsOf(world)).toEqual([
        expect.objectContaining({ subject: id, message: expect.stringContaining(property) }),
      ]);
    }
    world.state.change(id, { displayName: 'Sam', mail: 'sam@contoso.example', proxyAddresses: [] });
    await world.read();
    expect(await findingsOf(world)).toEqual([]);
  }),
);

test('keeps the members of a group whose record has an unknown shape, and takes in new ones', () =>
  withWorld(async (world) => {
    await world.read();
    const { id } = world.state.renameGroup('Staff', 5 as unknown as string);
    world.state.join({ displayName: 'Cy' });
    world.state.addToGroup('Cy', id);
    for (const full of [false, true]) {
      expect((await world.read({ full })).complete).toBe(true);
      const { groups, memberships } = await world.replica();
      expect([groups.map(({ name }) => name), memberships.length]).toEqual([['Staff'], 4]);
      expect((await findingsOf(world)).map(({ subject }) => subject)).toEqual([id]);
    }
  }));
