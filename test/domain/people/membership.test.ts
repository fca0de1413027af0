import { describe, expect, test } from '@jest/globals';
import { buildMembershipIndex, groupResolver } from '../../../domain/people/membership.ts';
import { group, members, person } from '../support/world.ts';

const [all, design, guild] = [group('All'), group('Design'), group('Guild')];
const people = [person('Ada'), person('Bo'), person('Cy')];

describe('transitive membership', () => {
  const index = buildMembershipIndex({
    people,
    groups: [all, design, guild],
    memberships: [
      ...members(all.id, design.id, 'id-cy'),
      ...members(design.id, guild.id, 'id-ada'),
      // The guild contains a group that contains the guild.
      ...members(guild.id, all.id, 'id-bo', 'id-nobody'),
    ],
  });

  test('covers all levels, allows circles and skips unknown people', () => {
    expect([...index.peopleIn(all.id)].sort()).toEqual(['id-ada', 'id-bo', 'id-cy']);
    expect([...index.peopleIn(guild.id)].sort()).toEqual(['id-ada', 'id-bo', 'id-cy']);
  });
  test('names the groups on the path, and returns null for a non-member', () => {
    expect(index.pathTo(all.id, 'id-bo')).toEqual(['All', 'Design', 'Guild']);
    expect(index.pathTo(all.id, 'id-cy')).toEqual(['All']);
    expect(index.pathTo(all.id, 'id-nobody')).toBeNull();
    expect(index.pathTo('group-unheard-of', 'id-ada')).toBeNull();
  });
  test('distinguishes direct members from nested ones', () => {
    expect([index.hasDirectly(all.id, 'id-cy'), index.hasDirectly(all.id, 'id-ada')]).toEqual([true, false]);
  });
});

test('the path to a member is the shortest one, and always the same among equals', () => {
  const memberships = [
    ...members(all.id, guild.id, design.id),
    ...members(design.id, 'id-ada'),
    ...members(guild.id, 'id-ada', 'id-bo'),
    ...members(design.id, guild.id),
  ];
  for (const order of [memberships, memberships.toReversed()]) {
    const index = buildMembershipIndex({ people, groups: [all, design, guild], memberships: order });
    expect(index.pathTo(all.id, 'id-ada')).toEqual(['All', 'Design']);
    expect(index.pathTo(all.id, 'id-bo')).toEqual(['All', 'Guild']);
  }
});

describe('a group of the tenant file', () => {
  const { resolve } = buildMembershipIndex({
    people: [],
    groups: [design, group('Twin', 'group-b'), group(' twin ', 'group-a')],
    memberships: [],
  });
  test('is found by name in any case and by object id', () => {
    expect(resolve(' DESIGN ')).toEqual({ kind: 'found', group: design });
    expect(resolve('GROUP-DESIGN')).toEqual({ kind: 'found', group: design });
  });
  test('is ambiguous when several have the name, and missing when none has', () => {
    expect(resolve('Twin')).toEqual({
      kind: 'ambiguous',
      groups: [group(' twin ', 'group-a'), group('Twin', 'group-b')],
    });
    expect(resolve('Nobody')).toEqual({ kind: 'missing' });
  });
  test('goes on meaning its group when it is renamed, and when others take the name', () => {
    const bound = { ...group('Design of old', design.id), knownAs: ['Design'] };
    const rivals = [group('design', 'group-c'), group('Design', 'group-b')];
    expect(groupResolver([bound])('DESIGN')).toEqual({ kind: 'found', group: bound });
    expect(groupResolver([...rivals, bound])('Design')).toEqual({
      kind: 'found',
      group: bound,
      rival: rivals[1],
    });
    const still = { ...bound, name: 'Design' };
    expect(groupResolver([...rivals, still])('Design')).toMatchObject({ kind: 'found', group: still });
  });
  test('is hidden when its members are', () => {
    const hidden = { ...design, isHidden: true };
    expect(groupResolver([hidden])('Design')).toEqual({ kind: 'hidden', group: hidden });
  });
  test('is never another group that only has the object id as its name', () => {
    const id = '8f0c2a4e-1111-4222-8333-444455556666';
    expect(groupResolver([group(id, 'group-decoy')])(id)).toEqual({ kind: 'missing' });
  });
});
