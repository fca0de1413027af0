/** Directory changes that are hard for a sync. One running tenant, with no limit in reach. */

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Finding } from '../../../domain/plan/change.ts';
import { dayMs } from '../../../domain/time.ts';
import { linkedIds } from '../../../simulators/microsoft/directory/objects.ts';
import type { MicrosoftState } from '../../../simulators/microsoft/directory/state.ts';
import { ask } from '../../support/ask.ts';
import type { World } from '../../support/world.ts';
import { type Standing, standing, startFaultyDirectory } from './faulty-directory.ts';

let world: World;
let state: MicrosoftState;

beforeAll(async () => {
  ({ world } = await startFaultyDirectory());
  state = world.sandbox.microsoft.state;
}, 90_000);
afterAll(() => world.close());

const contoso = (...names: string[]) => names.map((name) => `${name}@contoso.example`);
const removals = (email: string) =>
  world.sandbox.timely.ledger
    .writes()
    .filter(({ operation, subject }) => operation === 'users.remove' && subject === email);

async function findings(): Promise<string[]> {
  const { cycle } = await world.status();
  const query = { about: 'findings', tenant: world.tenant, cycle, after: 0 } as const;
  const { items } = await ask(world.client, world.taskQueue, query);
  return items.map((item) => (item as Finding).message);
}

function without({ present, teams }: Standing, ...gone: string[]): Standing {
  const left = (emails: string[]) => emails.filter((email) => !gone.includes(email));
  return {
    present: left(present),
    teams: Object.fromEntries(Object.entries(teams).map(([name, emails]) => [name, left(emails)])),
  };
}

test('ignores accounts that the first round lists as removed', () => {
  // Contoso deleted one and purged another before the first read. Delta still lists both.
  for (const email of contoso('ulrike.sommer', 'viktor.reuter')) {
    expect(world.present()).not.toContain(email);
    expect(world.sandbox.timely.ledger.writes().filter(({ subject }) => subject === email)).toEqual([]);
  }
});

test('removes a deleted account that groups still list, reinstates a restored one, removes a purged one', async () => {
  const before = standing(world);
  const [email = ''] = contoso('bernd.vogel');
  const timelyId = world.sandbox.timely.state.byEmail(email)?.id;
  const { id } = state.leave('Bernd Vogel');
  await world.cycle();
  expect(linkedIds(state.group('Timely Users'), 'members')).toContain(id);
  expect(standing(world)).toEqual(without(before, email));

  state.restore(id);
  await world.cycle();
  expect(standing(world)).toEqual(before);
  expect(world.sandbox.timely.state.byEmail(email)?.id).toBe(timelyId);

  state.leave(id);
  state.restore(id);
  await world.cycle();
  expect(standing(world)).toEqual(before);
  expect(removals(email)).toHaveLength(1);

  state.purge(id);
  await world.cycle();
  await world.cycle({ full: true });
  expect(standing(world)).toEqual(without(before, email));
}, 60_000);

test('keeps all members of a circle of groups, and removes those who are cut off', async () => {
  const before = standing(world);
  state.nest('Timely Users', 'Finance Interns');
  await world.cycle();
  expect(standing(world)).toEqual(before);

  state.unnest('Finance Leads', 'Timely Users');
  await world.cycle();
  const cutOff = contoso('dorothea.lang', 'edgar.simon', 'filippa.berg', 'gabriel.stein');
  expect(standing(world)).toEqual(without(before, ...cutOff));

  state.nest('Finance Leads', 'Timely Users');
  await world.cycle();
  expect(standing(world)).toEqual(before);
}, 60_000);

test('keeps people and team of a renamed group while another takes its name', async () => {
  const before = standing(world);
  // One group is nested, one has a team. The sync knows both by id.
  for (const name of ['Finance Leads', 'Timely - Apollo']) {
    const { id } = state.group(name);
    state.renameGroup(id, `${name} (old)`);
    state.addToGroup('Heidi Krause', state.createGroup({ displayName: name }).id);
  }
  const { Apollo: members, ...otherTeams } = before.teams;
  await world.cycle();
  const renamed = { present: before.present, teams: { ...otherTeams, 'Apollo (old)': members } };
  expect(standing(world)).toEqual(renamed);

  // The new group had no people in scope so far. It gets the name's team, and no person changes teams.
  state.addToGroup('Hana Sato', 'Timely - Apollo');
  await world.cycle();
  await world.cycle({ full: true });
  expect(standing(world)).toEqual({
    present: before.present,
    teams: { ...renamed.teams, Apollo: contoso('hana.sato') },
  });
}, 60_000);

test('invites and removes no person when another group takes the name of a configured group', async () => {
  const before = standing(world);
  const { id: users } = state.group('Timely Users');
  const { id: guild } = state.group('Design Guild');
  const takers = ['Timely Users', 'Design Guild'].map((name) => {
    state.renameGroup(state.group(name).id, `${name} (old)`);
    const taker = state.createGroup({ displayName: name });
    state.addToGroup('Heidi Krause', taker.id);
    return taker;
  });
  const { 'Design Guild': members, ...otherTeams } = before.teams;
  const during = { present: before.present, teams: { ...otherTeams, 'Design Guild (old)': members } };
  for (const full of [false, true]) {
    await world.cycle({ full });
    expect(standing(world)).toEqual(during);
  }
  expect(await findings()).toContainEqual(
    expect.stringContaining(
      'scope.include 1 names the group "Timely Users": the group of that name is now called "Timely Users (old)", ' +
        'and another group has taken its name. The line goes on meaning the first group.',
    ),
  );

  for (const taker of takers) state.renameGroup(taker.id, `${taker.properties.displayName} (new)`);
  state.renameGroup(users, 'Timely Users');
  state.renameGroup(guild, 'Design Guild');
  await world.cycle();
  expect(standing(world)).toEqual(before);
}, 60_000);

test('reads a group over four pages, with a removal on the last one', async () => {
  const { options, ledger } = world.sandbox.microsoft;
  const group = state.group('Design Guild');
  const members = linkedIds(group, 'members');
  const last = members.at(-1) ?? '';
  const before = standing(world);
  for (const id of members) if (id !== last) state.removeFromGroup(id, group.id);
  await world.cycle();

  // Delta lists links in the order of their creation, so the leaver comes after all who are back.
  for (const id of members) if (id !== last) state.addToGroup(id, group.id);
  state.removeFromGroup(last, group.id);
  options.deltaPage = { objects: 20, links: Math.floor((members.length - 1) / 3) };
  const read = ledger.last;
  await world.cycle();
  const pages = ledger.entries(read).filter(({ operation }) => operation === 'groups.delta');
  expect(pages.length).toBeGreaterThanOrEqual(4);
  const gone = String(state.user(last).properties.mail).toLowerCase();
  expect(before.teams['Design Guild']).toContain(gone);
  expect(standing(world)).toEqual({
    present: before.present,
    teams: {
      ...before.teams,
      'Design Guild': before.teams['Design Guild']?.filter((email) => email !== gone),
    },
  });
}, 60_000);

test('removes a person with a scoped role through a group only after an approval', async () => {
  const before = standing(world);
  const [email = ''] = contoso('amelie.roth');
  const group = state.createGroup({
    displayName: 'Campus Admins',
    properties: { isAssignableToRole: true },
  });
  state.addToGroup('Amelie Roth', group.id);
  state.grantRole(group.id, 'User Administrator', '/administrativeUnits/campus');
  state.change('Amelie Roth', { accountEnabled: false });
  await world.cycle();
  expect(standing(world)).toEqual(before);
  expect(await world.approvalOf(email)).toMatchObject({ rule: 'sensitive' });

  state.revokeRole(group.id, 'User Administrator');
  await world.cycle();
  expect(standing(world)).toEqual(without(before, email));
}, 60_000);

test('reports a client secret that ends within a month in each whole cycle', async () => {
  const warnings = () => findings().then((all) => all.filter((message) => message.includes('credential')));
  await world.cycle({ full: true });
  expect(await warnings()).toEqual([]);
  state.app.secretEndsAt = new Date(Date.now() + 10.5 * dayMs).toISOString();
  await world.cycle({ full: true });
  const day = state.app.secretEndsAt.slice(0, 10);
  expect(await warnings()).toEqual([expect.stringContaining(`ends on ${day}, in 10 days. Create a new one`)]);
}, 60_000);
