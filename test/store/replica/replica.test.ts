import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DirectoryEntry } from '../../../directory/source.ts';
import { TransientError } from '../../../domain/errors.ts';
import { DirectoryRound, type RoundKey } from '../../../store/replica/directory-round.ts';
import type { PointReads } from '../../../store/replica/point-reads.ts';
import { cursorOf, loadDirectory } from '../../../store/replica/replica.ts';
import { cycles } from '../../../store/schema/planning-tables.ts';
import { storeConfiguration, tenantRow } from '../../../store/tenants.ts';
import { openTestStore } from '../../support/database.ts';
import { propertyRuns } from '../../support/property-runs.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let tenants = 0;
const openingOf = (cycle: number) => `opening ${cycle}`;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

async function newTenant(): Promise<string> {
  tenants += 1;
  const tenant = `tenant-${tenants}`;
  await storeConfiguration(store.database, tenant, { tenant });
  const facts = { kind: 'full', configurationVersion: 1, startedAt: new Date() } as const;
  for (const cycle of [1, 2])
    await store.database
      .insert(cycles)
      .values({ tenant, number: cycle, opening: openingOf(cycle), ...facts });
  return tenant;
}

async function staged(
  key: RoundKey,
  pages: DirectoryEntry[][],
  kind: 'full' | 'incremental' = 'incremental',
): Promise<DirectoryRound> {
  const round = await DirectoryRound.begin(store.database, { ...key, opening: openingOf(key.cycle) }, kind);
  const nextCursor = `cursor after ${JSON.stringify(pages).length}`;
  for (const entries of pages) {
    await round.stagePages([{ stream: key.stream, entries, doubts: [], next: null, nextCursor }], 1);
  }
  return round;
}

const commit = (round: DirectoryRound, mode: 'replace' | 'merge' | 'add', objects = 0) =>
  round.commit({ mode, reasons: [], objects }, { scope: 'all', now: new Date() });

async function round(
  tenant: string,
  stream: 'users' | 'groups',
  mode: 'replace' | 'merge' | 'add',
  pages: DirectoryEntry[][],
): Promise<number> {
  return await commit(await staged({ tenant, stream, cycle: 1 }, pages), mode, pages.flat().length);
}

const person = (id: string, patch: Extract<DirectoryEntry, { type: 'person' }>['patch']): DirectoryEntry => ({
  type: 'person',
  id,
  patch,
});
const removedPerson = (id: string): DirectoryEntry => ({
  type: 'removed',
  stream: 'users',
  id,
  purged: false,
});

const noPointReads: PointReads = {
  people: async () => ({ entries: [] }),
  groups: async () => [],
  memberships: async () => [],
};

async function people(tenant: string) {
  const { people } = await loadDirectory(store.database, tenant);
  return people.sort((a, b) => a.id.localeCompare(b.id));
}

describe('people', () => {
  test('keeps a value that a later page leaves out, and clears it by null', async () => {
    const tenant = await newTenant();
    const attributes = { department: 'Design', companyName: 'Contoso' };
    await round(tenant, 'users', 'replace', [
      [person('a', { name: 'Ada', mail: 'ada@x.example', attributes })],
    ]);
    await round(tenant, 'users', 'merge', [[person('a', { mail: null, attributes: { department: null } })]]);
    expect(await people(tenant)).toEqual([
      expect.objectContaining({ id: 'a', name: 'Ada', mail: null, attributes: { companyName: 'Contoso' } }),
    ]);
  });

  test('forgets the old facts of a person who was removed and restored in one round', async () => {
    const tenant = await newTenant();
    await round(tenant, 'users', 'replace', [[person('a', { name: 'Ada', mail: 'old@x.example' })]]);
    await round(tenant, 'users', 'merge', [[removedPerson('a')], [person('a', { name: 'Ada again' })]]);
    expect(await people(tenant)).toEqual([expect.objectContaining({ name: 'Ada again', mail: null })]);
  });

  test('removes people whom a full round does not mention, and only adds when it proved nothing', async () => {
    const tenant = await newTenant();
    await round(tenant, 'users', 'replace', [[person('a', { name: 'Ada' }), person('b', { name: 'Bo' })]]);
    await round(tenant, 'users', 'add', [[person('c', { name: 'Cy' })]]);
    expect((await people(tenant)).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    await round(tenant, 'users', 'replace', [[person('c', { name: 'Cy' })]]);
    expect((await people(tenant)).map(({ id }) => id)).toEqual(['c']);
  });

  test('forgets facts of a person that a full round leaves out', async () => {
    const tenant = await newTenant();
    const attributes = { department: 'Design' };
    await round(tenant, 'users', 'replace', [[person('a', { name: 'Ada', managerId: 'b', attributes })]]);
    await round(tenant, 'users', 'replace', [[person('a', { name: 'Ada' })]]);
    expect(await people(tenant)).toEqual([
      expect.objectContaining({ name: 'Ada', managerId: null, attributes: {} }),
    ]);
  });

  test('loads more people and memberships than are fetched at a time', async () => {
    const tenant = await newTenant();
    const ids = Array.from({ length: 10_001 }, (_, number) => `person-${String(number).padStart(5, '0')}`);
    await round(tenant, 'users', 'replace', [ids.map((id) => person(id, { name: id }))]);
    const groups = ['everybody', 'all staff'];
    const memberships = groups.flatMap((groupId) =>
      ids.map(
        (memberId) => ({ type: 'member', groupId, memberId, memberKind: 'user', removed: false }) as const,
      ),
    );
    await round(tenant, 'groups', 'replace', [memberships]);
    const loaded = await loadDirectory(store.database, tenant);
    expect(loaded.people.map(({ name }) => name)).toEqual(ids);
    for (const group of groups) {
      const members = loaded.memberships.filter(({ groupId }) => groupId === group);
      expect(members.map(({ memberId }) => memberId).sort()).toEqual(ids);
    }
  });

  test('leaves the cursor where it was when a round proved nothing', async () => {
    const tenant = await newTenant();
    await round(tenant, 'users', 'replace', [[person('a', { name: 'Ada' })]]);
    const before = await cursorOf(store.database, { tenant, stream: 'users' });
    await round(tenant, 'users', 'add', [[person('b', { name: 'A person with a longer name' })]]);
    expect(await cursorOf(store.database, { tenant, stream: 'users' })).toEqual(before);
  });

  test('changes nothing and requests no plan after a replay', async () => {
    const tenant = await newTenant();
    const page = [person('a', { name: 'Ada', attributes: { department: 'Design' } })];
    await round(tenant, 'users', 'replace', [page]);
    const revision = (await tenantRow(store.database, tenant))?.planRevision;
    expect(await round(tenant, 'users', 'merge', [page, page])).toBe(0);
    expect((await tenantRow(store.database, tenant))?.planRevision).toBe(revision);
  });

  test('asks a point read about people who are both live and removed in a round', async () => {
    const tenant = await newTenant();
    await round(tenant, 'users', 'replace', [[person('a', { name: 'Ada' }), person('b', { name: 'Bo' })]]);
    const contradicting = await staged({ tenant, stream: 'users', cycle: 2 }, [
      [person('a', { name: 'Ada' }), removedPerson('a'), person('b', { name: 'Bo' }), removedPerson('b')],
    ]);
    const asked: string[][] = [];
    await contradicting.reconcile({
      ...noPointReads,
      async people(ids) {
        asked.push(ids);
        return { entries: [person('a', { name: 'Ada, live' }), removedPerson('b')] };
      },
    });
    expect(asked).toEqual([['a', 'b']]);
    await commit(contradicting, 'merge');
    expect(await people(tenant)).toEqual([expect.objectContaining({ id: 'a', name: 'Ada, live' })]);
  });

  test('commits a round once when two attempts have read it to the end', async () => {
    const tenant = await newTenant();
    await round(tenant, 'users', 'replace', [[person('a', { name: 'Ada' })]]);
    const one = { tenant, cycle: 1, opening: openingOf(1) };
    const other = await DirectoryRound.find(store.database, { ...one, stream: 'users' });
    const late = other && commit(other, 'replace', 1);
    await expect(late).rejects.toThrow(TransientError);
    expect(await people(tenant)).toEqual([expect.objectContaining({ id: 'a' })]);
  });

  test('keeps tenants with the same object ids apart', async () => {
    const [one, two] = [await newTenant(), await newTenant()];
    await round(one, 'users', 'replace', [[person('a', { name: 'Ada of one' })]]);
    await round(two, 'users', 'replace', [[person('a', { name: 'Ada of two' })]]);
    await round(two, 'users', 'merge', [[removedPerson('a')]]);
    expect(await people(one)).toEqual([expect.objectContaining({ name: 'Ada of one' })]);
    expect(await people(two)).toEqual([]);
  });
});

describe('groups', () => {
  const member = (groupId: string, memberId: string, removed = false): DirectoryEntry => ({
    type: 'member',
    groupId,
    memberId,
    memberKind: 'user',
    removed,
  });
  const group = (id: string): DirectoryEntry => ({ type: 'group', id, patch: { name: `Group ${id}` } });
  const removedGroup = (id: string): DirectoryEntry => ({
    type: 'removed',
    stream: 'groups',
    id,
    purged: false,
  });

  type Mode = 'replace' | 'merge' | 'add';

  /** The same rounds on plain sets. */
  function expectedMembers(rounds: { mode: Mode; entries: DirectoryEntry[] }[]): string[] {
    let members = new Set<string>();
    for (const { mode, entries } of rounds) {
      const after = new Set(mode === 'merge' ? members : []);
      for (const entry of entries) play(after, entry);
      members = mode === 'add' ? new Set([...members, ...after]) : after;
    }
    return [...members].sort();
  }

  function play(members: Set<string>, entry: DirectoryEntry): void {
    if (entry.type === 'member') {
      const key = `${entry.groupId}/${entry.memberId}`;
      if (entry.removed) members.delete(key);
      else members.add(key);
    } else if (entry.type === 'removed') {
      for (const key of members) if (key.startsWith(`${entry.id}/`)) members.delete(key);
    }
  }

  test('ends any rounds of joins, leaves and deletions as entry by entry', async () => {
    const ids = fc.constantFrom('g1', 'g2', 'g3');
    const entry = fc.oneof(
      fc
        .tuple(ids, fc.constantFrom('a', 'b', 'c'), fc.boolean())
        .map(([g, m, removed]) => member(g, m, removed)),
      ids.map(group),
      ids.map(removedGroup),
    );
    const mode = fc.constantFrom<Mode>('replace', 'merge', 'merge', 'add');
    const rounds = fc.array(fc.record({ mode, entries: fc.array(entry, { maxLength: 8 }) }), {
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(rounds, async (rounds) => {
        const tenant = await newTenant();
        for (const { mode, entries } of rounds) await round(tenant, 'groups', mode, [entries]);
        const { memberships } = await loadDirectory(store.database, tenant);
        expect(memberships.map(({ groupId, memberId }) => `${groupId}/${memberId}`).sort()).toEqual(
          expectedMembers(rounds),
        );
      }),
      { numRuns: propertyRuns(30) },
    );
  });
});
