/**
 * What every directory promises to the sync, over its simulator. A directory adds a world (`ContractWorld`) and one test file
 * that calls `describeContract`.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type {
  DirectoryEntry,
  DirectorySource,
  DirectoryStream,
  ReadPlace,
  ReadPlan,
} from '../../../directory/source.ts';
import {
  ConsentNeededError,
  CursorExpiredError,
  ThrottledError,
  TransientError,
} from '../../../domain/errors.ts';
import { rejection } from '../entra/failures.ts';
import { faultyFetch } from './faulty-fetch.ts';

/** A simulated directory. Names of people and groups are unique in it. */
export interface ContractWorld {
  source: DirectorySource;
  plan: ReadPlan;
  /** A group of the plan with members, and one of its direct members who is enabled. */
  group: string;
  member: string;
  /** Object ids of the people and groups that exist, and direct memberships of people in the groups of the plan. */
  truth(): { people: string[]; groups: string[]; memberships: string[] };
  idOf(kind: 'person' | 'group', name: string): string;
  join(name: string, group: string): void;
  setDepartment(name: string, department: string): void;
  disable(name: string): void;
  delete(name: string): void;
  leaveGroup(name: string, group: string): void;
  deleteGroup(name: string): void;
  /** Lets the directory answer in pages of a few objects. */
  smallPages(areSmall: boolean): void;
  close(): Promise<void>;
}

interface Round {
  entries: DirectoryEntry[];
  doubts: string[];
  places: ReadPlace[];
  nextCursor: string | null;
}

/** Describes the contract for one directory. */
export function describeContract(name: string, open: (send: typeof fetch) => Promise<ContractWorld>): void {
  describe(`${name} as a directory`, () => {
    let world: ContractWorld;
    const wire = faultyFetch();
    beforeAll(async () => {
      world = await open(wire.fetch);
    });
    afterAll(() => world.close());

    async function read(
      stream: DirectoryStream,
      cursor: string | null = null,
      place: ReadPlace | null = null,
    ) {
      const round: Round = { entries: [], doubts: [], places: [], nextCursor: null };
      let pages = place?.pages ?? 0;
      for await (const page of world.source.read(stream, cursor, world.plan, place)) {
        pages += 1;
        round.entries.push(...page.entries);
        round.doubts.push(...page.doubts);
        if (page.next !== null) round.places.push({ next: page.next, pages });
        round.nextCursor = page.nextCursor;
      }
      return round;
    }

    /** Earlier removals may come again: a directory with timestamps repeats the last minutes. */
    function expectRemoved(entries: DirectoryEntry[], id: string): void {
      const removed = entries.flatMap((entry) => (entry.type === 'removed' ? [entry.id] : []));
      const { people, groups } = world.truth();
      expect(removed.filter((each) => [...people, ...groups].includes(each))).toEqual([]);
      expect(removed.includes(id)).toBe(world.source.capabilities.deletionsInDelta);
    }

    const person = (who: string) => world.idOf('person', who);
    const group = (which: string) => world.idOf('group', which);
    const membershipOf = (who: string, which: string) => `${group(which)} ${person(who)}`;

    test('a whole read has everybody, every group and their members, without a doubt', async () => {
      const [users, groups] = [await read('users'), await read('groups')];
      const truth = world.truth();
      expect(idsOf(users.entries, 'person')).toEqual(truth.people);
      expect(idsOf(groups.entries, 'group')).toEqual(truth.groups);
      expect(membershipsAfter(groups.entries)).toEqual(expect.arrayContaining(truth.memberships));
      expect([users.doubts, groups.doubts]).toEqual([[], []]);
      expect([users.nextCursor, groups.nextCursor]).not.toContain(null);
    });

    test('small pages have the same entries, and a read goes on from each of them', async () => {
      const large = { users: await read('users'), groups: await read('groups') };
      world.smallPages(true);
      try {
        for (const stream of ['users', 'groups'] as const) {
          const small = await read(stream);
          expect(small.places.length).toBeGreaterThan(2);
          expect(factsOf(small.entries)).toEqual(factsOf(large[stream].entries));
          const place = small.places[1];
          if (place === undefined) throw new Error('There is no second page.');
          const rest = await read(stream, null, place);
          expect(rest.entries.length).toBeLessThan(small.entries.length);
          expect(rest.nextCursor).not.toBeNull();
          expect(rest.doubts).toEqual([]);
        }
      } finally {
        world.smallPages(false);
      }
    });

    test('a read of changes has who joined, changed, was disabled, left a group', async () => {
      const before = { users: (await read('users')).nextCursor, groups: (await read('groups')).nextCursor };
      world.join('Nora Neu', world.group);
      world.setDepartment(world.member, 'Elsewhere');
      world.join('Dora Dis', world.group);
      world.disable('Dora Dis');
      world.join('Lea Left', world.group);
      const lea = membershipOf('Lea Left', world.group);
      const joined = await read('groups', before.groups);
      expect(membershipsAfter(joined.entries)).toContain(lea);
      world.leaveGroup('Lea Left', world.group);
      const users = await read('users', before.users);
      expect(patchOf(users.entries, person('Nora Neu'))).toMatchObject({ name: 'Nora Neu', enabled: true });
      expect(patchOf(users.entries, person(world.member))).toMatchObject({
        attributes: { department: 'Elsewhere' },
      });
      expect(patchOf(users.entries, person('Dora Dis'))).toMatchObject({ enabled: false });
      const groups = await read('groups', joined.nextCursor);
      expect(hasLeft(groups.entries, lea)).toBe(true);
      expect(hasLeft(groups.entries, membershipOf('Nora Neu', world.group))).toBe(false);
    });

    test('a read of changes has who was deleted, where the directory says so', async () => {
      world.join('Gina Gone', world.group);
      world.join('Mark Member', world.group);
      const cursor = (await read('users')).nextCursor;
      const id = person('Gina Gone');
      world.delete('Gina Gone');
      const { entries } = await read('users', cursor);
      expectRemoved(entries, id);
      expect(idsOf((await read('users')).entries, 'person')).toEqual(world.truth().people);
    });

    test('a read of changes has a deleted group, where the directory says so', async () => {
      world.join('Greta Group', 'Short Lived');
      const cursor = (await read('groups')).nextCursor;
      const id = group('Short Lived');
      world.deleteGroup('Short Lived');
      const { entries } = await read('groups', cursor);
      expectRemoved(entries, id);
      expect(await world.source.existingGroups([id, group(world.group)])).toEqual([group(world.group)]);
    });

    test('point reads are in the order asked, with the groups of each person', async () => {
      world.join('Paul Point', world.group);
      world.join('Dan Disabled', world.group);
      world.disable('Dan Disabled');
      world.join('Gert Gone', world.group);
      const ids = ['Gert Gone', 'Paul Point', 'Dan Disabled'].map(person);
      world.delete('Gert Gone');
      const groupIds = [group(world.group)];
      expect(await world.source.confirm(ids, groupIds, world.plan)).toMatchObject([
        { personId: ids[0], person: null, groupIds: [] },
        { personId: ids[1], person: { name: 'Paul Point', enabled: true }, groupIds },
        { personId: ids[2], person: { enabled: false } },
      ]);
      const [members] = await world.source.currentMembers(groupIds);
      expect(members?.members).toContainEqual({ id: ids[1], kind: 'user' });
    });

    test('a cursor or place that the directory does not know leads to a whole read', async () => {
      const unknown = await rejection(read('users', 'unknown'));
      expect(unknown).toBeInstanceOf(CursorExpiredError);
      const place = { next: `${(await firstPlace()).next}x`, pages: 1 };
      expect(await rejection(read('users', null, place))).toBeInstanceOf(CursorExpiredError);
    });

    async function firstPlace(): Promise<ReadPlace> {
      world.smallPages(true);
      const [place] = (await read('users')).places;
      world.smallPages(false);
      if (place === undefined) throw new Error('The read has one page.');
      return place;
    }

    test.each([
      ['throttled', ThrottledError],
      ['html', TransientError],
      ['cut', TransientError],
      ['unauthorized', ConsentNeededError],
    ] as const)('a directory that is %s never looks empty', async (fault, error) => {
      const ids = [person(world.member)];
      const groupIds = [group(world.group)];
      wire.set(fault);
      try {
        expect(await rejection(read('users'))).toBeInstanceOf(error);
        expect(await rejection(read('groups'))).toBeInstanceOf(error);
        expect(await rejection(world.source.confirm(ids, groupIds, world.plan))).toBeInstanceOf(error);
        expect(await rejection(world.source.existingGroups(groupIds))).toBeInstanceOf(error);
        expect(await rejection(world.source.currentMembers(groupIds))).toBeInstanceOf(error);
      } finally {
        wire.set(null);
      }
      expect(idsOf((await read('users')).entries, 'person')).toEqual(world.truth().people);
    });

    test('the scope of cursors depends on what is read, not on its order', () => {
      const scope = (attributes: string[]) => world.source.cursorScope({ ...world.plan, attributes });
      expect(scope(['city', 'state'])).toBe(scope(['state', 'city']));
      expect(scope(['city'])).not.toBe(scope(['city', 'state']));
    });
  });
}

/** Object ids that are live after the entries, sorted. */
function idsOf(entries: DirectoryEntry[], type: 'person' | 'group'): string[] {
  const ids = new Set<string>();
  for (const entry of entries) {
    if (entry.type === type) ids.add(entry.id);
    if (entry.type === 'removed') ids.delete(entry.id);
  }
  return [...ids].toSorted();
}

/** `group member` of each membership after the entries, sorted. */
function membershipsAfter(entries: DirectoryEntry[]): string[] {
  const present = new Set<string>();
  for (const entry of entries) {
    if (entry.type !== 'member') continue;
    const key = `${entry.groupId} ${entry.memberId}`;
    if (entry.removed) present.delete(key);
    else present.add(key);
  }
  return [...present].toSorted();
}

/** Whether a membership of the replica has ended: by itself, or because the group's whole list lacks it. */
function hasLeft(entries: DirectoryEntry[], membership: string): boolean {
  if (membershipsAfter(entries).includes(membership)) return false;
  return entries.some((entry) =>
    entry.type === 'member'
      ? `${entry.groupId} ${entry.memberId}` === membership
      : entry.type === 'allMembers' && membership.startsWith(`${entry.groupId} `),
  );
}

const patchOf = (entries: DirectoryEntry[], id: string) =>
  Object.assign(
    {},
    ...entries.flatMap((entry) => (entry.type === 'person' && entry.id === id ? [entry.patch] : [])),
  );

/** The entries without their order. */
const factsOf = (entries: DirectoryEntry[]) => ({
  people: idsOf(entries, 'person').map((id) => [id, patchOf(entries, id)]),
  groups: idsOf(entries, 'group'),
  memberships: membershipsAfter(entries),
});
