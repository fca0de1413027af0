import { describe, expect, test } from '@jest/globals';
import { countDirectory, fittingPart } from '../../../domain/look/count-directory.ts';
import { proposeScope } from '../../../domain/look/scope-proposal.ts';
import { person } from '../support/world.ts';

const group = (name: string, people: number) => ({ id: name, name, people, isAmbiguous: false });
const proposed = (...groups: ReturnType<typeof group>[]) => proposeScope(groups, 0, null).group?.name;

describe('a proposal for the scope', () => {
  test('is the group of people whose name has "timely"', () => {
    const named = [group('Timely Admins', 2), group('Not in Timely', 9), group('Timely Users', 34)];
    expect(proposed(group('All Staff', 900), group('Timely - Apollo', 50), ...named)).toBe('Timely Users');
    expect(proposed(group('All Staff', 900), group('timely pilot', 4))).toBe('timely pilot');
  });

  test('is else the smallest group that is enough for a trial', () => {
    expect(proposed(group('All', 900), group('Team', 4), group('Pair', 2), group('Empty', 0))).toBe('Team');
    expect(proposed(group('Pair', 2), group('One', 1))).toBe('Pair');
    expect(proposed(group('Empty', 0))).toBeUndefined();
  });

  test('has the roles that Timely has, and teams where its plan has them', () => {
    const groups = [group('Timely Users', 30), group('Timely Managers', 3), group('Timely Admins', 1)];
    const roles = (known: string[] | null) =>
      proposeScope(groups, 5, known && { roles: known, hasTeams: null }).roles.map(({ role }) => role);
    expect(roles(null)).toEqual(['admin', 'manager']);
    expect(roles(['Manager', 'employee'])).toEqual(['manager']);
    const teams = (departments: number, hasTeams: boolean | null) =>
      proposeScope(groups, departments, { roles: [], hasTeams }).teams;
    expect([teams(5, true), teams(5, null), teams(5, false), teams(1, true)]).toEqual([
      ...['departments', 'departments', 'none', 'none'],
    ]);
  });
});

describe('the overview of a directory', () => {
  const people = [
    person('a', { attributes: { department: 'Design' }, mail: 'a@contoso.example' }),
    person('b', { attributes: { department: ' design ' }, mail: 'b@CONTOSO.example' }),
    person('c', { attributes: { department: 'Sales' }, mail: 'c@partner.example' }),
    person('gone', { enabled: false, attributes: { department: 'Archive' } }),
  ];
  const member = (groupId: string, memberId: string, memberKind: 'user' | 'group' = 'user') => ({
    groupId,
    memberId: people.find(({ name }) => name === memberId)?.id ?? memberId,
    memberKind,
  });
  const counted = countDirectory(
    {
      people,
      groups: [
        { id: 'outer', name: 'Outer' },
        { id: 'inner', name: 'Inner' },
        { id: 'twin', name: 'inner' },
      ],
      memberships: [
        ...[member('outer', 'a'), member('outer', 'inner', 'group'), member('inner', 'outer', 'group')],
        ...[member('inner', 'a'), member('inner', 'b'), member('inner', 'gone'), member('twin', 'gone')],
      ],
    },
    '2026-11-30',
  );

  test('counts live people once, groups in a circle included', () => {
    expect(counted.groups).toEqual([
      { id: 'inner', name: 'Inner', people: 2, isAmbiguous: true },
      { id: 'outer', name: 'Outer', people: 2, isAmbiguous: false },
      { id: 'twin', name: 'inner', people: 0, isAmbiguous: true },
    ]);
  });

  test('counts departments and domains by folded names, from the largest', () => {
    expect(counted.departments).toEqual([
      { name: 'Design', people: 2 },
      { name: 'Sales', people: 1 },
    ]);
    expect(counted.domains).toEqual([
      { name: 'contoso.example', people: 2 },
      { name: 'partner.example', people: 1 },
    ]);
  });

  test('finds by a part of a name, and says how many there are', () => {
    expect(fittingPart(counted.departments, 'SAL', 5)).toEqual({
      items: [{ name: 'Sales', people: 1 }],
      total: 1,
    });
    expect(fittingPart(counted.departments, '', 1)).toMatchObject({ items: [{ name: 'Design' }], total: 2 });
  });
});
