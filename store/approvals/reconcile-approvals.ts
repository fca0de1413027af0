/** Opens and ends approvals after each plan, in sets: a limit may hold a hundred thousand changes in one approval. */
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { changeEffect, type EffectFacts } from '../../domain/approvals/effect.ts';
import type { ApprovalStatus } from '../../domain/contract/report.ts';
import { groupBy } from '../../domain/group-by.ts';
import { limitHolds, selfEndingHolds } from '../../domain/plan/change.ts';
import { asJson, type Database, inSets, type Store } from '../database.ts';
import { type Fence, whileCurrent } from '../fence.ts';
import { type ChangeRow, changeRowOf } from '../planning/plans.ts';
import { lineOf } from '../planning/report-lines.ts';
import { approvals } from '../schema/approval-tables.ts';
import { changes } from '../schema/planning-tables.ts';
import { changesWithOpenApproval, loadApprovalState } from './approval-state.ts';
import { closeExpired } from './approvals.ts';
import { effectFacts } from './effect-facts.ts';

/** What the tenant file says of approvals. `manual`: what becomes of members who were added by hand. Default: `keep`. */
interface ApprovalTerms {
  now: Date;
  expireAfterMs: number;
  rejectionHoldsMs: number;
  manual?: EffectFacts['manual'];
}

/**
 * Opens approvals for what the plan of `cycle` holds and no open approval covers: one for each person, one for each tripped
 * limit, and one for each rule that holds more than twenty people. Approvals whose undecided changes have all left the plan end by themselves. Approvals whose time has
 * passed expire.
 * @returns numbers of the approvals whose workflows have to start, and of those whose workflows have to learn that they
 *   ended. Both repeat until `markAnnounced`, because this result may be lost.
 */
export async function reconcileApprovals(
  database: Database,
  fence: Fence,
  times: ApprovalTerms,
): Promise<{ open: number[]; ended: number[] }> {
  const { tenant, cycle } = fence;
  return await whileCurrent(database, fence, async (store) => {
    const { position, fingerprint, holdRule, subjectKey } = changes;
    const held = await store
      .select({ position, fingerprint, holdRule, subjectKey })
      .from(changes)
      .where(and(eq(changes.tenant, tenant), eq(changes.cycle, cycle), eq(changes.status, 'held')))
      .orderBy(asc(changes.position));
    await closeExpired(store, tenant, times.now);
    await endCauseless(store, { tenant, cycle }, held, times.now);
    const { approved, quiet } = await loadApprovalState(store, tenant, times.now, times.rejectionHoldsMs);
    const isCovered = (fingerprint: string) => quiet.has(fingerprint) || approved.has(fingerprint);
    const fresh = held.filter((row) => needsDecision(row) && !isCovered(row.fingerprint));
    for (const rows of groupForApprovals(fresh)) await openApproval(store, { tenant, cycle, rows }, times);
    return {
      open: await unannounced(store, tenant, 'open'),
      ended: await unannounced(store, tenant, 'ended by itself'),
    };
  });
}

async function unannounced(store: Store, tenant: string, state: ApprovalStatus): Promise<number[]> {
  const rows = await store
    .select({ number: approvals.number })
    .from(approvals)
    .where(and(eq(approvals.tenant, tenant), eq(approvals.state, state), eq(approvals.announced, false)))
    .orderBy(asc(approvals.number));
  return rows.map(({ number }) => number);
}

/** A held change, as far as its approval depends on it. */
type HeldChange = Pick<ChangeRow, 'position' | 'fingerprint' | 'holdRule' | 'subjectKey'>;

const needsDecision = ({ holdRule }: HeldChange) => holdRule !== null && !selfEndingHolds.includes(holdRule);

/** Up to this many people or teams that one rule holds have an approval each; more of them share one. */
const ownRequestsMax = 20;

/** One group for each tripped limit, and one for everything that is held about one person, unless they are too many. */
function groupForApprovals(rows: HeldChange[]): HeldChange[][] {
  const isLimit = ({ holdRule }: HeldChange) => holdRule !== null && limitHolds.includes(holdRule);
  // Everything about one person stays together, under the rule of the first change.
  const ruleOf = new Map<string, HeldChange['holdRule']>();
  for (const row of rows.filter((each) => !isLimit(each)))
    if (!ruleOf.has(row.subjectKey)) ruleOf.set(row.subjectKey, row.holdRule);
  const subjects = new Map<HeldChange['holdRule'], number>();
  for (const rule of ruleOf.values()) subjects.set(rule, (subjects.get(rule) ?? 0) + 1);
  const keyOf = (row: HeldChange) => {
    if (isLimit(row)) return `limit/${row.holdRule}`;
    const rule = ruleOf.get(row.subjectKey) ?? null;
    return (subjects.get(rule) ?? 0) > ownRequestsMax ? `rule/${rule}` : `subject/${row.subjectKey}`;
  };
  return [...groupBy(rows, keyOf).values()];
}

async function openApproval(
  store: Store,
  { tenant, cycle, rows }: { tenant: string; cycle: number; rows: HeldChange[] },
  { now, expireAfterMs, manual = 'keep' }: ApprovalTerms,
) {
  const rule = rows[0]?.holdRule;
  if (!rule) return;
  const [last] = await store
    .select({ number: approvals.number })
    .from(approvals)
    .where(eq(approvals.tenant, tenant))
    .orderBy(desc(approvals.number))
    .limit(1);
  const number = (last?.number ?? 0) + 1;
  const expiresAt = new Date(now.getTime() + expireAfterMs);
  await store
    .insert(approvals)
    .values({ tenant, number, rule, state: 'open', cycle, openedAt: now, expiresAt });
  for (const set of inSets(rows, ({ position }, place) => ({ position, place }))) {
    await writeLines(store, { tenant, cycle, number, manual }, set);
  }
}

/** Copies some of the plan's changes into an approval: `position` in the plan becomes `place` in the approval. */
async function writeLines(
  store: Store,
  {
    tenant,
    cycle,
    number,
    manual,
  }: { tenant: string; cycle: number; number: number; manual: EffectFacts['manual'] },
  set: { position: number; place: number }[],
): Promise<void> {
  const places = new Map(set.map(({ position, place }) => [position, place]));
  const positions = sql`select jsonb_array_elements(${asJson([...places.keys()])})::int`;
  const rows = await store
    .select()
    .from(changes)
    .where(
      and(eq(changes.tenant, tenant), eq(changes.cycle, cycle), sql`${changes.position} in (${positions})`),
    );
  const changeRows = rows.map(changeRowOf);
  const factsOf = await effectFacts(store, tenant, changeRows, manual);
  const lines = changeRows.map((row) => ({
    position: places.get(row.position),
    fingerprint: row.fingerprint,
    subject_key: row.subjectKey,
    line: { ...lineOf(row), effect: changeEffect(row, factsOf(row)) },
  }));
  await store.execute(sql`
    insert into approval_changes (tenant, number, position, fingerprint, subject_key, line)
    select ${tenant}, ${number}, entry.* from jsonb_to_recordset(${asJson(lines)}) as entry
      (position int, fingerprint text, subject_key text, line jsonb)`);
}

/**
 * Ends open approvals none of whose undecided changes is held any more: their cause is gone. The plan of an undo ends only
 * approvals of undos: those of the sync wait until the tenant is resumed.
 */
async function endCauseless(
  store: Store,
  { tenant, cycle }: { tenant: string; cycle: number },
  held: HeldChange[],
  now: Date,
): Promise<void> {
  const current = new Set(held.map((row) => row.fingerprint));
  const undos = sql`select number from cycles where tenant = ${tenant} and kind = 'undo'`;
  const isOurs = sql`(${approvals.cycle} in (${undos}) or ${cycle} not in (${undos}))`;
  const waiting = await changesWithOpenApproval(store, tenant, isOurs);
  const alive = new Set(waiting.filter((row) => current.has(row.fingerprint)).map((row) => row.number));
  const causeless = [...new Set(waiting.map((row) => row.number))].filter((number) => !alive.has(number));
  if (causeless.length === 0) return;
  // A decision on the last change may have closed the approval a moment ago: it has not ended by itself then.
  await store
    .update(approvals)
    .set({ state: 'ended by itself', closedAt: now, announced: false })
    .where(
      and(eq(approvals.tenant, tenant), inArray(approvals.number, causeless), eq(approvals.state, 'open')),
    );
}
