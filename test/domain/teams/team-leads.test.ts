import { expect, test } from '@jest/globals';
import { applied } from '../support/timely-model.ts';
import { gated, group, link, members, person, team, user, type World, worldWith } from '../support/world.ts';

const guild = group('Guild');

/** Ada manages Bo and Cy, Bo manages Di, all in the guild; Zoe leads it by hand; Cy leads although the directory has no reason. */
function world(leads: 'keep' | 'managers'): World {
  const reportsTo = (managerId: string) => ({ managerId });
  const names = ['Ada', 'Bo', 'Cy', 'Di'];
  const base = worldWith({
    rules: { teams: [{ kind: 'group', group: 'Guild' }] },
    directory: {
      people: [
        person('Ada', reportsTo('id-boss')),
        person('Bo', reportsTo('id-ada')),
        person('Cy', reportsTo('id-ada')),
        person('Di', reportsTo('id-bo')),
      ],
      groups: [guild],
      memberships: members(guild.id, 'id-ada', 'id-bo', 'id-cy', 'id-di'),
    },
    timely: {
      users: [...names.map((name, index) => user(10 + index, name)), user(15, 'Zoe')],
      teams: [
        {
          ...team(50, 'Guild'),
          members: [
            { userId: 15, lead: true, hideHours: true },
            { userId: 10, lead: false, hideHours: true },
            { userId: 11, lead: false, hideHours: false },
            { userId: 12, lead: true, hideHours: false },
          ],
        },
      ],
    },
    personLinks: names.map((name, index) => link(name, 10 + index)),
    teamLinks: [
      {
        source: `group:${guild.id}`,
        timelyId: 50,
        name: 'Guild',
        origin: 'created',
        personIds: ['id-ada', 'id-bo', 'id-cy'],
      },
    ],
  });
  return { ...base, rules: { ...base.rules, teamMembers: { ...base.rules.teamMembers, leads } } };
}

const leadsOf = ({ timely }: World) =>
  timely.teams.flatMap((one) => one.members.filter(({ lead }) => lead).map(({ userId }) => userId)).sort();

test('only managers of members lead among the people that the sync added', () => {
  const before = world('managers');
  const changes = gated(before);
  expect(changes.map(({ kind, reason }) => `${kind} ${reason}`)).toEqual([
    'setTeamMembers members: follows the group "Guild": adds 1 person, changes who leads for 3 people',
  ]);
  const after = applied(before, changes);
  expect(leadsOf(after)).toEqual([10, 11, 15]);
  expect(after.timely.teams[0]?.members).toEqual(
    expect.arrayContaining([
      { userId: 15, lead: true, hideHours: true },
      { userId: 10, lead: true, hideHours: true },
    ]),
  );
  expect(gated(after)).toEqual([]);
});

test('a manager stops leading when their people left the team', () => {
  const before = applied(world('managers'), gated(world('managers')));
  const people = before.directory.people.map((one) =>
    one.id === 'id-di' ? { ...one, managerId: null } : one,
  );
  const moved = { ...before, directory: { ...before.directory, people } };
  expect(leadsOf(applied(moved, gated(moved)))).toEqual([10, 15]);
});

test('a new team starts with its leads', () => {
  const { timely, ...rest } = world('managers');
  const before = { ...rest, teamLinks: [], timely: { ...timely, teams: [] } };
  expect(leadsOf(applied(before, gated(before)))).toEqual([10, 11]);
});

test('leads stay as Timely has them under leads: keep', () => {
  const before = world('keep');
  expect(leadsOf(applied(before, gated(before)))).toEqual([12, 15]);
});
