import { describe, expect, test } from '@jest/globals';
import { PermissionError } from '../../domain/errors.ts';
import { accountId, addUsers, collect, employee, withTimely } from './fake-timely.ts';

const usersPath = new RegExp(`/${accountId}/users$`);

describe('a read of the changes', () => {
  test('costs as much as changed, not as much as exists', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 2_000);
      const mark = timely.tick();
      const changed = [timely.addUser(), timely.addUser()];
      const users = await collect(api.usersChangedSince(mark));
      expect(users.map((user) => user.id)).toEqual(changed.map((user) => user.id).reverse());
      expect(timely.requests).toHaveLength(1);
    }));

  test('includes changes in the very second of the mark, and continues over several pages', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 50);
      const first = timely.addUser();
      addUsers(timely, 249);
      expect(await collect(api.usersChangedSince(first.updated_at))).toHaveLength(250);
    }));

  test('lists the removed users separately', () =>
    withTimely(async ({ timely, api }) => {
      timely.addUser({ deleted: true });
      const mark = timely.tick();
      const left = timely.addUser({ deleted: true });
      timely.addUser();
      const removed = await collect(api.removedUsersChangedSince(mark));
      expect(removed.map(({ id, removed }) => ({ id, removed }))).toEqual([{ id: left.id, removed: true }]);
    }));

  test('treats a user in the list of removed ones as removed when the row does not say so', () =>
    withTimely(async ({ timely, api }) => {
      const row = { id: 9, email: 'a@example.com', name: 'Ada', updated_at: 1 };
      timely.fault({ method: 'GET', path: usersPath, times: 2, response: Response.json([row]) });
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

test('tells a user who has not accepted the invitation by both signs of it', () =>
  withTimely(async ({ timely, api }) => {
    const row = { id: 9, email: 'a@example.com', name: 'Ada', updated_at: 1, active: false };
    const rows = [
      { ...row, sign_in_count: null },
      { ...row, id: 8, sign_in_count: 3 },
      { ...row, id: 7, active: true, sign_in_count: null },
      { ...row, id: 6 },
    ];
    timely.fault({ method: 'GET', path: usersPath, times: 2, response: Response.json(rows) });
    const users = await collect(api.users());
    expect(users.filter(({ pending }) => pending).map(({ id }) => id)).toEqual([9]);
  }));

test('a server that lists all users as removed ones removes none', () =>
  withTimely(async ({ timely, api }) => {
    const [present, removed] = [timely.addUser(), timely.addUser({ deleted: true })];
    const all = [removed, present].map((user) => ({ ...user, user_level: 'employee' }));
    timely.fault({ method: 'GET', path: usersPath, times: 2, response: Response.json(all) });
    expect((await collect(api.removedUsers())).map((user) => user.id)).toEqual([removed.id]);
  }));

describe('a search for one user', () => {
  const wanted = { email: 'ada@example.com', externalId: 'object-1', since: 0 };

  test('finds them by external id, and by e-mail address ignoring case', () =>
    withTimely(async ({ timely, api }) => {
      const byId = timely.addUser({ external_id: 'object-1' });
      const byEmail = timely.addUser({ email: 'ADA@Example.com' });
      expect((await api.findPresent({ ...wanted, email: 'other@example.com' }))?.id).toBe(byId.id);
      expect((await api.findPresent({ ...wanted, externalId: 'object-2' }))?.id).toBe(byEmail.id);
    }));

  test.each([
    ['list', 'page'],
    ['search', 'found'],
  ])('finds nobody in the %s whose address only looks like theirs', (_, shown) =>
    withTimely(async ({ timely, api }) => {
      const user = timely.addUser({ email: '\u212aim@example.com' });
      const found = shown === 'found' ? [{ id: user.id, email: user.email }] : [];
      timely.fault({ method: 'GET', path: /users\/search$/, response: Response.json(found) });
      expect(await api.findPresent({ ...wanted, email: 'kim@example.com' })).toBeNull();
    }),
  );

  test('returns null when they are not present, removed ones included', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 150);
      timely.addUser({ email: 'ada@example.com', deleted: true });
      expect(await api.findPresent(wanted)).toBeNull();
    }));

  test('reads only what changed since', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 3_000);
      expect(await api.findPresent({ ...wanted, since: timely.tick() })).toBeNull();
      expect(timely.requestsTo('GET', usersPath)).toHaveLength(1);
    }));

  test("uses Timely's search when the list does not show them yet", () =>
    withTimely(async ({ timely, api }) => {
      const user = timely.addUser({ email: 'ada@example.com' });
      timely.fault({ method: 'GET', path: usersPath, response: Response.json([]) });
      const found = Response.json([{ id: user.id, email: 'Ada@example.com' }]);
      timely.fault({ method: 'GET', path: /users\/search$/, response: found });
      expect(await api.findPresent(wanted)).toMatchObject({ id: user.id, role: 'employee' });
    }));

  test('finds a new one among thousands with one request', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 3_000);
      timely.addUser({ external_id: 'object-1' });
      expect(await api.findPresent(wanted)).not.toBeNull();
      expect(timely.requests).toHaveLength(1);
    }));

  test('returns the user with role and e-mail by id, and null for an unknown id', () =>
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
        pending: true,
        updatedAt: user.updated_at,
      });
      expect(await api.user(9_999)).toBeNull();
    }));

  test('returns null for a hidden user, and throws when the permission is lost', () =>
    withTimely(async ({ timely, api }) => {
      const forbidden = Response.json({ errors: { message: 'Forbidden' } }, { status: 403 });
      const hide = () => timely.fault({ method: 'GET', path: /users\/5$/, response: forbidden });
      hide();
      expect(await api.user(5)).toBeNull();
      hide();
      const none = Response.json([{ resource: 'user', permissions: ['read'], global_permissions: [] }]);
      timely.fault({ method: 'GET', path: /permissions$/, response: none });
      await expect(api.user(5)).rejects.toThrow(PermissionError);
    }));
});
