/** Erases a person from the journal, whose chain stays valid. */
import { sql } from 'drizzle-orm';
import type { JournalMember, JournalTeam } from '../../domain/journal/journal-states.ts';
import type { Store } from '../database.ts';
import type { ErasedPerson } from './erased-person.ts';

/** Answers how many entries lost data. */
export async function eraseFromJournal(store: Store, tenant: string, person: ErasedPerson): Promise<number> {
  const { id, mention } = person;
  const own = await store.execute(sql`
    update journal_entries set subject_key = 'erased/' || sequence, subject = null, before = null, after = null, reason = '',
      salt = null where tenant = ${tenant} and subject_key = ${id}`);
  const redacted = (column: string) =>
    sql`regexp_replace(${sql.identifier(column)}::text, ${mention}, '(erased)', 'gi')`;
  const others = await store.execute(sql`
    update journal_entries set subject = ${redacted('subject')}::jsonb, before = ${redacted('before')}::jsonb,
      after = ${redacted('after')}::jsonb, reason = ${redacted('reason')}, salt = null
    where tenant = ${tenant} and concat_ws(' ', subject, before, after, reason) ~* ${mention}`);
  const teams = await eraseFromTeams(store, tenant, person);
  return (own.rowCount ?? 0) + (others.rowCount ?? 0) + teams;
}

/** Entries about teams name their members by Timely's numbers. */
async function eraseFromTeams(store: Store, tenant: string, { timelyIds }: ErasedPerson): Promise<number> {
  const { rows } = await store.execute<{
    sequence: string;
    before: JournalTeam | null;
    after: JournalTeam | null;
  }>(sql`
    select sequence, before, after from journal_entries where tenant = ${tenant} and subject ->> 'type' = 'team'
    and exists (
      select from jsonb_array_elements_text(${JSON.stringify(timelyIds)}::jsonb) as number,
      lateral (select jsonb_build_array(jsonb_build_object('userId', number::bigint)) as member) as wanted
      where before -> 'members' @> member or after -> 'members' @> member)`);
  const isOther = ({ userId }: JournalMember) => !timelyIds.includes(userId);
  const without = (team: JournalTeam | null) =>
    team === null ? null : JSON.stringify({ ...team, members: team.members.filter(isOther) });
  for (const { sequence, before, after } of rows) {
    await store.execute(sql`
      update journal_entries set before = ${without(before)}::jsonb, after = ${without(after)}::jsonb, salt = null
      where tenant = ${tenant} and sequence = ${sequence}`);
  }
  return rows.length;
}
