/** What waits while a group of the tenant file cannot be resolved, beside changes of people. */
import { expect, test } from '@jest/globals';
import type { Group } from '../../../domain/people/directory.ts';
import {
  gated,
  group,
  labelWithHold,
  link,
  person,
  rulesWith,
  team,
  user,
  worldWith,
} from '../support/world.ts';

/** Ada and Bo are the department Design, whose team the sync made. Only the group Users brings them into scope. */
const designWorld = (groups: Group[]) =>
  worldWith({
    rules: {
      scope: { ...rulesWith().scope, include: [{ group: 'Users' }] },
      teams: [{ kind: 'department', department: '*' }],
    },
    directory: {
      people: ['Ada', 'Bo'].map((name) => person(name, { attributes: { department: 'Design' } })),
      groups,
    },
    timely: { users: [user(10, 'Ada'), user(11, 'Bo')], teams: [team(50, 'Design', 10, 11)] },
    personLinks: [link('Ada', 10), link('Bo', 11)],
    teamLinks: [
      {
        source: 'department:design',
        timelyId: 50,
        origin: 'created',
        name: 'Design',
        personIds: ['id-ada', 'id-bo'],
      },
    ],
  });
const changes = (groups: Group[]) => gated(designWorld(groups)).map(labelWithHold);

test.each<[string, Group[]]>([
  ['is missing', []],
  ['hides its members', [{ ...group('Users'), isHidden: true }]],
  ['is one of two', [group('Users'), group('users', 'group-twin')]],
])('the end of a team waits with its people while the group that brings them in %s', (_, groups) => {
  expect(changes(groups)).toEqual([
    'remove ada@contoso.example (unresolved-group)',
    'remove bo@contoso.example (unresolved-group)',
    'retireTeam Design (unresolved-group)',
  ]);
  expect(gated(designWorld(groups)).at(-1)?.hold?.detail).toMatch(
    /^People of the team "Design" may be in scope after all, so its end waits until the group is resolved: .*Users/,
  );
});

test('the end of a team is asked about once the group is there, and its people are not in it', () => {
  expect(changes([group('Users')])).toEqual([
    'remove ada@contoso.example',
    'remove bo@contoso.example',
    'retireTeam Design (team-shrinks)',
  ]);
});
