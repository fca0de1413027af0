import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { MicrosoftState } from '../../simulators/microsoft/directory/state.ts';
import { readAll, type SimulatorWorld, type TestResponse, withWorld } from './world.ts';

/** Microsoft's published responses (test/simulators/samples/). The simulator's must have the same shape. */
const sample = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'samples', `${name}.json`), 'utf8')).response;

/**
 * Returns the shape of a response: keys of objects, kinds of values, and the different shapes of a list's entries. Links
 * become their parameter, contexts their part after the host.
 */
function shape(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    return [...new Set(value.map((entry) => JSON.stringify(shape(entry))))].sort();
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([name, inner]) => [name, shape(inner, name)]),
    );
  }
  if (key === '@odata.context') return String(value).replace(/^https:\/\/[^/]+/, '');
  if (key.endsWith('Link'))
    return String(value)
      .replace(/^https:\/\/[^/]+/, '')
      .replace(/=.*/, '=');
  return ['@odata.type', 'reason', 'code'].includes(key) ? value : typeof value;
}

const expectSample = (response: TestResponse, name: string) => {
  expect(response.status).toBe(sample(name).status);
  expect(shape(response.json)).toEqual(shape(sample(name).body));
};

const person = (state: MicrosoftState, displayName: string) => state.join({ displayName });

/** The four objects of the first sample page, and two more, in pages of four. */
function fewPeople(microsoft: MicrosoftState): void {
  person(microsoft, 'Cameron White');
  person(microsoft, 'Delia Dennis');
  microsoft.purge(person(microsoft, 'Some Body').id);
  const room = person(microsoft, 'Conf Room Adams');
  delete room.properties.givenName;
  delete room.properties.surname;
  for (const name of ['Mallory Cortez', 'Diego Sicilian', 'Lidia Holloway', 'Patti Fernandez'])
    person(microsoft, name);
}

test('pages of a first round over users have the published shape', () =>
  withWorld({ company: fewPeople }, async (world) => {
    world.sandbox.microsoft.options.deltaPage.objects = 4;
    const first = await world.graph('/users/delta?$select=displayName,givenName,surname');
    expectSample(first, 'users-delta-initial');
    world.sandbox.microsoft.options.deltaPage.objects = 2;
    const second = await world.graph(first.json['@odata.nextLink']);
    expectSample(second, 'users-delta-nextpage');
    const last = await world.graph(second.json['@odata.nextLink']);
    expectSample(last, 'users-delta-final-deltalink');
  }));

test('later rounds over users have the published shape, and each a new link', () =>
  withWorld({ company: fewPeople }, async (world) => {
    const { microsoft } = world.sandbox;
    const { deltaLink } = await readAll(world, '/users/delta?$select=displayName,givenName,surname');
    const empty = await world.graph(deltaLink);
    expectSample(empty, 'users-delta-incremental-empty');
    expect(empty.json['@odata.deltaLink']).not.toBe(deltaLink);
    microsoft.state.change('Cameron White', { displayName: 'Testuser7' });
    microsoft.state.leave('Delia Dennis');
    expectSample(await world.graph(deltaLink), 'users-delta-incremental-removed');
  }));

test('a minimal response holds only changes, and the id that the published sample lacks', () =>
  withWorld({ company: fewPeople }, async (world) => {
    const { state, options } = world.sandbox.microsoft;
    for (const name of ['Cameron White', 'Delia Dennis'])
      state.change(name, { mobilePhone: '1', jobTitle: 'A' });
    const { deltaLink } = await readAll(world, '/users/delta?$select=displayName,jobTitle,mobilePhone');
    for (const name of ['Cameron White', 'Delia Dennis']) {
      state.change(name, { displayName: `Vance ${name}`, jobTitle: 'Manager' });
    }
    options.deltaPage.objects = 1;
    const { json } = await world.graph(deltaLink, { headers: { prefer: 'return=minimal' } });
    const { body } = sample('users-delta-return-minimal');
    const withId = { ...body.value[0], id: 'left out in the sample' };
    const context = '/v1.0/$metadata#users';
    expect(shape(json)).toEqual(shape({ ...body, '@odata.context': context, value: [withId] }));
  }));

test('rounds over groups have the published shape', () =>
  withWorld({ company: fewPeople }, async (world) => {
    const { state, options } = world.sandbox.microsoft;
    for (const number of [1, 2, 3])
      state.createGroup({ displayName: `TestGroup${number}`, description: 'test' });
    for (const name of ['Cameron White', 'Diego Sicilian']) state.addToGroup(name, 'TestGroup1');
    options.deltaPage.objects = 2;
    const first = await world.graph('/groups/delta?$select=displayName,description,members');
    expectSample(first, 'groups-delta-initial-members');
    const last = await world.graph(first.json['@odata.nextLink']);
    state.removeFromGroup('Cameron White', 'TestGroup1');
    state.addToGroup('Lidia Holloway', 'TestGroup1');
    const changed = await world.graph(last.json['@odata.deltaLink']);
    expectSample(changed, 'groups-delta-incremental-members-removed');
  }));

test('a large group continues on the next page under the same id, as in the published sample', () =>
  withWorld({ company: fewPeople }, async (world) => {
    const { state, options } = world.sandbox.microsoft;
    const { id } = state.createGroup({ displayName: 'LargeGroup', description: 'thousands of users' });
    const names = ['Cameron White', 'Mallory Cortez', 'Conf Room Adams', 'Diego Sicilian'];
    for (const name of [...names, 'Lidia Holloway', 'Patti Fernandez']) state.addToGroup(name, 'LargeGroup');
    const { deltaLink } = await readAll(world, '/groups/delta?$select=displayName,description,members');
    for (const name of names) {
      state.removeFromGroup(name, 'LargeGroup');
      state.addToGroup(name, 'LargeGroup');
    }
    state.removeFromGroup('Conf Room Adams', 'LargeGroup');
    state.removeFromGroup('Lidia Holloway', 'LargeGroup');
    options.deltaPage.links = 2;
    const first = await world.graph(deltaLink);
    const second = await world.graph(first.json['@odata.nextLink']);
    expect(second.json.value.map((group: { id: string }) => group.id)).toEqual([id]);
    expectSample(second, 'groups-delta-large-group-second-page');
    const last = await world.graph(second.json['@odata.nextLink']);
    const told = [first, second, last].flatMap(({ json }) => json.value[0]['members@delta']);
    expect(new Set(told.map((member: { id: string }) => member.id)).size).toBe(5);
  }));

const seededRound = async (world: SimulatorWorld) =>
  (await readAll(world, '/users/delta?$select=displayName')).deltaLink;

test('a cursor is refused after seven days, with the published error', async () => {
  let now = new Date('2026-03-01T12:00:00Z');
  await withWorld({ company: fewPeople, clock: () => now }, async (world) => {
    const deltaLink = await seededRound(world);
    now = new Date('2026-03-08T11:59:00Z');
    expect((await world.graph(deltaLink)).status).toBe(200);
    now = new Date('2026-03-08T12:01:00Z');
    const { status, json } = await world.graph(deltaLink);
    const { body } = sample('delta-expired-400-syncstatenotfound');
    expect(status).toBe(400);
    expect(json.error).toMatchObject(body.error);
  });
});

test('a reset is a 410 whose Location has an empty token', () =>
  withWorld({ company: fewPeople }, async (world) => {
    const deltaLink = await seededRound(world);
    world.sandbox.microsoft.faults.set('cursorGone410', { times: 1 });
    const gone = await world.graph(deltaLink);
    const { status, body } = sample('delta-410-gone');
    expect(gone.status).toBe(status);
    expect(gone.json.error.code).toBe(body.error.code);
    expect(gone.headers.location).toBe(`${world.sandbox.microsoft.url}/v1.0/users/delta?$deltatoken=`);
    expect((await world.graph(deltaLink)).status).toBe(200);
  }));

test('throttling has the published shape, with each form of Retry-After', () =>
  withWorld({ company: fewPeople }, async (world) => {
    const { faults } = world.sandbox.microsoft;
    const { status, body } = sample('throttled-429');
    for (const retryAfter of [2.128, 2, 'date', 'nothing'] as const) {
      faults.set('throttle', { operation: 'users.list', times: 1, retryAfter });
      const { headers, ...throttled } = await world.graph('/users');
      expect(throttled.status).toBe(status);
      expect(throttled.json.error).toMatchObject({ code: body.error.code, message: body.error.message });
      const header = headers['retry-after'];
      if (retryAfter === 'nothing') expect(header).toBeUndefined();
      else if (retryAfter === 'date') expect(Date.parse(String(header))).toBeGreaterThan(Date.now());
      else expect(header).toBe(String(retryAfter));
    }
    expect(faults.unfired()).toEqual([]);
  }));

test('a batch responds to each request, with inner errors under an outer 200', () =>
  withWorld({ company: fewPeople }, async (world) => {
    const { state, faults } = world.sandbox.microsoft;
    state.createGroup({ displayName: 'One' });
    const { id } = state.user('Cameron White');
    state.addToGroup(id, 'One');
    faults.set('permissionLost', { operation: 'groups.list' });
    const requests = [
      { id: '1', method: 'GET', url: `/users/${id}/memberOf` },
      { id: '3', method: 'GET', url: '/groups' },
      {
        id: '5',
        method: 'GET',
        url: 'users?$select=id,displayName,userPrincipalName&$filter=jobTitle eq null&$count=true',
        headers: { ConsistencyLevel: 'eventual' },
      },
    ];
    const response = await world.graph('/$batch', { method: 'POST', body: { requests } });
    const { body } = sample('batch-mixed-status');
    const byId = (responses: { id: string; status: number; headers: object; body: object }[]) =>
      responses.sort((a, b) => a.id.localeCompare(b.id));
    const [first, third, fifth] = byId(response.json.responses);
    const [, sampleThird, sampleFifth] = byId(body.responses);
    expect([response.status, first?.status, third?.status, fifth?.status]).toEqual([200, 200, 403, 200]);
    expect(shape(third?.body)).toEqual(shape(sampleThird?.body));
    expect(Object.keys(fifth?.headers ?? {}).sort()).toEqual(Object.keys(sampleFifth?.headers ?? {}).sort());
    expect(fifth?.body).toMatchObject({ '@odata.count': 7 });
    expect(world.sandbox.microsoft.ledger.entries().map(({ operation }) => operation)).toContain(
      'users.memberOf',
    );
  }));
