/** When many people are held by one rule, they share a request, which says what approving does. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Change } from '../../../domain/plan/change.ts';
import { approvalChangeRows } from '../../../store/approvals/approvals.ts';
import { linkTeam } from '../../../store/planning/team-links.ts';
import { rememberTeam } from '../../../store/replica/timely-snapshot.ts';
import { team } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { held, tenantThatHolds } from './held-changes.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const people = (count: number) =>
  Array.from({ length: count }, (_, index) => `p${String(index).padStart(2, '0')}`);
const lowered = (name: string) =>
  ({
    ...held('lowers-role', name),
    kind: 'changeRole',
    before: { role: 'manager' },
    fingerprint: `changeRole ${name}`,
  }) as Change;

test.each([
  [20, 20],
  [21, 1],
])('opens for %i people held by one rule %i requests', async (count, requests) => {
  const changes = people(count).map(lowered);
  const { approvals } = await tenantThatHolds(store.database, ...changes, held('sensitive', 'ada'));
  const opened = await approvals(true);
  expect(opened.filter(({ rule }) => rule === 'lowers-role')).toHaveLength(requests);
  expect(opened.filter(({ rule }) => rule === 'sensitive').map(({ changes }) => changes)).toEqual([1]);
  expect(opened.reduce((sum, { changes }) => sum + changes, 0)).toBe(count + 1);
});

test('keeps all that is held about a person in one request, and counts people', async () => {
  const both = people(11).flatMap((name) => [
    held('sensitive', name),
    { ...lowered(name), hold: { rule: 'grants-admin' as const, detail: '' } } as Change,
  ]);
  const { approvals, plan } = await tenantThatHolds(store.database, ...both);
  expect((await approvals(true)).map(({ changes }) => changes)).toEqual(Array(11).fill(2));
  // Those who come later do not join: a request never grows.
  await plan([
    ...both,
    ...people(33)
      .slice(11)
      .flatMap((name) => [held('sensitive', name)]),
  ]);
  expect((await approvals(true)).map(({ changes }) => changes)).toEqual([...Array(11).fill(2), 22]);
});

test('decides a part of a shared request by kind of change and by person', async () => {
  const changes = people(21).flatMap((name) => [held('sensitive', name), lowered(name)]);
  const { decide, state, approvals } = await tenantThatHolds(store.database, ...changes);
  expect(await approvals(true)).toMatchObject([{ rule: 'sensitive', changes: 42 }]);
  expect(await decide({ number: 1, only: ['changeRole'], except: ['p00'] })).toMatchObject({ decided: 20 });
  expect(await decide({ number: 1, id: 'second', only: ['invite:p00@contoso.example'] })).toMatchObject({
    decided: 1,
    undecided: 21,
  });
  expect([...(await state()).approved.keys()].toSorted()).toEqual(
    [
      'invite p00',
      ...people(21)
        .slice(1)
        .map((name) => `changeRole ${name}`),
    ].toSorted(),
  );
});

test('says of each change what approving does', async () => {
  const { tenant, plan } = await tenantThatHolds(store.database, lowered('ada'));
  const made = {
    source: 'group:1',
    timelyId: 50,
    name: 'Design',
    origin: 'created' as const,
    personIds: ['bo'],
  };
  await linkTeam(store.database, tenant, made);
  await rememberTeam(store.database, tenant, team(50, 'Design', 8, 9));
  const retire: Change = {
    kind: 'retireTeam',
    subject: { type: 'team', source: 'group:1', timelyId: 50, name: 'Design' },
    reason: 'source-gone',
    before: { name: 'Design', personIds: ['bo'] },
    after: null,
    fingerprint: 'retire',
    hold: { rule: 'team-shrinks', detail: '' },
    refusal: null,
  };
  await plan([lowered('ada'), retire]);
  const rows = [
    ...(await approvalChangeRows(store.database, tenant, 1)),
    ...(await approvalChangeRows(store.database, tenant, 2)),
  ];
  expect(rows.map(({ line }) => line.effect)).toEqual([
    {
      before: 'manager',
      after: 'employee',
      says: 'Lowers the role from manager to employee: the person loses rights.',
      joins: [],
      leaves: [],
    },
    {
      before: '3 members',
      after: '2 members',
      says: expect.stringMatching(/^Takes out 1 member .* stays in Timely for 2 members added by hand/),
      joins: [],
      leaves: ['bo'],
    },
  ]);
});
