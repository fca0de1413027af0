/** A request in pages, for people who look at it: a limit may hold a hundred thousand changes in one request. */
import { and, asc, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import { mailboxKey } from '../../domain/approvals/decider-name.ts';
import type { ChangeGroup, RequestLine } from '../../domain/contract/request-page.ts';
import type { SignedIn } from '../../domain/contract/who-may.ts';
import { provenAddressesOf } from '../../domain/people/person.ts';
import { foldText } from '../../domain/text.ts';
import type { Store } from '../database.ts';
import { loadPeople } from '../replica/replica.ts';
import { approvalChanges } from '../schema/approval-tables.ts';
import { isChangeOf } from './approvals.ts';

interface RequestKey {
  tenant: string;
  number: number;
}

const groupsMax = 20;

/** Groups of the changes that `which` selects, the largest first, and how many of these changes are still undecided. */
export async function changeGroups(
  store: Store,
  { tenant, number }: RequestKey,
  which: SQL = sql`true`,
): Promise<{ groups: ChangeGroup[]; undecided: number }> {
  const { rows } = await store.execute<
    ChangeGroup & { undecidedInAll: number } & Record<string, unknown>
  >(sql`
    with alike as (
      select min(position) as position, count(*)::int as changes, (count(*) - count(decision))::int as undecided,
        sum(count(*) - count(decision)) over ()::int as "undecidedInAll"
      from approval_changes where tenant = ${tenant} and number = ${number} and ${which}
      group by effect_digest order by changes desc, 1 limit ${groupsMax})
    select changes, undecided, "undecidedInAll", change,
      coalesce(line -> 'effect' ->> 'before', '') as before, coalesce(line -> 'effect' ->> 'after', '') as after,
      coalesce(line -> 'effect' ->> 'says', '') as says
    from alike join approval_changes using (position) where tenant = ${tenant} and number = ${number}
    order by changes desc, position`);
  return {
    groups: rows.map(({ undecidedInAll: _, ...group }) => group),
    undecided: rows[0]?.undecidedInAll ?? 0,
  };
}

/** How many changes nobody has decided yet. */
export const countUndecided = (store: Store, { tenant, number }: RequestKey): Promise<number> =>
  store.$count(approvalChanges, and(isChangeOf(tenant, number), isNull(approvalChanges.decision)));

/** Where a page is: behind `from` changes of those whose person or team has the searched text in its name or address. */
export interface RequestPlace {
  search: string;
  from: number;
  limit: number;
}

/** The lines at a place, and how many were found; null without a search, which is all. */
export async function requestLines(
  store: Store,
  key: RequestKey,
  { search, from, limit }: RequestPlace,
  viewer: SignedIn,
): Promise<{ found: number | null; lines: RequestLine[] }> {
  const { tenant, number } = key;
  const wanted = foldText(search);
  const found = wanted === '' ? null : await positionsOf(store, key, wanted);
  const isFound = found && inArray(approvalChanges.position, [-1, ...found.slice(from, from + limit)]);
  const rows = await store
    .select()
    .from(approvalChanges)
    .where(and(isChangeOf(tenant, number), isFound ?? undefined))
    .orderBy(asc(approvalChanges.position))
    .offset(found ? 0 : from)
    .limit(limit);
  const isOwn = await ownChanges(store, tenant, viewer);
  const lines = rows.map((row) => ({
    ...row.line,
    position: row.position,
    decision: row.decision,
    approvedBy: row.approvedBy,
    own: isOwn(row),
  }));
  return { found: found?.length ?? null, lines };
}

/**
 * Folded here, by the one fold that there is. PostgreSQL leaves out the many texts of printable ASCII that cannot match: there
 * the fold is `lower` without a locale.
 */
async function positionsOf(store: Store, { tenant, number }: RequestKey, wanted: string): Promise<number[]> {
  const mayMatch = (text: SQL) =>
    sql`(strpos(lower(${text} collate "C"), ${wanted}) > 0 or ${text} ~ '[^ -~]')`;
  const { rows } = await store.execute<{ position: number; subject: string; name: string }>(sql`
    select position, subject, name from approval_changes where tenant = ${tenant} and number = ${number}
      and (${mayMatch(sql`subject`)} or ${mayMatch(sql`name`)}) order by position`);
  return rows
    .filter(({ subject, name }) => [subject, name].some((text) => foldText(text).includes(wanted)))
    .map(({ position }) => position);
}

/** As the recording of an answer finds out with more effort (decider.ts): a page only has to show it. */
async function ownChanges(store: Store, tenant: string, { subject, addresses }: SignedIn) {
  const [person] = subject === null ? [] : await loadPeople(store, tenant, [subject]);
  const mailboxes = new Set([...addresses, ...(person ? provenAddressesOf(person) : [])].map(mailboxKey));
  return ({ subjectKey, line }: Pick<typeof approvalChanges.$inferSelect, 'subjectKey' | 'line'>) =>
    subjectKey === subject || mailboxes.has(mailboxKey(line.subject));
}
