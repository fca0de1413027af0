/** Reads the journal in pages, newest first, for people. */
import { and, desc, eq, gte, inArray, lt, or, sql } from 'drizzle-orm';
import { deciderKey } from '../../domain/approvals/decision.ts';
import type { JournalLine } from '../../domain/contract/journal-line.ts';
import type { Page } from '../../domain/contract/report.ts';
import { eventKinds, type JournalKind } from '../../domain/journal/journal.ts';
import { foldText } from '../../domain/text.ts';
import { asJson, isOneOf, type Store } from '../database.ts';
import { journalEntries } from '../schema/journal-tables.ts';

type EntryRow = typeof journalEntries.$inferSelect;

/** Entries of one page; fewer when they are too large for a payload of Temporal. */
const pageSize = 100;
const pageBytesMax = 200_000;

export interface JournalPageQuery {
  tenant: string;
  /** E-mail address, object id, display name or team name, ignoring case, or a part of one where none is equal. */
  person?: string;
  /** ISO 8601. */
  since?: string;
  /** Kinds of entries; all unless given. */
  kinds?: readonly JournalKind[];
  /** 0 for the newest entries, then `next` of the page before. */
  after: number;
}

/** Newest first. Finds entries about a person by every address and name that the journal has for their object id. */
export async function journalPage(store: Store, query: JournalPageQuery): Promise<Page<JournalLine>> {
  const { tenant, person, since, kinds, after } = query;
  const rows = await store
    .select()
    .from(journalEntries)
    .where(
      and(
        eq(journalEntries.tenant, tenant),
        after > 0 ? lt(journalEntries.sequence, after) : undefined,
        since === undefined ? undefined : gte(journalEntries.at, new Date(since)),
        kinds === undefined ? undefined : inArray(journalEntries.kind, [...kinds]),
        person === undefined ? undefined : isAbout(await subjectKeysOf(store, tenant, person)),
      ),
    )
    .orderBy(desc(journalEntries.sequence))
    .limit(pageSize);
  const approvers = await approversOf(store, tenant, rows);
  const items: JournalLine[] = [];
  let bytes = 0;
  for (const line of rows.map((row) => lineOf(row, approvers))) {
    bytes += JSON.stringify(line).length;
    if (items.length > 0 && bytes > pageBytesMax) break;
    items.push(line);
  }
  const isLast = rows.length < pageSize && items.length === rows.length;
  return { items, next: isLast ? null : (items.at(-1)?.sequence ?? null) };
}

/** Who was tied or untied by hand, in entries of that kind: their own key says which order it was. */
const tiedPerson = sql`coalesce(${journalEntries.after} ->> 'personId', ${journalEntries.before} ->> 'personId')`;

/** Entries about people or teams with one of these keys, also those of their links by hand. */
export const isAbout = (keys: readonly string[]) =>
  or(
    isOneOf(journalEntries.subjectKey, keys),
    and(inArray(journalEntries.kind, ['linked', 'unlinked']), isOneOf(tiedPerson, keys)),
  );

/** Keys of the subjects that the journal knows by a text, by any of their addresses and names. */
async function subjectKeysOf(store: Store, tenant: string, text: string): Promise<string[]> {
  const { rows } = await store.execute<{ key: string; email: string | null; name: string | null }>(sql`
    select distinct subject_key as key, subject ->> 'email' as email, subject ->> 'name' as name
    from journal_entries where tenant = ${tenant}
    union
    select tied.id, facts ->> 'mail', facts ->> 'name' from (
      select distinct coalesce(after ->> 'personId', before ->> 'personId') as id from journal_entries
      where tenant = ${tenant} and kind in ('linked', 'unlinked')) tied
    left join directory_people known on known.tenant = ${tenant} and known.id = tied.id where tied.id is not null`);
  const wanted = foldText(text);
  const keysWhere = (isMeant: (known: string) => boolean) => [
    ...new Set(
      rows
        .filter((row) => Object.values(row).some((known) => known !== null && isMeant(foldText(known))))
        .map(({ key }) => key),
    ),
  ];
  const exact = keysWhere((known) => known === wanted);
  return exact.length > 0 ? exact : keysWhere((known) => known.includes(wanted));
}

/** Who approved each change of some entries, as they wrote their name. The key of an entry is its sequence number. */
async function approversOf(store: Store, tenant: string, rows: EntryRow[]): Promise<Map<number, string[]>> {
  const wanted = rows.flatMap(({ sequence, approval, subjectKey, kind }) =>
    approval === null ? [] : [{ sequence, approval, subjectKey, kind }],
  );
  if (wanted.length === 0) return new Map();
  const { rows: found } = await store.execute<{ sequence: string; keys: string[]; names: string[] }>(sql`
    select wanted.sequence, change.approved_by as keys,
      (select coalesce(jsonb_agg(decided.by order by decided.at), '[]') from decisions decided
        where decided.tenant = ${tenant} and decided.number = wanted.approval and decided.decision = 'approve') as names
    from jsonb_to_recordset(${asJson(wanted)}) as wanted (sequence bigint, approval int, "subjectKey" text, kind text)
    join approval_changes change on change.tenant = ${tenant} and change.number = wanted.approval
      and change.subject_key = wanted."subjectKey" and change.change = wanted.kind
    where jsonb_array_length(change.approved_by) > 0`);
  return new Map(
    found.map(({ sequence, keys, names }) => [
      Number(sequence),
      keys.map((key) => names.find((name) => deciderKey(name) === key) ?? key),
    ]),
  );
}

type EventFacts = Pick<JournalLine, 'by' | 'channel' | 'proved'>;

function lineOf(row: EntryRow, approvers: Map<number, string[]>): JournalLine {
  const { tenant, sequence, at, cycle, kind, reason, before, after, approval, hash } = row;
  const subject = row.subject as { email?: string; name?: string } | null;
  const isEvent = eventKinds.some((event) => event === kind);
  const { by, channel, proved } = ((isEvent ? after : null) as EventFacts | null) ?? {};
  return {
    sequence,
    at: at.toISOString(),
    cycle,
    kind,
    subject: isEvent ? aboutEvent(row) : (subject?.email ?? subject?.name ?? null),
    name: subject?.name ?? null,
    reason,
    before,
    after,
    approval: approval === null ? null : `${tenant}/${approval}`,
    approvedBy: isEvent ? [] : (approvers.get(sequence) ?? []),
    ...(by && { by }),
    ...(channel && { channel }),
    ...(proved && { proved }),
    hash,
  };
}

/** What an event is about, in the words of the commands: never the id that makes it unique. */
function aboutEvent({ tenant, kind, approval, subjectKey, before, after, subject }: EntryRow): string | null {
  if (subject === null) return null;
  if (approval !== null) return `${tenant}/${approval}`;
  if (kind === 'configured') return `version ${subjectKey}`;
  const about = (kind === 'unlinked' ? before : after) as { undoes?: number; timelyId?: number } | null;
  if (about?.undoes !== undefined) return `cycle ${about.undoes}`;
  return about?.timelyId === undefined ? tenant : `Timely user ${about.timelyId}`;
}
