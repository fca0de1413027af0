import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConfigurationError, ContractError, PermissionError } from '../../domain/errors.ts';
import type { TimelyUser } from '../../domain/timely.ts';
import { readPages } from '../../timely/pagination.ts';
import { readAllUsers } from '../../timely/read.ts';
import { accountId, collect, employee, type FakeTimely, withTimely } from './fake-timely.ts';

const usersPath = new RegExp(`/${accountId}/users$`);

function addUsers(timely: FakeTimely, count: number) {
  for (let index = 0; index < count; index += 1) timely.addUser();
}

/** Reads everybody and keeps the last state of each, as the store does. */
async function readAll(api: Parameters<typeof readAllUsers>[0]) {
  const kept = new Map<number, TimelyUser>();
  const verdict = await readAllUsers(api, async (users) => {
    for (const user of users) kept.set(user.id, user);
  });
  return { kept, verdict };
}

describe('reading users whole', () => {
  test('everybody is read once although the server gives fewer rows than asked for', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 1_203);
      const users = await collect(api.users());
      expect(users.map((user) => user.id).sort()).toEqual([...timely.users.keys()].sort());
    }));

  test('a server that ignores where to start ends the read, and the read does not count as complete', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 250);
      timely.ignoresOffset = true;
      const { kept, verdict } = await readAll(api);
      expect(kept.size).toBe(100);
      expect(verdict).toEqual({
        complete: false,
        present: 100,
        reasons: ['Timely lists 100 users, and its account says 250'],
      });
    }));

  test('a read that has everybody is complete, and removed users come with it', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 130);
      const removed = timely.addUser({ deleted: true });
      const { kept, verdict } = await readAll(api);
      expect(verdict).toEqual({ complete: true, present: 130, reasons: [] });
      expect(kept.size).toBe(131);
      expect(kept.get(removed.id)?.removed).toBe(true);
    }));

  test('twenty thousand users are handed on in windows of at most 500', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 20_000);
      timely.windowCap = 100_000;
      let largest = 0;
      const verdict = await readAllUsers(api, async (users) => {
        largest = Math.max(largest, users.length);
      });
      expect(verdict.present).toBe(20_000);
      expect(largest).toBeLessThanOrEqual(500);
      expect(timely.requests.length).toBeLessThan(60);
    }));

  test.each(['offset', 'page'] as const)(
    'a server that refuses windows of 500 is read in smaller ones, teams by %s',
    (paging) =>
      withTimely(async ({ timely, api }) => {
        addUsers(timely, 230);
        for (let team = 0; team < 130; team += 1) timely.addTeam();
        Object.assign(timely, { refusesBeyond: 100, teamPaging: paging });
        expect((await readAll(api)).verdict).toEqual({ complete: true, present: 230, reasons: [] });
        expect(await api.teams()).toHaveLength(130);
      }),
  );

  test('somebody who moves to the front while we read is not missed', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 300);
      const oldest = timely.users.get(101);
      let moved = false;
      timely.afterRequest = ({ path }) => {
        if (moved || !oldest || !usersPath.test(path)) return;
        moved = true;
        Object.assign(oldest, { updated_at: timely.tick(), name: 'Ada Moved' });
      };
      const { kept, verdict } = await readAll(api);
      expect(kept.get(101)?.name).toBe('Ada Moved');
      expect(verdict).toMatchObject({ complete: true, present: 300 });
      expect(timely.requestsTo('GET', /accounts/)).toHaveLength(1);
    }));

  test('somebody who is removed while we read hides nobody else', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 300);
      const newest = timely.users.get(400);
      timely.afterRequest = ({ path }) => {
        if (newest && usersPath.test(path)) newest.deleted = true;
      };
      const { kept, verdict } = await readAll(api);
      expect(kept.size).toBe(300);
      expect(kept.get(400)?.removed).toBe(true);
      expect(verdict).toMatchObject({ complete: true, present: 299 });
      expect(timely.requestsTo('GET', /accounts/)).toHaveLength(1);
    }));

  test('a read that comes out short is done once more, and believed when it is whole then', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 5);
      const hidden = timely.addUser({ deleted: true });
      timely.afterRequest = ({ query }) => {
        if (query.filter === 'deleted') hidden.deleted = false;
      };
      const { verdict } = await readAll(api);
      expect(verdict).toEqual({ complete: true, present: 6, reasons: [] });
    }));

  test('an account that tells no number is believed when two reads agree', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 3);
      const answer = Response.json({ id: accountId, name: 'Contoso' });
      timely.fault({ method: 'GET', path: /accounts/, times: 2, answer });
      const { verdict } = await readAll(api);
      expect(verdict).toEqual({ complete: true, present: 3, reasons: [] });
      expect(timely.requestsTo('GET', usersPath).length).toBeGreaterThan(4);
    }));
});

describe('windows', () => {
  test('bring each row once, whatever the size of list and window', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 1, max: 90 }),
        fc.constantFrom(0, 0.05, 0.5),
        async (length, cap, overlap) => {
          const rows = Array.from({ length }, (_, id) => ({ id }));
          const ask = async ({ offset }: { offset: number }) => rows.slice(offset, offset + cap);
          expect(await collect(readPages(ask, { overlap }))).toEqual(rows);
        },
      ),
    ));

  test('that overlap miss nobody when one row leaves between each two of them', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 20, max: 90 }),
        async (length, cap) => {
          const rows = Array.from({ length }, (_, id) => ({ id }));
          const ask = async ({ offset }: { offset: number }) => {
            const window = rows.slice(offset, offset + cap);
            rows.shift();
            return window;
          };
          const read = await collect(readPages(ask, { overlap: 0.05 }));
          const readIds = new Set(read.map((row) => row.id));
          expect(rows.filter((row) => !readIds.has(row.id))).toEqual([]);
        },
      ),
    ));
});

describe('reading what changed', () => {
  test('costs what changed and not what there is', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 2_000);
      const mark = timely.tick();
      const changed = [timely.addUser(), timely.addUser()];
      const users = await collect(api.usersChangedSince(mark));
      expect(users.map((user) => user.id)).toEqual(changed.map((user) => user.id).reverse());
      expect(timely.requests).toHaveLength(1);
    }));

  test('has whoever changed in the very second of the mark, and goes on over several windows', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 50);
      const first = timely.addUser();
      addUsers(timely, 249);
      expect(await collect(api.usersChangedSince(first.updated_at))).toHaveLength(250);
    }));

  test('has the removed ones in a list of their own', () =>
    withTimely(async ({ timely, api }) => {
      timely.addUser({ deleted: true });
      const mark = timely.tick();
      const left = timely.addUser({ deleted: true });
      timely.addUser();
      const removed = await collect(api.removedUsersChangedSince(mark));
      expect(removed.map(({ id, removed }) => ({ id, removed }))).toEqual([{ id: left.id, removed: true }]);
    }));

  test('a user in the list of removed ones is removed even when the row does not say so', () =>
    withTimely(async ({ timely, api }) => {
      const row = { id: 9, email: 'a@example.com', name: 'Ada', updated_at: 1 };
      timely.fault({ method: 'GET', path: usersPath, times: 2, answer: Response.json([row]) });
      expect(await collect(api.removedUsers())).toEqual([
        {
          id: 9,
          email: 'a@example.com',
          name: 'Ada',
          roleId: null,
          role: '',
          externalId: null,
          removed: true,
          updatedAt: 1,
        },
      ]);
    }));
});

test('a server that lists everybody as removed makes nobody removed', () =>
  withTimely(async ({ timely, api }) => {
    const [present, removed] = [timely.addUser(), timely.addUser({ deleted: true })];
    const everybody = [removed, present].map((user) => ({ ...user, user_level: 'employee' }));
    timely.fault({ method: 'GET', path: usersPath, times: 2, answer: Response.json(everybody) });
    expect((await collect(api.removedUsers())).map((user) => user.id)).toEqual([removed.id]);
  }));

describe('looking for one user', () => {
  const wanted = { email: 'ada@example.com', externalId: 'object-1', since: 0 };

  test('they are found by external id, and by e-mail address ignoring case', () =>
    withTimely(async ({ timely, api }) => {
      const byId = timely.addUser({ external_id: 'object-1' });
      const byEmail = timely.addUser({ email: 'ADA@Example.com' });
      expect((await api.findPresent({ ...wanted, email: 'nobody@example.com' }))?.id).toBe(byId.id);
      expect((await api.findPresent({ ...wanted, externalId: 'object-2' }))?.id).toBe(byEmail.id);
    }));

  test('null says that they are nowhere, the removed ones included', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 150);
      timely.addUser({ email: 'ada@example.com', deleted: true });
      expect(await api.findPresent(wanted)).toBeNull();
    }));

  test('only what changed since is looked through', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 3_000);
      expect(await api.findPresent({ ...wanted, since: timely.tick() })).toBeNull();
      expect(timely.requestsTo('GET', usersPath)).toHaveLength(1);
    }));

  test('whom the list does not show yet is found by the search', () =>
    withTimely(async ({ timely, api }) => {
      const user = timely.addUser({ email: 'ada@example.com' });
      timely.fault({ method: 'GET', path: usersPath, answer: Response.json([]) });
      const found = Response.json([{ id: user.id, email: 'Ada@example.com' }]);
      timely.fault({ method: 'GET', path: /users\/search$/, answer: found });
      expect(await api.findPresent(wanted)).toMatchObject({ id: user.id, role: 'employee' });
    }));

  test('a fresh one among thousands is found with one request', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 3_000);
      timely.addUser({ external_id: 'object-1' });
      expect(await api.findPresent(wanted)).not.toBeNull();
      expect(timely.requests).toHaveLength(1);
    }));

  test('a point read gives the user with role and e-mail, and null for an unknown one', () =>
    withTimely(async ({ timely, api }) => {
      const user = timely.addUser({ email: 'ada@example.com', external_id: 'object-1' });
      expect(await api.user(user.id)).toEqual({
        id: user.id,
        email: 'ada@example.com',
        name: 'Ada Example',
        roleId: employee,
        role: 'employee',
        externalId: 'object-1',
        removed: false,
        updatedAt: user.updated_at,
      });
      expect(await api.user(9_999)).toBeNull();
    }));

  test('a hidden user is null, while a lost permission is told apart from that', () =>
    withTimely(async ({ timely, api }) => {
      const forbidden = Response.json({ errors: { message: 'Forbidden' } }, { status: 403 });
      const hide = () => timely.fault({ method: 'GET', path: /users\/5$/, answer: forbidden });
      hide();
      expect(await api.user(5)).toBeNull();
      hide();
      const none = Response.json([{ resource: 'user', permissions: ['read'], global_permissions: [] }]);
      timely.fault({ method: 'GET', path: /permissions$/, answer: none });
      await expect(api.user(5)).rejects.toThrow(PermissionError);
    }));
});

describe('reading teams', () => {
  test.each(['offset', 'page'] as const)('all are read from a server that pages by %s', (paging) =>
    withTimely(async ({ timely, api }) => {
      timely.teamPaging = paging;
      timely.windowCap = 50;
      for (let index = 0; index < 173; index += 1) timely.addTeam();
      const teams = await api.teams();
      expect(teams.map((team) => team.id)).toEqual([...timely.teams.keys()]);
    }),
  );

  test('a team that slips over the edge of a window while we read is not missed', () =>
    withTimely(async ({ timely, api }) => {
      for (let index = 0; index < 120; index += 1) timely.addTeam();
      timely.afterRequest = ({ query }) => {
        if (query.page === '1') timely.teams.delete(7);
      };
      const ids = (await api.teams()).map((team) => team.id);
      expect(ids).toEqual(expect.arrayContaining([...timely.teams.keys()]));
    }));

  test('members come with lead and hidden-hours flags', () =>
    withTimely(async ({ timely, api }) => {
      const { id } = timely.addTeam({
        name: 'Design',
        users: [{ user_id: 101, lead: true, hide_hours: true }],
      });
      const members = [{ userId: 101, lead: true, hideHours: true }];
      expect(await api.team(id)).toEqual({ id, name: 'Design', members });
      expect(await api.team(id + 1)).toBeNull();
    }));

  test('a team that tells its members without their flags is not believed', () =>
    withTimely(async ({ timely, api }) => {
      const answer = Response.json({ id: 7, name: 'Design', user_ids: [101] });
      timely.fault({ method: 'GET', path: /teams\/7$/, answer });
      await expect(api.team(7)).rejects.toThrow(ContractError);
    }));
});

describe('the account', () => {
  test('tells owner, seats and users, and its roles by name', () =>
    withTimely(async ({ timely, api }) => {
      const own = timely.addUser();
      expect(await api.account()).toEqual({
        id: accountId,
        name: 'Contoso',
        ownerId: 101,
        seats: 80,
        usersMax: null,
        userCount: 1,
      });
      expect(await api.roles()).toContainEqual({ id: employee, name: 'employee' });
      expect((await api.currentUser()).id).toBe(own.id);
      expect(await api.permissions()).toEqual([
        { resource: 'user', permissions: ['read'], global: ['create', 'read'] },
      ]);
    }));

  test('that is not ours is a matter of configuration', () =>
    withTimely(async ({ timely, api }) => {
      timely.fault({ method: 'GET', path: /accounts/, answer: new Response(null, { status: 404 }) });
      await expect(api.account()).rejects.toThrow(ConfigurationError);
    }));
});
