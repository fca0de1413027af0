/** Who counts as put into a team by its source, and what becomes of a team whose source is gone. */
import { describe, expect, test } from '@jest/globals';
import type { TeamLink } from '../../../domain/people/link.ts';
import type { TeamRule } from '../../../domain/rules.ts';
import { applied } from '../support/timely-model.ts';
import {
  gated,
  group,
  labelWithHold,
  link,
  members,
  person,
  planOf,
  rulesWith,
  team,
  user,
  type World,
  worldWith,
} from '../support/world.ts';

const names = ['Ada', 'Bo', 'Cy', 'Di'];
const idsOf = (...some: string[]) => some.map((name) => `id-${name.toLowerCase()}`);
const linkOf = (source: string, name: string, ...people: string[]): TeamLink => ({
  source,
  timelyId: 50,
  origin: 'created',
  name,
  personIds: idsOf(...people),
});

/** Ada (10), Bo (11), Cy (12) and Di (13) are in scope and in Timely. */
function worldOf(patch: Parameters<typeof worldWith>[0]): World {
  return worldWith({
    personLinks: names.map((name, index) => link(name, 10 + index)),
    ...patch,
    directory: { people: names.map((name) => person(name)), ...patch.directory },
    timely: { users: names.map((name, index) => user(10 + index, name)), ...patch.timely },
  });
}

const teamLabels = (world: World) =>
  gated(world)
    .filter(({ subject }) => subject.type === 'team')
    .map(labelWithHold);
const cycled = (world: World) => applied(world, gated(world));
const rosters = (world: World) =>
  world.timely.teams.map(({ name, members: rows }) => `${name}: ${rows.map(({ userId }) => userId)}`);
const findingKinds = (world: World) =>
  planOf(world)
    .findings.map(({ kind }) => kind)
    .filter((kind) => kind.startsWith('team-'));
const withMemberships = (world: World, memberships: World['directory']['memberships']): World => ({
  ...world,
  directory: { ...world.directory, memberships },
});

describe('a member of a team who is in its group', () => {
  const guild = group('Guild');
  const rules = { teams: [{ kind: 'group', group: 'Guild' } as const] };
  const guildWorld = (patch: Parameters<typeof worldWith>[0]) =>
    worldOf({
      rules,
      ...patch,
      directory: { groups: [guild], memberships: members(guild.id, 'id-ada', 'id-bo'), ...patch.directory },
    });

  test('leaves an adopted team with the group', () => {
    const adopted = cycled(guildWorld({ timely: { teams: [team(50, 'Guild', 10, 11, 12)] } }));
    expect(rosters(adopted)).toEqual(['Guild: 10,11,12']);
    const left = cycled(withMemberships(adopted, members(guild.id, 'id-ada')));
    expect(rosters(left)).toEqual(['Guild: 10,12']);
    expect(gated(left)).toEqual([]);
  });

  test('leaves with the group after being put in by hand before joining it', () => {
    const byHand = guildWorld({
      timely: { teams: [team(50, 'Guild', 10, 11)] },
      teamLinks: [linkOf(`group:${guild.id}`, 'Guild', 'Ada')],
    });
    expect([gated(byHand), planOf(byHand).teamLinkUpdates.map((update) => update.link.personIds)]).toEqual([
      [],
      [idsOf('Ada', 'Bo')],
    ]);
    expect(rosters(cycled(withMemberships(cycled(byHand), members(guild.id, 'id-ada'))))).toEqual([
      'Guild: 10',
    ]);
    expect(planOf(cycled(byHand)).teamLinkUpdates).toEqual([]);
  });

  test('stays when only an incomplete read had them in the group', () => {
    const byHand = guildWorld({
      directory: { complete: false },
      timely: { teams: [team(50, 'Guild', 10, 11)] },
      teamLinks: [linkOf(`group:${guild.id}`, 'Guild', 'Ada')],
    });
    const later = cycled(byHand);
    const whole = { ...later, directory: { ...later.directory, complete: true } };
    expect(rosters(cycled(withMemberships(whole, members(guild.id, 'id-ada'))))).toEqual(['Guild: 10,11']);
  });

  test('stays in the team when they were never in the group', () => {
    const world = cycled(guildWorld({ timely: { teams: [team(50, 'Guild', 13)] } }));
    expect(rosters(cycled(withMemberships(world, [])))).toEqual(['Guild: 13']);
  });
});

describe('a team whose group is made anew', () => {
  const old = 'group:group-old';
  const renewed = group('Timely - Guild', 'group-new');
  const anewWorld = (rule: TeamRule, patch: Parameters<typeof worldWith>[0] = {}) =>
    worldOf({
      rules: { teams: [rule] },
      timely: { teams: [team(50, 'Guild', 10, 11, 13)] },
      teamLinks: [{ ...linkOf(old, 'Guild', 'Ada', 'Bo'), pattern: 'timely - *' }],
      ...patch,
      directory: {
        groups: [renewed],
        memberships: members(renewed.id, 'id-ada', 'id-cy'),
        ...patch.directory,
      },
    });
  const twice = [renewed.id, 'group-twin'].flatMap((id) => members(id, 'id-ada'));
  const byName: TeamRule = { kind: 'group', group: 'Timely - Guild', name: 'Guild' };
  const byPattern: TeamRule = { kind: 'groupsNamed', pattern: 'Timely - *', name: '$1' };

  test.each([
    ['by name', byName],
    ['by a pattern', byPattern],
  ])('passes on, %s, with the members that others put there', (_, rule) => {
    const world = anewWorld(rule);
    expect([teamLabels(world), findingKinds(world)]).toEqual([['setTeamMembers Guild'], ['team-passed-on']]);
    const passed = cycled(world);
    expect(rosters(passed)).toEqual(['Guild: 10,13,12']);
    expect(passed.teamLinks.map(({ source, origin }) => `${source} ${origin}`)).toEqual([
      'group:group-new created',
    ]);
    expect([gated(passed), findingKinds(passed)]).toEqual([[], []]);
  });

  test.each<[string, Parameters<typeof worldWith>[0], string[]]>([
    [
      'while two new groups want it',
      { directory: { groups: [renewed, group('timely - guild', 'group-twin')], memberships: twice } },
      [],
    ],
    ['while the new group is empty', { directory: { memberships: [] } }, []],
    ['to a department of that name', { rules: { teams: [{ kind: 'department', department: '*' }] } }, []],
    ['to a pattern, from a group that a line named', { teamLinks: [linkOf(old, 'Guild', 'Ada', 'Bo')] }, []],
    [
      'to another pattern',
      { teamLinks: [{ ...linkOf(old, 'Guild', 'Ada', 'Bo'), pattern: 'project - *' }] },
      [],
    ],
    [
      'while the read of the directory is not complete',
      { directory: { complete: false } },
      ['no retirement'],
    ],
  ])('does not pass on %s', (_, patch, noRetirement) => {
    const people = names.map((name) => person(name, { attributes: { department: 'Guild' } }));
    const world = anewWorld(byPattern, { ...patch, directory: { people, ...patch.directory } });
    const retired = noRetirement.length > 0 ? [] : ['retireTeam Guild (team-shrinks)'];
    expect([teamLabels(world), findingKinds(world).includes('team-passed-on')]).toEqual([retired, false]);
    if (retired.length > 0)
      expect(gated(world).at(-1)?.hold?.detail).toContain('takes out 2 members whom the sync put there');
  });
});

describe('a team whose department is renamed', () => {
  const departments: TeamRule = { kind: 'department', department: '*' };
  /** The people of the team Design, and the departments they are in by now. */
  const moved = (...now: string[]) =>
    worldOf({
      rules: { teams: [departments], safety: { ...rulesWith().safety } },
      directory: {
        people: names.map((name, index) => {
          const department = now[index];
          return person(name, department ? { attributes: { department } } : {});
        }),
      },
      timely: { teams: [team(50, 'Design', 10, 11, 12)] },
      teamLinks: [linkOf('department:design', 'Design', 'Ada', 'Bo', 'Cy')],
    });

  test('passes on with most of its people, and gets the new name', () => {
    const world = moved('Product', 'Product', 'Law', 'Product');
    expect([teamLabels(world), findingKinds(world)]).toEqual([
      ['renameTeam Design', 'createTeam Law', 'setTeamMembers Design'],
      ['team-passed-on'],
    ]);
    expect(rosters(cycled(world)).sort()).toEqual(['Law: 12', 'Product: 10,11,13']);
    expect(gated(cycled(world))).toEqual([]);
  });

  test('is held when no department has most of its people', () => {
    const labels = teamLabels(moved('Product', 'Law', 'Sales'));
    expect(labels).toContain('retireTeam Design (team-shrinks)');
    expect(findingKinds(moved('Product', 'Law', 'Sales'))).toEqual([]);
  });

  test('goes to the department with more of its people when two become one', () => {
    const two = moved('Product', 'Product', 'Product', 'Product');
    const world = {
      ...two,
      timely: { ...two.timely, teams: [...two.timely.teams, team(51, 'Sales', 13)] },
      teamLinks: [...two.teamLinks, { ...linkOf('department:sales', 'Sales', 'Di'), timelyId: 51 }],
    };
    expect(teamLabels(world)).toEqual([
      'renameTeam Design',
      'setTeamMembers Design',
      'retireTeam Sales (team-shrinks)',
    ]);
  });
});

test.each<[string, Partial<TeamLink>, number[], string]>([
  [
    'lets go of an adopted team',
    { origin: 'adopted' },
    [10, 13],
    'Approving lets go of the team: it stays in Timely with its 2 members',
  ],
  ['deletes a team of its own', {}, [10], 'Approving deletes the team in Timely with its 1 member'],
  ['leaves a team to others', {}, [10, 13], 'The team stays in Timely for 1 other member'],
])('the request to retire a team says that it %s', (_, patch, userIds, words) => {
  const world = worldOf({
    timely: { teams: [team(50, 'Guild', ...userIds)] },
    teamLinks: [{ ...linkOf('group:gone', 'Guild', 'Ada'), ...patch }],
  });
  expect(gated(world).map(({ hold }) => hold?.detail)).toEqual([expect.stringContaining(words)]);
});
