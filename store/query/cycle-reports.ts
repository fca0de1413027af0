/** Reports of cycles: what each did and what waits, for people and metrics. */
import { and, asc, desc, eq, gte, inArray, lt, type SQL, sql } from 'drizzle-orm';
import type {
  ChangeStatus,
  CycleCounts,
  CycleReport,
  Health,
  Page,
  ReportLine,
} from '../../domain/contract/report.ts';
import type { ChangeKind, Finding } from '../../domain/plan/change.ts';
import { foldText } from '../../domain/text.ts';
import { openApprovalsOf } from '../approvals/approval-state.ts';
import { endedApprovalsOf, type Silence } from '../approvals/ended-approvals.ts';
import { isOneOf, isOneOfIds, type Store } from '../database.ts';
import { cycleRow, planCycleOf } from '../planning/cycles.ts';
import { changeRowOf } from '../planning/plans.ts';
import { lineOf, nextOf } from '../planning/report-lines.ts';
import { cycleCounts, cycleError } from '../schema/json-values.ts';
import { changes, cycles, failures, findings } from '../schema/planning-tables.ts';
import { tenants } from '../schema/tenant-tables.ts';

const countOf: Record<ChangeKind, keyof CycleCounts> = {
  invite: 'invited',
  reinstate: 'reinstated',
  link: 'linked',
  changeRole: 'roleChanged',
  remove: 'removed',
  createTeam: 'teamsCreated',
  renameTeam: 'teamsRenamed',
  setTeamMembers: 'teamMembersChanged',
  retireTeam: 'teamsRetired',
};

/** What the cycle did so far, and what waits: held changes of the plan in force, and failed people and teams. */
export async function countCycle(store: Store, tenant: string, number: number): Promise<CycleCounts> {
  const planCycle = await planCycleOf(store, tenant, number);
  const planned = await cycleRow(store, tenant, planCycle);
  const counts: CycleCounts = {
    inScope: planned?.inScope ?? 0,
    invited: 0,
    reinstated: 0,
    linked: 0,
    roleChanged: 0,
    removed: 0,
    teamsCreated: 0,
    teamsRenamed: 0,
    teamMembersChanged: 0,
    teamsRetired: 0,
    held: 0,
    failed: 0,
    unchanged: planned?.unchanged ?? 0,
  };
  const done = await countChanges(store, tenant, number, 'done');
  for (const { kind, count } of done) counts[countOf[kind]] = count;
  counts.held = await countHeld(store, tenant, number, planned);
  counts.failed = await store.$count(failures, eq(failures.tenant, tenant));
  return counts;
}

/** Only a new plan ends a hold, so a cycle that shows an earlier cycle's plan has that cycle's count. */
async function countHeld(
  store: Store,
  tenant: string,
  number: number,
  planned: typeof cycles.$inferSelect | null,
): Promise<number> {
  if (planned?.counts && planned.number !== number) return planned.counts.held;
  const held = await countChanges(store, tenant, planned?.number ?? number, 'held');
  return held.reduce((sum, { count }) => sum + count, 0);
}

async function countChanges(store: Store, tenant: string, cycle: number, status: 'done' | 'held') {
  return await store
    .select({ kind: changes.kind, count: sql<number>`count(*)::int` })
    .from(changes)
    .where(and(eq(changes.tenant, tenant), eq(changes.cycle, cycle), eq(changes.status, status)))
    .groupBy(changes.kind);
}

export async function loadCycleReport(
  store: Store,
  tenant: string,
  number: number,
): Promise<CycleReport | null> {
  const row = await cycleRow(store, tenant, number);
  return row ? await reportOf(store, row) : null;
}

/** Newest first; with `before` those of lower numbers. */
export async function latestCycleReports(
  store: Store,
  tenant: string,
  { limit, before }: { limit: number; before?: number },
): Promise<CycleReport[]> {
  const rows = await store
    .select()
    .from(cycles)
    .where(and(eq(cycles.tenant, tenant), before === undefined ? undefined : lt(cycles.number, before)))
    .orderBy(desc(cycles.number))
    .limit(limit);
  return await Promise.all(rows.map((row) => reportOf(store, row)));
}

/** The newest cycle of each of these tenants; tenants without one are left out. */
export async function newestCycleReports(
  store: Store,
  names: readonly string[],
): Promise<Map<string, CycleReport>> {
  const newest = sql`
    select tenant, (select max(number) from cycles where cycles.tenant = ${tenants.tenant}) from ${tenants}
    where ${isOneOf(tenants.tenant, names)}`;
  const rows = await store
    .select()
    .from(cycles)
    .where(sql`(${cycles.tenant}, ${cycles.number}) in (${newest})`);
  return new Map(
    await Promise.all(rows.map(async (row) => [row.tenant, await reportOf(store, row)] as const)),
  );
}

async function reportOf(store: Store, row: typeof cycles.$inferSelect): Promise<CycleReport> {
  return {
    number: row.number,
    kind: row.kind,
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    evidence: row.evidence,
    counts: row.counts ?? (await countCycle(store, row.tenant, row.number)),
    cycleError: row.cycleError,
  };
}

/** All changes of a small plan with their fingerprints and subjects. */
export async function planLines(store: Store, tenant: string, cycle: number) {
  const rows = await store
    .select()
    .from(changes)
    .where(and(eq(changes.tenant, tenant), eq(changes.cycle, cycle)))
    .orderBy(asc(changes.position));
  return rows
    .map(changeRowOf)
    .map((row) => ({ fingerprint: row.fingerprint, subject: row.subject, line: lineOf(row) }));
}

interface ReportLinesQuery {
  tenant: string;
  cycle: number;
  statuses: ChangeStatus[];
  /** Only of people and teams with this in their name or address. */
  part?: string;
  after: number;
  limit: number;
}

/** A page of a cycle's report: changes with these statuses, held ones with their open or, with `silence`, ended approval. */
export async function reportLines(
  store: Store,
  where: ReportLinesQuery,
  silence: Silence | null = null,
): Promise<Page<ReportLine>> {
  const rows = await store
    .select()
    .from(changes)
    .where(where.part ? await isFound(store, where, where.part) : isListed(where))
    .orderBy(asc(changes.position))
    .limit(where.limit);
  const held = rows.filter(({ status }) => status === 'held').map(({ fingerprint }) => fingerprint);
  const requests = await openApprovalsOf(store, where.tenant, held);
  const ended = silence ? await endedApprovalsOf(store, where.tenant, held, silence) : new Map();
  const items = rows.map(changeRowOf).map((row): ReportLine => {
    const line = lineOf(row);
    if (row.status !== 'held') return line;
    const request = requests.get(row.fingerprint) ?? null;
    return { ...line, request, ...(silence && { ended: ended.get(row.fingerprint) ?? null }) };
  });
  return { items, next: nextOf(rows, where.limit) };
}

const isListed = ({ tenant, cycle, statuses, after }: ReportLinesQuery): SQL | undefined =>
  and(
    eq(changes.tenant, tenant),
    eq(changes.cycle, cycle),
    inArray(changes.status, statuses),
    gte(changes.position, after),
  );

/** Condition for the first listed changes whose subject has the part. SQL does not fold (domain/text.ts), so names come here. */
async function isFound(store: Store, where: ReportLinesQuery, part: string): Promise<SQL | undefined> {
  const subjects = await store
    .select({
      position: changes.position,
      name: sql<string | null>`${changes.subject} ->> 'name'`,
      email: sql<string | null>`${changes.subject} ->> 'email'`,
    })
    .from(changes)
    .where(isListed(where))
    .orderBy(asc(changes.position));
  const wanted = foldText(part);
  const found = subjects.filter(({ name, email }) =>
    foldText(`${name ?? ''}\n${email ?? ''}`).includes(wanted),
  );
  const positions = found.slice(0, where.limit).map(({ position }) => position);
  return and(
    eq(changes.tenant, where.tenant),
    eq(changes.cycle, where.cycle),
    isOneOfIds(changes.position, positions),
  );
}

export async function findingsPage(
  store: Store,
  tenant: string,
  cycle: number,
  after: number,
  limit: number,
) {
  const rows = await store
    .select()
    .from(findings)
    .where(and(eq(findings.tenant, tenant), eq(findings.cycle, cycle), gte(findings.position, after)))
    .orderBy(asc(findings.position))
    .limit(limit);
  const items: Finding[] = rows.map(({ kind, subject, message }) => ({ kind, subject, message }));
  return { items, next: nextOf(rows, limit) } satisfies Page<Finding>;
}

export interface LastCycle {
  tenant: string;
  health: Health;
  counts: CycleCounts;
}

/** The last ended cycle of each tenant; tenants without one are left out. One index look-up for each. */
export async function lastCycleOfEachTenant(store: Store): Promise<LastCycle[]> {
  const { rows } = await store.execute<{ tenant: string; error: unknown; counts: unknown }>(sql`
    select tenants.tenant, last.cycle_error as error, last.counts from tenants cross join lateral (
      select cycle_error, counts from cycles
      where cycles.tenant = tenants.tenant and finished_at is not null and counts is not null
      order by number desc limit 1) as last`);
  return rows.map(({ tenant, error, counts }) => ({
    tenant,
    health: cycleError.nullable().parse(error)?.health ?? 'ok',
    counts: cycleCounts.parse(counts),
  }));
}
