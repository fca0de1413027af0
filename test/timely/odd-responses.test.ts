/**
 * Answers that docs/reference/timely-api.md allows and its samples do not show: what is there is used, and nothing is
 * made up for what is not.
 */
import { describe, expect, test } from '@jest/globals';
import { ContractError, RejectedError } from '../../domain/errors.ts';
import { accountId, collect, manager, withTimely } from './fake-timely.ts';

const users = new RegExp(`/${accountId}/users$`);
const teams = new RegExp(`/${accountId}/teams$`);
const oneTeam = /teams\/7$/;
const refused = (errors: unknown) => Response.json({ errors }, { status: 422 });
const noProjects = { grantOnJoin: false, revokeOnLeave: false };
const byHand = { user_id: 101, lead: true, hide_hours: true };

describe('users', () => {
  test('are read with numbers in quotes, fields of another type, nulls and new fields', () =>
    withTimely(async ({ timely, api }) => {
      const rows = [
        { id: '9', email: 'a@example.com', name: 'Ada', updated_at: '17', role_id: '303', external_id: 4711 },
        {
          id: 10,
          email: null,
          name: null,
          updated_at: 18,
          external_id: null,
          sign_in_count: null,
          role: null,
        },
        { id: 11, email: 'c@example.com', name: 'Cy', updated_at: 19.5, new_field: { of: ['any', 'kind'] } },
      ];
      timely.fault({ method: 'GET', path: users, times: 2, response: Response.json(rows) });
      expect(await collect(api.users())).toMatchObject([
        { id: 9, roleId: 303, role: '', externalId: '4711', updatedAt: 17, removed: false },
        { id: 10, email: '', name: '', roleId: null, externalId: null },
        { id: 11, updatedAt: 19.5 },
      ]);
    }));

  test('with a text as long as no name is are odd rows, and keep no other from being read', () =>
    withTimely(async ({ timely, api }) => {
      const row = (id: number, name: string) => ({ id, email: `${id}@example.com`, name, updated_at: 17 });
      const rows = [row(9, 'x'.repeat(2_000)), row(10, 'Bo')];
      timely.fault({ method: 'GET', path: users, times: 2, response: Response.json(rows) });
      expect(await collect(api.users())).toMatchObject([
        { id: 9, name: '', odd: 'name' },
        { id: 10, name: 'Bo' },
      ]);
    }));

  test('get a role on its own when Timely refuses the name that it holds itself', () =>
    withTimely(async ({ timely, api }) => {
      timely.addUser({ id: 101, name: 'Meeting Room 4' });
      const user = await api.user(101);
      if (!user) throw new Error('Timely should know the user');
      expect(await api.changeRole(user, manager)).toMatchObject({ roleId: manager });
      expect(timely.requests.at(-1)?.body).toEqual({ user: { role_id: manager } });
    }));
});

describe('teams', () => {
  const shown = { id: 7, name: 'Design', color: 'fff', emoji: '', external_id: null };
  const members = [{ userId: 101, lead: true, hideHours: true }];

  test.each([
    ['nothing about members', shown],
    ['ids alone', { ...shown, user_ids: [101] }],
    ['fewer rows than ids', { ...shown, user_ids: [101], users: [] }],
  ])('that are listed with %s are read one by one', (_case, row) =>
    withTimely(async ({ timely, api }) => {
      timely.addTeam({ name: 'Design', users: [byHand] });
      timely.fault({ method: 'GET', path: teams, response: Response.json([row]) });
      expect(await api.teams()).toEqual([{ id: 7, name: 'Design', members }]);
    }),
  );

  test('with a removed user among their ids have all other members', () =>
    withTimely(async ({ timely, api }) => {
      const row = { ...shown, user_ids: [101, 102], users: [byHand] };
      timely.fault({ method: 'GET', path: teams, response: Response.json([row]) });
      timely.fault({ method: 'GET', path: oneTeam, times: 2, response: Response.json(row) });
      const team = { id: 7, name: 'Design', members };
      expect(await api.teams()).toEqual([team]);
      timely.addTeam({ name: 'Design', users: [byHand] });
      timely.fault({ method: 'PUT', path: oneTeam, after: true, response: Response.json(row) });
      expect(await api.setTeamMembers(team, members, noProjects)).toEqual(team);
    }));

  test('without members in any response do not count as empty, and keep no other from being read', () =>
    withTimely(async ({ timely, api }) => {
      timely.addTeam({ id: 8, name: 'Guild', users: [byHand] });
      timely.fault({
        method: 'GET',
        path: teams,
        response: Response.json([shown, { ...shown, id: 8, name: 'Guild' }]),
      });
      timely.fault({ method: 'GET', path: oneTeam, times: 2, response: Response.json(shown) });
      expect(await api.teams()).toEqual([
        { id: 7, name: 'Design', members: null },
        { id: 8, name: 'Guild', members },
      ]);
      await expect(api.team(7)).rejects.toThrow(ContractError);
    }));

  test('without members are empty in every form of the response', () =>
    withTimely(async ({ timely, api }) => {
      for (const empty of [{ user_ids: [] }, { users: [] }, { user_ids: [], users: [] }]) {
        timely.fault({ method: 'GET', path: oneTeam, response: Response.json({ ...shown, ...empty }) });
        expect(await api.team(7)).toMatchObject({ members: [] });
      }
    }));

  test('are read again when the response to a write has no members', () =>
    withTimely(async ({ timely, api }) => {
      const team = { ...timely.addTeam({ name: 'Design', users: [byHand] }), members };
      timely.fault({ method: 'PUT', path: oneTeam, after: true, response: Response.json(shown) });
      expect(await api.setTeamMembers(team, members, noProjects)).toMatchObject({ members });
      timely.ignoredFields = ['users'];
      timely.fault({ method: 'PUT', path: oneTeam, after: true, response: Response.json(shown) });
      await expect(api.setTeamMembers(team, [], noProjects)).rejects.toThrow(RejectedError);
    }));

  test('are returned as they are after the write, not as they were written', () =>
    withTimely(async ({ timely, api }) => {
      const team = { ...timely.addTeam({ name: 'Design' }), members: [] };
      timely.afterRequest = ({ method }) => {
        const ours = timely.teams.get(7)?.users ?? [];
        if (method === 'PUT')
          timely.teams.set(7, {
            ...timely.addTeam({ id: 7, name: 'Design' }),
            users: [...ours, { ...byHand, user_id: 102 }],
          });
      };
      const written = await api.setTeamMembers(team, members, noProjects);
      expect(written.members.map(({ userId }) => userId)).toEqual([101, 102]);
    }));

  test('get their new name together with their members when these are required', () =>
    withTimely(async ({ timely, api }) => {
      const team = { ...timely.addTeam({ name: 'Design', users: [byHand] }), members };
      timely.fault({ method: 'PUT', path: oneTeam, response: refused({ users: ["can't be blank"] }) });
      expect(await api.renameTeam(team, 'Guild')).toEqual({ id: 7, name: 'Guild', members });
    }));

  test('that were created without the requested members get them at once', () =>
    withTimely(async ({ timely, api }) => {
      timely.fault({
        method: 'POST',
        path: teams,
        after: true,
        response: Response.json({ ...shown, users: [], user_ids: [] }, { status: 201 }),
      });
      expect(await api.createTeam({ name: 'Design', members })).toEqual({ id: 7, name: 'Design', members });
      expect(timely.requestsTo('PUT', oneTeam)).toHaveLength(1);
    }));
});
