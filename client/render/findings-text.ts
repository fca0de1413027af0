/** Findings as text for people: a table for each tenant, by kind. */
import type { OpenFinding } from '../../domain/contract/report.ts';
import { groupBy } from '../../domain/group-by.ts';
import type { Finding } from '../../domain/plan/change.ts';
import { type FindingCounts, findingCountsText } from '../../domain/plan/finding-kinds.ts';
import { type Session, table } from './output.ts';
import { asManyAsFit } from './table.ts';
import { moment } from './words/moments.ts';

/** Findings of a kind that are shown beside those of other kinds; `--kind` and `--json` show all. */
const shownOfKind = 10;

/** `isOneKind`: the findings are of one kind, and all of them are shown. Else a terminal gets as many of each kind as fit it. */
export function findingsText(
  findings: readonly OpenFinding[],
  { columns, rows }: Pick<Session, 'columns' | 'rows'>,
  isOneKind: boolean,
): string {
  if (findings.length === 0) return 'Nothing was found that an operator should know.';
  const byTenant = [...groupBy(findings, ({ tenant }) => tenant)];
  const textOf = (most: number) =>
    byTenant.map(([tenant, found]) => tenantText(tenant, found, columns, most)).join('\n');
  return isOneKind ? textOf(Number.POSITIVE_INFINITY) : asManyAsFit(shownOfKind, rows, textOf);
}

/** How many there are of each kind. */
export function countsOf(findings: readonly Pick<Finding, 'kind'>[]): FindingCounts {
  const byKind = groupBy(findings, ({ kind }) => kind);
  return Object.fromEntries([...byKind].map(([kind, { length }]) => [kind, length]));
}

function tenantText(tenant: string, found: OpenFinding[], columns: number, most: number): string {
  const byKind = groupBy(found, ({ kind }) => kind);
  const counts = countsOf(found);
  const rows = [...byKind].flatMap(([kind, ofKind]) => [
    ...ofKind.slice(0, most).map(({ subject, message, since }) => [kind, subject, moment(since), message]),
    ...(ofKind.length > most
      ? [[kind, '…', '', `and ${ofKind.length - most} more: timely-sync findings ${tenant} --kind ${kind}`]]
      : []),
  ]);
  return [
    `${tenant}: ${findingCountsText(counts)}`,
    table(['finding', 'about', 'since', 'says'], rows, columns),
  ].join('\n');
}
