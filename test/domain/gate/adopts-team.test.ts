import { describe, expect, test } from '@jest/globals';
import type { TeamRule } from '../../../domain/rules.ts';
import { teamExternalId } from '../../../domain/teams/team-marker.ts';
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
  worldWith,
} from '../support/world.ts';

const board = group('Timely - Board', 'group-board');

/** Ada is in the group and the department Board; Bo leads the team Board, which was made by hand. */
function boardWorld(rule: TeamRule, manual: 'keep' | 'remove' = 'keep', origin?: 'adopted' | 'created') {
  return worldWith({
    rules: { teams: [rule], teamMembers: { ...rulesWith().teamMembers, manual } },
    directory: {
      people: [person('Ada', { attributes: { department: 'Board' } }), person('Bo')],
      groups: [board],
      memberships: members(board.id, 'id-ada'),
    },
    timely: { users: [user(10, 'Ada'), user(11, 'Bo')], teams: [team(50, 'Board', 11)] },
    personLinks: [link('Ada', 10), link('Bo', 11)],
    teamLinks: origin
      ? [{ source: `group:${board.id}`, timelyId: 50, origin, name: 'Board', personIds: [] }]
      : [],
  });
}

const byName: TeamRule = { kind: 'group', group: 'Timely - Board', name: 'Board' };
const byPattern: TeamRule = { kind: 'groupsNamed', pattern: 'Timely - *', name: '$1' };
const eachDepartment: TeamRule = { kind: 'department', department: '*' };

describe('an existing team that the rules want', () => {
  test.each<[string, TeamRule, string]>([
    ['a line that names its group', byName, 'setTeamMembers Board'],
    ['a line that names its department', { kind: 'department', department: 'Board' }, 'setTeamMembers Board'],
    ['a pattern of groups', byPattern, 'setTeamMembers Board (adopts-team)'],
    ['each department', eachDepartment, 'setTeamMembers Board (adopts-team)'],
  ])('is adopted by %s', (_, rule, expected) => {
    expect(gated(boardWorld(rule)).map(labelWithHold)).toEqual([expected]);
  });

  test('is not asked about when the sync made it for this group, as a new store finds it', () => {
    const madeFor = (source: string) => {
      const world = boardWorld(byPattern);
      const [made] = world.timely.teams;
      if (made) made.externalId = teamExternalId('marker-of-a-lost-store', source);
      return gated(world).map(labelWithHold);
    };
    expect(madeFor(`group:${board.id}`)).toEqual(['setTeamMembers Board']);
    expect(madeFor('group:another')).toEqual(['setTeamMembers Board (adopts-team)']);
  });

  test('is asked about once, with what would change', () => {
    const world = boardWorld(byPattern);
    expect(gated(world)[0]?.hold?.detail).toBe(
      'The team "Board" is in Timely already, and a pattern of the tenant file gives it to the group "Timely - Board": 1 person would join it and 0 leave it. Approve if the group "Timely - Board" is meant to decide who is in this team; otherwise rename one of the two.',
    );
    const approved = new Set(planOf(world).changes.map(({ fingerprint }) => fingerprint));
    expect(gated(world, { approved }).map(labelWithHold)).toEqual(['setTeamMembers Board']);
    expect(gated(boardWorld(byPattern, 'keep', 'adopted')).map(labelWithHold)).toEqual([
      'setTeamMembers Board',
    ]);
  });
});

describe('under manual: remove, a team that was there before the sync', () => {
  test('is held when its adoption takes people out, in the first cycle and later', () => {
    const world = boardWorld(byName, 'remove');
    for (const firstCycle of [true, false])
      expect(gated(world, { firstCycle }).map(labelWithHold)).toEqual(['setTeamMembers Board (first-cycle)']);
    expect(gated(world)[0]?.hold?.detail).toContain('1 of its 1 member would leave it');
  });
  test('is held in the first cycle when it was adopted by an earlier try', () => {
    const world = boardWorld(byName, 'remove', 'adopted');
    expect(gated(world, { firstCycle: true }).map(labelWithHold)).toEqual([
      'setTeamMembers Board (first-cycle)',
    ]);
    expect(gated(world).map(labelWithHold)).toEqual(['setTeamMembers Board']);
  });
  test('is not held when the tenant file allows it, or the sync made the team', () => {
    const world = boardWorld(byName, 'remove');
    world.rules.safety.firstCycle = { removals: 'allow' };
    expect(gated(world, { firstCycle: true }).map(labelWithHold)).toEqual(['setTeamMembers Board']);
    const made = boardWorld(byName, 'remove', 'created');
    expect(gated(made, { firstCycle: true }).map(labelWithHold)).toEqual(['setTeamMembers Board']);
  });
  test('is not held when all its people are in its group, linked in the same plan', () => {
    const world = { ...boardWorld(byName, 'remove'), personLinks: [] };
    world.directory.memberships = members(board.id, 'id-ada', 'id-bo');
    expect(gated(world, { firstCycle: true }).map(labelWithHold)).toEqual([
      'link ada@contoso.example',
      'link bo@contoso.example',
      'setTeamMembers Board',
    ]);
  });
});
