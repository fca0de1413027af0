/** Which changes a decision covers, and whose name it has. */
import { describe, expect, test } from '@jest/globals';
import { addressesIn } from '../../../domain/approvals/decider-name.ts';
import { chooseChanges, type NamedChange } from '../../../domain/approvals/decision.ts';

const row = (change: NamedChange['change'], key: string, name = key): NamedChange => ({
  change,
  subject: key.includes('@') ? key : `${key}@contoso.example`,
  name,
});
const rows = [
  row('link', 'ada', 'Ada Roth'),
  row('changeRole', 'ada', 'Ada Roth'),
  row('changeRole', 'bo', 'Robin'),
  row('remove', 'cy', 'Robin'),
  { change: 'retireTeam' as const, subject: 'Design', name: 'Design' },
  { change: 'setTeamMembers' as const, subject: 'invite', name: 'invite' },
];

function chosen(only: string[], except: string[] = []) {
  const choice = chooseChanges(rows, { only, except });
  return 'problem' in choice
    ? choice.problem
    : choice.chosen.map(({ change, subject }) => `${change} ${subject.split('@')[0]}`);
}

test('a team that is called like a change of a person is told apart from it, and decides nothing', () => {
  const named = 'remove:cy@contoso.example';
  const withTeam = [...rows, { change: 'retireTeam' as const, subject: named, name: named }];
  expect(chooseChanges(withTeam, { only: [], except: [named] })).toEqual({
    problem: `"${named}" means a team or person of that name, and a change of "cy@contoso.example"`,
  });
});

describe('a decision', () => {
  test.each<[string, string[], string[], string[] | string]>([
    ['covers all changes of a person', ['ada@contoso.example'], [], ['link ada', 'changeRole ada']],
    ['covers a team', ['design'], [], ['retireTeam Design']],
    [
      'covers all changes of a kind, in any letter case',
      ['changerole'],
      [],
      ['changeRole ada', 'changeRole bo'],
    ],
    ['covers one change', ['changeRole:ada@contoso.example'], [], ['changeRole ada']],
    ['covers the changes that any part means', ['remove', 'Design'], [], ['remove cy', 'retireTeam Design']],
    [
      'leaves out a kind of change',
      [],
      ['changeRole', 'invite'],
      ['link ada', 'remove cy', 'retireTeam Design'],
    ],
    ['leaves out one change of a person', ['Ada Roth'], ['changeRole:Ada Roth'], ['link ada']],
    ['takes a team before a kind of its name', ['invite'], [], ['setTeamMembers invite']],
    ['knows no other text', ['zoe@x.example'], [], '"zoe@x.example" is not in it'],
    ['knows no kind that is not in it', ['renameTeam'], [], '"renameTeam" is not in it'],
    [
      'knows no change that is not in it',
      ['remove:ada@contoso.example'],
      [],
      '"remove:ada@contoso.example" is not in it',
    ],
    ['knows no property of an object', ['constructor'], [], '"constructor" is not in it'],
    [
      'needs the address of one of two',
      ['Robin'],
      [],
      'several people in it have the name "Robin"; use the address',
    ],
    ['covers something', ['Design'], ['retireTeam'], 'these exceptions leave no change to decide'],
  ])('%s', (_case, only, except, expected) => {
    expect(chosen(only, except)).toEqual(expected);
  });
});

test.each([
  ['bo@contoso.example', ['bo@contoso.example']],
  ['Bo Example <Bo@Contoso.example>', ['bo@contoso.example']],
  ['mailto:bo@contoso.example', ['bo@contoso.example']],
  ['bo＠contoso.example', ['bo@contoso.example']],
  ['bo@münchen.example', ['bo@xn--mnchen-3ya.example']],
  ['bo@a.example, bo@b.example', ['bo@a.example', 'bo@b.example']],
  ['Bo Example', []],
])('finds the addresses in the name %s', (name, expected) => {
  expect(addressesIn(name)).toEqual(expected);
});
