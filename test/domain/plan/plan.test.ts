import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Change } from '../../../domain/plan/change.ts';
import type { TimelyUser } from '../../../domain/timely.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { arbitraryWorld, arbitraryWorldOfAnyOwner } from '../support/arbitrary-world.ts';
import { applied } from '../support/timely-model.ts';
import { gated, labelOf, planOf, type World } from '../support/world.ts';

const goes = ({ hold, refusal }: Change) => !hold && !refusal;
const keyOfSubject = (subject: Change['subject']) =>
  subject.type === 'person' ? subject.personId : subject.source;
const keyOf = ({ kind, subject }: Change) => `${kind} ${keyOfSubject(subject)}`;

const textOfSubject = ({ subject }: Change) => (subject.type === 'person' ? subject.email : subject.name);
const nameAfter = ({ after }: Change) => (after && 'name' in after ? after.name : '');

/** People whose Timely user belongs to another person after the plan, and the teams that the sync added them to. */
function giveUpTheirUser({ personLinks, teamLinks }: World, plan: readonly Change[]): string[] {
  const takers = new Map(plan.filter(goes).map(({ subject }) => [subject.timelyId, keyOfSubject(subject)]));
  const people = personLinks
    .filter(({ timelyId, personId }) => (takers.get(timelyId) ?? personId) !== personId)
    .map(({ personId }) => personId);
  const teams = teamLinks.filter(({ personIds }) => personIds.some((personId) => people.includes(personId)));
  return [...people, ...teams.map(({ source }) => source)];
}

/** Whether a change waited in the plan before, or concerns a team whose people waited or lost their user. */
function isFollowUp(change: Change, first: readonly Change[], world: World): boolean {
  const waited = new Set(
    first
      .filter((one) => !goes(one))
      .map(({ subject }) => keyOfSubject(subject))
      .concat(giveUpTheirUser(world, first)),
  );
  if (change.subject.type === 'person') return waited.has(change.subject.personId);
  if (waited.has(change.subject.source)) return true;
  const [before, after] = [change.before, change.after].map((state) =>
    state && 'personIds' in state ? state.personIds : [],
  );
  return [...(before ?? []), ...(after ?? [])].some((personId) => waited.has(personId));
}

/** The whole plan as one text. */
function textOf(world: World): string {
  const { changes, preHolds, verdicts, findings, unchanged, linkUpdates } = planOf(world);
  const holds = [...preHolds].sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify({ changes, holds, verdicts, findings, unchanged, linkUpdates, gated: gated(world) });
}

/** The same world with each list in another order. */
function shuffled(world: World): fc.Arbitrary<World> {
  const anyOrder = <Item>(items: Item[]) => fc.shuffledSubarray(items, { minLength: items.length });
  const { directory, timely, personLinks, teamLinks } = world;
  return fc
    .record({
      people: anyOrder(directory.people),
      groups: anyOrder(directory.groups),
      memberships: anyOrder(directory.memberships),
      users: anyOrder(timely.users),
      teams: anyOrder(timely.teams),
      personLinks: anyOrder(personLinks),
      teamLinks: anyOrder(teamLinks),
    })
    .map(({ people, groups, memberships, users, teams, ...links }) => ({
      ...world,
      ...links,
      directory: { ...directory, people, groups, memberships },
      timely: { ...timely, users, teams },
    }));
}

/** Timely users who may belong to a person, by link, external id or address. */
function usersTiedTo({ directory, timely, personLinks }: World, personId: string): number[] {
  const mail = directory.people.find(({ id }) => id === personId)?.mail?.toLowerCase();
  const tied = timely.users.filter(({ externalId, email }) => externalId === personId || email === mail);
  const linked = personLinks.filter((link) => link.personId === personId);
  return [...tied.map(({ id }) => id), ...linked.map(({ timelyId }) => timelyId)];
}

describe('the plan of an arbitrary world', () => {
  test('is equal, byte for byte, for any order of the input', () => {
    const pairs = arbitraryWorld.chain((world) => fc.tuple(fc.constant(world), shuffled(world)));
    fc.assert(
      fc.property(pairs, ([world, other]) => {
        expect(textOf(other)).toBe(textOf(world));
      }),
      { numRuns: propertyRuns(120) },
    );
  });

  test('lists changes in the order of applying: removals, people, roles, names of teams, teams', () => {
    const ranks = [
      ['remove'],
      ['invite', 'reinstate', 'link'],
      ['changeRole'],
      ['renameTeam'],
      ['createTeam'],
      ['setTeamMembers'],
      ['retireTeam'],
    ];
    fc.assert(
      fc.property(arbitraryWorld, (world) => {
        const found = planOf(world).changes.map(({ kind }) =>
          ranks.findIndex((kinds) => kinds.includes(kind)),
        );
        expect(found).toEqual(found.toSorted((a, b) => a - b));
      }),
    );
  });

  test('has each change once, and no Timely user for two people', () => {
    fc.assert(
      fc.property(arbitraryWorld, (world) => {
        const changes = gated(world);
        expect(new Set(changes.map(({ fingerprint }) => fingerprint)).size).toBe(changes.length);
        const owners = new Map<number, string>();
        for (const { kind, subject } of changes.filter(goes)) {
          if (subject.type !== 'person' || subject.timelyId === null) continue;
          expect(`${kind} ${owners.get(subject.timelyId) ?? subject.personId}`).toBe(
            `${kind} ${subject.personId}`,
          );
          owners.set(subject.timelyId, subject.personId);
        }
      }),
      { numRuns: propertyRuns(120) },
    );
  });

  test('leaves only waiting changes and findings once it is applied', () => {
    fc.assert(
      fc.property(arbitraryWorldOfAnyOwner, (world) => {
        const first = gated(world);
        const after = applied(world, first);
        const next = gated(after).filter(goes);
        const done = new Set(first.filter(goes).map(keyOf));
        expect(
          next.filter((change) => done.has(keyOf(change)) && !isFollowUp(change, first, world)).map(labelOf),
        ).toEqual([]);
        const told = new Set(planOf(world).findings.map(({ subject }) => subject));
        const addresses = new Map(world.timely.users.map(({ id, email }) => [id, email]));
        const isTold = (change: Change) =>
          [textOfSubject(change), nameAfter(change), addresses.get(change.subject.timelyId ?? 0) ?? ''].some(
            (text) => told.has(text),
          );
        const unexplained = next.filter((change) => !isFollowUp(change, first, world) && !isTold(change));
        expect(unexplained.map(labelOf)).toEqual([]);
        // Changes that waited now follow: for a user whose owner left, or for a name that another team gives up, in a
        // chain of at most five teams.
        let settled = after;
        for (let cycle = 0; cycle < 6; cycle += 1) settled = applied(settled, gated(settled));
        expect(gated(settled).filter(goes).map(labelOf)).toEqual([]);
      }),
      { numRuns: propertyRuns(200) },
    );
  });

  test('gives no name to two teams, and no team to two sources', () => {
    const countOf = ({ timely }: World, name: string) =>
      timely.teams.filter((team) => team.name.toLowerCase() === name.toLowerCase()).length;
    fc.assert(
      fc.property(arbitraryWorld, (world) => {
        const after = applied(world, gated(world));
        for (const { name } of after.timely.teams)
          expect(countOf(after, name)).toBeLessThanOrEqual(Math.max(countOf(world, name), 1));
        expect(new Set(after.teamLinks.map(({ timelyId }) => timelyId)).size).toBe(after.teamLinks.length);
      }),
      { numRuns: propertyRuns(120) },
    );
  });

  test('never removes or demotes the owner, the own user or the last admin', () => {
    fc.assert(
      fc.property(arbitraryWorldOfAnyOwner, (world) => {
        const after = new Map(applied(world, gated(world)).timely.users.map((one) => [one.id, one]));
        const isAdmin = ({ removed, role }: TimelyUser) => !removed && role === 'admin';
        const { account, ownUserId, users } = world.timely;
        for (const before of users.filter(({ id }) => id === account.ownerId || id === ownUserId)) {
          if (!before.removed) expect(after.get(before.id)).toMatchObject({ removed: false });
          if (isAdmin(before)) expect(after.get(before.id)).toMatchObject({ role: 'admin' });
        }
        if (users.some(isAdmin)) expect([...after.values()].some(isAdmin)).toBe(true);
      }),
      { numRuns: propertyRuns(200) },
    );
  });

  test('never changes a user without a link, external id or address of the directory', () => {
    fc.assert(
      fc.property(arbitraryWorld, (world) => {
        const tied = new Set(world.personLinks.map(({ timelyId }) => timelyId));
        const known = new Set(world.directory.people.flatMap(({ id, mail }) => [id, mail?.toLowerCase()]));
        const strangers = world.timely.users.filter(
          ({ id, email, externalId }) => !tied.has(id) && !known.has(email) && !known.has(externalId ?? ''),
        );
        const after = applied(world, gated(world)).timely.users;
        for (const stranger of strangers) expect(after).toContainEqual(stranger);
      }),
      { numRuns: propertyRuns(120) },
    );
  });

  test('keeps members added by hand, with their flags, while manual is keep', () => {
    fc.assert(
      fc.property(arbitraryWorldOfAnyOwner, (chance) => {
        const world = {
          ...chance,
          rules: { ...chance.rules, teamMembers: { ...chance.rules.teamMembers, manual: 'keep' as const } },
        };
        const after = new Map(applied(world, gated(world)).timely.teams.map((team) => [team.id, team]));
        for (const team of world.timely.teams) {
          const put = world.teamLinks.find(({ timelyId }) => timelyId === team.id)?.personIds ?? [];
          const ours = new Set(put.flatMap((personId) => usersTiedTo(world, personId)));
          const byHand = team.members.filter(({ userId }) => !ours.has(userId));
          expect(after.get(team.id)?.members).toEqual(expect.arrayContaining(byHand));
        }
      }),
      { numRuns: propertyRuns(120) },
    );
  });

  test('removes no user and no team member when the read is incomplete', () => {
    fc.assert(
      fc.property(arbitraryWorld, (chance) => {
        const world = { ...chance, directory: { ...chance.directory, complete: false } };
        const after = applied(world, gated(world)).timely;
        const present = new Set(after.users.filter(({ removed }) => !removed).map(({ id }) => id));
        for (const { id, removed } of world.timely.users) if (!removed) expect(present).toContain(id);
        for (const { id, members } of world.timely.teams) {
          const left = after.teams.find((team) => team.id === id)?.members.map(({ userId }) => userId);
          expect(left).toEqual(expect.arrayContaining(members.map(({ userId }) => userId)));
        }
      }),
      { numRuns: propertyRuns(120) },
    );
  });
});
