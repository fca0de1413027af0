/** Activities share statements; what becomes of one change is nothing to the others. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createRecorder } from '../../../activities/apply/record-outcomes.ts';
import { entriesOfCycle } from '../../../store/journal/journal-chain.ts';
import { type ChangeRow, loadChanges } from '../../../store/planning/plans.ts';
import { person, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { plannedTenant } from '../support/planned-tenant.ts';
import { attemptOf } from '../support/retried.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** Three people are to be invited. */
async function planned() {
  const world = worldWith({ directory: { people: [person('Ada'), person('Bo'), person('Cy')] } });
  const tenant = await plannedTenant(store.database, world);
  const { key } = tenant;
  const rows = await loadChanges(store.database, tenant.tenant, key.cycle, [0, 1, 2]);
  const rowOf = (name: string) => {
    const found = rows.find(({ subjectKey }) => subjectKey === `id-${name}`);
    if (!found) throw new Error(`The plan has nothing about ${name}.`);
    return found;
  };
  const journaled = async () =>
    (await entriesOfCycle(store.database, tenant.tenant, key.cycle)).map(({ subjectKey }) => subjectKey);
  return { ...tenant, record: createRecorder(tenant.services), rowOf, journaled };
}

const done = (row: ChangeRow, remember = async () => undefined) => [
  { row, result: { outcome: 'done' as const, before: null, after: null, remember } },
];

test('changes that activities apply at the same time are each done once', async () => {
  const { activities, key, journaled, state } = await planned();
  const apply = (position: number) => attemptOf(1).run(activities.applyChange, { ...key, position });
  expect(await Promise.all([0, 1, 2].map(apply))).toEqual([0, 1, 2].map(() => ({ outcome: 'done' })));
  expect(state.mails).toHaveLength(3);
  expect((await journaled()).sort()).toEqual(['id-ada', 'id-bo', 'id-cy']);
});

test('each change is recorded or fails by itself, and none of a run that was reset is recorded', async () => {
  const { key, record, rowOf, journaled } = await planned();
  const refuse = () => Promise.reject(new Error('cannot be stored'));
  const ends = await Promise.allSettled([
    record(key, done(rowOf('ada'))),
    record(key, done(rowOf('bo'), refuse)),
    record({ ...key, opening: 'after the reset' }, done(rowOf('cy'))),
  ]);
  expect(ends).toEqual([
    { status: 'fulfilled', value: ['done'] },
    { status: 'rejected', reason: new Error('cannot be stored') },
    { status: 'fulfilled', value: ['superseded'] },
  ]);
  expect(await journaled()).toEqual(['id-ada']);
});

test('a change that two attempts have done is journaled once', async () => {
  const { key, record, rowOf, journaled } = await planned();
  await Promise.all([record(key, done(rowOf('ada'))), record(key, done(rowOf('ada')))]);
  expect(await record(key, done(rowOf('ada')))).toEqual(['done']);
  expect(await journaled()).toEqual(['id-ada']);
});
