import { describe, expect, test } from '@jest/globals';
import { RejectedError, TransientError } from '../../domain/errors.ts';
import { accountId, employee, manager, withTimely } from './fake-timely.ts';

const ada = { name: 'Ada Example', email: 'ada@example.com', roleId: employee, externalId: 'object-1' };
const users = new RegExp(`/${accountId}/users$`);

/** The error of a promise that must reject with a RejectedError. */
async function rejection(promise: Promise<unknown>): Promise<RejectedError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof RejectedError) return error;
  throw new Error('not rejected by Timely', { cause: error });
}

describe('an invitation', () => {
  test('sends name, address, role and the directory id, and nothing else', () =>
    withTimely(async ({ timely, api }) => {
      const invited = await api.invite(ada);
      expect(invited).toMatchObject({ email: 'ada@example.com', roleId: employee, externalId: 'object-1' });
      expect(timely.requests.at(-1)).toEqual({
        method: 'POST',
        path: `/1.1/${accountId}/users`,
        query: {},
        body: {
          user: {
            name: 'Ada Example',
            email: 'ada@example.com',
            role_id: employee,
            external_id: 'object-1',
          },
        },
      });
    }));

  test('sends the domain of the address in lower case and leaves the rest alone', () =>
    withTimely(async ({ timely, api }) => {
      await api.invite({ ...ada, email: 'Ada.Example@CONTOSO.Example' });
      expect(timely.mails).toEqual(['Ada.Example@contoso.example']);
    }));

  test('reinstates a removed user under the same id, ignoring the case of their address', () =>
    withTimely(async ({ timely, api }) => {
      const removed = timely.addUser({ email: 'Ada@example.com', deleted: true });
      expect(await api.invite(ada)).toMatchObject({ id: removed.id, removed: false });
    }));

  test('returns the role that Timely assigned when it is not the requested one', () =>
    withTimely(async ({ timely, api }) => {
      timely.ignoredFields = ['role_id'];
      expect(await api.invite(ada)).toMatchObject({ roleId: manager });
    }));

  test('is ignored when the response has another address, or a user who is still removed', () =>
    withTimely(async ({ timely, api }) => {
      const user = { id: 5, email: 'old@example.com', name: 'Ada', updated_at: 1, deleted: true };
      timely.fault({ method: 'POST', path: users, response: Response.json(user) });
      const error = await rejection(api.invite(ada));
      expect(Object.keys(error.fields)).toEqual(['email', 'deleted']);
      expect(error.message).not.toContain('@');
    }));

  test('that took effect is found after a lost response, so that no person gets two e-mails', () =>
    withTimely(async ({ timely, api }) => {
      timely.fault({ method: 'POST', path: users, after: true, response: 'cut' });
      await expect(api.invite(ada)).rejects.toThrow(TransientError);
      expect(await api.findPresent({ ...ada, since: 0 })).toMatchObject({
        externalId: 'object-1',
        removed: false,
      });
      expect(timely.mails).toEqual(['ada@example.com']);
    }));

  test('that never arrived is not found', () =>
    withTimely(async ({ timely, api }) => {
      timely.fault({ method: 'POST', path: users, response: 'cut' });
      await expect(api.invite(ada)).rejects.toThrow(TransientError);
      expect(await api.findPresent({ ...ada, since: 0 })).toBeNull();
    }));
});

describe('changing a user', () => {
  test('sends a new role with name and address as they were read', () =>
    withTimely(async ({ timely, api }) => {
      const { id } = timely.addUser({ name: 'Ada Old', email: 'Ada@example.com' });
      const user = await api.user(id);
      if (!user) throw new Error('Timely should know the user');
      expect(await api.changeRole(user, manager)).toMatchObject({ id, roleId: manager, role: 'manager' });
      expect(timely.requests.at(-1)).toMatchObject({
        method: 'PUT',
        body: { user: { name: 'Ada Old', email: 'Ada@example.com', role_id: manager } },
      });
    }));

  test('rejects when Timely ignores the role', () =>
    withTimely(async ({ timely, api }) => {
      const { id } = timely.addUser();
      const user = await api.user(id);
      if (!user) throw new Error('Timely should know the user');
      timely.ignoredFields = ['role_id'];
      expect((await rejection(api.changeRole(user, manager))).fields).toHaveProperty('role_id');
    }));

  test('succeeds for a second removal too', () =>
    withTimely(async ({ timely, api }) => {
      const user = timely.addUser();
      await api.remove(user.id);
      expect(user.deleted).toBe(true);
      await api.remove(user.id);
    }));

  test("does not take a gateway's not-found page for a removal", () =>
    withTimely(async ({ timely, api }) => {
      const user = timely.addUser();
      const page = new Response('<html>404 Not Found</html>', { status: 404 });
      timely.fault({ method: 'DELETE', path: /users/, response: page });
      await expect(api.remove(user.id)).rejects.toThrow(TransientError);
      expect(user.deleted).toBe(false);
    }));
});

describe('teams', () => {
  const named = (id: number, name = 'Design') => ({ id, name, members: [] });
  const members = [
    { userId: 101, lead: true, hideHours: false },
    { userId: 102, lead: false, hideHours: true },
  ];
  const rows = [
    { user_id: 101, lead: true, hide_hours: false },
    { user_id: 102, lead: false, hide_hours: true },
  ];

  test('are created with their members and flags', () =>
    withTimely(async ({ timely, api }) => {
      const team = await api.createTeam({ name: 'Design', members, externalId: 'group:1' });
      expect(team).toEqual({ id: team.id, name: 'Design', externalId: 'group:1', members });
      expect(timely.teams.get(team.id)).toMatchObject({ users: rows, external_id: 'group:1' });
    }));

  test.each([
    [true, false],
    [false, true],
  ])('get their members with both project options set (grant %s, revoke %s)', (grantOnJoin, revokeOnLeave) =>
    withTimely(async ({ timely, api }) => {
      const { id } = timely.addTeam({ name: 'Design' });
      expect(await api.setTeamMembers(named(id), members, { grantOnJoin, revokeOnLeave })).toMatchObject({
        members,
      });
      expect(timely.teams.get(id)).toMatchObject({ name: 'Design', users: rows });
      // Written, and read once more.
      expect(timely.requests.map(({ method }) => method)).toEqual(['PUT', 'GET']);
      expect(timely.requests[0]?.query).toEqual({
        add_users_to_team_projects: String(grantOnJoin),
        delete_users_from_team_projects: String(revokeOnLeave),
      });
    }),
  );

  test('can be emptied', () =>
    withTimely(async ({ timely, api }) => {
      const { id } = timely.addTeam({ users: rows });
      await api.setTeamMembers(named(id), [], { grantOnJoin: false, revokeOnLeave: true });
      expect(timely.teams.get(id)?.users).toEqual([]);
    }));

  test('keep members and their projects when they get a new name', () =>
    withTimely(async ({ timely, api }) => {
      const { id } = timely.addTeam({ name: 'Design', users: rows });
      expect(await api.renameTeam(named(id), 'Design Guild')).toEqual({ id, name: 'Design Guild', members });
      expect(timely.requests[0]).toMatchObject({
        query: { add_users_to_team_projects: 'false', delete_users_from_team_projects: 'false' },
        body: { team: { name: 'Design Guild' } },
      });
    }));

  test('reject with what differs when Timely ignores members or a name', () =>
    withTimely(async ({ timely, api }) => {
      const { id } = timely.addTeam({
        name: 'Design',
        users: [
          { user_id: 101, lead: false, hide_hours: false },
          { user_id: 103, lead: false, hide_hours: false },
        ],
      });
      timely.ignoredFields = ['users', 'name'];
      const set = api.setTeamMembers(named(id), members, { grantOnJoin: false, revokeOnLeave: true });
      expect((await rejection(set)).fields).toEqual({
        users: ['not added: 102', 'not removed: 103', 'other lead or hidden-hours flag: 101'],
      });
      expect((await rejection(api.renameTeam(named(id), 'Guild'))).fields).toHaveProperty('name');
    }));

  test('are deleted without touching projects, and a second time too', () =>
    withTimely(async ({ timely, api }) => {
      const { id } = timely.addTeam();
      await api.deleteTeam(id);
      await api.deleteTeam(id);
      expect(timely.teams.size).toBe(0);
      expect(timely.requests.at(-1)?.query).toEqual({ delete_project_users: 'false' });
    }));
});
