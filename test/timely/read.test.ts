import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TimelyUser } from '../../domain/timely.ts';
import { readPages } from '../../timely/pagination.ts';
import { readAllUsers } from '../../timely/read.ts';
import { accountId, addUsers, collect, withTimely } from './fake-timely.ts';

const usersPath = new RegExp(`/${accountId}/users$`);

/** Reads all users and keeps the last state of each, as the store does. */
async function readAll(api: Parameters<typeof readAllUsers>[0]) {
  const kept = new Map<number, TimelyUser>();
  const verdict = await readAllUsers(api, async (users) => {
    for (const user of users) kept.set(user.id, user);
  });
  return { kept, verdict };
}

describe('a whole read of the users', () => {
  test('returns each user once when the server returns fewer rows than requested', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 1_203);
      const users = await collect(api.users());
      expect(users.map((user) => user.id).sort()).toEqual([...timely.users.keys()].sort());
    }));

  test('ends, and counts as incomplete, when the server ignores the offset', () =>
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

  test('is complete when it has all users, and includes the removed ones', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 130);
      const removed = timely.addUser({ deleted: true });
      const { kept, verdict } = await readAll(api);
      expect(verdict).toEqual({ complete: true, present: 130, reasons: [] });
      expect(kept.size).toBe(131);
      expect(kept.get(removed.id)?.removed).toBe(true);
    }));

  test('hands over twenty thousand users in pages of at most 500', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 20_000);
      timely.pageLimit = 100_000;
      let largest = 0;
      const verdict = await readAllUsers(api, async (users) => {
        largest = Math.max(largest, users.length);
      });
      expect(verdict.present).toBe(20_000);
      expect(largest).toBeLessThanOrEqual(500);
      expect(timely.requests.length).toBeLessThan(60);
    }));

  test.each(['offset', 'page'] as const)(
    'requests smaller pages when the server refuses pages of 500, teams by %s',
    (paging) =>
      withTimely(async ({ timely, api }) => {
        addUsers(timely, 230);
        for (let team = 0; team < 130; team += 1) timely.addTeam();
        Object.assign(timely, { refusesBeyond: 100, teamPaging: paging });
        expect((await readAll(api)).verdict).toEqual({ complete: true, present: 230, reasons: [] });
        expect(await api.teams()).toHaveLength(130);
      }),
  );

  test('finds a user who moves to the front meanwhile', () =>
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

  test('misses no other user when one is removed meanwhile', () =>
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

  test('is repeated once when it comes out short, and complete when the second is whole', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 5);
      const hidden = timely.addUser({ deleted: true });
      timely.afterRequest = ({ query }) => {
        if (query.filter === 'deleted') hidden.deleted = false;
      };
      const { verdict } = await readAll(api);
      expect(verdict).toEqual({ complete: true, present: 6, reasons: [] });
    }));

  test('is complete when the account has no count and two reads agree', () =>
    withTimely(async ({ timely, api }) => {
      addUsers(timely, 3);
      const response = Response.json({ id: accountId, name: 'Contoso' });
      timely.fault({ method: 'GET', path: /accounts/, times: 2, response });
      const { verdict } = await readAll(api);
      expect(verdict).toEqual({ complete: true, present: 3, reasons: [] });
      expect(timely.requestsTo('GET', usersPath).length).toBeGreaterThan(4);
    }));
});

describe('pages', () => {
  test('bring each row once for any size of list and page', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 1, max: 90 }),
        fc.constantFrom(0, 0.05, 0.5),
        async (length, cap, overlap) => {
          const rows = Array.from({ length }, (_, id) => ({ id }));
          const request = async ({ offset }: { offset: number }) => rows.slice(offset, offset + cap);
          expect(await collect(readPages(request, { overlap }))).toEqual(rows);
        },
      ),
    ));

  test('miss no row when they overlap and one row leaves between any two of them', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 20, max: 90 }),
        async (length, cap) => {
          const rows = Array.from({ length }, (_, id) => ({ id }));
          const request = async ({ offset }: { offset: number }) => {
            const page = rows.slice(offset, offset + cap);
            rows.shift();
            return page;
          };
          const read = await collect(readPages(request, { overlap: 0.05 }));
          const readIds = new Set(read.map((row) => row.id));
          expect(rows.filter((row) => !readIds.has(row.id))).toEqual([]);
        },
      ),
    ));
});
