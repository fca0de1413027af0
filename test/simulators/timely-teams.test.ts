import { expect, test } from '@jest/globals';
import { type SimulatorWorld, withWorld } from './world.ts';

const write = (world: SimulatorWorld, method: string, path: string, team: object) =>
  world.timely(`/teams${path}`, { method, body: { team } });
const idOf = (world: SimulatorWorld, email: string) => world.sandbox.timely.state.byEmail(email)?.id ?? 0;

test('a new team has its members, and the response is 201', () =>
  withWorld({}, async (world) => {
    const lena = idOf(world, 'lena.fischer@contoso.example');
    const { status, json } = await write(world, 'POST', '', {
      name: 'Apollo',
      external_id: 'group:1',
      users: [{ user_id: lena, lead: true }],
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      name: 'Apollo',
      color: expect.any(String),
      emoji: expect.any(String),
      external_id: 'group:1',
      project_ids: [],
      user_ids: [lena],
      users: [{ user_id: lena, team_id: json.id, lead: true, hide_hours: false }],
    });
    const { json: list } = await world.timely('/teams');
    expect(list.map(({ name }: { name: string }) => name)).toEqual(['Apollo', 'Design Guild']);
  }));

test('an update with users replaces all members; without users they keep their flags', () =>
  withWorld({}, async (world) => {
    const [guild] = world.sandbox.timely.state.teams;
    const lena = idOf(world, 'lena.fischer@contoso.example');
    const frida = idOf(world, 'frida@studio-lang.example');
    const before = (await world.timely(`/teams/${guild?.id}`)).json;
    expect(before.users).toMatchObject([
      { user_id: lena, lead: true, hide_hours: false },
      { user_id: frida, lead: false, hide_hours: true },
      { lead: false, hide_hours: false },
    ]);
    const renamed = await write(world, 'PUT', `/${guild?.id}`, { name: 'Guild' });
    expect(renamed.json).toEqual({ ...before, name: 'Guild' });
    const fewer = await write(world, 'PATCH', `/${guild?.id}`, { users: [{ user_id: frida }] });
    expect(fewer.json.users).toMatchObject([{ user_id: frida, lead: false, hide_hours: false }]);
    expect((await write(world, 'PUT', `/${guild?.id}`, { users: [] })).json.user_ids).toEqual([]);
  }));

test('a team with unknown or removed members or an empty name is refused', () =>
  withWorld({}, async (world) => {
    const removed = idOf(world, 'jonas.weber@contoso.example');
    for (const user_id of [1, removed]) {
      expect((await write(world, 'POST', '', { name: 'New', users: [{ user_id }] })).status).toBe(422);
    }
    expect((await write(world, 'POST', '', { users: [] })).json.errors).toHaveProperty('name');
    expect((await write(world, 'POST', '', { name: '' })).json.errors).toHaveProperty('name');
    expect(world.sandbox.timely.state.teams).toHaveLength(1);
  }));

test('a member gets the projects of a team and keeps them on leaving, unless the request says otherwise', () =>
  withWorld({}, async (world) => {
    const { state } = world.sandbox.timely;
    const [guild] = state.teams;
    const lena = idOf(world, 'lena.fischer@contoso.example');
    const tom = idOf(world, 'tom@baker-illustration.example');
    const project = { id: 1, name: 'Website', user_ids: [] as number[] };
    state.projects.push(project);
    guild?.project_ids.push(project.id);
    const set = (ids: number[], options = '') =>
      write(world, 'PUT', `/${guild?.id}${options}`, { users: ids.map((user_id) => ({ user_id })) });
    await set([lena, tom], '?add_users_to_team_projects=false');
    expect(project.user_ids).toEqual([]);
    await set([lena, tom]);
    expect(project.user_ids).toEqual([lena, tom]);
    await set([lena]);
    expect(project.user_ids).toEqual([lena, tom]);
    await set([], '?delete_users_from_team_projects=true');
    expect(project.user_ids).toEqual([tom]);
  }));

test('a deleted team is not found', () =>
  withWorld({}, async (world) => {
    const [guild] = world.sandbox.timely.state.teams;
    expect((await world.timely(`/teams/${guild?.id}`, { method: 'DELETE' })).json).toEqual({});
    expect((await world.timely(`/teams/${guild?.id}`)).status).toBe(404);
    expect((await world.timely(`/teams/${guild?.id}`, { method: 'DELETE' })).status).toBe(404);
  }));

test('the list of teams obeys only the paging parameters of its account', () =>
  withWorld({}, async (world) => {
    const { state } = world.sandbox.timely;
    for (const name of ['Apollo', 'Gemini']) state.createTeam(name, []);
    const names = async (query: string) =>
      (await world.timely(`/teams?${query}`)).json.map(({ name }: { name: string }) => name);
    expect(await names('limit=2&offset=1&page=1')).toEqual(['Design Guild', 'Gemini']);
    state.behaviour.teamPaging = 'page and per_page';
    expect(await names('limit=2&offset=1&page=2&per_page=2')).toEqual(['Gemini']);
  }));

test('a plan without teams responds with 403', () =>
  withWorld({}, async (world) => {
    world.sandbox.timely.state.account.features = ['api_access'];
    expect((await write(world, 'POST', '', { name: 'New' })).status).toBe(403);
  }));

test('the ledger shows the members of a team by address', () =>
  withWorld({}, async (world) => {
    const lena = idOf(world, 'lena.fischer@contoso.example');
    await write(world, 'POST', '', { name: 'Apollo', users: [{ user_id: lena, lead: true }] });
    expect(world.sandbox.timely.ledger.writes()).toMatchObject([
      {
        operation: 'teams.create',
        subject: 'Apollo',
        status: 201,
        write: { users: [{ email: 'lena.fischer@contoso.example', lead: true }] },
      },
    ]);
  }));
