/** The order of applying (docs/reference/rules.md section 4.2). */
import { expect, test } from '@jest/globals';
import { changeKinds } from '../../../domain/plan/change.ts';
import { compareKinds, phaseOf, phases, removalPhase } from '../../../domain/plan/phases.ts';

test('every kind of change belongs to one phase', () => {
  const listed = phases.flatMap(({ steps }) => steps.flat());
  expect(listed.toSorted()).toEqual(changeKinds.toSorted());
});

test('phases go from removals to people, roles, names of teams and teams', () => {
  expect(changeKinds.toSorted((one, other) => phaseOf(one) - phaseOf(other))).toEqual([
    'remove',
    'invite',
    'reinstate',
    'link',
    'changeRole',
    'renameTeam',
    'createTeam',
    'setTeamMembers',
    'retireTeam',
  ]);
  expect(removalPhase).toBe(0);
});

test('a plan is sorted by the phases that apply it', () => {
  for (const one of changeKinds)
    for (const other of changeKinds)
      if (compareKinds(one, other) < 0) expect(phaseOf(one)).toBeLessThanOrEqual(phaseOf(other));
});
