/** Rounds of directories that list a group's members whole, instead of who joined and who left. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DirectoryEntry } from '../../../directory/source.ts';
import type { Membership } from '../../../domain/people/directory.ts';
import { DirectoryRound } from '../../../store/replica/directory-round.ts';
import type { PointReads } from '../../../store/replica/point-reads.ts';
import { loadDirectory } from '../../../store/replica/replica.ts';
import { storeConfiguration } from '../../../store/tenants.ts';
import { duringCycle } from '../../activities/support/during-cycle.ts';
import { openTestStore } from '../../support/database.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let cycle = 0;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const group = (id: string): DirectoryEntry => ({ type: 'group', id, patch: { name: id } });
const member = (groupId: string, memberId: string): DirectoryEntry => ({
  type: 'member',
  groupId,
  memberId,
  memberKind: 'user',
  removed: false,
});
const whole = (groupId: string): DirectoryEntry => ({ type: 'allMembers', groupId });

/** Runs a round to its end. Returns the memberships after it, and those that it asked about. */
async function round(
  tenant: string,
  kind: 'full' | 'incremental',
  pages: DirectoryEntry[][],
  existing: string[] = [],
  shrinkMaxPercent = 100,
) {
  cycle += 1;
  const asked: string[] = [];
  const pointReads: PointReads = {
    people: async () => ({ entries: [] }),
    groups: async () => [],
    memberships: async (memberships) => {
      asked.push(...memberships.map(nameOf));
      return memberships.filter((one) => existing.includes(nameOf(one)));
    },
  };
  const verdict = await duringCycle(store.database, { tenant, cycle }, async (fence) => {
    const key = { ...fence, stream: 'groups' } as const;
    const staged = await DirectoryRound.begin(store.database, key, kind);
    for (const entries of pages) {
      const page = { stream: key.stream, entries, doubts: [], next: null, nextCursor: 'cursor' };
      await staged.stagePages([page], 1);
    }
    await staged.reconcile(pointReads);
    const verdict = await staged.judge(
      { counted: null, shrinkMaxPercent, membersWithGroups: false },
      pointReads,
    );
    await staged.commit(verdict, { scope: 'all', now: new Date() });
    return verdict;
  });
  const { memberships } = await loadDirectory(store.database, tenant);
  return { memberships: memberships.map(nameOf).toSorted(), asked, ...verdict };
}

const nameOf = ({ groupId, memberId }: Membership) => `${groupId} ${memberId}`;

async function newTenant(name: string): Promise<string> {
  await storeConfiguration(store.database, name, { tenant: name });
  const pages = [
    [group('g'), member('g', 'a'), member('g', 'b')],
    [whole('g'), group('h'), member('h', 'a')],
  ];
  await round(name, 'full', [...pages, [whole('h')]]);
  return name;
}

test('who is missing in a whole list has left, in a read of changes too', async () => {
  const tenant = await newTenant('changes');
  const { memberships } = await round(tenant, 'incremental', [
    [group('g'), member('g', 'b')],
    [member('g', 'c'), whole('g')],
  ]);
  expect(memberships).toEqual(['g b', 'g c', 'h a']);
  expect((await round(tenant, 'incremental', [[whole('g')]])).memberships).toEqual(['h a']);
});

test('a list that is not whole takes nobody out', async () => {
  const tenant = await newTenant('part');
  expect((await round(tenant, 'incremental', [[group('g'), member('g', 'c')]])).memberships).toEqual([
    'g a',
    'g b',
    'g c',
    'h a',
  ]);
});

test('a whole read asks about departures, and drops groups whose members are not listed any more', async () => {
  const tenant = await newTenant('whole');
  const pages = [[group('g'), member('g', 'b'), whole('g')], [group('h')]];
  const { memberships, asked, objects } = await round(tenant, 'full', pages);
  expect(asked).toEqual(['g a']);
  expect(memberships).toEqual(['g b']);
  expect(objects).toBe(2);
});

test('a departure that the directory denies does not count', async () => {
  const tenant = await newTenant('denied');
  const pages = [[group('g'), member('g', 'b'), whole('g'), group('h'), member('h', 'a'), whole('h')]];
  expect((await round(tenant, 'full', pages, ['g a'])).memberships).toEqual(['g a', 'g b', 'h a']);
});

test('a whole read of fewer groups proves itself, one of fewer members in a listed group does not', async () => {
  const pages = [[group('g'), group('h'), member('h', 'a'), whole('h')]];
  const { reasons, memberships } = await round(await newTenant('fewer-groups'), 'full', pages, [], 20);
  expect({ reasons, memberships }).toEqual({ reasons: [], memberships: ['h a'] });
  const none = await round(await newTenant('no-groups'), 'full', [[group('g'), group('h')]], [], 20);
  expect({ reasons: none.reasons, memberships: none.memberships }).toEqual({ reasons: [], memberships: [] });
  const short = [[group('g'), member('g', 'a'), whole('g'), group('h'), member('h', 'a'), whole('h')]];
  expect((await round(await newTenant('fewer-members'), 'full', short, [], 20)).reasons).toEqual([
    '2 memberships of groups were read, 33 % fewer than the 3 known before; safety.readShrink allows 20 %',
  ]);
});
