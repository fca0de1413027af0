/**
 * Erases what the store keeps about one person. Rows about them go; rows about others lose the mention. The journal's chain
 * stays valid: the digest of an entry stays, and without its salt nothing can be guessed from it.
 */
import { and, eq, sql } from 'drizzle-orm';
import type { Erasure, ErasureReport } from '../../domain/contract/erasure.ts';
import { foldText } from '../../domain/text.ts';
import { WrongUseError } from '../approvals/decisions.ts';
import { isOneOf, isOneOfIds, type Store } from '../database.ts';
import { journalEvent } from '../journal/journal.ts';
import { journalEntries } from '../schema/journal-tables.ts';
import { personLinks } from '../schema/link-tables.ts';
import { cycles, verdicts } from '../schema/planning-tables.ts';
import { eraseFromJournal } from './erase-journal.ts';
import { type ErasedPerson, identify } from './erased-person.ts';

/** Erases, and journals it without naming the person. A second run with the same id does nothing. */
export async function erasePerson(store: Store, erasure: Erasure, now: Date): Promise<ErasureReport> {
  const { tenant, id, by } = erasure;
  await store.execute(sql`select from tenants where tenant = ${tenant} for update`);
  const before = await erasureOf(store, tenant, id);
  if (before) return before;
  const person = await identify(store, tenant, erasure.person);
  await requireErasable(store, tenant, person);
  const entries = await eraseFromJournal(store, tenant, person);
  await eraseRows(store, tenant, person);
  await eraseMentions(store, tenant, person);
  const report = { tenant, entries, stays: person.inDirectory };
  const reason = 'one person was erased on request';
  await journalEvent(store, tenant, { kind: 'erased', id, at: now, reason, after: { by, ...report } });
  return report;
}

async function erasureOf(store: Store, tenant: string, id: string): Promise<ErasureReport | null> {
  const { kind, subjectKey } = journalEntries;
  const [row] = await store
    .select({ after: journalEntries.after })
    .from(journalEntries)
    .where(and(eq(journalEntries.tenant, tenant), eq(kind, 'erased'), eq(subjectKey, id)));
  if (!row) return null;
  const { entries, stays } = row.after as ErasureReport;
  return { tenant, entries, stays };
}

/** @throws WrongUseError when the next cycle would bring the data back, or needs it */
async function requireErasable(store: Store, tenant: string, person: ErasedPerson): Promise<void> {
  const { id } = person;
  const [verdict] = await store
    .select({ inScope: verdicts.inScope, reason: verdicts.reason })
    .from(verdicts)
    .where(and(eq(verdicts.tenant, tenant), eq(verdicts.personId, id)));
  if (verdict?.inScope && person.inDirectory) {
    throw new WrongUseError(
      `This person is in scope of ${tenant} (${verdict.reason}): the next cycle would bring the data back. Take the person out of the directory or the scope first.`,
    );
  }
  const isPresent = and(
    eq(personLinks.tenant, tenant),
    eq(personLinks.personId, id),
    eq(personLinks.state, 'present'),
  );
  if ((await store.$count(personLinks, isPresent)) > 0) {
    throw new WrongUseError(
      `${tenant} still links this person to a user in Timely: let a cycle remove the user first.`,
    );
  }
  const runs = and(eq(cycles.tenant, tenant), sql`${cycles.finishedAt} is null`);
  if ((await store.$count(cycles, runs)) > 0) {
    throw new WrongUseError(`A cycle of ${tenant} is running: erase when it has ended.`);
  }
  const { rows } = await store.execute(sql`
    select from configurations where tenant = ${tenant} and file::text ~* ${person.mention}
    and version = (select max(version) from configurations where tenant = ${tenant})`);
  if (rows.length > 0) {
    throw new WrongUseError(
      `The tenant file of ${tenant} names this person: take the line out and start the tenant first.`,
    );
  }
}

/** Rows about the person. The replica keeps a person whom the directory still has: the next full read would bring them back. */
async function eraseRows(store: Store, tenant: string, { id, timelyIds, inDirectory, emails }: ErasedPerson) {
  for (const [table, condition] of [
    ['changes', sql`subject_key = ${id}`],
    ['failures', sql`subject_key = ${id}`],
    ['attempts', sql`subject_key = ${id}`],
    ['dirty_subjects', sql`key = ${id} or (kind = 'user' and ${isOneOf(sql`key`, timelyIds.map(String))})`],
    ['person_links', sql`person_id = ${id}`],
    ['timely_users', isOneOfIds(sql`id`, timelyIds)],
    [
      'approval_changes',
      sql`subject_key = ${id} or ${isOneOf(sql`line ->> 'subject'`, await subjectsAmong(store, tenant, emails))}`,
    ],
    ['odd_records', isOneOf(sql`id`, [id, ...timelyIds.map(String)])],
    ['directory_staging', sql`object_id = ${id} or member_id = ${id}`],
  ] as const) {
    await store.execute(
      sql`delete from ${sql.identifier(table)} where tenant = ${tenant} and (${condition})`,
    );
  }
  if (inDirectory) return;
  await store.execute(sql`delete from verdicts where tenant = ${tenant} and person_id = ${id}`);
  await store.execute(sql`delete from directory_memberships where tenant = ${tenant} and member_id = ${id}`);
  await store.execute(sql`
    update team_links set person_ids = person_ids - ${id}::text where tenant = ${tenant} and person_ids ? ${id}`);
  // The last plan was made from this person among others: the next one has to cover the whole tenant.
  await store.execute(sql`
    update tenants set plan_baseline = null where tenant = ${tenant} and strpos(plan_baseline::text, ${id}) > 0`);
}

/** Subjects of approvals that are one of the addresses, as they are written there. */
async function subjectsAmong(store: Store, tenant: string, emails: string[]): Promise<string[]> {
  const { rows } = await store.execute<{ subject: string | null }>(
    sql`select distinct line ->> 'subject' as subject from approval_changes where tenant = ${tenant}`,
  );
  const subjects = rows.flatMap(({ subject }) => subject ?? []);
  return subjects.filter((subject) => emails.includes(foldText(subject)));
}

/** Columns about others that may mention the person. */
const mentioning: readonly (readonly [string, string, 'text' | 'jsonb'])[] = [
  ['changes', 'label', 'text'],
  ['changes', 'reason', 'text'],
  ['changes', 'hold_detail', 'text'],
  ['changes', 'refusal_detail', 'text'],
  ['changes', 'subject', 'jsonb'],
  ['changes', 'before', 'jsonb'],
  ['changes', 'after', 'jsonb'],
  ['changes', 'failure', 'jsonb'],
  ['failures', 'failure', 'jsonb'],
  ['findings', 'subject', 'text'],
  ['findings', 'subject_folded', 'text'],
  ['findings', 'message', 'text'],
  ['approval_changes', 'line', 'jsonb'],
  ['approval_changes', 'approved_by', 'jsonb'],
  ['decisions', 'by', 'text'],
  ['decisions', 'note', 'text'],
  ['cycles', 'cycle_error', 'jsonb'],
  ['cycles', 'evidence', 'jsonb'],
  ['outages', 'cycle_error', 'jsonb'],
  ['deliveries', 'problem', 'text'],
  ['configurations', 'file', 'jsonb'],
];

async function eraseMentions(store: Store, tenant: string, { mention }: ErasedPerson): Promise<void> {
  for (const [table, column, type] of mentioning) {
    const [where, what] = [sql.identifier(table), sql.identifier(column)];
    await store.execute(sql`
      update ${where} set ${what} = regexp_replace(${what}::text, ${mention}, '(erased)', 'gi')::${sql.raw(type)}
      where tenant = ${tenant} and ${what}::text ~* ${mention}`);
  }
}
