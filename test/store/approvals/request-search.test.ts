/** The search in a request finds what the one fold finds, whatever PostgreSQL makes of case and blanks. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { foldText } from '../../../domain/text.ts';
import { requestLines } from '../../../store/approvals/request-page.ts';
import { asJson } from '../../../store/database.ts';
import { openTestStore } from '../../support/database.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const parts = [
  'Ada',
  'ADA',
  ' ',
  '\t',
  'ß',
  'SS',
  'İ',
  'i',
  'I',
  'ς',
  'Σ',
  'K',
  'é',
  'e\u0301',
  '\\',
  '%',
  '_',
  'K',
  "'",
];
const text = fc.array(fc.constantFrom(...parts), { maxLength: 4 }).map((each) => each.join(''));
const named = fc.record({ subject: text, name: text });

const inRequest = { tenant: 'contoso', number: 1 };
const viewer = { subject: null, addresses: [] };

test('a change is found by a part of its name or address as both are folded', async () => {
  const { database } = store;
  const property = fc.asyncProperty(
    fc.array(named, { minLength: 1, maxLength: 8 }),
    text,
    async (people, search) => {
      const lines = people.map((person, position) => ({ position, line: { change: 'remove', ...person } }));
      await database.execute(sql`delete from approval_changes`);
      await database.execute(sql`
        insert into approval_changes (tenant, number, position, fingerprint, subject_key, line)
        select 'contoso', 1, position, position::text, '', line
        from jsonb_to_recordset(${asJson(lines)}) as entry (position int, line jsonb)`);
      const wanted = foldText(search);
      const expected = people.filter(({ subject, name }) =>
        [subject, name].some((each) => foldText(each).includes(wanted)),
      );
      const { found } = await requestLines(database, inRequest, { search, from: 0, limit: 0 }, viewer);
      expect(found ?? people.length).toBe(expected.length);
    },
  );
  await fc.assert(property, { numRuns: 200 });
});
