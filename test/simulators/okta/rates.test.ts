import { expect, test } from '@jest/globals';
import { withOkta } from './okta-client.ts';

const limits = (headers: Record<string, unknown>) =>
  ['limit', 'remaining', 'reset'].map((name) => Number(headers[`x-rate-limit-${name}`]));

test('each bucket counts on its own, in windows of a minute that begin with the first request', async () => {
  let now = new Date('2026-11-29T10:00:07Z');
  await withOkta({ clock: () => now }, async (okta) => {
    const first = await okta.get('/users?limit=1');
    expect(limits(first.headers)).toEqual([300, 299, now.getTime() / 1000 + 60]);
    expect(first.headers.date).toBe(now.toUTCString());
    expect(limits((await okta.get('/users?limit=1')).headers).slice(0, 2)).toEqual([300, 298]);
    expect(limits((await okta.get('/groups?limit=1')).headers).slice(0, 2)).toEqual([250, 249]);
    const { id } = okta.world.sandbox.okta.state.user('Chen Wei');
    expect(limits((await okta.get(`/users/${id}`)).headers).slice(0, 2)).toEqual([1000, 999]);
    expect(limits((await okta.get('/logs')).headers).slice(0, 2)).toEqual([60, 59]);
    now = new Date(now.getTime() + 61_000);
    expect(limits((await okta.get('/users?limit=1')).headers)).toEqual([300, 299, now.getTime() / 1000 + 60]);
  });
});

test('a client that has used its share of a bucket gets 429 until the reset', async () => {
  let now = new Date('2026-11-29T10:00:00Z');
  await withOkta({ clock: () => now }, async (okta) => {
    await okta.order('behave', { limitFactor: 0.05 });
    const statuses: number[] = [];
    for (let asked = 0; asked < 5; asked += 1) statuses.push((await okta.get('/logs')).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const { headers, json } = await okta.get('/logs');
    expect(limits(headers)).toEqual([3, 0, now.getTime() / 1000 + 60]);
    expect(json).toMatchObject({ errorCode: 'E0000047', errorCauses: [] });
    expect((await okta.get('/groups')).status).toBe(200);
    now = new Date(now.getTime() + 60_000);
    expect((await okta.get('/logs')).status).toBe(200);
    await okta.order('behave', { limitFactor: 1, shownLimit: 'bucket' });
    expect(limits((await okta.get('/logs')).headers).slice(0, 2)).toEqual([120, 118]);
  });
});

test('too many requests at one time get 429 with zeros', () =>
  withOkta({}, async (okta) => {
    await okta.signIn();
    await okta.order('behave', { concurrency: 2 });
    okta.world.sandbox.okta.faults.set('latency', { milliseconds: 300, operation: 'groups.list' });
    const answers = await Promise.all([1, 2, 3].map(() => okta.get('/groups')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429]);
    const refused = answers.find(({ status }) => status === 429);
    const [limit, remaining, reset] = limits(refused?.headers ?? {});
    expect([limit, remaining]).toEqual([0, 0]);
    expect(reset).toBeGreaterThan(Date.now() / 1000 - 2);
  }));
