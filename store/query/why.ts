/** What the store knows about one person or one team: what was done, what waits, what was found. */
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import type { PastChange, WaitingChange } from '../../domain/contract/why.ts';
import type { Finding } from '../../domain/plan/change.ts';
import { foldText } from '../../domain/text.ts';
import { openApprovalsOf } from '../approvals/approval-state.ts';
import { endedApprovalsOf, type Silence } from '../approvals/ended-approvals.ts';
import { isOneOf, isOneOfIds, type Store } from '../database.ts';
import { isAbout } from '../journal/journal-page.ts';
import { changeRowOf } from '../planning/plans.ts';
import { lineOf } from '../planning/report-lines.ts';
import { storedTeam } from '../replica/timely-snapshot.ts';
import { journalEntries } from '../schema/journal-tables.ts';
import { personLinks, teamLinks } from '../schema/link-tables.ts';
import { changes, failures, findings, verdicts } from '../schema/planning-tables.ts';
import { timelyUsers } from '../schema/timely-tables.ts';

/** Changes and findings that are shown for one subject. */
const shownMax = 10;

/** What was done about a person or team, newest first. */
export async function pastChanges(store: Store, tenant: string, subjectKey: string): Promise<PastChange[]> {
  const rows = await store
    .select()
    .from(journalEntries)
    .where(and(eq(journalEntries.tenant, tenant), isAbout([subjectKey])))
    .orderBy(desc(journalEntries.sequence))
    .limit(shownMax);
  return rows.map(({ cycle, at, kind, reason, approval }) => ({
    cycle,
    at: at.toISOString(),
    change: kind,
    reason,
    approval: approval === null ? null : `${tenant}/${approval}`,
  }));
}

/** Changes of a plan that wait for a person or team, with their open approvals. */
export async function waitingChanges(
  store: Store,
  tenant: string,
  cycle: number,
  subjectKey: string,
  silence: Silence | null,
): Promise<WaitingChange[]> {
  const waits = inArray(changes.status, ['planned', 'held', 'refused', 'failed', 'superseded', 'parked']);
  const rows = await store
    .select()
    .from(changes)
    .where(
      and(eq(changes.tenant, tenant), eq(changes.cycle, cycle), eq(changes.subjectKey, subjectKey), waits),
    )
    .orderBy(asc(changes.position))
    .limit(shownMax);
  const [failure] = await store
    .select({ nextTryAt: failures.nextTryAt })
    .from(failures)
    .where(and(eq(failures.tenant, tenant), eq(failures.subjectKey, subjectKey)));
  const fingerprints = rows.map(({ fingerprint }) => fingerprint);
  const openApprovals = await openApprovalsOf(store, tenant, fingerprints);
  const ended = await endedApprovalsOf(store, tenant, fingerprints, silence);
  return rows.map(changeRowOf).map((row) => ({
    ...lineOf(row),
    request: openApprovals.get(row.fingerprint) ?? null,
    ended: ended.get(row.fingerprint) ?? null,
    nextTryAt: row.failure ? (failure?.nextTryAt.toISOString() ?? null) : null,
  }));
}

/** What a plan found about a person or team, by any of their names. */
export async function findingsAbout(
  store: Store,
  tenant: string,
  cycle: number,
  names: string[],
): Promise<Finding[]> {
  const folded = names.map(foldText);
  const rows = await store
    .select({ kind: findings.kind, subject: findings.subject, message: findings.message })
    .from(findings)
    .where(
      and(eq(findings.tenant, tenant), eq(findings.cycle, cycle), isOneOf(findings.subjectFolded, folded)),
    )
    .orderBy(asc(findings.position))
    .limit(shownMax);
  return rows;
}

export async function verdictOf(store: Store, tenant: string, personId: string) {
  const [row] = await store
    .select({ inScope: verdicts.inScope, code: verdicts.code, reason: verdicts.reason })
    .from(verdicts)
    .where(and(eq(verdicts.tenant, tenant), eq(verdicts.personId, personId)));
  return row ?? null;
}

export async function personLinkOf(store: Store, tenant: string, personId: string) {
  const [row] = await store
    .select()
    .from(personLinks)
    .where(and(eq(personLinks.tenant, tenant), eq(personLinks.personId, personId)));
  return row ?? null;
}

export async function timelyUserOf(store: Store, tenant: string, id: number) {
  const [row] = await store
    .select()
    .from(timelyUsers)
    .where(and(eq(timelyUsers.tenant, tenant), eq(timelyUsers.id, id)));
  return row ?? null;
}

/** A team as it was last read, with its link; null for what is not there. */
export async function teamOf(
  store: Store,
  tenant: string,
  where: { source: string | null; timelyId: number | null },
) {
  const [link] =
    where.source === null
      ? []
      : await store
          .select()
          .from(teamLinks)
          .where(and(eq(teamLinks.tenant, tenant), eq(teamLinks.source, where.source)));
  const id = link?.timelyId ?? where.timelyId;
  const team = id === null ? null : await storedTeam(store, tenant, id);
  return { link: link ?? null, team };
}

/** E-mail addresses and linked people of some Timely users. */
export async function usersById(store: Store, tenant: string, ids: number[]) {
  const { rows } = await store.execute<{ id: string; email: string; person_id: string | null }>(sql`
    select stored.id, stored.email, link.person_id from timely_users stored
    left join person_links link on link.tenant = stored.tenant and link.timely_id = stored.id
    where stored.tenant = ${tenant} and ${isOneOfIds(sql`stored.id`, ids)}`);
  return new Map(rows.map((row) => [Number(row.id), { email: row.email, personId: row.person_id }]));
}
