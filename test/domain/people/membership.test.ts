import { describe, expect, test } from '@jest/globals';
import { buildMembershipIndex } from '../../../domain/people/membership.ts';
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
      // The guild has its own grandmother as a member.
      ...members(guild.id, all.id, 'id-bo', 'id-nobody'),
    ],
  });

  test('goes down all levels, survives cycles and leaves unknown people out', () => {
    expect([...index.peopleIn(all.id)].sort()).toEqual(['id-ada', 'id-bo', 'id-cy']);
    expect([...index.peopleIn(guild.id)].sort()).toEqual(['id-ada', 'id-bo', 'id-cy']);
  });
  test('names the groups on the way down, and nothing for somebody outside', () => {
    expect(index.pathTo(all.id, 'id-bo')).toEqual(['All', 'Design', 'Guild']);
    expect(index.pathTo(all.id, 'id-cy')).toEqual(['All']);
    expect(index.pathTo(all.id, 'id-nobody')).toBeNull();
    expect(index.pathTo('group-unheard-of', 'id-ada')).toBeNull();
  });
  test('tells direct members from nested ones', () => {
    expect([index.hasDirectly(all.id, 'id-cy'), index.hasDirectly(all.id, 'id-ada')]).toEqual([true, false]);
  });
});

test('of several ways into a group the shortest is named, and among equals always the same', () => {
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
  test('is found by name, whatever its case, and by object id', () => {
    expect(resolve(' DESIGN ')).toEqual({ kind: 'found', group: design });
    expect(resolve('GROUP-DESIGN')).toEqual({ kind: 'found', group: design });
  });
  test('that several have is ambiguous, and one that none has is missing', () => {
    expect(resolve('Twin')).toEqual({
      kind: 'ambiguous',
      groups: [group(' twin ', 'group-a'), group('Twin', 'group-b')],
    });
    expect(resolve('Nobody')).toEqual({ kind: 'missing' });
  });
});
