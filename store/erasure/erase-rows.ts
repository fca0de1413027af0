/** Takes a person out of all tables but the journal: rows about them go, and rows about others lose the mention. */
import { type SQL, sql } from 'drizzle-orm';
import type { Mentions } from '../../domain/journal/mentions.ts';
import { addressKey } from '../../domain/people/address.ts';
import { isOneOf, isOneOfIds, type Store } from '../database.ts';
import { requestReplan } from '../replica/dirty-subjects.ts';
import { eraseFromFile } from './erase-file.ts';
import type { ErasedPerson } from './erased-person.ts';
import { type Rewriting, rewriteRows } from './rewrite-rows.ts';

/** Approvals that ask about the person. */
export async function approvalsAbout(
  store: Store,
  tenant: string,
  { id }: ErasedPerson,
): Promise<ReadonlySet<number>> {
  const { rows } = await store.execute<{ number: number }>(sql`
    select distinct number from approval_changes where tenant = ${tenant} and subject_key = ${id}`);
  return new Set(rows.map(({ number }) => number));
}

/** Deletes rows about the person. A person who is still in the directory stays in the replica: the next full read would return them. */
export async function eraseRows(store: Store, tenant: string, person: ErasedPerson): Promise<void> {
  const { id, timelyIds, inDirectory } = person;
  const isOwn = sql`subject_key = ${id}`;
  const isTheirAddress = (column: SQL, table: string) => isTheirs(store, tenant, person, { column, table });
  for (const [table, condition] of [
    ['changes', isOwn],
    ['failures', isOwn],
    ['attempts', isOwn],
    ['dirty_subjects', sql`key = ${id} or (kind = 'user' and ${isOneOf(sql`key`, timelyIds.map(String))})`],
    ['person_links', sql`person_id = ${id}`],
    ['timely_users', isOneOfIds(sql`id`, timelyIds)],
    ['approval_changes', sql`${isOwn} or ${await isTheirAddress(sql`subject`, 'approval_changes')}`],
    ['findings', await isTheirAddress(sql`subject`, 'findings')],
    ['odd_records', isOneOf(sql`id`, [id, ...timelyIds.map(String)])],
    ['directory_staging', sql`object_id = ${id} or member_id = ${id}`],
  ] as const) {
    await store.execute(
      sql`delete from ${sql.identifier(table)} where tenant = ${tenant} and (${condition})`,
    );
  }
  // No plan ends a request that is about no other person; the next one tells its workflow, which still shows the person.
  await store.execute(sql`
    update approvals set state = 'ended by itself', closed_at = now(), announced = false
    where tenant = ${tenant} and state = 'open' and not exists (
      select from approval_changes change where change.tenant = approvals.tenant and change.number = approvals.number)`);
  await requestReplan(store, tenant);
  if (inDirectory) return;
  await store.execute(sql`delete from verdicts where tenant = ${tenant} and person_id = ${id}`);
  await store.execute(sql`delete from directory_memberships where tenant = ${tenant} and member_id = ${id}`);
  await store.execute(sql`
    update directory_people set facts = jsonb_set(facts, '{managerId}', 'null')
    where tenant = ${tenant} and facts ->> 'managerId' = ${id}`);
  await store.execute(sql`
    update directory_extras set app_assignments = app_assignments - ${id}::text, privileged = coalesce((
      select jsonb_agg(holder) from jsonb_array_elements(privileged) as holder where holder ->> 'personId' <> ${id}), '[]')
    where tenant = ${tenant}`);
  await store.execute(sql`
    update team_links set person_ids = person_ids - ${id}::text where tenant = ${tenant} and person_ids ? ${id}`);
  // The last plan was made from this person among others: the next one has to cover the whole tenant.
  await store.execute(sql`
    update tenants set plan_baseline = null where tenant = ${tenant} and strpos(plan_baseline::text, ${id}) > 0`);
}

/** Whether a column is one of the person's addresses or their id, as it is written there: SQL does not fold. */
async function isTheirs(
  store: Store,
  tenant: string,
  { id, addresses }: ErasedPerson,
  { column, table }: { column: SQL; table: string },
): Promise<SQL> {
  const { rows } = await store.execute<{ subject: string | null }>(
    sql`select distinct ${column} as subject from ${sql.identifier(table)} where tenant = ${tenant}`,
  );
  const theirs = new Set(addresses.map(addressKey));
  const subjects = rows.flatMap(({ subject }) => subject ?? []);
  return isOneOf(
    column,
    subjects.filter((subject) => subject === id || theirs.has(addressKey(subject))),
  );
}

/** `approvals`: those that asked about the person. `id`: of the erasure. */
interface MentionsToErase {
  person: ErasedPerson;
  mentions: Mentions;
  approvals: ReadonlySet<number>;
  id: string;
}

/** What rows about others say of the person. */
export async function eraseMentions(
  store: Store,
  tenant: string,
  { person, mentions, approvals, id }: MentionsToErase,
): Promise<void> {
  const address = `erased-${id.slice(0, 8)}@erased.invalid`;
  const fileOfTenant: Rewriting = {
    table: 'configurations',
    columns: ['file'],
    rewrite({ file }) {
      const erased = eraseFromFile(file, person, address);
      return erased === file ? null : { file: erased };
    },
  };
  const all = [...storedByActivities(mentions), ...typedByPeople(mentions, approvals), fileOfTenant];
  for (const rewriting of all) await rewriteRows(store, tenant, person, rewriting);
}

/** Sentences and JSON that the sync has written. */
function storedByActivities(mentions: Mentions): Rewriting[] {
  const sentences = (table: string, columns: string[]): Rewriting => ({
    table,
    columns,
    rewrite: (row) => changed(row, columns, (value) => mentions.sentence(value)),
  });
  const json = (table: string, columns: string[], typed?: SQL): Rewriting => ({
    table,
    columns,
    ...(typed && { typed }),
    rewrite(row) {
      const erased = Object.fromEntries(
        columns.map((column) => [column, mentions.json(row[column], fieldOf(column))]),
      );
      return columns.every((column) => erased[column] === row[column]) ? null : erased;
    },
  });
  return [
    sentences('changes', ['label', 'reason', 'hold_detail', 'refusal_detail']),
    sentences('findings', ['message']),
    sentences('deliveries', ['problem']),
    json('changes', ['before', 'after', 'failure']),
    json('failures', ['failure']),
    json('approval_changes', ['line', 'approved_by'], sql`approved_by <> '[]'`),
    json('cycles', ['cycle_error', 'evidence']),
    json('outages', ['cycle_error']),
    json('directory_rounds', ['doubts', 'reasons']),
    json('timely_teams', ['members']),
  ];
}

/** Names and notes that people gave. */
const typedByPeople = (mentions: Mentions, approvals: ReadonlySet<number>): Rewriting[] => [
  {
    table: 'decisions',
    columns: ['by', 'note'],
    also: ['number'],
    typed: sql`true`,
    rewrite: (row) =>
      changed(row, ['by', 'note'], (text, column) =>
        column === 'by'
          ? String(mentions.json(text, 'by'))
          : mentions.note(text, approvals.has(Number(row.number))),
      ),
  },
  {
    table: 'tenants',
    columns: ['paused_by'],
    typed: sql`paused_by is not null`,
    rewrite: (row) => changed(row, ['paused_by'], (text) => String(mentions.json(text, 'by'))),
  },
];

/** Columns whose values are texts or lists of texts, by the field that they are elsewhere. */
const fieldOf = (column: string): string =>
  ({ approved_by: 'approvedBy', doubts: 'reasons', reasons: 'reasons', members: 'members' })[column] ?? '';

/** The columns of a row with their texts rewritten; null when none changes. */
function changed(
  row: Record<string, unknown>,
  columns: readonly string[],
  rewrite: (text: string, column: string) => string,
): Record<string, unknown> | null {
  const texts = columns.map((column) => {
    const value = row[column];
    return [column, typeof value === 'string' ? rewrite(value, column) : value] as const;
  });
  return texts.every(([column, text]) => text === row[column]) ? null : Object.fromEntries(texts);
}
