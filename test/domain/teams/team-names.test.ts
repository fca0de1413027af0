/** Teams exchange names, take names that others give up, and follow a change of case. */
import { describe, expect, test } from '@jest/globals';
import type { TeamLink } from '../../../domain/people/link.ts';
import { dependOnEachOther, orderRenames, temporaryName } from '../../../domain/teams/rename-order.ts';
import { applied } from '../support/timely-model.ts';
import {
  gated,
  group,
  labelWithHold,
  link,
  members,
  person,
  planOf,
  team,
  user,
  type World,
  worldWith,
} from '../support/world.ts';

const letters = ['A', 'B', 'C', 'D'];
const groupId = (letter: string) => `group-${letter.toLowerCase()}`;

/** Each team is named after a letter; `now` are the names of their groups by now. A team without a name is not made yet. */
function named(now: Record<string, string>, teams = Object.keys(now)): World {
  const groups = Object.entries(now).map(([letter, name]) => group(name, groupId(letter)));
  return worldWith({
    rules: { teams: groups.map(({ id }) => ({ kind: 'group', group: id })) },
    directory: {
      people: [person('Ada')],
      groups,
      memberships: groups.flatMap(({ id }) => members(id, 'id-ada')),
    },
    timely: {
      users: [user(10, 'Ada')],
      teams: teams.map((letter) => team(50 + letters.indexOf(letter), letter, 10)),
    },
    personLinks: [link('Ada', 10)],
    teamLinks: teams
      .filter((letter) => letter in now)
      .map(
        (letter): TeamLink => ({
          source: `group:${groupId(letter)}`,
          timelyId: 50 + letters.indexOf(letter),
          origin: 'created',
          name: letter,
          personIds: ['id-ada'],
        }),
      ),
  });
}

const steps = (world: World) =>
  gated(world).map((change) => {
    const name = change.after && 'name' in change.after ? change.after.name : '';
    return change.kind === 'renameTeam' ? `${change.before?.name} → ${name}` : labelWithHold(change);
  });
const taken = (world: World) =>
  planOf(world)
    .findings.filter(({ kind }) => kind === 'team-name-taken')
    .map(({ message }) => message);

describe('names of teams', () => {
  test.each<[string, World, string[]]>([
    ['exchange', named({ A: 'B', B: 'A' }), ['B → A', 'A → B']],
    ['go round in a ring', named({ A: 'B', B: 'C', C: 'A' }), ['C → A', 'B → C', 'A → B']],
    ['are given up before others take them', named({ A: 'B', B: 'C', C: 'D' }), ['C → D', 'B → C', 'A → B']],
    ['change their case', named({ A: 'a' }), ['A → a']],
    ['go to a new team once they are given up', named({ A: 'B', C: 'A' }, ['A']), ['A → B', 'createTeam A']],
  ])('%s in one plan', (_, world, expected) => {
    expect([steps(world), taken(world)]).toEqual([expected, []]);
    const settled = applied(world, gated(world));
    expect([steps(settled), taken(settled)]).toEqual([[], []]);
  });

  test('stay along a chain whose end another team keeps, which is told with its owner', () => {
    const chain = named({ A: 'B', B: 'C' }, ['A', 'B', 'C']);
    expect([steps(chain), taken(chain)]).toEqual([
      [],
      [
        'The group "B" cannot have the team "B": the group "C" has the team of that name. Give one of them another name.',
        'The group "C" cannot have the team "C": a team in Timely that was made by hand has that name. Give one of them another name.',
      ],
    ]);
  });

  test('stay with the team that has them when a second group wants them', () => {
    const world = named({ A: 'B', B: 'B' });
    expect([steps(world), taken(world)]).toEqual([
      [],
      [
        'The group "B" cannot have the team "B": the group "B" has the team of that name. Give one of them another name.',
      ],
    ]);
  });

  test('keep their case while another team has the name in that case or another, which is told', () => {
    for (const other of ['a', 'A']) {
      const world = named({ A: 'a' });
      const teams = [...world.timely.teams, team(60, other)];
      const beside = { ...world, timely: { ...world.timely, teams } };
      expect([steps(beside), taken(beside)]).toEqual([
        [],
        [
          'The group "a" cannot have the team "a": a team in Timely that was made by hand has that name. Give one of them another name.',
        ],
      ]);
    }
  });

  test('keep the case that an adopted team has in Timely, until the group changes', () => {
    const world = named({ A: 'a' }, []);
    const byHand = { ...world, timely: { ...world.timely, teams: [team(50, 'A')] } };
    const adopted = applied(byHand, gated(byHand));
    const noted = applied(adopted, gated(adopted));
    expect([steps(byHand), steps(adopted), noted.teamLinks[0]?.name]).toEqual([
      ['setTeamMembers A'],
      [],
      'a',
    ]);
    const groups = [group('Á', groupId('A'))];
    expect(steps({ ...noted, directory: { ...noted.directory, groups } })).toEqual(['A → Á']);
  });
});

const rename = (from: string, to: string) => ({
  kind: 'renameTeam' as const,
  before: { name: from, personIds: [] },
  after: { name: to, personIds: [] },
});

test('renames keep their order but for names that are handed on', () => {
  const free = [rename('A', 'X'), rename('B', 'Y')];
  expect([orderRenames(free), dependOnEachOther(free)]).toEqual([free, false]);
  const handedOn = [rename('A', 'b'), rename('B', 'Y')];
  expect([orderRenames(handedOn), dependOnEachOther(handedOn)]).toEqual([handedOn.toReversed(), true]);
  expect(dependOnEachOther([rename('A', 'a')])).toBe(false);
});

test('a temporary name has the id of the team and fits into Timely', () => {
  expect(temporaryName('Guild', 7)).toBe('Guild (renaming, 7)');
  expect(temporaryName('x'.repeat(255), 7)).toHaveLength(255);
});
