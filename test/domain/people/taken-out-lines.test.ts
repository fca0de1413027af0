import { expect, test } from '@jest/globals';
import { buildMembershipIndex } from '../../../domain/people/membership.ts';
import { scopeVerdicts, takenOutLines } from '../../../domain/people/scope.ts';
import type { SyncRules } from '../../../domain/rules.ts';
import { group, members, person, worldWith } from '../support/world.ts';

const board = group('Board', 'group-board');
const inDesign = { attributes: { department: 'Design' } };

function takenOut(scope: Pick<SyncRules['scope'], 'include' | 'exclude'>): string[] {
  const { directory, rules, now } = worldWith({
    rules: { scope: { ...scope, guests: 'exclude', guestDomains: [] } },
    directory: {
      people: [person('Ada', inDesign), person('Bo', inDesign), person('Cy', { enabled: false })],
      groups: [board],
      memberships: members(board.id, 'id-ada', 'id-cy'),
    },
  });
  const input = { rules, now, directory, index: buildMembershipIndex(directory) };
  return takenOutLines({ ...input, verdicts: scopeVerdicts(input).verdicts });
}

test('a line all of whose people another one takes out is named with it', () => {
  const include = [{ group: 'Board' }, { department: ['Design'] }];
  expect(takenOut({ include, exclude: [{ group: 'Board' }] })).toEqual([
    'scope.exclude 1 takes out the only person that scope.include 1 fits.',
  ]);
});

test('several lines that together take out all of another one are named', () => {
  const exclude = [{ email: ['bo@contoso.example'] }, { group: 'Board' }];
  expect(takenOut({ include: [{ department: ['Design'] }], exclude })).toEqual([
    'scope.exclude 1 and scope.exclude 2 take out all 2 people that scope.include 1 fits.',
  ]);
});

test('a line that keeps one person, or that fits no one, is not named', () => {
  const exclude = [{ group: 'Board' }];
  expect(takenOut({ include: [{ department: ['Design'] }, { department: ['Sales'] }], exclude })).toEqual([]);
});
