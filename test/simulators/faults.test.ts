import { expect, test } from '@jest/globals';
import { countings } from '../../simulators/faults.ts';
import { readAll, type SimulatorWorld, withWorld } from './world.ts';

const selectNames = '/users/delta?$select=displayName';
const invitation = (world: SimulatorWorld, email = 'ada@contoso.example') =>
  world.timely('/users', { method: 'POST', body: { user: { name: 'Ada Example', email, role_id: 8167 } } });

test('a fault fires only for its operation, subject and attempt, and up to `times`', () =>
  withWorld({}, async (world) => {
    const { faults } = world.sandbox.timely;
    faults.set('unavailable', { operation: 'users.invite', subject: 'ADA@contoso.example', attempt: 2 });
    const statuses = [];
    for (const email of [
      'ada@contoso.example',
      'bob@contoso.example',
      'ada@contoso.example',
      'ada@contoso.example',
    ]) {
      statuses.push((await invitation(world, email)).status);
    }
    expect(statuses).toEqual([200, 200, 502, 200]);
    faults.set('throttle', { operation: 'users.*', times: 2 });
    const throttled = [
      await world.timely('/users'),
      await world.timely('/users/current'),
      await world.timely('/users'),
    ];
    expect(throttled.map(({ status }) => status)).toEqual([429, 429, 200]);
  }));

test('unfired() lists faults that never had an effect', () =>
  withWorld({}, async (world) => {
    const { faults } = world.sandbox.timely;
    faults.set('seatLimit');
    faults.set('staleList');
    await world.timely('/users');
    expect(faults.unfired()).toEqual(['seatLimit', 'staleList']);
    expect((await invitation(world)).status).toBe(422);
    expect(faults.unfired()).toEqual(['staleList']);
  }));

test('a request whose response is lost has its effect, and the ledger names the fault', () =>
  withWorld({}, async (world) => {
    const { faults, state, ledger } = world.sandbox.timely;
    faults.set('responseLost', { operation: 'users.invite', times: 1 });
    await expect(invitation(world)).rejects.toThrow();
    expect(state.mailsTo('ada@contoso.example')).toBe(1);
    expect(ledger.writes()).toMatchObject([{ status: 0, faults: ['responseLost'] }]);
  }));

test('a request has its effect when the connection is cut after it, not before it', () =>
  withWorld({}, async (world) => {
    const { faults, state } = world.sandbox.timely;
    faults.set('dropConnection', { times: 1 });
    await expect(invitation(world)).rejects.toThrow();
    expect(state.mailsTo('ada@contoso.example')).toBe(0);
    faults.set('dropConnection', { times: 1, when: 'after' });
    await expect(invitation(world)).rejects.toThrow();
    expect(state.mailsTo('ada@contoso.example')).toBe(1);
  }));

test('a round continues after an empty page with a nextLink', () =>
  withWorld({}, async (world) => {
    const { value } = await readAll(world, selectNames);
    world.sandbox.microsoft.faults.set('emptyPage', { times: 1 });
    const first = await world.graph(selectNames);
    expect(first.json.value).toEqual([]);
    expect((await readAll(world, first.json['@odata.nextLink'])).value).toEqual(value);
  }));

test('faults drop, repeat and redirect the links of pages', () =>
  withWorld({}, async (world) => {
    const { faults, options, url } = world.sandbox.microsoft;
    options.deltaPage.objects = 40;
    faults.set('foreignNextLink', { times: 1 });
    const foreign = await world.graph(selectNames);
    expect(new URL(foreign.json['@odata.nextLink']).host).toBe('graph.attacker.example');
    options.deltaPage.objects = 20;
    const second = (await world.graph(selectNames)).json['@odata.nextLink'];
    faults.set('repeatCursor', { times: 1 });
    expect((await world.graph(second)).json['@odata.nextLink']).toBe(second);
    faults.set('lastPageMissing', { times: 1 });
    const { pages } = await readAll(world, selectNames);
    expect(pages.at(-1)?.json).not.toHaveProperty('@odata.deltaLink');
    expect(pages.every(({ json }) => String(json['@odata.nextLink'] ?? url).startsWith(url))).toBe(true);
    expect(faults.unfired()).toEqual([]);
  }));

test('a wall of nulls is a 200 with ids alone', () =>
  withWorld({}, async (world) => {
    world.sandbox.microsoft.faults.set('wallOfNulls', { operation: 'users.delta' });
    const { value } = await readAll(world, '/users/delta?$select=displayName,mail');
    const live = value.filter((entry) => !entry['@removed']);
    expect(live.length).toBeGreaterThan(60);
    expect(live.every(({ id, displayName }) => typeof id === 'string' && displayName === null)).toBe(true);
  }));

test.each([
  ['unavailable', 503, undefined],
  ['tokenExpired', 401, 'InvalidAuthenticationToken'],
  ['permissionLost', 403, 'Authorization_RequestDenied'],
] as const)('Graph under %s responds with %i', (fault, status, code) =>
  withWorld({}, async (world) => {
    const token = await world.graphToken();
    world.sandbox.microsoft.faults.set(fault);
    const url = `${world.sandbox.microsoft.url}/v1.0/users`;
    const response = await world.request(url, { headers: { authorization: `Bearer ${token}` } });
    expect([response.status, response.json?.error.code]).toEqual([status, code]);
  }),
);

test('expired cursors are refused while a first round works', () =>
  withWorld({}, async (world) => {
    const { deltaLink } = await readAll(world, selectNames);
    world.sandbox.microsoft.faults.set('cursorExpired400');
    expect((await world.graph(deltaLink)).json.error.code).toBe('syncStateNotFound');
    expect((await world.graph(selectNames)).status).toBe(200);
  }));

test('faults make Timely ignore the offset and repeat an old list', () =>
  withWorld({}, async (world) => {
    const { faults } = world.sandbox.timely;
    faults.set('ignoreOffset', { times: 1 });
    const first = (await world.timely('/users?limit=2&offset=2')).json;
    expect(first).toEqual((await world.timely('/users?limit=2')).json);
    faults.set('staleList');
    const before = (await world.timely('/users')).json;
    await invitation(world);
    expect((await world.timely('/users')).json).toEqual(before);
    faults.clear('staleList');
    expect((await world.timely('/users')).json).toHaveLength(before.length + 1);
  }));

test('Timely rejects one person with messages by field', () =>
  withWorld({}, async (world) => {
    const fields = { email: ['is on a block list'] };
    world.sandbox.timely.faults.set('rejectPerson', { subject: 'ada@contoso.example', fields });
    const { status, json } = await invitation(world);
    expect([status, json]).toEqual([422, { errors: fields }]);
    expect((await invitation(world, 'bob@contoso.example')).status).toBe(200);
  }));

test('Timely refuses a revoked token everywhere, and its refresh', () =>
  withWorld({}, async (world) => {
    world.sandbox.timely.faults.set('tokenRevoked');
    expect((await world.timely('/users')).status).toBe(401);
    const { applicationId, applicationSecret, refreshToken } = world.sandbox.credentials;
    const body = {
      grant_type: 'refresh_token',
      client_id: applicationId,
      client_secret: applicationSecret,
      refresh_token: refreshToken,
    };
    const response = await world.request(`${world.sandbox.timely.url}/1.1/oauth/token`, {
      method: 'POST',
      body,
    });
    expect([response.status, response.json.error]).toEqual([400, 'invalid_grant']);
  }));

test('a rate limit accepts `perSecond` requests a second and refuses the rest, however it counts', () =>
  withWorld({}, async (world) => {
    for (const counting of countings) {
      world.sandbox.timely.faults.set('rateLimit', { perSecond: 3, counting, retryAfter: 'nothing' });
      const replies = await Promise.all(Array.from({ length: 12 }, () => world.timely('/users/current')));
      const passed = replies.filter(({ status }) => status === 200).length;
      // A new clock second may begin meanwhile, and the bucket refills a little.
      expect(passed).toBeGreaterThanOrEqual(3);
      expect(passed).toBeLessThanOrEqual(counting === 'sliding second' ? 3 : 6);
      expect(replies.filter(({ status }) => status === 429)).toHaveLength(12 - passed);
      world.sandbox.timely.faults.clear();
    }
  }));

test('latency delays a response and changes nothing else', () =>
  withWorld({}, async (world) => {
    world.sandbox.timely.faults.set('latency', { milliseconds: 150 });
    const startedMs = performance.now();
    expect((await world.timely('/users/current')).status).toBe(200);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(149);
    expect(world.sandbox.timely.faults.unfired()).toEqual([]);
  }));

test('faults repeat objects, leave them out, or list them as removed too', () =>
  withWorld({}, async (world) => {
    const { faults, options } = world.sandbox.microsoft;
    options.deltaPage.objects = 20;
    const ids = ({ value }: Awaited<ReturnType<typeof readAll>>) => value.map(({ id }) => id);
    const all = ids(await readAll(world, selectNames));
    faults.set('movedToNextPage');
    const again = ids(await readAll(world, selectNames));
    faults.clear();
    expect(again.length).toBeGreaterThan(all.length);
    expect([...new Set(again)]).toEqual(all);
    faults.set('movedToReadPage');
    const missed = all.length - ids(await readAll(world, selectNames)).length;
    faults.clear();
    expect(missed).toBe(again.length - all.length);
    faults.set('fewerObjects', { percent: 50 });
    const fewer = (await readAll(world, selectNames)).value.filter((entry) => !entry['@removed']);
    faults.clear();
    const live = world.sandbox.microsoft.state.objects.users.filter(({ status }) => status === 'live');
    expect(fewer).toHaveLength(Math.ceil(live.length / 2));
    faults.set('liveAndRemoved');
    const { value } = await readAll(world, selectNames);
    expect(value.filter((entry) => entry['@removed'])).toHaveLength(all.length);
    expect(faults.unfired()).toEqual([]);
  }));

test('a cut body breaks off in its middle', () =>
  withWorld({}, async (world) => {
    world.sandbox.microsoft.faults.set('cutBody', { operation: 'users.delta' });
    await expect(world.graph(selectNames)).rejects.toThrow();
    expect(world.sandbox.microsoft.ledger.entries().at(-1)).toMatchObject({
      status: 200,
      faults: ['cutBody'],
    });
  }));

test('a moved clock of Microsoft shows in the date of each response', () =>
  withWorld({}, async (world) => {
    world.sandbox.microsoft.faults.set('clockOff', { minutes: -10 });
    const { headers } = await world.graph(selectNames);
    const behindMs = Date.now() - Date.parse(String(headers.date));
    expect(Math.round(behindMs / 60_000)).toBe(10);
  }));
