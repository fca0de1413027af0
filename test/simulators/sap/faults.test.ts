import { expect, test } from '@jest/globals';
import { urns } from '../../../simulators/sap/directory/schemas.ts';
import { sapRates } from '../../../simulators/sap/rate-ladder.ts';
import { readAllOf, type SapWorld, withSap } from './sap-world.ts';

const ids = (resources: { id: string }[]) => resources.map(({ id }) => id);
const size = '&count=20';
const everybody = async (world: SapWorld) => ids((await readAllOf(world, '/Users', size)).resources);
const totals = async (world: SapWorld) =>
  (await readAllOf(world, '/Users', size)).pages.map(({ json }) => json.totalResults);

test('a page is left out, which only the total tells', () =>
  withSap({}, async (world) => {
    const all = await everybody(world);
    world.sap.faults.set('pageLeftOut', { times: 1 });
    const { resources, pages } = await readAllOf(world, '/Users', size);
    expect(ids(resources)).toEqual([...all.slice(0, 20), ...all.slice(40)]);
    expect(pages.at(-1)?.json.totalResults).toBe(all.length);
    expect(await everybody(world)).toEqual(all);
  }));

test('totals are wrong, move, or are missing', () =>
  withSap({}, async (world) => {
    const { faults } = world.sap;
    const [total = 0, ...later] = await totals(world);
    faults.set('totalWrong', { by: 3 });
    expect(await totals(world)).toEqual([total, ...later].map((one) => one + 3));
    faults.clear();
    faults.set('totalMoves');
    expect(await totals(world)).toEqual([total, ...later.map((one) => one + 1)]);
    faults.clear();
    await world.order('behave', { totalResults: 'first page' });
    expect(await totals(world)).toEqual([total, ...later.map(() => undefined)]);
    faults.set('totalMissing');
    expect((await totals(world))[0]).toBeUndefined();
    expect(faults.unfired()).toEqual([]);
  }));

test('people stand on two pages, or on none', () =>
  withSap({}, async (world) => {
    const { faults } = world.sap;
    const all = await everybody(world);
    faults.set('movedToNextPage');
    const twice = await everybody(world);
    faults.clear();
    expect(twice.length).toBeGreaterThan(all.length);
    expect([...new Set(twice)]).toEqual(all);
    faults.set('movedToReadPage');
    const missed = all.length - (await everybody(world)).length;
    expect(missed).toBe(twice.length - all.length);
  }));

test('the nextId leads to the same page, or is missing', () =>
  withSap({}, async (world) => {
    const { faults } = world.sap;
    const { nextId } = (await world.get('/Users?startId=initial&count=20')).json;
    faults.set('repeatCursor');
    const page = (await world.get(`/Users?startId=${nextId}&count=20`)).json;
    expect([page.startId, page.nextId]).toEqual([nextId, nextId]);
    faults.set('nextIdMissing');
    expect((await world.get('/Users?startId=initial&count=20')).json).not.toHaveProperty('nextId');
  }));

test('a startId is invalid once, or for ever', () =>
  withSap({}, async (world) => {
    const { faults } = world.sap;
    faults.set('startIdInvalid', { times: 1 });
    await expect(everybody(world)).rejects.toThrow('400');
    const all = await everybody(world);
    faults.set('startIdInvalid');
    await expect(everybody(world)).rejects.toThrow('Invalid startId');
    expect((await world.get('/Users?startId=initial')).status).toBe(200);
    expect((await world.get(`/Users?filter=id eq "${all[0]}"`)).status).toBe(200);
  }));

test('after a change of policies the same people are missing from all pages and from the total', () =>
  withSap({}, async (world) => {
    const all = await everybody(world);
    world.sap.faults.set('fewerObjects', { percent: 40 });
    const fewer = await everybody(world);
    expect(fewer.length).toBeLessThan(all.length * 0.8);
    expect(all).toEqual(expect.arrayContaining(fewer));
    expect(await totals(world)).toEqual(expect.arrayContaining([fewer.length]));
    expect(await everybody(world)).toEqual(fewer);
  }));

test('members are missing from groups while the people still name them', () =>
  withSap({}, async (world) => {
    const { id } = world.sap.state.group('Design Guild');
    const members = async () => (await world.get(`/Groups/${id}`)).json.members.length;
    const before = await members();
    world.sap.faults.set('fewerMembers', { percent: 50 });
    expect(await members()).toBeLessThan(before);
    const { resources } = await readAllOf(world, '/Users');
    const named = resources.filter(({ groups = [] }) =>
      groups.some(({ value }: { value: string }) => value === id),
    );
    expect(named).toHaveLength(before);
  }));

test('lists are empty, and users lack what is known of them', () =>
  withSap({}, async (world) => {
    const { faults, state } = world.sap;
    const { id } = state.user('Bao Nguyen');
    faults.set('activeMissing');
    faults.set('userGroupsMissing');
    const { active, groups, [urns.sapUser]: sap } = (await world.get(`/Users/${id}`)).json;
    expect([active, groups, sap.status]).toEqual([undefined, undefined, 'active']);
    expect((await readAllOf(world, '/Users')).resources.some((user) => 'active' in user)).toBe(false);
    faults.set('emptyList', { operation: 'users.list' });
    const empty = (await world.get('/Users?startId=initial')).json;
    expect(empty).toMatchObject({ totalResults: 0, nextId: 'end' });
    expect(empty).not.toHaveProperty('Resources');
    expect((await world.get('/Groups')).json.totalResults).toBeGreaterThan(10);
    expect(faults.unfired()).toEqual([]);
  }));

test('an empty list may have Resources', () =>
  withSap({ fill: () => undefined }, async (world) => {
    await world.order('behave', { emptyResources: 'list' });
    expect((await world.get('/Users?startId=initial')).json).toMatchObject({ Resources: [], nextId: 'end' });
  }));

test('refusals and broken connections have the forms of the service and of what stands before it', () =>
  withSap({}, async (world) => {
    const { faults } = world.sap;
    const once = async (name: Parameters<typeof faults.set>[0], setting = {}) => {
      faults.set(name, { times: 1, ...setting });
      return world.get('/Users?count=5');
    };
    expect(await once('unavailable')).toMatchObject({
      status: 503,
      headers: { 'content-type': 'text/html' },
    });
    expect((await once('unavailable', { status: 500 })).text).toContain('HTTP Status 500');
    expect((await once('permissionLost')).json).toMatchObject({ status: '403' });
    expect((await once('signInRefused')).status).toBe(401);
    expect((await once('throttle', { retryAfter: 7 })).headers['retry-after']).toBe('7');
    await expect(once('cutBody')).rejects.toThrow();
    await expect(once('dropConnection')).rejects.toThrow('socket hang up');
    faults.set('clockOff', { minutes: -90 });
    const past = Date.parse(String((await world.get('/Users?count=0')).headers.date));
    expect(Date.now() - past).toBeGreaterThan(89 * 60_000);
    expect(faults.unfired()).toEqual([]);
  }));

test('requests run, then are slowed, then are refused for a while', () =>
  withSap({ fill: () => undefined }, async (world) => {
    const { options } = world.sap;
    options.rates = { free: 3, slowed: 5, delayMs: 150, refusedForMs: 400, prolonged: false, perSecond: 50 };
    const timed = async () => {
      const startedMs = performance.now();
      const { status } = await world.get('/Users');
      return { status, slow: performance.now() - startedMs >= 149 };
    };
    const steps = [];
    for (let request = 0; request < 7; request += 1) steps.push(await timed());
    expect(steps.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    // A busy machine may slow one of the first down.
    expect(steps.slice(0, 3).map(({ slow }) => slow)).toContain(false);
    expect(steps.slice(3, 5).map(({ slow }) => slow)).toEqual([true, true]);
    await new Promise((resolve) => setTimeout(resolve, 420));
    expect((await timed()).status).toBe(200);
    options.rates = { ...options.rates, perSecond: 1 };
    expect((await timed()).status).toBe(429);
  }));

test('asking on during a refusal prolongs it where the tenant does so', () =>
  withSap({ fill: () => undefined }, async (world) => {
    await world.order('rates', { rates: { free: 1, slowed: 1, refusedForMs: 300, prolonged: true } });
    expect(world.sap.options.rates).toEqual({
      ...sapRates,
      ...{ free: 1, slowed: 1, refusedForMs: 300, prolonged: true },
    });
    const statuses = [];
    for (let request = 0; request < 6; request += 1) {
      statuses.push((await world.get('/Users')).status);
      await new Promise((resolve) => setTimeout(resolve, request < 4 ? 100 : 320));
    }
    expect(statuses).toEqual([200, 429, 429, 429, 429, 200]);
    await world.order('rates', { rates: null });
    expect(world.sap.options.rates).toBeNull();
  }));

test.each([
  ['scim', 'nothing', 'application/scim+json'],
  ['html', 'date', 'text/html'],
  ['empty', 30, 'text/plain'],
] as const)('a 429 may have the body %s and Retry-After %s', (throttledBody, retryAfter, type) =>
  withSap({ fill: () => undefined }, async (world) => {
    await world.order('behave', { throttledBody, retryAfter });
    world.sap.options.rates = { ...sapRates, free: 0, slowed: 0 };
    const { status, headers } = await world.get('/Users');
    expect([status, headers['content-type']]).toEqual([429, type]);
    if (retryAfter === 'date') expect(Date.parse(String(headers['retry-after']))).toBeGreaterThan(Date.now());
    else expect(headers['retry-after']).toBe(retryAfter === 'nothing' ? undefined : '30');
  }),
);
