/** Who did what, in the journal: orders, tenant files and approved changes. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createActivities } from '../../../activities/index.ts';
import type { StoredConfiguration } from '../../../domain/contract/control.ts';
import type { JournalLine } from '../../../domain/contract/journal-line.ts';
import type { Page } from '../../../domain/contract/report.ts';
import { link, person, rulesWith, team, user, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeTenant } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** A tenant with a team whose source is gone: retiring it needs an approval. */
async function arrange() {
  const arranged = await arrangeTenant(
    store.database,
    worldWith({
      rules: { teamMembers: rulesWith().teamMembers },
      directory: { people: [person('Ada')] },
      timely: { users: [user(10, 'Ada')], teams: [team(50, 'Design Guild', 10)] },
      personLinks: [link('Ada', 10)],
      teamLinks: [
        {
          source: 'group:gone',
          timelyId: 50,
          origin: 'created',
          name: 'Design Guild',
          personIds: ['id-ada'],
        },
      ],
    }),
  );
  const activities = createActivities(arranged.services);
  const { tenant } = arranged;
  const history = async () =>
    ((await activities.runQuery({ about: 'history', tenant, after: 0 })) as Page<JournalLine>).items;
  return { ...arranged, activities, history };
}

const by = 'it-lead@contoso.example';

test('an approved change has its approver beside it, and one form of the id', async () => {
  const { tenant, cycle, approveHeld, history } = await arrange();
  const { key } = await cycle();
  expect(await approveHeld(key)).toBe(1);
  await cycle();
  const [retired, decided] = await history();
  expect(retired).toMatchObject({ kind: 'retireTeam', approval: `${tenant}/1`, approvedBy: [by] });
  expect(decided).toMatchObject({
    ...{ kind: 'decided', subject: `${tenant}/1`, approval: `${tenant}/1`, by, channel: 'update' },
    approvedBy: [],
  });
});

test('an order has who gave it and how, and no internal id', async () => {
  const { tenant, activities, history } = await arrange();
  const order = { tenant, by, channel: 'command' as const, reason: '' };
  await activities.recordControl({ ...order, kind: 'paused', id: 'f9a1c3d2-1111-4222-8333-444455556666' });
  await activities.recordControl({
    ...order,
    kind: 'resumed',
    id: 'f9a1c3d2-2222-4222-8333-444455556666',
    by: null,
  });
  expect((await history()).slice(0, 2)).toMatchObject([
    { kind: 'resumed', subject: tenant, channel: 'command' },
    { kind: 'paused', subject: tenant, by, channel: 'command' },
  ]);
});

test('a tenant file has who gave it, when, and what it changed', async () => {
  const { tenant, file, activities, history } = await arrange();
  const source = { by, channel: 'command' as const };
  const give = (graceDays: number) =>
    activities.storeTenantFile({
      tenant,
      file: { ...file, leavers: { ...file.leavers, graceDays } },
      source,
    });
  const { version } = await give(3);
  await give(4);
  const differences = [{ path: 'leavers.graceDays', before: '3', after: '4' }];
  expect((await history())[0]).toMatchObject({
    ...{ kind: 'configured', subject: `version ${version + 1}`, ...source, differences },
  });
  const ask = async (wanted?: number) =>
    (await activities.runQuery({
      ...{ about: 'configuration', tenant },
      ...(wanted !== undefined && { version: wanted }),
    })) as StoredConfiguration | null;
  expect(await ask()).toMatchObject({
    ...{ version: version + 1, newest: version + 1, differences },
    file: { leavers: { graceDays: 4 } },
    given: { ...source, at: expect.any(String) },
  });
  // The store keeps keys by length; people read them in the order of docs/tenant-file.md.
  expect(Object.keys((await ask())?.file ?? {})).toEqual(Object.keys(file));
  expect(await ask(version)).toMatchObject({
    version,
    newest: version + 1,
    file: { leavers: { graceDays: 3 } },
  });
  expect(await ask(99)).toBeNull();
});
