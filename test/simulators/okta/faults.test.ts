import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { OktaFault } from '../../../simulators/okta/faults/faults.ts';
import { type Sandbox, startSandbox } from '../../../simulators/sandbox.ts';
import { type TestResponse, worldOf } from '../world.ts';
import { nextOf, OktaClient } from './okta-client.ts';

let sandbox: Sandbox;
let okta: OktaClient;
beforeAll(async () => {
  sandbox = await startSandbox();
  okta = new OktaClient(worldOf(sandbox), () => new Date());
  await okta.order('behave', { limitFactor: 100 });
});
afterEach(() => sandbox.okta.faults.clear());
afterAll(() => sandbox.close());

const ids = ({ json }: TestResponse): string[] =>
  json.map(({ id, uuid }: Record<string, string>) => id ?? uuid);
const set = (fault: OktaFault, setting = {}) => sandbox.okta.faults.set(fault, setting);
const userId = (name: string) => sandbox.okta.state.user(name).id;
const membersPath = () => `/groups/${sandbox.okta.state.group('Timely Users').id}/users?limit=3`;

test('pages: empty, without next, with the same cursor twice, with a foreign link', async () => {
  set('emptyList', { times: 1 });
  const empty = await okta.get('/users?limit=5');
  expect([empty.status, empty.json, nextOf(empty)]).toEqual([200, [], undefined]);
  set('nextMissing', { operation: 'groups.members', attempt: 1 });
  const whole = await okta.get('/users?limit=5');
  expect(nextOf(whole)).toBeDefined();
  const cut = await okta.get(membersPath());
  expect([cut.json.length, nextOf(cut)]).toEqual([3, undefined]);
  set('repeatCursor');
  const second = await okta.get(nextOf(whole) ?? '');
  expect(nextOf(second)).toBe(nextOf(whole));
  sandbox.okta.faults.clear();
  set('foreignNextLink');
  expect(nextOf(await okta.get('/users?limit=5'))).toMatch(/^https:\/\/okta\.attacker\.example\/api/);
  await okta.order('grantRole', { person: 'Chen Wei' });
  expect(nextOf(await okta.get('/iam/assignees/users?limit=1'))).toMatch(/^https:\/\/okta\.attacker/);
  await okta.order('revokeRole', { person: 'Chen Wei' });
});

test('pages: objects and members left out, moved between pages, bare and with markup', async () => {
  const [users, members] = [await okta.all('/users'), await okta.all(membersPath())];
  set('fewerObjects', { operation: 'users.list' });
  set('fewerMembers', { percent: 50 });
  expect((await okta.all('/users')).entries.length).toBe(Math.ceil(users.entries.length * 0.7));
  expect((await okta.all(membersPath())).entries.length).toBe(members.entries.length / 2);
  sandbox.okta.faults.clear();
  set('movedToNextPage', { operation: 'groups.members' });
  const twice = await okta.all(membersPath());
  expect(new Set(twice.entries.map(({ id }) => id)).size).toBe(members.entries.length);
  expect(twice.entries.length).toBeGreaterThan(members.entries.length);
  sandbox.okta.faults.clear();
  set('movedToReadPage', { operation: 'groups.members' });
  expect((await okta.all(membersPath())).entries.length).toBeLessThan(members.entries.length);
  set('missingFields', { operation: 'users.*' });
  const [bare] = (await okta.get('/users?limit=1')).json;
  expect(bare).not.toHaveProperty('status');
  expect(Object.keys((await okta.get(`/users/${bare.id}`)).json.profile)).toEqual(['displayName']);
  sandbox.okta.faults.clear();
  set('htmlInValues');
  const [marked] = (await okta.get('/users?limit=1')).json;
  expect(marked.profile.department).toMatch(/^<script>.*<b>Design<\/b>$/);
  expect(marked.profile.email).toBe('amelie.roth@contoso.example');
});

test('lists show what was true a minute ago, reads by id what is', async () => {
  const path = membersPath().replace('limit=3', 'limit=100');
  await okta.order('removeFromGroup', { person: 'Bernd Vogel', group: 'Timely Users' });
  await okta.order('addToGroup', { person: 'Chen Wei', group: 'Timely Users' });
  await okta.order('leave', { person: 'Hana Sato' });
  set('staleList', { times: 2 });
  const [stale, users] = [await okta.get(path), await okta.get('/users')];
  expect(ids(stale)).toContain(userId('Bernd Vogel'));
  expect(ids(stale)).not.toContain(userId('Chen Wei'));
  expect(ids(users)).toContain(userId('Hana Sato'));
  expect((await okta.get(`/users/${userId('Hana Sato')}`)).json.status).toBe('DEPROVISIONED');
  expect(ids(await okta.get(path))).not.toContain(userId('Bernd Vogel'));
  await okta.order('restore', { person: 'Hana Sato' });
});

test('the log: twice, with gaps, the other way round', async () => {
  const [events] = [ids(await okta.get('/logs?limit=10'))];
  set('logDoubled', { times: 1 });
  expect(ids(await okta.get('/logs?limit=10'))).toEqual(events.flatMap((uuid) => [uuid, uuid]));
  set('logUnordered', { times: 1 });
  expect(ids(await okta.get('/logs?limit=10'))).toEqual(events.toReversed());
  set('logGap');
  const gap = await okta.get('/logs?limit=10');
  expect([gap.json, nextOf(gap)]).toEqual([[], expect.stringContaining('after=')]);
});

test.each<[OktaFault, number, string | undefined]>([
  ['throttle', 429, 'E0000047'],
  ['tooManyAtOnce', 429, 'E0000047'],
  ['unavailable', 503, undefined],
  ['readOnlyMode', 503, 'E0000010'],
  ['serverError', 500, 'E0000009'],
  ['tokenExpired', 401, 'E0000011'],
  ['scopeLost', 403, undefined],
  ['proofRefused', 400, undefined],
  ['apiNonce', 401, undefined],
])('%s answers %d', async (fault, status, errorCode) => {
  await okta.signIn();
  set(fault, { times: 1 });
  const answer = await okta.get('/users?limit=1');
  expect([answer.status, answer.json?.errorCode]).toEqual([status, errorCode]);
  expect('x-rate-limit-limit' in answer.headers).toBe(status < 500);
  expect((await okta.get('/users?limit=1')).status).toBe(200);
});

test.each<[OktaFault, number, string]>([
  ['signInRefused', 401, 'invalid_client'],
  ['keyRevoked', 401, 'invalid_client'],
  ['consentRequired', 400, 'consent_required'],
])('%s refuses the sign-in, and tokens live on', async (fault, status, error) => {
  await okta.signIn();
  set(fault);
  const refused = await okta.signIn();
  expect([refused.status, refused.body.error]).toEqual([status, error]);
  expect((await okta.get('/users?limit=1')).status).toBe(200);
});

test('a lost role empties the list of users, a shrunken resource set hides the same people everywhere', async () => {
  const all = ids(await okta.get('/users'));
  set('adminRoleLost');
  expect((await okta.get('/users')).json).toEqual([]);
  expect((await okta.get('/groups')).json.errorCode).toBe('E0000006');
  sandbox.okta.faults.clear();
  set('resourceSetShrunk', { percent: 50 });
  const seen = ids(await okta.get('/users'));
  expect(seen.length).toBeGreaterThan(all.length * 0.25);
  expect(seen.length).toBeLessThan(all.length * 0.75);
  const hidden = all.find((id) => !seen.includes(id));
  expect((await okta.get(`/users/${hidden}`)).status).toBe(404);
  expect((await okta.get(`/users/${seen[0]}`)).status).toBe(200);
});

test('on the wire: cut, dropped, without headers, with another clock', async () => {
  set('dropConnection', { times: 1 });
  await expect(okta.get('/users?limit=1')).rejects.toThrow();
  set('cutBody', { times: 1 });
  await expect(okta.get('/users')).rejects.toThrow();
  set('rateHeadersMissing', { times: 1 });
  expect((await okta.get('/users?limit=1')).headers).not.toHaveProperty('x-rate-limit-limit');
  expect(sandbox.okta.faults.unfired()).toEqual([]);
  set('clockOff', { minutes: 3 });
  const { date } = (await okta.get('/users?limit=1')).headers;
  expect(Date.parse(String(date)) - Date.now()).toBeGreaterThan(150_000);
});
