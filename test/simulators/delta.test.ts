import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emptyMicrosoft } from '../../simulators/empty-states.ts';
import { type DeltaRound, readDeltaPage } from '../../simulators/microsoft/directory/delta.ts';
import { linkedIds, type ObjectKind } from '../../simulators/microsoft/directory/objects.ts';
import { MicrosoftState } from '../../simulators/microsoft/directory/state.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { readAll, withWorld } from './world.ts';

const clock = () => new Date('2026-05-01T00:00:00Z');

/**
 * A reader as docs/reference/microsoft-graph.md section 1.6 describes it: it merges entries and ignores the simulator's
 * versions.
 */
interface Replica {
  objects: Map<string, { displayName: unknown; members: Set<string> }>;
  version: number;
}
type Entry = Record<string, unknown> & {
  id: string;
  'members@delta'?: { id: string; '@removed'?: object }[];
};

const asEntry = (value: Record<string, unknown>): Entry => JSON.parse(JSON.stringify(value));

function merge(replica: Replica, entry: Entry): void {
  if (entry['@removed']) {
    replica.objects.delete(entry.id);
    return;
  }
  const known = replica.objects.get(entry.id) ?? { displayName: undefined, members: new Set() };
  replica.objects.set(entry.id, known);
  if ('displayName' in entry) known.displayName = entry.displayName;
  for (const member of entry['members@delta'] ?? []) {
    if (member['@removed']) known.members.delete(member.id);
    else known.members.add(member.id);
  }
}

/** Reads a round page by page. `between` runs after each page, because edits happen during a read. */
function readRound(
  state: MicrosoftState,
  kind: ObjectKind,
  replica: Replica,
  { minimal = false, between = () => {} } = {},
): void {
  const round: DeltaRound = {
    kind,
    from: replica.version,
    to: state.objects.version,
    properties: ['displayName'],
    relations: kind === 'group' ? ['members'] : [],
    ids: null,
  };
  let position: { position: number; member: number } | null = { position: 0, member: 0 };
  while (position) {
    const page: ReturnType<typeof readDeltaPage> = readDeltaPage(
      state.objects,
      round,
      position,
      { objects: 2, links: 1 },
      { minimal, shows: () => true },
    );
    for (const entry of page.value) merge(replica, asEntry(entry));
    position = page.next;
    between();
  }
  replica.version = round.to;
}

const truth = (state: MicrosoftState, kind: ObjectKind) =>
  state.objects
    .of(kind)
    .filter(({ status }) => status === 'live')
    .map((object) => ({
      id: object.id,
      displayName: object.properties.displayName,
      members: new Set(linkedIds(object, 'members')),
    }));

const seen = ({ objects }: Replica) => [...objects].map(([id, facts]) => ({ id, ...facts }));

/** Edits by number, so that every sequence is valid: an impossible edit does nothing. */
type Edit = [kind: number, who: number, where: number];
const edit = fc.tuple(fc.nat(9), fc.nat(5), fc.nat(2));

function apply(state: MicrosoftState, [kind, who, where]: Edit, serial: number): void {
  const { users, groups } = state.objects;
  const user = users[who % Math.max(1, users.length)];
  const group = groups[where % Math.max(1, groups.length)];
  if (kind === 0)
    state.join({ displayName: `Person ${serial}`, userPrincipalName: `p${serial}@contoso.example` });
  if (kind === 1) state.createGroup({ displayName: `Group ${serial}` });
  if (kind === 2 && user?.status === 'live') state.change(user.id, { displayName: `Renamed ${serial}` });
  if (kind === 3 && user?.status === 'live') state.leave(user.id);
  if (kind === 4 && user?.status === 'deleted') state.restore(user.id);
  if (kind === 5 && user && user.status !== 'purged') state.objects.remove(user, 'purged', clock());
  if (kind === 6 && group?.status === 'live') state.deleteGroup(group.id);
  if (kind === 7 && group?.status === 'live') state.renameGroup(group.id, `Group ${serial}`);
  if (!user || !group || user.status === 'purged' || group.status !== 'live') return;
  if (kind === 8) state.objects.link(group, 'members', user.id, true);
  if (kind === 9) state.objects.link(group, 'members', user.id, false);
}

/** What a reader does between edits: continue, start over, or restart the simulator. */
const step = fc.oneof(
  { weight: 6, arbitrary: edit.map((value) => ({ do: 'edit' as const, edit: value })) },
  { weight: 2, arbitrary: fc.boolean().map((minimal) => ({ do: 'read' as const, minimal })) },
  { weight: 1, arbitrary: edit.map((value) => ({ do: 'read while editing' as const, edit: value })) },
  { weight: 1, arbitrary: fc.constant({ do: 'start over' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
);

test('any mix of full, incremental and interrupted rounds reads any edits to the directory as it is', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
      let state = emptyMicrosoft(clock);
      let serial = 0;
      // People and groups exist at first, so that most edits have an object.
      for (const kind of [0, 0, 0, 1, 1]) {
        serial += 1;
        apply(state, [kind, 0, 0], serial);
      }
      const readers: Record<ObjectKind, Replica> = {
        user: { objects: new Map(), version: 0 },
        group: { objects: new Map(), version: 0 },
      };
      const kinds = ['user', 'group'] as const;
      const edit1 = (value: Edit) => {
        serial += 1;
        apply(state, value, serial);
      };
      for (const current of steps) {
        if (current.do === 'edit') edit1(current.edit);
        if (current.do === 'restart')
          state = new MicrosoftState(JSON.parse(JSON.stringify(state.save())), clock);
        for (const kind of kinds) {
          const replica = readers[kind];
          if (current.do === 'start over') Object.assign(replica, { objects: new Map(), version: 0 });
          if (current.do === 'read') readRound(state, kind, replica, { minimal: current.minimal });
          if (current.do === 'read while editing')
            readRound(state, kind, replica, { between: () => serial < 200 && edit1(current.edit) });
        }
      }
      for (const kind of kinds) {
        readRound(state, kind, readers[kind]);
        const sort = (list: { id: string }[]) => list.sort((a, b) => a.id.localeCompare(b.id));
        expect(sort(seen(readers[kind]))).toEqual(sort(truth(state, kind)));
      }
    }),
    { numRuns: propertyRuns(120) },
  );
});

test('an old link returns the changes since its point in time, however often it is requested', () =>
  withWorld({}, async (world) => {
    const { state } = world.sandbox.microsoft;
    const { deltaLink } = await readAll(world, '/users/delta?$select=displayName,department');
    const { id } = state.change('Anders Holm', { department: 'Design' });
    await world.graph(deltaLink);
    state.change('Chen Wei', { jobTitle: 'not selected, so not listed' });
    for (let round = 0; round < 2; round += 1) {
      const { json } = await world.graph(deltaLink);
      expect(json.value).toEqual([{ id, displayName: 'Anders Holm', department: 'Design' }]);
    }
  }));

test('a round shows a cleared property as null and leaves an unset one out', () =>
  withWorld({}, async (world) => {
    const { state } = world.sandbox.microsoft;
    const cleared = state.change('Anders Holm', { department: null }).id;
    const { value } = await readAll(world, '/users/delta?$select=department');
    expect(value.find(({ id }) => id === cleared)).toEqual({ id: cleared, department: null });
    const guest = state.user('paula.reyes@northwind-consulting.example').id;
    expect(value.find(({ id }) => id === guest)).toEqual({ id: guest });
  }));

test('a deleted person stays in the group until purged', () =>
  withWorld({}, async (world) => {
    const { state } = world.sandbox.microsoft;
    const group = state.group('Design Guild').id;
    const person = state.user('Bao Nguyen').id;
    const { deltaLink } = await readAll(world, '/groups/delta?$select=members');
    state.leave(person);
    expect((await world.graph(deltaLink)).json.value).toEqual([]);
    state.purge(person);
    const { json } = await world.graph(deltaLink);
    const gone = { '@odata.type': '#microsoft.graph.user', id: person, '@removed': { reason: 'deleted' } };
    expect(json.value).toContainEqual({ id: group, 'members@delta': [gone] });
  }));

test('a round lists a manager as one link, and a change of manager as two', () =>
  withWorld({}, async (world) => {
    const { state } = world.sandbox.microsoft;
    const { deltaLink } = await readAll(world, '/users/delta?$select=displayName,manager');
    const { id } = state.change('Anders Holm', { manager: 'Amelie Roth' });
    const { json } = await world.graph(deltaLink);
    const type = { '@odata.type': '#microsoft.graph.user' };
    expect(json.value).toEqual([
      {
        id,
        displayName: 'Anders Holm',
        'manager@delta': [
          { ...type, id: state.user('Oscar Nyberg').id, '@removed': { reason: 'deleted' } },
          { ...type, id: state.user('Amelie Roth').id },
        ],
      },
    ]);
  }));

test('the token `latest` starts a round from now without data', () =>
  withWorld({}, async (world) => {
    const { json } = await world.graph('/users/delta?$select=displayName&$deltatoken=latest');
    expect(json.value).toEqual([]);
    const { id } = world.sandbox.microsoft.state.join({ displayName: 'New Person' });
    const next = await world.graph(json['@odata.deltaLink']);
    expect(next.json.value).toEqual([{ id, displayName: 'New Person' }]);
  }));

test.each([
  ['a token with other options', (link: string) => `${link}&$select=displayName`, 'not allowed together'],
  ['a shortened token', (link: string) => link.slice(0, -3), 'Badly formed token'],
  ['a token of another stream', (link: string) => link.replace('/users/', '/groups/'), 'Badly formed token'],
])('a link with %s is refused', (_name, spoil, message) =>
  withWorld({}, async (world) => {
    const { deltaLink } = await readAll(world, '/users/delta?$select=displayName');
    const { status, json } = await world.graph(spoil(deltaLink));
    expect([status, json.error.message]).toEqual([400, expect.stringContaining(message)]);
  }),
);

test.each(['$top=5', '$orderby=displayName', "$filter=department eq 'x'", '$select=nonsense'])(
  'a first delta request with %s is refused',
  (option) =>
    withWorld({}, async (world) => {
      expect((await world.graph(`/users/delta?${option.replaceAll(' ', '%20')}`)).status).toBe(400);
    }),
);

test('a delta request with a filter on ids reads only those objects', () =>
  withWorld({}, async (world) => {
    const { id } = world.sandbox.microsoft.state.user('Anders Holm');
    const filter = encodeURIComponent(`id eq '${id}'`);
    const { value } = await readAll(world, `/users/delta?$select=displayName&$filter=${filter}`);
    expect(value).toEqual([{ id, displayName: 'Anders Holm' }]);
  }));

test('rounds over 100,000 people and 5,000 groups take seconds', () => {
  const state = emptyMicrosoft(clock);
  const { objects } = state;
  for (let number = 0; number < 100_000; number += 1) {
    objects.create('user', `u${number}`, { displayName: `Person ${number}` });
  }
  for (let number = 0; number < 5000; number += 1) {
    const group = objects.create('group', `g${number}`, { displayName: `Group ${number}` });
    for (let member = 0; member < 20; member += 1)
      objects.link(group, 'members', `u${number * 20 + member}`, true);
  }
  const startedMs = performance.now();
  const people: Replica = { objects: new Map(), version: 0 };
  const groups: Replica = { objects: new Map(), version: 0 };
  readRound(state, 'user', people);
  readRound(state, 'group', groups);
  const allPeople = { ...people, version: 1 };
  readRound(state, 'user', allPeople);
  // 50,000 pages of two people each, twice: a scan of the directory for each page would take an hour.
  expect(performance.now() - startedMs).toBeLessThan(15_000);
  expect(people.objects.size).toBe(100_000);
  expect([...groups.objects.values()].reduce((sum, { members }) => sum + members.size, 0)).toBe(100_000);
});
