/** A request in pages, for people who look at it: a limit may hold a hundred thousand changes in one request. */
import { and, asc, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import { mailboxKey } from '../../domain/approvals/decider-name.ts';
import type { ChangeGroup, RequestLine, RequestViewer } from '../../domain/contract/request-page.ts';
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

/** Groups of the changes that `which` selects, the largest first. */
export async function changeGroups(store: Store, { tenant, number }: RequestKey, which: SQL = sql`true`) {
  const { rows } = await store.execute<ChangeGroup & Record<string, unknown>>(sql`
    select line ->> 'change' as change, coalesce(line -> 'effect' ->> 'before', '') as before,
      coalesce(line -> 'effect' ->> 'after', '') as after, coalesce(line -> 'effect' ->> 'says', '') as says,
      count(*)::int as changes, (count(*) - count(decision))::int as undecided
    from approval_changes where tenant = ${tenant} and number = ${number} and ${which}
    group by 1, 2, 3, 4 order by changes desc, min(position) limit ${groupsMax}`);
  return rows.map(
    ({ change, before, after, says, changes, undecided }): ChangeGroup => ({
      ...{ change, before, after, says, changes, undecided },
    }),
  );
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

export async function requestLines(
  store: Store,
  key: RequestKey,
  { search, from, limit }: RequestPlace,
  viewer: RequestViewer,
): Promise<{ matching: number; lines: RequestLine[] }> {
  const { tenant, number } = key;
  const wanted = foldText(search);
  const found = wanted === '' ? null : await positionsOf(store, key, wanted);
  const matching = found?.length ?? (await store.$count(approvalChanges, isChangeOf(tenant, number)));
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
  return { matching, lines };
}

/** Folded here, by the one fold that there is. */
async function positionsOf(store: Store, { tenant, number }: RequestKey, wanted: string): Promise<number[]> {
  const { rows } = await store.execute<{ position: number; subject: string; name: string }>(sql`
    select position, line ->> 'subject' as subject, line ->> 'name' as name from approval_changes
    where tenant = ${tenant} and number = ${number} order by position`);
  return rows
    .filter(({ subject, name }) => [subject, name].some((text) => foldText(text).includes(wanted)))
    .map(({ position }) => position);
}

/** As the recording of an answer finds out with more effort (decider.ts): a page only has to show it. */
async function ownChanges(store: Store, tenant: string, { subject, by }: RequestViewer) {
  const [person] = subject === null ? [] : await loadPeople(store, tenant, [subject]);
  const mailboxes = new Set([by, ...(person ? provenAddressesOf(person) : [])].map(mailboxKey));
  return ({ subjectKey, line }: Pick<typeof approvalChanges.$inferSelect, 'subjectKey' | 'line'>) =>
    subjectKey === subject || mailboxes.has(mailboxKey(line.subject));
}
