/** What a cycle does while one group of the tenant file cannot be seen, compared with the world in which it can. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Group } from '../../../domain/people/directory.ts';
import { lowersRole } from '../../../domain/people/roles.ts';
import { type Change, isEntry } from '../../../domain/plan/change.ts';
import type { SyncRules } from '../../../domain/rules.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { arbitraryWorld } from '../support/arbitrary-world.ts';
import { gated, group, link, members, person, planOf, user, type World } from '../support/world.ts';

const names = ['Users', 'Guild', 'Admins', 'Board'];

/** People who are in Timely already, each in some groups. */
const settled = fc.tuple(
  ...['Gus', 'Hal', 'Ivy', 'Jo', 'Kit'].map((name, index) =>
    fc
      .record({
        enabled: fc.constantFrom(true, true, true, false),
        department: fc.constantFrom('Design', 'Law', 'Sales'),
        role: fc.constantFrom('employee', 'manager', 'admin'),
        of: fc.subarray(names, { minLength: 1, maxLength: 2 }),
      })
      .map(({ enabled, department, role, of }) => ({
        person: person(name, { enabled, attributes: { department } }),
        user: user(30 + index, name, { role }),
        link: link(name, 30 + index),
        memberships: of.flatMap((each) => members(group(each).id, person(name).id)),
      })),
  ),
);

type Settled = typeof settled extends fc.Arbitrary<readonly (infer One)[]> ? One : never;

function withSettled(world: World, everyone: readonly Settled[]): World {
  const { directory, timely } = world;
  return {
    ...world,
    directory: {
      ...directory,
      people: [...directory.people, ...everyone.map((one) => one.person)],
      memberships: [...directory.memberships, ...everyone.flatMap((one) => one.memberships)],
      complete: true,
    },
    timely: { ...timely, users: [...timely.users, ...everyone.map((one) => one.user)], complete: true },
    personLinks: [...world.personLinks, ...everyone.map((one) => one.link)],
  };
}

/** Worlds whose rules give each group a part, while both reads are complete. */
const worlds: fc.Arbitrary<World> = fc
  .record({
    world: arbitraryWorld,
    settled,
    include: fc.constantFrom<SyncRules['scope']['include']>(
      [{ everyone: true }],
      [{ group: 'Users' }, { department: ['Law'], role: 'manager' }],
      [{ group: 'Users', role: 'manager' }, { everyone: true }],
      [{ group: 'Users', department: ['Design'] }, { group: 'Guild' }],
      [{ group: 'Users' }],
      [{ group: 'Guild' }, { group: 'Users', guests: true }],
    ),
    exclude: fc.constantFrom<SyncRules['scope']['exclude']>(
      [],
      [{ group: 'Board' }],
      [{ department: ['Law'] }, { group: 'Board', department: ['Design'] }],
    ),
    sensitive: fc.constantFrom<string[]>([], ['Guild'], ['Board', 'Users']),
    roles: fc.constantFrom<SyncRules['roles']['rules']>(
      [{ group: 'Admins', role: 'manager' }],
      [
        { group: 'Admins', role: 'admin' },
        { group: 'Guild', role: 'manager' },
      ],
    ),
  })
  .map(({ world, settled: everyone, include, exclude, sensitive, roles }) => ({
    ...withSettled(world, everyone),
    rules: {
      ...world.rules,
      scope: { ...world.rules.scope, include, exclude },
      roles: { ...world.rules.roles, rules: roles },
      safety: {
        ...world.rules.safety,
        roleChanges: { max: 1_000, percent: 100, windowDays: 7 },
        sensitive: { ...world.rules.safety.sensitive, groups: sensitive },
      },
    },
  }));

type Hide = (world: World, hidden: Group) => Partial<World['directory']>;

const withoutGroup: Hide = ({ directory: { groups, memberships } }, { id }) => ({
  groups: groups.filter((each) => each.id !== id),
  memberships: memberships.filter(({ groupId, memberId }) => groupId !== id && memberId !== id),
});
const withoutMembers: Hide = ({ directory: { memberships } }, { id }) => ({
  memberships: memberships.filter(({ groupId }) => groupId !== id),
});
const changed = (groups: readonly Group[], id: string, patch: Partial<Group>): Group[] =>
  groups.map((each) => (each.id === id ? { ...each, ...patch } : each));

const ways: Record<string, Hide> = {
  'is renamed without a binding': ({ directory: { groups } }, { id }) => ({
    groups: changed(groups, id, { name: 'Renamed' }),
  }),
  'is deleted': withoutGroup,
  'shares its name with another, without a binding': ({ directory: { groups } }, { name }) => ({
    groups: [...groups, group(name, 'group-twin')],
  }),
  'hides its members': (world, hidden) => {
    const above = groupsAbove(world, hidden.id);
    return {
      ...withoutMembers(world, hidden),
      groups: world.directory.groups.map((each) => (above.has(each.id) ? { ...each, isHidden: true } : each)),
      complete: !groupsInFile(world).some(({ id }) => above.has(id)),
    };
  },
  'is not reached by the first read': (world, hidden) => ({
    ...withoutGroup(world, hidden),
    complete: false,
    groupsRead: 'never',
  }),
  'is read without its members at first': (world, hidden) => ({
    ...withoutMembers(world, hidden),
    complete: false,
    groupsRead: 'never',
  }),
  'is read without its new members': (world, hidden) => ({
    ...withoutMembers(world, hidden),
    complete: false,
    groupsRead: 'before',
  }),
};

const groupsNamedIn = ({ scope, roles, teams, safety }: SyncRules): string[] => [
  ...[...scope.include, ...scope.exclude].flatMap((line) => line.group ?? []),
  ...roles.rules.map((rule) => rule.group),
  ...teams.flatMap((rule) => (rule.kind === 'group' ? rule.group : [])),
  ...safety.sensitive.groups,
];

/** The groups that the tenant file names, in a fixed order. */
const groupsInFile = ({ rules, directory }: World): Group[] =>
  groupsNamedIn(rules).flatMap((name) => directory.groups.find((each) => each.name === name) ?? []);

/** One of the groups that the tenant file names; any group when it names none that is there. */
function namedGroup(world: World, place: number): Group {
  const named = groupsInFile(world);
  return named[place % named.length] ?? world.directory.groups[0] ?? group('Users');
}

/** Who is in a group by a group that is deleted is out of it for sure. */
const withoutNesting = (world: World, { id }: Group): World => ({
  ...world,
  directory: {
    ...world.directory,
    memberships: world.directory.memberships.filter(({ memberId }) => memberId !== id),
  },
});

/** The group and all groups that contain it. */
function groupsAbove({ directory }: World, groupId: string): Set<string> {
  const found = new Set([groupId]);
  for (const id of found)
    for (const membership of directory.memberships)
      if (membership.memberId === id) found.add(membership.groupId);
  return found;
}

const goes = ({ hold, refusal }: Change) => !hold && !refusal;
const personOf = ({ subject }: Change) => (subject.type === 'person' ? subject.personId : null);
const idsOf = (state: Change['before']) => (state && 'personIds' in state ? state.personIds : []);
const roleOf = (state: Change['before']) => (state && 'role' in state ? state.role : '');

/** What the cycle does that the world with a visible group would not, in sentences. */
function wrongs(visible: World, invisible: World): string[] {
  const verdicts = new Map(planOf(visible).verdicts.map((verdict) => [verdict.personId, verdict]));
  const inScope = (id: string) => verdicts.get(id)?.inScope === true;
  const seen = gated(visible);
  // People who are in Timely and may have to go stay, with their teams, until it is known.
  const isThere = (id: string) =>
    visible.personLinks.some((one) => one.personId === id && one.state === 'present');
  const protectedPeople = new Set(seen.filter(({ hold }) => hold?.rule === 'sensitive').map(personOf));
  const membersWanted = new Map(
    seen.flatMap(({ kind, subject, after }) =>
      kind === 'setTeamMembers' && subject.type === 'team' ? [[subject.source, new Set(idsOf(after))]] : [],
    ),
  );
  return gated(invisible)
    .filter(goes)
    .flatMap((change): string[] => {
      const { kind, subject, before, after } = change;
      if (subject.type === 'team') {
        const wanted = membersWanted.get(subject.source);
        const leaving = idsOf(before).filter((id) => !idsOf(after).includes(id) && wanted?.has(id));
        const joining = idsOf(after).filter(
          (id) => !idsOf(before).includes(id) && !inScope(id) && !isThere(id),
        );
        return [
          ...leaving.map((id) => `${id} leaves ${subject.name}`),
          ...joining.map((id) => `${id} joins ${subject.name}`),
          ...(kind === 'retireTeam' ? [`${subject.name} is retired`] : []),
        ];
      }
      const { personId } = subject;
      const isProtected = protectedPeople.has(personId) && (kind === 'remove' || kind === 'changeRole');
      if (isProtected) return [`${kind} of ${personId} without an answer`];
      if (isEntry(kind) && !inScope(personId)) return [`${kind} of ${personId}, who is out of scope`];
      if (kind === 'remove' && inScope(personId)) return [`remove of ${personId}, who is in scope`];
      const lowers = kind === 'changeRole' && inScope(personId) && lowersRole(roleOf(before), roleOf(after));
      const alike = seen.some(
        (one) =>
          personOf(one) === personId && one.kind === kind && isAtMost(roleOf(one.after), roleOf(after)),
      );
      return lowers && !alike ? [`${personId} becomes ${roleOf(after)}`] : [];
    });
}

const isAtMost = (one: string, other: string) => !lowersRole(one, other);

describe('while a group of the tenant file', () => {
  test.each(Object.entries(ways))(
    '%s, a cycle lets nobody in, takes nobody out and lowers no role and no protection by that',
    (way, hide) => {
      fc.assert(
        fc.property(worlds, fc.nat(), (world, place) => {
          const hidden = namedGroup(world, place);
          const directory = { ...world.directory, ...hide(world, hidden) };
          expect(
            wrongs(way === 'is deleted' ? withoutNesting(world, hidden) : world, { ...world, directory }),
          ).toEqual([]);
        }),
        { numRuns: propertyRuns(100) },
      );
    },
  );

  test.each<[string, Hide]>([
    [
      'is renamed',
      ({ directory: { groups } }, { id, name }) => ({
        groups: changed(groups, id, { name: 'Renamed', knownAs: [name] }),
      }),
    ],
    [
      'shares its name with another',
      ({ directory: { groups } }, { id, name }) => ({
        groups: [group(name, 'group-twin'), ...changed(groups, id, { knownAs: [name] })],
      }),
    ],
  ])('%s after its name was bound, a cycle changes people as before', (_, hide) => {
    const ofPeople = (world: World) =>
      gated(world).flatMap((change) =>
        change.subject.type === 'person'
          ? [[change.kind, change.subject.personId, change.after, change.hold?.rule]]
          : [],
      );
    fc.assert(
      fc.property(worlds, fc.nat(), (world, place) => {
        const directory = { ...world.directory, ...hide(world, namedGroup(world, place)) };
        expect(ofPeople({ ...world, directory })).toEqual(ofPeople(world));
      }),
      { numRuns: propertyRuns(100) },
    );
  });
});
