/** Whom each phase of a plan concerns, for the search attribute of its runs. */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Change, ChangeKind } from '../../../domain/plan/change.ts';
import { subjectTag, subjectTagsMax } from '../../../domain/plan/subject-tags.ts';
import { phasesToApply } from '../../../store/planning/phases-to-apply.ts';
import { type PlannedRow, storePlan } from '../../../store/planning/plans.ts';
import { openTestStore } from '../../support/database.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const tagOf = (key: string) => subjectTag((text) => createHash('sha256').update(text).digest('hex'), key);
const facts = { reason: 'it is so', hold: null, refusal: null };

function rowOf(change: Omit<Change, keyof typeof facts | 'fingerprint'>, status: PlannedRow['status']) {
  const fingerprint = randomBytes(8).toString('hex');
  return {
    change: { ...facts, ...change, fingerprint } as Change,
    status,
    label: '',
    approval: null,
    failure: null,
  };
}
const personRow = (id: string, kind: ChangeKind, status: PlannedRow['status'] = 'planned') =>
  rowOf(
    {
      kind,
      subject: { type: 'person', personId: id, timelyId: null, email: `${id}@contoso.example`, name: id },
      ...{ before: null, after: { role: 'employee' } },
    } as Change,
    status,
  );
const teamRow = (source: string, kind: ChangeKind, before: string[] | null, after: string[] | null) =>
  rowOf(
    {
      kind,
      subject: { type: 'team', source, timelyId: null, name: source },
      ...{ before: before && { name: source, personIds: before } },
      ...{ after: after && { name: source, personIds: after } },
    } as Change,
    'planned',
  );

async function applied(rows: PlannedRow[]) {
  const tenant = `t-${randomBytes(6).toString('hex')}`;
  await storePlan(store.database, tenant, 1, rows, []);
  return await phasesToApply(store.database, tenant, 1);
}

test('names each person and team that changes, and who joins or leaves a team', async () => {
  const { phases, tags } = await applied([
    personRow('bo', 'remove'),
    personRow('ada', 'invite'),
    personRow('held', 'invite', 'held'),
    teamRow('group:new', 'createTeam', null, ['ada']),
    teamRow('group:design', 'setTeamMembers', ['bo', 'cy'], ['ada', 'cy']),
  ]);
  expect(phases).toEqual([1, 1, 0, 0, 2]);
  expect(tags.map((each) => [...each].sort())).toEqual([
    [tagOf('bo')],
    [tagOf('ada')],
    [],
    [],
    ['group:new', 'group:design', 'ada', 'bo'].map(tagOf).sort(),
  ]);
});

test('says that there are others where they have no room, within the 2 KB of a search attribute', async () => {
  const { tags } = await applied(
    Array.from({ length: subjectTagsMax + 1 }, (_, index) => personRow(`id-${index}`, 'invite')),
  );
  expect(tags[1]).toHaveLength(subjectTagsMax + 1);
  expect(tags[1]?.at(-1)).toBe('others');
  expect(tags[1]?.[0]).toBe(tagOf('id-0'));
  expect(Buffer.byteLength(JSON.stringify(tags[1]))).toBeLessThanOrEqual(2_048);
});

test('has nobody to name in a plan that changes nothing', async () => {
  expect(await applied([personRow('ada', 'invite', 'held')])).toEqual({
    phases: [0, 0, 0, 0, 0],
    tags: [[], [], [], [], []],
  });
});
