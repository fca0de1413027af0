/** Decisions in the journal: who, when, why, through which channel, and the facts that the person saw. */
import { type SQL, sql } from 'drizzle-orm';
import type { ChosenSubjects, DecisionChannel } from '../../domain/approvals/decision.ts';
import type { HoldRule } from '../../domain/plan/change.ts';
import type { Store } from '../database.ts';
import { journalEvent, sha256 } from '../journal/journal.ts';
import { tenantRow } from '../tenants.ts';

/** A decision to record. */
export interface RecordDecision extends ChosenSubjects {
  tenant: string;
  number: number;
  id: string;
  decision: 'approve' | 'reject';
  by: string;
  note: string;
  channel: DecisionChannel;
  /** The person has signed in, and proved this answer. */
  proved?: boolean;
  approversNeeded: number;
  now: Date;
}

/** How many different sentences of the gate are kept: a limit has one for all its changes. */
const detailsMax = 20;

/** One digest of exactly these changes, in any order: what a person has seen and decided. */
export function factsOf(rows: readonly { fingerprint: string }[]): string {
  const fingerprints = rows.map((row) => row.fingerprint).sort();
  return sha256(fingerprints.join('\n'));
}

/** Writes a decision into the journal, in the transaction that records it. `these` selects its changes. */
export async function journalDecision(
  store: Store,
  { tenant, number, id, decision, by, note, channel, proved, only, except, now }: RecordDecision,
  { rule, facts, changes, these }: { rule: HoldRule; facts: string; changes: number; these: SQL },
): Promise<void> {
  const { rows } = await store.execute<{ detail: string }>(sql`
    select distinct line->'hold'->>'detail' as detail from approval_changes where ${these} order by 1 limit ${detailsMax}`);
  await journalEvent(store, tenant, {
    kind: 'decided',
    id: `approval/${number}/${id}`,
    at: now,
    cycle: (await tenantRow(store, tenant))?.planCycle ?? 0,
    approval: number,
    reason: note,
    before: { rule, facts, changes, details: rows.map(({ detail }) => detail) },
    after: { decision, by: by.trim(), channel, ...(proved && { proved }), only, except },
  });
}
