/** Directory changes that are hard for a sync. One company, cycle after cycle, with no limit in reach. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dayMs } from '../../../domain/time.ts';
import { linkedIds } from '../../../simulators/microsoft/directory/objects.ts';
import type { MicrosoftState } from '../../../simulators/microsoft/directory/state.ts';
import { findingsPage } from '../../../store/query/cycle-reports.ts';
import { type Contoso, openContoso, type Standing } from '../support/contoso.ts';
import { noLimitInReach } from '../support/faulty-directory.ts';
import type { SandboxCycle } from '../support/sandbox-cycle.ts';

let company: Contoso;
let state: MicrosoftState;
const standing = () => company.standing();

beforeAll(async () => {
  company = await openContoso((text) =>
    noLimitInReach(text).replace('directoryRoles: false', 'directoryRoles: true'),
  );
  state = company.directory;
  company.microsoft.options.deltaPage = { objects: 20, links: 10 };
  await company.cycle();
});
afterAll(() => company.close());

const contoso = (...names: string[]) => names.map((name) => `${name}@contoso.example`);
const removals = (email: string) =>
  company.timely.ledger
    .writes()
    .filter(({ operation, subject }) => operation === 'users.remove' && subject === email);

/** The messages of a cycle's findings. */
async function messages({ key }: SandboxCycle): Promise<string[]> {
  const { database } = company.world.services;
  const { items } = await findingsPage(database, key.tenant, key.cycle, 0, 1_000);
  return items.map(({ message }) => message);
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
    expect(company.present()).not.toContain(email);
    expect(company.timely.ledger.writes().filter(({ subject }) => subject === email)).toEqual([]);
  }
});

test('removes a deleted account that groups still list, reinstates a restored one, removes a purged one', async () => {
  const before = standing();
  const [email = ''] = contoso('bernd.vogel');
  const timelyId = company.timely.state.byEmail(email)?.id;
  const { id } = state.leave('Bernd Vogel');
  await company.cycle();
  expect(linkedIds(state.group('Timely Users'), 'members')).toContain(id);
  expect(standing()).toEqual(without(before, email));

  state.restore(id);
  await company.cycle();
  expect(standing()).toEqual(before);
  expect(company.timely.state.byEmail(email)?.id).toBe(timelyId);

  state.leave(id);
  state.restore(id);
  await company.cycle();
  expect(standing()).toEqual(before);
  expect(removals(email)).toHaveLength(1);

  state.purge(id);
  await company.cycle();
  await company.cycle({ full: true });
  expect(standing()).toEqual(without(before, email));
});

test('keeps all members of a circle of groups, and removes those who are cut off', async () => {
  const before = standing();
  state.nest('Timely Users', 'Finance Interns');
  await company.cycle();
  expect(standing()).toEqual(before);

  state.unnest('Finance Leads', 'Timely Users');
  await company.cycle();
  const cutOff = contoso('dorothea.lang', 'edgar.simon', 'filippa.berg', 'gabriel.stein');
  expect(standing()).toEqual(without(before, ...cutOff));

  state.nest('Finance Leads', 'Timely Users');
  await company.cycle();
  expect(standing()).toEqual(before);
});

test('keeps people and team of a renamed group while another takes its name', async () => {
  const before = standing();
  // One group is nested, one has a team. The sync knows both by id.
  for (const name of ['Finance Leads', 'Timely - Apollo']) {
    const { id } = state.group(name);
    state.renameGroup(id, `${name} (old)`);
    state.addToGroup('Heidi Krause', state.createGroup({ displayName: name }).id);
  }
  const { Apollo: members, ...otherTeams } = before.teams;
  await company.cycle();
  const renamed = { present: before.present, teams: { ...otherTeams, 'Apollo (old)': members } };
  expect(standing()).toEqual(renamed);

  // The new group had no people in scope so far. It gets the name's team, and no person changes teams.
  state.addToGroup('Hana Sato', 'Timely - Apollo');
  await company.cycle();
  await company.cycle({ full: true });
  expect(standing()).toEqual({
    present: before.present,
    teams: { ...renamed.teams, Apollo: contoso('hana.sato') },
  });
});

test('invites and removes no person when another group takes the name of a configured group', async () => {
  const before = standing();
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
  await company.cycle();
  expect(standing()).toEqual(during);
  const again = await company.cycle({ full: true });
  expect(standing()).toEqual(during);
  expect(await messages(again)).toContainEqual(
    expect.stringContaining(
      'scope.include 1 names the group "Timely Users": the group of that name is now called "Timely Users (old)", ' +
        'and another group has taken its name. The line goes on meaning the first group.',
    ),
  );

  for (const taker of takers) state.renameGroup(taker.id, `${taker.properties.displayName} (new)`);
  state.renameGroup(users, 'Timely Users');
  state.renameGroup(guild, 'Design Guild');
  await company.cycle();
  expect(standing()).toEqual(before);
});

test('reads a group over four pages, with a removal on the last one', async () => {
  const { options, ledger } = company.microsoft;
  const group = state.group('Design Guild');
  const members = linkedIds(group, 'members');
  const last = members.at(-1) ?? '';
  const before = standing();
  for (const id of members) if (id !== last) state.removeFromGroup(id, group.id);
  await company.cycle();

  // Delta lists links in the order of their creation, so the leaver comes after all who are back.
  for (const id of members) if (id !== last) state.addToGroup(id, group.id);
  state.removeFromGroup(last, group.id);
  options.deltaPage = { objects: 20, links: Math.floor((members.length - 1) / 3) };
  const read = ledger.last;
  await company.cycle();
  const pages = ledger.entries(read).filter(({ operation }) => operation === 'groups.delta');
  expect(pages.length).toBeGreaterThanOrEqual(4);
  const gone = String(state.user(last).properties.mail).toLowerCase();
  expect(before.teams['Design Guild']).toContain(gone);
  expect(standing()).toEqual({
    present: before.present,
    teams: {
      ...before.teams,
      'Design Guild': before.teams['Design Guild']?.filter((email) => email !== gone),
    },
  });
});

test('removes a person with a scoped role through a group only after an approval', async () => {
  const before = standing();
  const [email = ''] = contoso('amelie.roth');
  const group = state.createGroup({
    displayName: 'Campus Admins',
    properties: { isAssignableToRole: true },
  });
  state.addToGroup('Amelie Roth', group.id);
  state.grantRole(group.id, 'User Administrator', '/administrativeUnits/campus');
  state.change('Amelie Roth', { accountEnabled: false });
  const { held } = await company.cycle();
  expect(standing()).toEqual(before);
  expect(held).toContainEqual(`remove ${email} sensitive`);

  state.revokeRole(group.id, 'User Administrator');
  await company.cycle();
  expect(standing()).toEqual(without(before, email));
});

test('reports a client secret that ends within a month in each whole cycle', async () => {
  const warnings = async () => {
    const whole = await company.cycle({ full: true });
    return (await messages(whole)).filter((message) => message.includes('credential'));
  };
  expect(await warnings()).toEqual([]);
  state.app.secretEndsAt = new Date(Date.now() + 10.5 * dayMs).toISOString();
  const day = state.app.secretEndsAt.slice(0, 10);
  expect(await warnings()).toEqual([expect.stringContaining(`ends on ${day}, in 10 days. Create a new one`)]);
});
