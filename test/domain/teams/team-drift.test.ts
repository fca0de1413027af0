/** Findings distinguish manual changes in Timely from changes of the directory. */
import { describe, expect, test } from '@jest/globals';
import type { TeamRule } from '../../../domain/rules.ts';
import {
  group,
  labelOf,
  link,
  members,
  person,
  planOf,
  rulesWith,
  team,
  user,
  worldWith,
} from '../support/world.ts';

const guild = group('Guild');
const source = `group:${guild.id}`;
const fromGuild: TeamRule[] = [{ kind: 'group', group: 'Guild' }];

/** Ada and Bo are in the guild and in its team, as the sync left them. */
function settled(patch: {
  adasRole?: string;
  roleLeft?: string | null;
  team?: ReturnType<typeof team> | null;
  nameLeft?: string | null;
  manual?: 'keep' | 'remove';
  removedInTimely?: 'ask' | 'restore' | 'respect';
  adaRemoved?: boolean;
}) {
  const { adasRole = 'employee', roleLeft = 'employee', nameLeft = 'Guild' } = patch;
  const theTeam = patch.team === undefined ? team(50, 'Guild', 10, 11) : patch.team;
  const rules = rulesWith();
  return worldWith({
    rules: {
      teams: fromGuild,
      teamMembers: { ...rules.teamMembers, manual: patch.manual ?? 'keep' },
      leavers: { ...rules.leavers, removedInTimely: patch.removedInTimely ?? 'ask' },
    },
    directory: {
      people: [person('Ada'), person('Bo')],
      groups: [guild],
      memberships: members(guild.id, 'id-ada', 'id-bo'),
    },
    timely: {
      users: [
        user(10, 'Ada', { role: adasRole, removed: patch.adaRemoved ?? false }),
        user(11, 'Bo'),
        user(12, 'Cy'),
      ],
      teams: theTeam ? [theTeam] : [],
    },
    personLinks: [link('Ada', 10, { role: roleLeft }), link('Bo', 11, { role: 'employee' })],
    teamLinks: [{ source, timelyId: 50, origin: 'created', name: nameLeft, personIds: ['id-ada', 'id-bo'] }],
  });
}

/** `changes | kinds of findings with their subjects`, unmanaged users left out. */
function told(patch: Parameters<typeof settled>[0]): string[] {
  const { changes, findings } = planOf(settled(patch));
  const about = findings.filter(({ kind }) => kind !== 'unmanaged');
  return [...changes.map(labelOf), ...about.map(({ kind, subject }) => `${kind}: ${subject}`)];
}

describe('the plan', () => {
  test.each([
    ['nothing was touched', {}, []],
    [
      'reverts a role that was changed by hand',
      { adasRole: 'manager' },
      ['changeRole ada@contoso.example', 'role-changed-by-hand: ada@contoso.example'],
    ],
    [
      'reports no drift when the rules want a new role',
      { adasRole: 'manager', roleLeft: 'manager' },
      ['changeRole ada@contoso.example'],
    ],
    [
      'reports no drift when the link has no role',
      { adasRole: 'manager', roleLeft: null },
      ['changeRole ada@contoso.example'],
    ],
    [
      'adds a member again who was taken out',
      { team: team(50, 'Guild', 11) },
      ['setTeamMembers Guild', 'member-removed-by-hand: Guild'],
    ],
    ['a member was put in: kept', { team: team(50, 'Guild', 10, 11, 12) }, ['member-added-by-hand: Guild']],
    [
      'takes out an added member under manual: remove',
      { team: team(50, 'Guild', 10, 11, 12), manual: 'remove' },
      ['setTeamMembers Guild', 'member-added-by-hand: Guild'],
    ],
    [
      'reverts the name of a team',
      { team: team(50, 'Circle', 10, 11) },
      ['renameTeam Circle', 'team-renamed-by-hand: Guild'],
    ],
    [
      'reports no drift when a group was renamed',
      { team: team(50, 'Circle', 10, 11), nameLeft: 'Circle' },
      ['renameTeam Circle'],
    ],
    ['creates a deleted team again', { team: null }, ['createTeam Guild', 'team-deleted-by-hand: Guild']],
    [
      'holds the reinstatement of a removed person',
      { adaRemoved: true, team: team(50, 'Guild', 11) },
      ['reinstate ada@contoso.example', 'removed-in-timely: ada@contoso.example'],
    ],
    [
      'reinstates a removed person',
      { adaRemoved: true, team: team(50, 'Guild', 11), removedInTimely: 'restore' },
      ['reinstate ada@contoso.example', 'setTeamMembers Guild', 'removed-in-timely: ada@contoso.example'],
    ],
    [
      'leaves a removed person alone',
      { adaRemoved: true, team: team(50, 'Guild', 11), removedInTimely: 'respect' },
      ['removed-in-timely: ada@contoso.example'],
    ],
  ] as const)('%s', (_what, patch, expected) => {
    expect(told(patch)).toEqual(expected);
  });
});
