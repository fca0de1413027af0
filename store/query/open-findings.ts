/** What the sync's last plan found: listed, counted by kind, and told to channels. */
import { and, asc, count, eq, gte, inArray, notInArray, type SQL, sql } from 'drizzle-orm';
import type { OpenFinding, Page } from '../../domain/contract/report.ts';
import { groupBy } from '../../domain/group-by.ts';
import type { FoundOfKind } from '../../domain/notifications/notification.ts';
import { type FindingCounts, untoldFindingKinds } from '../../domain/plan/finding-kinds.ts';
import { foldText } from '../../domain/text.ts';
import { isOneOf, type Store } from '../database.ts';
import { lastOwnPlan } from '../planning/cycles.ts';
import { nextOf } from '../planning/report-lines.ts';
import { cycles, findings } from '../schema/planning-tables.ts';
import { tenants } from '../schema/tenant-tables.ts';

/** Condition for the findings of the sync's last plan. */
const isOpen = (tenant: string): SQL | undefined =>
  and(eq(findings.tenant, tenant), sql`${findings.cycle} = ${lastOwnPlan(tenant)}`);

/** A page of what the sync's last plan found, of one kind or of all, by kind and then by subject. */
export async function openFindingsPage(
  store: Store,
  where: { tenant: string; kind: string | null; part?: string; after: number; limit: number },
): Promise<Page<OpenFinding>> {
  const { tenant, kind, part = '', after, limit } = where;
  const rows = await store
    .select({ finding: findings, foundAt: cycles.startedAt })
    .from(findings)
    .leftJoin(cycles, and(eq(cycles.tenant, findings.tenant), eq(cycles.number, findings.since)))
    .where(
      and(
        isOpen(tenant),
        kind === null ? undefined : sql`${findings.kind} = ${kind}`,
        part === '' ? undefined : sql`strpos(${findings.subjectFolded}, ${foldText(part)}) > 0`,
        gte(findings.position, after),
      ),
    )
    .orderBy(asc(findings.position))
    .limit(limit);
  const items = rows.map(({ finding, foundAt }) => ({
    tenant,
    kind: finding.kind,
    subject: finding.subject,
    message: finding.message,
    since: foundAt?.toISOString() ?? null,
  }));
  return {
    items,
    next: nextOf(
      rows.map(({ finding }) => finding),
      limit,
    ),
  };
}

/** How many findings the sync's last plan has, by kind. */
export async function countFindings(store: Store, tenant: string): Promise<FindingCounts> {
  return (await findingCountsOf(store, [tenant])).get(tenant) ?? {};
}

/** How many findings the sync's last plan for each of these tenants has, by kind; tenants without any are left out. */
export async function findingCountsOf(
  store: Store,
  names: readonly string[],
): Promise<Map<string, FindingCounts>> {
  const plans = sql`select tenant, ${lastOwnPlan(tenants.tenant)} from ${tenants} where ${isOneOf(tenants.tenant, names)}`;
  const rows = await store
    .select({ tenant: findings.tenant, kind: findings.kind, count: count() })
    .from(findings)
    .where(sql`(${findings.tenant}, ${findings.cycle}) in (${plans})`)
    .groupBy(findings.tenant, findings.kind)
    .orderBy(asc(findings.kind));
  const byTenant = groupBy(rows, ({ tenant }) => tenant);
  return new Map(
    [...byTenant].map(([tenant, counts]) => [
      tenant,
      Object.fromEntries(counts.map((row) => [row.kind, row.count])),
    ]),
  );
}

const isTold = (tenant: string) => and(isOpen(tenant), notInArray(findings.kind, [...untoldFindingKinds]));

/** The cycles that first found what channels are told of the sync's last plan. */
export async function findingCycles(store: Store, tenant: string): Promise<number[]> {
  const rows = await store
    .selectDistinct({ since: findings.since })
    .from(findings)
    .where(isTold(tenant))
    .orderBy(asc(findings.since));
  return rows.map(({ since }) => since);
}

/** Findings of the sync's last plan that were first found in these cycles, by kind, with the first `most` of each kind. */
export async function findingsSince(
  store: Store,
  tenant: string,
  since: number[],
  most: number,
): Promise<FoundOfKind[]> {
  const isNew = and(isTold(tenant), inArray(findings.since, since));
  const counts = await store
    .select({ kind: findings.kind, count: count() })
    .from(findings)
    .where(isNew)
    .groupBy(findings.kind)
    .orderBy(asc(findings.kind));
  const found: FoundOfKind[] = [];
  for (const { kind, count } of counts) {
    const first = await store
      .select({ kind: findings.kind, subject: findings.subject, message: findings.message })
      .from(findings)
      .where(and(isNew, eq(findings.kind, kind)))
      .orderBy(asc(findings.position))
      .limit(most);
    found.push({ kind, count, first });
  }
  return found;
}
