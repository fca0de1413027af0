import { expect, test } from '@jest/globals';
import { gatherScope } from '../../../client/init/scope-answers.ts';
import { lookText } from '../../../client/render/look-text.ts';
import type { LookReport } from '../../../domain/contract/look.ts';
import { fittingPart } from '../../../domain/look/count-directory.ts';
import { silentSession, watcherWho } from '../run-command.ts';

const groupNamed = (name: string, people: number, isAmbiguous = false) => ({
  id: `id-${name}-${people}`,
  name,
  people,
  isAmbiguous,
});
const others = Array.from({ length: 30 }, (_, index) => groupNamed(`Project ${index + 1}`, 90 - index));
const users = groupNamed('Timely Users', 34);
const managers = groupNamed('Timely Managers', 3);
const groups = [...others, users, managers, groupNamed('Twin', 2, true), groupNamed('Twin', 1, true)];

const report: LookReport = {
  tenant: 'contoso',
  evidence: null,
  directory: {
    people: 65,
    live: 60,
    groups: { items: groups.slice(0, 20), total: groups.length },
    departments: {
      items: [
        { name: 'Design', people: 12 },
        { name: 'Sales', people: 4 },
      ],
      total: 2,
    },
    domains: { items: [{ name: 'contoso.example', people: 60 }], total: 1 },
    assigned: 0,
  },
  timely: {
    account: 'Contoso',
    seats: { paid: 80, used: 52 },
    roles: ['admin', 'employee'],
    users: 52,
    known: 50,
    teams: 1,
    hasTeams: true,
  },
  proposal: {
    group: users,
    reason: 'Its name has "Timely" in it.',
    roles: [{ group: managers, role: 'manager' }],
    teams: 'departments',
  },
};
const found = { report, find: async (part: string) => fittingPart(groups, part, 20) };

function typing(...lines: string[]) {
  const said: string[] = [];
  const session = {
    ...silentSession(),
    columns: 80,
    rows: null,
    watcher: watcherWho(true),
    readLine: async () => lines.shift() ?? null,
    err: (text: string) => void said.push(text),
  };
  return { session, said };
}

test('proposes group and teams, and takes them when a person presses Enter', async () => {
  expect(await gatherScope(typing('', '', '').session, {}, found)).toEqual({
    include: [{ kind: 'group', value: 'Timely Users', comment: '' }],
    role: 'employee',
    roleRules: [{ group: 'Timely Managers', role: 'manager' }],
    teams: 'departments',
  });
});

test('takes a group by its number in the list, and by a part that finds one', async () => {
  const byNumber = await gatherScope(typing('2', '', 'none').session, {}, found);
  expect(byNumber).toMatchObject({ include: [{ value: 'Project 2' }], teams: 'none' });
  const { session, said } = typing('managers', '', 'none');
  const byPart = await gatherScope(session, {}, found);
  expect(byPart).toMatchObject({ include: [{ value: 'Timely Managers' }] });
  expect(said.join('')).toContain('The group "Timely Managers", 3 people.');
});

test('lists what a part finds, and numbers count in that list', async () => {
  const { session, said } = typing('nowhere', 'project', '10', '', 'none');
  expect(await gatherScope(session, {}, found)).toMatchObject({ include: [{ value: 'Project 10' }] });
  expect(said.join('')).toContain('No group has "nowhere" in its name.');
  expect(said.join('')).toContain('and 20 more groups: a part of a name finds them.');
});

test('writes the object id of a group whose name another one has', async () => {
  const { session } = typing('twin', '2', '', 'none');
  expect(await gatherScope(session, {}, found)).toMatchObject({
    include: [{ value: 'id-Twin-1', comment: 'Twin' }],
  });
});

test('asks again for a role that Timely does not have', async () => {
  const { session, said } = typing('', 'wizard', 'ADMIN', 'none');
  expect(await gatherScope(session, {}, found)).toMatchObject({ role: 'admin' });
  expect(said.join('')).toContain('Timely has these roles: admin, employee.');
});

test('takes the proposed group without a terminal, and makes no team unasked', async () => {
  expect(await gatherScope(silentSession(), {}, found)).toMatchObject({
    include: [{ value: 'Timely Users' }],
    teams: 'none',
  });
  await expect(gatherScope(silentSession(), {}, null)).rejects.toThrow('these are missing: --group.');
});

test('shows the overview in lines of 80 columns, cut to what fits', () => {
  const text = lookText(report, 80);
  expect(text).toContain('and 24 more groups: a part of a name finds them.');
  expect(text).toContain('Departments (2): Design 12, Sales 4.');
  expect(text.split('\n').length).toBeLessThan(30);
});
