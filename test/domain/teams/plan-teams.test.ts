import { describe, expect, test } from '@jest/globals';
import type { TeamLink } from '../../../domain/people/link.ts';
import type { Change } from '../../../domain/plan/change.ts';
import type { SyncRules, TeamRule } from '../../../domain/rules.ts';
import { applied } from '../support/timely-model.ts';
import {
  gated,
  group,
  guest,
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

const guild = group('Design Guild');
const source = `group:${guild.id}`;
const bound = (...personIds: string[]): TeamLink => ({
  source,
  timelyId: 50,
  origin: 'created',
  name: null,
  personIds,
});
const fromGuild: TeamRule[] = [{ kind: 'group', group: 'Design Guild' }];
const removing: SyncRules['teamMembers'] = { ...rulesWith().teamMembers, manual: 'remove' };

/** Ada (10) and Bo (11) are in scope and linked; Cy (12) was added by hand. Ada is in the guild. */
function guildWorld(patch: Parameters<typeof worldWith>[0] = {}): World {
  return worldWith({
    personLinks: [link('Ada', 10), link('Bo', 11)],
    ...patch,
    rules: { teams: fromGuild, ...patch.rules },
    directory: {
      people: [person('Ada'), person('Bo')],
      groups: [guild],
      memberships: members(guild.id, 'id-ada'),
      ...patch.directory,
    },
    timely: { users: [user(10, 'Ada'), user(11, 'Bo'), user(12, 'Cy')], ...patch.timely },
  });
}

const teamChanges = (world: World): Change[] => gated(world).filter(({ subject }) => subject.type === 'team');
const labels = (world: World) => teamChanges(world).map(labelWithHold);
const findingsOf = (world: World) => planOf(world).findings.map(({ kind, subject }) => `${kind} ${subject}`);
const membersOf = (world: World, timelyId = 50) =>
  world.timely.teams.find(({ id }) => id === timelyId)?.members.map(({ userId }) => userId);

/** The members after the plan, and the changes of the next plan. */
function settled(world: World) {
  const after = applied(world, gated(world));
  return { members: membersOf(after), left: gated(after).filter(({ hold }) => !hold) };
}

describe('a team is created', () => {
  const named = (rule: TeamRule, patch: Parameters<typeof worldWith>[0] = {}) =>
    teamChanges(guildWorld({ ...patch, rules: { ...patch.rules, teams: [rule] } })).map(({ kind, after }) => [
      kind,
      after,
    ]);
  const both = {
    people: [
      person('Ada', { attributes: { department: 'Design' } }),
      person('Bo', { attributes: { department: ' design' } }),
    ],
  };

  test.each<[string, TeamRule, Parameters<typeof worldWith>[0], unknown[]]>([
    [
      'from a group, with its name',
      { kind: 'group', group: 'design guild' },
      {},
      [['createTeam', { name: 'Design Guild', personIds: ['id-ada'] }]],
    ],
    [
      'from a group by id, with a name of its own',
      { kind: 'group', group: guild.id, name: 'Makers' },
      {},
      [['createTeam', { name: 'Makers', personIds: ['id-ada'] }]],
    ],
    [
      'from each group that matches a pattern',
      { kind: 'groupsNamed', pattern: 'DESIGN *', name: 'Team $1' },
      {},
      [['createTeam', { name: 'Team Guild', personIds: ['id-ada'] }]],
    ],
    [
      'from no group that has only its id for a name',
      { kind: 'groupsNamed', pattern: '*', name: '$1' },
      { directory: { ...both, groups: [{ id: guild.id, name: guild.id }] } },
      [],
    ],
    [
      'from no group whose name is the pattern alone',
      { kind: 'groupsNamed', pattern: 'Design Guild*', name: '$1' },
      {},
      [],
    ],
    [
      'from one department',
      { kind: 'department', department: 'DESIGN', name: 'Designers' },
      { directory: both },
      [['createTeam', { name: 'Designers', personIds: ['id-ada', 'id-bo'] }]],
    ],
    [
      'from each department, in its most common spelling',
      { kind: 'department', department: '*' },
      { directory: both },
      [['createTeam', { name: 'Design', personIds: ['id-ada', 'id-bo'] }]],
    ],
    [
      'from a domain',
      { kind: 'emailDomain', emailDomain: 'Contoso.Example' },
      {},
      [['createTeam', { name: 'contoso.example', personIds: ['id-ada', 'id-bo'] }]],
    ],
    ['for nobody', { kind: 'department', department: 'Law' }, {}, []],
  ])('%s', (_, rule, patch, expected) => {
    expect(named(rule, patch)).toEqual(expected);
  });

  test('from the home domain of guests', () => {
    const scope = {
      include: [{ everyone: true as const }],
      exclude: [],
      guests: 'include' as const,
      guestDomains: [],
    };
    const changes = named(
      { kind: 'emailDomain', emailDomain: 'partner.example', name: 'Partner' },
      { rules: { scope }, directory: { people: [guest('Bo')] }, timely: { users: [] }, personLinks: [] },
    );
    expect(changes).toEqual([['createTeam', { name: 'Partner', personIds: ['id-bo'] }]]);
  });
  test('not from a contact address that a guest may have typed', () => {
    const bo = guest('Bo', { mail: 'bo@elsewhere.example' });
    const byDomain = (emailDomain: string) =>
      named(
        { kind: 'emailDomain', emailDomain },
        {
          rules: {
            scope: { include: [{ everyone: true }], exclude: [], guests: 'include', guestDomains: [] },
          },
          directory: { people: [bo] },
        },
      );
    expect(byDomain('elsewhere.example')).toEqual([]);
    expect(byDomain('partner.example')).toEqual([
      ['createTeam', { name: 'partner.example', personIds: ['id-bo'] }],
    ]);
  });
  test('with joiners of the plan but without held ones, who follow later', () => {
    const world = guildWorld({
      rules: { safety: { sensitive: { ...rulesWith().safety.sensitive, emails: ['bo@contoso.example'] } } },
      directory: { memberships: members(guild.id, 'id-ada', 'id-bo') },
      timely: { users: [] },
      personLinks: [],
    });
    const changes = gated(world);
    expect(changes.map(labelWithHold)).toEqual([
      'invite ada@contoso.example',
      'invite bo@contoso.example (sensitive)',
      'createTeam Design Guild',
    ]);
    expect(changes[2]?.after).toEqual({ name: 'Design Guild', personIds: ['id-ada'] });
    const approved = new Set(changes.map(({ fingerprint }) => fingerprint));
    expect(gated(world, { approved })[2]?.after).toEqual({
      name: 'Design Guild',
      personIds: ['id-ada', 'id-bo'],
    });
  });
  test('without people whose failed invitation is tried again later', () => {
    const world = guildWorld({ timely: { users: [] }, personLinks: [] });
    const parked = new Set(planOf(world).changes.map(({ fingerprint }) => fingerprint));
    expect(gated(world, { parked }).map(labelWithHold)).toEqual([
      'invite ada@contoso.example',
      'invite bo@contoso.example',
    ]);
  });
  test('not while the read of Timely is incomplete', () => {
    const world = guildWorld();
    expect(labels({ ...world, timely: { ...world.timely, complete: false } })).toEqual([]);
  });
  test('again when it was deleted in Timely by hand', () => {
    expect(labels(guildWorld({ teamLinks: [bound('id-ada')] }))).toEqual(['createTeam Design Guild']);
  });
});

describe('an existing team with the name is adopted', () => {
  test('once, with its members', () => {
    const world = guildWorld({ timely: { teams: [team(50, 'design guild', 12)] } });
    const [change, ...others] = teamChanges(world);
    expect(others).toEqual([]);
    expect(change).toMatchObject({
      kind: 'setTeamMembers',
      subject: { timelyId: 50 },
      before: { personIds: [] },
      after: { personIds: ['id-ada'] },
    });
    expect(change?.reason).toContain('adopts the existing team');
    expect(settled(world)).toEqual({ members: [12, 10], left: [] });
  });
  test('only once a person belongs to it', () => {
    const teams = [team(50, 'Design Guild', 12)];
    expect(labels(guildWorld({ directory: { memberships: [] }, timely: { teams } }))).toEqual([]);
  });
  test('not instead of a bound team missing from an incomplete read of Timely', () => {
    const timely = { teams: [team(51, 'Design Guild')], complete: false };
    expect(labels(guildWorld({ timely, teamLinks: [bound('id-ada')] }))).toEqual([]);
  });
  test('even when all its people are already members', () => {
    const world = guildWorld({ timely: { teams: [team(50, 'Design Guild', 10)] } });
    expect(labels(world)).toEqual(['setTeamMembers Design Guild']);
    expect(settled(world)).toEqual({ members: [10], left: [] });
  });
});

describe('members of a bound team', () => {
  const withMembers = (patch: Parameters<typeof worldWith>[0], put: string[], ...userIds: number[]) =>
    guildWorld({
      teamLinks: [bound(...put)],
      ...patch,
      timely: { teams: [team(50, 'Design Guild', ...userIds)], ...patch.timely },
    });

  test('leave when the sync added them and the group no longer has them', () => {
    expect(settled(withMembers({}, ['id-ada', 'id-bo'], 10, 11, 12))).toEqual({
      members: [10, 12],
      left: [],
    });
  });
  test('stay when they were added by hand', () => {
    const world = withMembers({}, ['id-ada'], 10, 11, 12);
    expect(labels(world)).toEqual([]);
  });
  test('return when taken out by hand', () => {
    expect(settled(withMembers({}, ['id-ada'], 12)).members).toEqual([12, 10]);
  });
  test('leave when the rules do not want them, under manual: remove', () => {
    const world = withMembers({ rules: { teamMembers: removing } }, ['id-ada'], 10, 11, 12);
    expect(teamChanges(world)[0]?.reason).toContain('added by hand: bo@contoso.example, cy@contoso.example');
    expect(settled(world)).toEqual({ members: [10], left: [] });
  });
  test('join but never leave while the read of the directory is incomplete', () => {
    const directory = { complete: false, memberships: members(guild.id, 'id-ada') };
    const world = withMembers({ directory }, ['id-bo'], 11);
    expect(teamChanges(world)[0]?.after).toEqual({ name: 'Design Guild', personIds: ['id-ada', 'id-bo'] });
    expect(labels(withMembers({ directory, rules: { teamMembers: removing } }, ['id-ada'], 10, 12))).toEqual(
      [],
    );
  });
  test('do not leave while the read of Timely is incomplete', () => {
    const timely = { complete: false };
    expect(labels(withMembers({ timely }, ['id-ada', 'id-bo'], 10, 11))).toEqual([]);
  });
  test('stay when their removal is refused', () => {
    const directory = { people: [person('Ada')], memberships: members(guild.id, 'id-ada') };
    const rules = { safety: { protect: ['bo@contoso.example'] } };
    const world = withMembers({ directory, rules }, ['id-ada', 'id-bo'], 10, 11);
    expect(gated(world).map(labelWithHold)).toEqual(['remove bo@contoso.example (protected)']);
  });
  test('leave with their removal, and stay while it waits', () => {
    const directory = { people: [person('Ada')], memberships: members(guild.id, 'id-ada') };
    const world = withMembers({ directory }, ['id-ada', 'id-bo'], 10, 11);
    expect(gated(world).map(labelWithHold)).toEqual([
      'remove bo@contoso.example',
      'setTeamMembers Design Guild',
    ]);
    expect(gated(world, { firstCycle: true }).map(labelWithHold)).toEqual([
      'remove bo@contoso.example (first-cycle)',
    ]);
  });
  test('stay through their grace days', () => {
    const rules = {
      leavers: { ...rulesWith().leavers, graceDays: 5 },
      scope: { include: [{ group: guild.id }], exclude: [], guests: 'exclude' as const, guestDomains: [] },
    };
    expect(labels(withMembers({ rules }, ['id-ada', 'id-bo'], 10, 11))).toEqual([]);
  });
  test('pass to the rehire who gets the Timely user', () => {
    const directory = { people: [person('Ada', { id: 'id-new' })], memberships: members(guild.id, 'id-new') };
    const world = withMembers(
      { directory, personLinks: [link('Ada', 10)], timely: { users: [user(10, 'Ada')] } },
      ['id-ada'],
      10,
    );
    expect(gated(world).map(labelWithHold)).toEqual([
      'link ada@contoso.example',
      'setTeamMembers Design Guild',
    ]);
    const after = applied(world, gated(world));
    expect([after.teamLinks[0]?.personIds, membersOf(after), gated(after)]).toEqual([['id-new'], [10], []]);
  });
});

describe('the name of a team', () => {
  const renamed = { ...guild, name: 'Design Circle', knownAs: ['Design Guild'] };
  const teams = [team(50, 'Design Guild', 10)];
  test('follows the group even when the rule has its former name', () => {
    for (const rule of [{ kind: 'group' as const, group: guild.id }, ...fromGuild]) {
      const world = guildWorld({
        rules: { teams: [rule] },
        directory: { groups: [renamed] },
        timely: { teams },
        teamLinks: [bound('id-ada')],
      });
      expect(teamChanges(world).map(({ kind, after }) => [kind, after])).toEqual([
        ['renameTeam', { name: 'Design Circle', personIds: ['id-ada'] }],
      ]);
      expect(settled(world).left).toEqual([]);
    }
  });
  test('stays when another team in Timely has the new one, while members change', () => {
    const world = guildWorld({
      rules: { teams: [{ kind: 'group', group: guild.id }] },
      directory: { groups: [renamed] },
      timely: { teams: [team(50, 'Design Guild'), team(51, 'Design Circle')] },
      teamLinks: [bound()],
    });
    expect(labels(world)).toEqual(['setTeamMembers Design Guild']);
    expect(findingsOf(world)).toContain('team-name-taken Design Circle');
  });
  test('goes to the bound team before a new one in any order of the rules', () => {
    const other = group('design circle', 'group-other');
    const world = guildWorld({
      rules: { teams: [other, guild].map(({ id }) => ({ kind: 'group', group: id })) },
      directory: {
        groups: [renamed, other],
        memberships: [...members(guild.id, 'id-ada'), ...members(other.id, 'id-bo')],
      },
      timely: { teams },
      teamLinks: [bound('id-ada')],
    });
    expect(labels(world)).toEqual(['renameTeam Design Guild']);
    expect(findingsOf(world)).toContain('team-name-taken design circle');
  });
  test('goes to the first of two that want it', () => {
    const twin = group('design guild', 'group-a-twin');
    const rules = {
      teams: [
        { kind: 'group' as const, group: guild.id },
        { kind: 'group' as const, group: twin.id },
      ],
    };
    const world = guildWorld({
      rules,
      directory: {
        groups: [guild, twin],
        memberships: [...members(guild.id, 'id-ada'), ...members(twin.id, 'id-bo')],
      },
    });
    expect(teamChanges(world).map(({ subject }) => subject)).toEqual([
      { type: 'team', source, timelyId: null, name: 'Design Guild' },
    ]);
    expect(findingsOf(world)).toContain('team-name-taken design guild');
  });
  test('is not used when two teams in Timely have it', () => {
    const world = guildWorld({ timely: { teams: [team(50, 'Design Guild'), team(51, 'Design Guild')] } });
    expect([labels(world), findingsOf(world).includes('team-name-taken Design Guild')]).toEqual([[], true]);
  });
});

describe('a team whose source is gone', () => {
  const teams = [team(50, 'Design Guild', 10)];
  const linked = { timely: { teams }, teamLinks: [bound('id-ada')] };
  test('needs approval to be retired', () => {
    for (const patch of [{ directory: { groups: [] } }, { rules: { teams: [] } }]) {
      expect(labels(guildWorld({ ...linked, ...patch }))).toEqual(['retireTeam Design Guild (team-shrinks)']);
    }
  });
  test('stays while the read of the directory is incomplete', () => {
    expect(labels(guildWorld({ ...linked, directory: { groups: [], complete: false } }))).toEqual([]);
  });
  test('follows no group that no line names, while a line means no group', () => {
    const unnamed = { teams: [{ kind: 'group' as const, group: 'Operations', name: 'Operations' }] };
    const memberships = members(guild.id, 'id-ada', 'id-bo');
    expect(labels(guildWorld({ ...linked, rules: unnamed, directory: { memberships } }))).toEqual([]);
    expect(labels(guildWorld({ ...linked, rules: unnamed, directory: { memberships: [] } }))).toEqual([]);
  });
  test('stays while a rule may mean its group by another name', () => {
    const others = [bound('id-ada'), { ...bound(), source: 'group:group-other', timelyId: 51 }];
    const directory = { groups: [{ ...guild, name: 'Circle' }, group('Other')] };
    expect(
      labels(guildWorld({ directory, timely: { teams: [...teams, team(51, 'Other')] }, teamLinks: others })),
    ).toEqual([]);
  });
});
