import { describe, expect, test } from '@jest/globals';
import { ConfigurationError, ContractError } from '../../domain/errors.ts';
import { accountId, employee, withTimely } from './fake-timely.ts';

describe('a read of the teams', () => {
  test.each(['offset', 'page'] as const)('returns all from a server that paginates by %s', (paging) =>
    withTimely(async ({ timely, api }) => {
      timely.teamPaging = paging;
      timely.pageLimit = 50;
      for (let index = 0; index < 173; index += 1) timely.addTeam();
      const teams = await api.teams();
      expect(teams.map((team) => team.id)).toEqual([...timely.teams.keys()]);
    }),
  );

  test('finds a team that moves over the edge of a page meanwhile', () =>
    withTimely(async ({ timely, api }) => {
      for (let index = 0; index < 120; index += 1) timely.addTeam();
      timely.afterRequest = ({ query }) => {
        if (query.page === '1') timely.teams.delete(7);
      };
      const ids = (await api.teams()).map((team) => team.id);
      expect(ids).toEqual(expect.arrayContaining([...timely.teams.keys()]));
    }));

  test('returns members with their lead and hidden-hours flags', () =>
    withTimely(async ({ timely, api }) => {
      const { id } = timely.addTeam({
        name: 'Design',
        users: [{ user_id: 101, lead: true, hide_hours: true }],
      });
      const members = [{ userId: 101, lead: true, hideHours: true }];
      expect(await api.team(id)).toEqual({ id, name: 'Design', members });
      expect(await api.team(id + 1)).toBeNull();
    }));

  test('throws when a team has its members without their flags', () =>
    withTimely(async ({ timely, api }) => {
      const response = Response.json({ id: 7, name: 'Design', user_ids: [101] });
      timely.fault({ method: 'GET', path: /teams\/7$/, response });
      await expect(api.team(7)).rejects.toThrow(ContractError);
    }));
});

describe('the account', () => {
  test('returns owner, seats and users, and its roles by name', () =>
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

  test('throws a ConfigurationError when it is not ours', () =>
    withTimely(async ({ timely, api }) => {
      timely.fault({ method: 'GET', path: /accounts/, response: new Response(null, { status: 404 }) });
      await expect(api.account()).rejects.toThrow(ConfigurationError);
    }));
});
