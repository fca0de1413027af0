/** The journal's chain in a real PostgreSQL: nothing twice, nothing lost under concurrency, and every later edit detected. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import type { JournalLine } from '../../../domain/contract/journal-line.ts';
import type { Page } from '../../../domain/contract/report.ts';
import type { ChainPlace } from '../../../domain/journal/journal.ts';
import { journalEvent, unapprovedSince, writeJournal } from '../../../store/journal/journal.ts';
import { followPage, pruneJournal } from '../../../store/journal/journal-chain.ts';
import { journalPage } from '../../../store/journal/journal-page.ts';
import type { StoredChange } from '../../../store/planning/plans.ts';
import { openTestStore } from '../../support/database.ts';
import { propertyRuns } from '../../support/property-runs.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const start = Date.parse('2026-11-23T09:00:00Z');
const at = (minute: number) => new Date(start + minute * 60_000);

function removal(tenant: string, cycle: number, name: string): StoredChange {
  const subject = { type: 'person', personId: `id-${name}`, email: `${name}@contoso.example`, name };
  const change = { kind: 'remove' as const, subjectKey: subject.personId, subject, reason: 'left' };
  const nothing = { holdRule: null, holdDetail: null, refusalRule: null, refusalDetail: null, failure: null };
  const states = { before: { role: 'employee' }, after: null, fingerprint: name, label: '', approval: null };
  return { tenant, cycle, position: 0, phase: 0, status: 'planned', ...change, ...states, ...nothing };
}

const write = (row: StoredChange, minute = 0) =>
  store.database.transaction((inside) => writeJournal(inside, row.tenant, [{ ...row, row }], at(minute)));

async function follow(tenant: string) {
  let checked = 0;
  let from: ChainPlace | null = null;
  for (;;) {
    const report = await followPage(store.database, tenant, from);
    checked += report.checked;
    if (report.done) return { ...report, checked };
    from = report.end;
  }
}

async function history(tenant: string, query: { person?: string; since?: string } = {}) {
  const lines: JournalLine[] = [];
  let after: number | null = 0;
  while (after !== null) {
    const page: Page<JournalLine> = await journalPage(store.database, { tenant, ...query, after });
    lines.push(...page.items);
    after = page.next;
  }
  return lines;
}

test('makes one valid chain from 25 writers at once, and writes a repeated activity once', async () => {
  const names = Array.from({ length: 200 }, (_, index) => `p${index}`);
  const queue = names.flatMap((name) => [removal('busy', 1, name), removal('busy', 1, name)]);
  const writer = async () => {
    for (let row = queue.pop(); row; row = queue.pop()) await write(row);
  };
  await Promise.all(Array.from({ length: 25 }, writer));
  expect(await follow('busy')).toMatchObject({ checked: 200, broken: null });
  const lines = await history('busy');
  expect(lines.map(({ sequence }) => sequence)).toEqual(names.map((_, index) => 200 - index));
  expect(new Set(lines.map(({ subject }) => subject)).size).toBe(200);
});

test('chains sets that are written at once, and skips entries that exist', async () => {
  const all = Array.from({ length: 40 }, (_, index) => removal('sets', 1, `p${index}`));
  const together = (rows: StoredChange[]) =>
    store.database.transaction((inside) =>
      writeJournal(
        inside,
        'sets',
        rows.map((row) => ({ ...row, row })),
        at(0),
      ),
    );
  // Each set begins in the middle of the one before, so that half of it is there or being written.
  await Promise.all([0, 5, 10, 15, 20, 25, 30].map((first) => together(all.slice(first, first + 10))));
  await together(all);
  expect(await follow('sets')).toMatchObject({ checked: 40, broken: null });
});

test('keeps a chain for each tenant', async () => {
  await write(removal('one', 1, 'ada'));
  await write(removal('other', 1, 'ada'));
  await write(removal('one', 2, 'ada'));
  expect(await follow('one')).toMatchObject({ checked: 2, broken: null });
  expect(await follow('other')).toMatchObject({ checked: 1, broken: null });
  expect(await follow('nobody')).toMatchObject({ checked: 0, broken: { sequence: 1 } });
});

test('chains events that are written at once', async () => {
  const ids = Array.from({ length: 40 }, (_, index) => `event-${index}`);
  const event = { kind: 'paused' as const, at: at(0), reason: '' };
  await Promise.all(ids.map((id) => journalEvent(store.database, 'events', { ...event, id })));
  expect(await follow('events')).toMatchObject({ checked: 40, broken: null });
});

test('leaves the chain unchanged when an entry is rolled back', async () => {
  await write(removal('rolled', 1, 'ada'));
  const failed = store.database.transaction(async (inside) => {
    const row = removal('rolled', 1, 'bo');
    await writeJournal(inside, row.tenant, [{ ...row, row }], at(0));
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  await write(removal('rolled', 1, 'cy'));
  expect(await follow('rolled')).toMatchObject({ checked: 2, broken: null });
});

const tampers = {
  'another reason': "update journal_entries set reason = 'x'",
  'another state before': `update journal_entries set before = '{"role": "admin"}'`,
  'another person': "update journal_entries set subject_key = 'id-x'",
  'another time': "update journal_entries set at = at - interval '1 day'",
  'another cycle': 'update journal_entries set cycle = 9',
  'no approval needed': 'update journal_entries set approval = 7',
  'a lost entry': 'delete from journal_entries',
} as const;

test('finds the entry that was edited, wherever it is', async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...(Object.keys(tampers) as (keyof typeof tampers)[])),
      fc.integer({ min: 1, max: 8 }),
      async (tamper, sequence) => {
        number += 1;
        const tenant = `tampered-${number}`;
        for (let index = 1; index <= 8; index += 1) await write(removal(tenant, 1, `p${index}`));
        await store.database.execute(
          sql`${sql.raw(tampers[tamper])} where tenant = ${tenant} and sequence = ${sequence}`,
        );
        const { broken } = await follow(tenant);
        // A gap shows at the entry after it.
        const seenAt = tamper === 'a lost entry' && sequence < 8 ? sequence + 1 : sequence;
        expect(broken?.sequence).toBe(seenAt);
      },
    ),
    { numRuns: propertyRuns(10) },
  );
});

test('prunes old entries from the beginning, and verifies the rest from the anchor', async () => {
  for (let minute = 1; minute <= 6; minute += 1) await write(removal('aged', minute, 'ada'), minute);
  expect(await pruneJournal(store.database, 'aged', at(4))).toBe(3);
  expect(await follow('aged')).toMatchObject({ checked: 3, anchor: 3, broken: null });
  expect(await pruneJournal(store.database, 'aged', at(60))).toBe(3);
  await write(removal('aged', 7, 'ada'), 7);
  expect(await follow('aged')).toMatchObject({ checked: 1, anchor: 6, broken: null });
});

test('filters by person, under any address, and by time', async () => {
  const { database } = store;
  await write(removal('filtered', 1, 'ada'), 1);
  await write(removal('filtered', 2, 'bo'), 2);
  const married = removal('filtered', 3, 'ada');
  await write({ ...married, subject: { ...(married.subject as object), email: 'new@contoso.example' } }, 3);
  await journalEvent(database, 'filtered', { kind: 'paused', id: 'one', at: at(4), reason: '' });
  expect((await history('filtered', { person: 'NEW@contoso.example' })).map(({ cycle }) => cycle)).toEqual([
    3, 1,
  ]);
  expect((await history('filtered', { since: at(3).toISOString() })).map(({ kind }) => kind)).toEqual([
    'paused',
    'remove',
  ]);
  expect(await unapprovedSince(database, 'filtered', 'remove', at(1))).toBe(2);
});

test('keeps pages small when entries are large', async () => {
  const members = Array.from({ length: 2_000 }, (_, userId) => ({ userId, lead: false, hideHours: false }));
  for (let cycle = 1; cycle <= 5; cycle += 1) {
    const row = removal('large', cycle, 'team');
    await write({ ...row, kind: 'setTeamMembers', before: { members }, after: { members } });
  }
  const page = await journalPage(store.database, { tenant: 'large', after: 0 });
  expect(JSON.stringify(page).length).toBeLessThan(500_000);
  expect(await history('large')).toHaveLength(5);
});
