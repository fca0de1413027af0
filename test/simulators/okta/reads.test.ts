import { describe, expect, test } from '@jest/globals';
import { contoso } from '../../../simulators/contoso.ts';
import { nextOf, withOkta } from './okta-client.ts';

const names = (entries: { profile: { displayName: string } }[]) =>
  entries.map(({ profile }) => profile.displayName);
const soon = () => new Date(Date.now() + 60_000).toISOString();
const filter = (path: string, expression: string) => `${path}?filter=${encodeURIComponent(expression)}`;

describe('users', () => {
  test('the plain list leaves deactivated people out, and pages by an opaque cursor', () =>
    withOkta({}, async (okta) => {
      const { pages, entries } = await okta.all('/users?limit=20');
      const { users } = okta.world.sandbox.okta.state;
      expect(pages.map(({ json }) => json.length)).toEqual([20, 20, 20, entries.length - 60]);
      expect(new Set(entries.map(({ id }) => id)).size).toBe(users.size - 1);
      expect(names(entries)).not.toContain('Ulrike Sommer');
      expect(entries.map(({ status }) => status)).toEqual(
        expect.arrayContaining(['ACTIVE', 'STAGED', 'SUSPENDED', 'LOCKED_OUT', 'RECOVERY', 'PROVISIONED']),
      );
      const [first, second] = pages;
      expect(nextOf(first)).toMatch(/\/api\/v1\/users\?limit=20&after=[\w-]{20}$/);
      expect(String(second?.headers.link)).toMatch(/^<https:.*>; rel="self", <https:.*>; rel="next"$/);
      expect((await okta.get('/users?after=anything')).json.errorCode).toBe('E0000001');
      expect((await okta.get('/users?limit=5000')).json).toHaveLength(entries.length);
    }));

  test('a filter knows seven attributes and shows deactivated people; search is late', async () => {
    let now = new Date('2026-11-29T10:00:00.700Z');
    await withOkta({ clock: () => now }, async (okta) => {
      const gone = await okta.all(filter('/users', 'status eq "DEPROVISIONED"'));
      expect(names(gone.entries)).toEqual(['Ulrike Sommer']);
      now = new Date(now.getTime() + 60_000);
      await okta.order('leave', { person: 'Chen Wei' });
      await okta.order('move', { person: 'Hana Sato', department: 'Sales' });
      const since = (operator: string, second: string) =>
        okta.all(filter('/users', `lastUpdated ${operator} "2026-11-29T10:01:${second}.000Z"`));
      expect(names((await since('ge', '00')).entries)).toEqual(['Hana Sato', 'Chen Wei']);
      // Whole seconds: what happens later in the same second is not greater.
      expect((await since('gt', '00')).entries).toEqual([]);
      const both =
        '(status eq "ACTIVE" or status eq "STAGED") and profile.email eq "hana.sato@contoso.example"';
      expect(names((await okta.all(filter('/users', both))).entries)).toEqual(['Hana Sato']);
      for (const wrong of [
        'profile.department eq "Design"',
        'status sw "A"',
        'status eq ACTIVE',
        'status',
        '(',
      ])
        expect((await okta.get(filter('/users', wrong))).json.errorCode).toBe('E0000031');
      const inSales = `/users?search=${encodeURIComponent('profile.department eq "Sales"')}`;
      expect((await okta.get(inSales)).json).toEqual([]);
      now = new Date(now.getTime() + 6_000);
      expect(names((await okta.get(inSales)).json)).toEqual(['Hana Sato']);
    });
  });

  test('one is read by id or login, has custom attributes, and `fields` cuts it down', () =>
    withOkta({}, async (okta) => {
      const { state } = okta.world.sandbox.okta;
      const { id } = state.user('Hana Sato');
      const { json, headers } = await okta.get(`/users/${id}`);
      expect(json.profile).toMatchObject({
        favouriteColour: '<b>blue</b>',
        managerId: 'amelie.roth@contoso.example',
        title: 'Illustrator',
      });
      expect(headers.etag).toMatch(/^W\/"/);
      const fields = encodeURIComponent('id,status,profile:(login)');
      const [cut] = (await okta.get(`/users?limit=1&fields=${fields}`)).json;
      expect(Object.keys(cut)).toEqual(['id', 'status', 'profile']);
      expect(Object.keys(cut.profile)).toEqual(['login']);
    }));
});

describe('leaving', () => {
  test('a deactivated person stays in groups, and is no assignee of the app; a deletion takes both away', () =>
    withOkta({}, async (okta) => {
      const { state } = okta.world.sandbox.okta;
      const [bernd, group] = [state.user('Bernd Vogel').id, state.group('Timely Users').id];
      const members = async () => names((await okta.all(`/groups/${group}/users?limit=3`)).entries);
      const assigned = async () =>
        (await okta.all(`/apps/${contoso.okta.appId}/users`)).entries.map(({ id }) => id);
      expect(await assigned()).toContain(bernd);
      const { lastMembershipUpdated } = state.group(group);
      await okta.order('leave', { person: bernd });
      expect(await members()).toContain('Bernd Vogel');
      expect(state.group(group).lastMembershipUpdated).toBe(lastMembershipUpdated);
      expect(await assigned()).not.toContain(bernd);
      await okta.order('behave', { deletion: 'later' });
      await okta.order('purge', { person: bernd });
      expect((await okta.get(`/users/${bernd}`)).json.status).toBe('DEPROVISIONED');
      await okta.order('finishDeletions');
      expect((await okta.get(`/users/${bernd}`)).status).toBe(404);
      expect(await members()).not.toContain('Bernd Vogel');
    }));

  test('the log tells of each step, and polling goes on where it ended', () =>
    withOkta({}, async (okta) => {
      const since = new Date(Date.now() - 1000).toISOString();
      const start = await okta.all(`/logs?since=${since}&until=${soon()}&limit=40`);
      expect(start.pages.length).toBeGreaterThan(4);
      expect(new Set(start.entries.map(({ uuid }) => uuid)).size).toBe(start.entries.length);
      const first = await okta.get('/logs?sortOrder=ASCENDING&limit=1000');
      const link = nextOf(first) ?? '';
      expect(link).not.toContain('since=');
      expect((await okta.get(link)).json).toEqual([]);
      await okta.order('purge', { person: 'Chen Wei' });
      const later = await okta.get(link);
      const types = later.json.map(({ eventType }: { eventType: string }) => eventType);
      expect(types).toEqual([
        'user.lifecycle.deactivate',
        'user.lifecycle.delete.initiated',
        'group.user_membership.remove',
        'group.user_membership.remove',
        'user.lifecycle.delete.completed',
      ]);
      expect(nextOf(later)).toBeDefined();
      const deletions = '/logs?limit=1&filter=eventType%20sw%20%22user.lifecycle.delete%22';
      const [one] = (await okta.get(`${deletions}&until=${soon()}`)).json;
      expect(one.target[0].displayName).toBe('Viktor Reuter');
    }));

  test('what is stored late is missing in a bounded read, and comes last when polling', async () => {
    let now = new Date('2026-11-29T10:00:00Z');
    await withOkta({ clock: () => now }, async (okta) => {
      const link = nextOf(await okta.get('/logs?limit=1000')) ?? '';
      okta.world.sandbox.okta.faults.set('logLate', { times: 1 });
      await okta.order('disable', { person: 'Chen Wei' });
      now = new Date(now.getTime() + 1_000);
      await okta.order('disable', { person: 'Hugo Lefevre' });
      const who = (json: { eventType: string; target: { displayName: string }[] }[]) =>
        json.map(({ target }) => target[0]?.displayName);
      const bounded = `/logs?since=2026-11-29T10:00:00Z&until=2026-11-29T10:05:00Z&filter=${encodeURIComponent('eventType eq "user.lifecycle.suspend"')}&sortOrder=ASCENDING`;
      const [before] = [who((await okta.get(bounded)).json)];
      expect(before).toEqual(['Tobias Kern', 'Hugo Lefevre']);
      now = new Date(now.getTime() + 60_000);
      expect(who((await okta.get(link)).json)).toEqual(['Hugo Lefevre', 'Chen Wei']);
      expect(who((await okta.get(bounded)).json)).toEqual(['Tobias Kern', 'Chen Wei', 'Hugo Lefevre']);
    });
  });

  test('events older than 90 days are not shown, and more than 180 days are refused', async () => {
    let now = new Date('2026-06-01T10:00:00Z');
    await withOkta({ clock: () => now }, async (okta) => {
      now = new Date('2026-10-01T10:00:00Z');
      expect((await okta.get('/logs?since=2026-05-01T00:00:00Z')).json).toEqual([]);
      expect((await okta.get('/logs?since=2026-01-01T00:00:00Z')).status).toBe(400);
    });
  });
});

describe('groups', () => {
  test('stats count deactivated members, and the filter knows the time of memberships', async () => {
    let now = new Date('2026-11-29T10:00:00Z');
    await withOkta({ clock: () => now }, async (okta) => {
      now = new Date('2026-11-29T10:10:00Z');
      await okta.order('leave', { person: 'Bernd Vogel' });
      await okta.order('addToGroup', { person: 'Heidi Krause', group: 'Timely Users' });
      const changed =
        '(lastUpdated gt "2026-11-29T10:05:00Z" or lastMembershipUpdated gt "2026-11-29T10:05:00Z")';
      const { entries } = await okta.all(`${filter('/groups', changed)}&expand=stats`);
      expect(entries.map(({ profile }) => profile.name)).toEqual(['Timely Users']);
      const members = (await okta.all(`/groups/${entries[0].id}/users`)).entries;
      expect(entries[0]._embedded.stats).toMatchObject({
        usersCount: members.length,
        hasAdminPrivlege: false,
      });
      expect((await okta.get(filter('/groups', 'profile.name eq "Timely Users"'))).json.errorCode).toBe(
        'E0000031',
      );
      await okta.order('behave', { countsDeactivated: false, adminFlag: 'nothing' });
      const [again] = (await okta.all('/groups?expand=stats')).entries.slice(1);
      expect(again._embedded.stats.usersCount).toBe(members.length - 2);
      expect(again._embedded.stats).not.toHaveProperty('hasAdminPrivlege');
      expect((await okta.get(`/users/${members[0].id}`)).json.lastUpdated).toBe('2026-11-29T10:00:00.000Z');
    });
  });

  test('a rule puts people in and takes them out, but looks at no deactivated person', () =>
    withOkta({}, async (okta) => {
      const { state } = okta.world.sandbox.okta;
      const members = () => state.group('Sellers').members.size;
      await okta.order('createGroup', { name: 'Sellers' });
      const rule = { name: 'Sales', attribute: 'department', value: 'Sales', groups: ['Sellers'] };
      await okta.order('createRule', rule);
      for (const person of ['Chen Wei', 'Hugo Lefevre', 'Sven Eriksson'])
        await okta.order('move', { person, department: 'Sales' });
      expect(members()).toBe(3);
      await okta.order('move', { person: 'Hugo Lefevre', department: 'Design' });
      await okta.order('leave', { person: 'Chen Wei' });
      await okta.order('move', { person: 'Chen Wei', department: 'Design' });
      expect(members()).toBe(2);
      await okta.order('restore', { person: 'Chen Wei' });
      expect(members()).toBe(1);
    }));

  test('a group that is deleted is 404, by itself and for its members', () =>
    withOkta({}, async (okta) => {
      const { id } = await okta.order('deleteGroup', { group: 'Design Guild' });
      expect((await okta.get(`/groups/${id}`)).status).toBe(404);
      expect((await okta.get(`/groups/${id}/users`)).json.errorCode).toBe('E0000007');
      const { entries } = await okta.all(`/logs?limit=1000&until=${soon()}&sortOrder=DESCENDING`);
      expect(entries[0]).toMatchObject({ eventType: 'group.lifecycle.delete', target: [{ id }] });
    }));
});
