/** Erasing a person of any name: nothing of them stays, nothing else changes, and everything that is left can be read. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { approvalDetails } from '../../../activities/approvals/approval-details.ts';
import { validateTenantFile } from '../../../config/tenant-file.ts';
import { foldText } from '../../../domain/text.ts';
import { approvalLines, approvalRow, summaryOf } from '../../../store/approvals/approvals.ts';
import { decisionsOf } from '../../../store/approvals/decisions.ts';
import { erasePerson } from '../../../store/erasure/erase-person.ts';
import { journalEvent } from '../../../store/journal/journal.ts';
import { followPage } from '../../../store/journal/journal-chain.ts';
import { journalPage } from '../../../store/journal/journal-page.ts';
import { loadChanges } from '../../../store/planning/plans.ts';
import { copyTenant, tenantCopyName } from '../../../store/preview/tenant-copy.ts';
import { loadCycleReport, reportLines } from '../../../store/query/cycle-reports.ts';
import { openFindingsPage } from '../../../store/query/open-findings.ts';
import { configurationOf } from '../../../store/tenants.ts';
import { openTestStore } from '../../support/database.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { arrangeErasable, type Leaver, mentionOf } from './erasable-tenant.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

let tenants = 0;
const now = new Date('2026-11-24T09:00:00Z');

async function arrange(name: string) {
  tenants += 1;
  const tenant = `t${tenants}`;
  const leaver: Leaver = {
    id: `gone-${tenants}-id`,
    email: `gone${tenants}@left.example`,
    name,
    timelyId: 900_000 + tenants,
  };
  const { others } = await arrangeErasable(store.database, tenant, leaver);
  const erase = (by = 'privacy') =>
    store.database.transaction((inside) =>
      erasePerson(inside, { tenant, person: leaver.id, by, id: `erasure-${tenants}` }, now),
    );
  return { tenant, leaver, others, erase };
}

/** Every row of the tenant as text, by table. */
async function rowsOf(tenant: string): Promise<string[]> {
  const { rows: tables } = await store.database.execute<{ name: string }>(sql`
    select table_name as name from information_schema.columns
    where table_schema = 'public' and column_name = 'tenant' order by 1`);
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await store.database.execute<{ row: string }>(
      sql`select to_jsonb(t)::text as row from ${sql.identifier(name)} t where tenant = ${tenant}`,
    );
    found.push(...rows.map(({ row }) => `${name} ${row}`));
  }
  return found;
}

async function entries(tenant: string) {
  const { rows } = await store.database.execute<Record<string, unknown>>(
    sql`select * from journal_entries where tenant = ${tenant} order by sequence`,
  );
  return new Map(rows.map((row) => [Number(row.sequence), row]));
}

/** Reads all that a command shows of the tenant. It throws where a stored value does not fit its schema. */
async function showAll(tenant: string): Promise<unknown[]> {
  const { database } = store;
  const shown: unknown[] = [
    await journalPage(database, { tenant, after: 0 }),
    await loadCycleReport(database, tenant, 1),
    await reportLines(database, { tenant, cycle: 1, statuses: ['held', 'done'], after: 0, limit: 50 }, null),
    await openFindingsPage(database, { tenant, kind: null, after: 0, limit: 50 }),
    await loadChanges(database, tenant, 1, [0, 1, 2, 3]),
    validateTenantFile(await configurationOf(database, tenant, 1)),
  ];
  for (const number of [1, 2]) {
    const row = await approvalRow(database, tenant, number);
    if (!row) throw new Error('An approval is gone.');
    const { items } = await approvalLines(database, tenant, number, 0, 50);
    shown.push(approvalDetails(await summaryOf(database, row), items, 'names'));
    shown.push(items, await decisionsOf(database, tenant, number));
  }
  return shown;
}

/** Keys, kinds, roles and other words of the rows, and letters that JSON and patterns treat in their own way. */
const tried = [
  ...[
    'name',
    'type',
    'email',
    'personId',
    'employee',
    'true',
    'false',
    'null',
    'remove',
    'Design',
    'Timely Users',
  ],
  ...['user', '7', 'Nora Winter', 'O\'Neil "Q" \\d+', 'İpek Işık', '.*', '["x"]'],
];
const words = [
  ...[
    'person',
    'role',
    'invite',
    'held',
    'done',
    'team',
    'design',
    'in group',
    'rule',
    'detail',
    'left',
    '1',
    'Zoë 🦉',
  ],
  ...[
    'decided',
    'approve',
    'fine',
    'command',
    'Timely',
    'members',
    'setTeamMembers',
    'identity-mismatch',
    'Other',
  ],
  ...['Bo', '%', 'a|b', '{"a": 1}', '(x)'],
];
const anyName = fc
  .oneof(fc.constantFrom(...words), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }))
  .filter((name) => name.trim() !== '' && !name.includes('\0') && !foldText(name).includes('erased'));

test('a person of any name is gone, others stay as they were, and all of it can be shown', async () => {
  await fc.assert(
    fc.asyncProperty(anyName, async (name) => {
      const { tenant, leaver, others, erase } = await arrange(name);
      const before = await entries(tenant);
      await showAll(tenant);
      const unrelated = (await rowsOf(tenant)).filter((row) => isUnrelated(row, leaver));

      const { entries: count } = await erase();

      expect(count).toBe(4);
      const rows = await rowsOf(tenant);
      for (const trace of [leaver.id, leaver.email, String(leaver.timelyId)])
        expect(rows.filter((row) => row.toLowerCase().includes(trace))).toEqual([]);
      expect(unrelated.filter((row) => !rows.includes(row))).toEqual([]);
      const after = await entries(tenant);
      for (const sequence of others) expect(after.get(sequence)).toEqual(before.get(sequence));
      await showAll(tenant);
      const [decision] = await decisionsOf(store.database, tenant, 1);
      expect(decision?.by).toBe('(erased)');
      const decided = [...after.values()].find(({ approval }) => Number(approval) === 1);
      expect(decided).toMatchObject({
        after: { only: ['(erased)', expect.stringMatching(/^(remove|\(erased\)):\(erased\)$/)] },
      });
      expect(await approvedBy(tenant)).toEqual(['(erased)', 'ops@contoso.example']);
      const report = await followPage(store.database, tenant, null);
      const by = { sequence: after.size, at: now.toISOString(), by: 'privacy', entries: 4 };
      expect(report).toMatchObject({ broken: null, opened: [by] });
    }),
    { numRuns: tried.length + propertyRuns(6), examples: tried.map((name) => [name]) },
  );
}, 120_000);

async function approvedBy(tenant: string): Promise<unknown> {
  const { rows } = await store.database.execute<{ approved: unknown }>(sql`
    select approved_by as approved from approval_changes where tenant = ${tenant} and number = 1 and position = 0`);
  return rows[0]?.approved;
}

/** A row that nothing ties to the leaver but perhaps a word. */
function isUnrelated(row: string, { id, email, timelyId }: Leaver): boolean {
  const ties = [id, email, String(timelyId), '"id": "a"'];
  const changes = ['journal_entries', 'journal_chains', 'tenants '];
  return ![...ties, ...changes].some((tie) => row.includes(tie));
}

test('a sentence about another person loses the name with the id, and keeps the rest', async () => {
  const { tenant, erase, leaver } = await arrange('Nora Winter');
  expect(mentionOf(leaver)).toContain('Nora Winter');
  await erase();
  const [, held] = await loadChanges(store.database, tenant, 1, [0, 1]);
  expect(held?.holdDetail).toBe(
    'The Timely user bo@contoso.example ((erased)) belonged to (erased) ((erased)), who left.',
  );
  const { items } = await approvalLines(store.database, tenant, 1, 0, 50);
  expect(items).toMatchObject([{ effect: { before: 'employee', leaves: ['(erased)'] } }]);
});

test('a person who decided is gone in any spelling of the name', async () => {
  const { tenant, erase } = await arrange('Zoë Über');
  const { database } = store;
  const [by, note] = ['Ｚoë   über', 'as Zoe\u0308 \u00a0U\u0308ber said'];
  await database.execute(
    sql`update decisions set by = ${by}, note = ${note} where tenant = ${tenant} and number = 2`,
  );
  await database.execute(sql`
    update approval_changes set approved_by = ${JSON.stringify([by])}::jsonb where tenant = ${tenant} and number = 2`);
  await journalEvent(database, tenant, { kind: 'reopened', id: 'r', at: now, reason: note, after: { by } });
  await journalEvent(database, tenant, { kind: 'undone', id: 'u', at: now, reason: '', after: { by } });
  await erase();
  const texts = (await rowsOf(tenant)).map((row) => foldText(row.normalize('NFKC')));
  expect(texts.filter((row) => /zoë|über/.test(row))).toEqual([]);
});

test('a request about no other person ends', async () => {
  const { tenant, erase } = await arrange('Nora Winter');
  const { database } = store;
  await database.execute(
    sql`delete from approval_changes where tenant = ${tenant} and number = 1 and position = 0`,
  );
  await erase();
  expect(await approvalRow(database, tenant, 1)).toMatchObject({
    state: 'ended by itself',
    announced: false,
  });
  expect(await approvalRow(database, tenant, 2)).toMatchObject({ state: 'open' });
});

test('what a preview left behind goes too', async () => {
  const { tenant, erase } = await arrange('Nora Winter');
  const { database } = store;
  const copyName = tenantCopyName(tenant, 'lost');
  const made = { isInForce: true, replicaOf: tenant, windowStart: now };
  await copyTenant(database, { ...made, tenant, copyName, now: new Date('2026-11-24T06:00:00Z') });
  expect(await rowsOf(copyName)).not.toEqual([]);
  await erase();
  expect(await rowsOf(copyName)).toEqual([]);
});

test('an entry whose salt is gone without an erasure is named as broken', async () => {
  const { tenant, others, erase } = await arrange('Nora Winter');
  await erase();
  const [sequence = 0] = others;
  await store.database.execute(sql`
    update journal_entries set salt = null, reason = 'forged' where tenant = ${tenant} and sequence = ${sequence}`);
  const { broken } = await followPage(store.database, tenant, null);
  expect(broken).toEqual({ sequence, problem: expect.stringContaining('no erasure names it') });
});

test('an erasure asked for by the next person to erase still proves what it opened', async () => {
  const { tenant, leaver } = await arrange('Nora Winter');
  const { database } = store;
  await database.execute(sql`
    insert into person_links (tenant, person_id, timely_id, state, email) values (${tenant}, 'id-pat', 8, 'removed', 'pat@left.example')`);
  const erase = (person: string, by: string, id: string) =>
    database.transaction((inside) => erasePerson(inside, { tenant, person, by, id }, now));
  await erase(leaver.id, 'Pat <pat@left.example>', 'first');
  await erase('id-pat', 'pat@left.example', 'second');
  expect((await rowsOf(tenant)).filter((row) => row.includes('pat@left'))).toEqual([]);
  const report = await followPage(database, tenant, null);
  expect(report).toMatchObject({ broken: null, opened: [{ by: '(erased)', entries: 5 }] });
});

test('an address that another person has by now is not erased from what is about them', async () => {
  const { tenant, leaver, erase } = await arrange('Nora Winter');
  await store.database.execute(sql`
    update verdicts set email = ${leaver.email} where tenant = ${tenant} and person_id = 'id-bo'`);
  await erase();
  const { rows } = await store.database.execute<{ email: string }>(
    sql`select email from verdicts where tenant = ${tenant}`,
  );
  expect(rows).toEqual([{ email: leaver.email }]);
});
