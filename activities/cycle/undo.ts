/** Undoing a cycle: its preview, its start, and its plan, gated like any other. */

import { syncRules } from '../../config/rules.ts';
import type { OrderChannel, TenantControl } from '../../domain/contract/control.ts';
import { type Change, type Finding, subjectTitleOf } from '../../domain/plan/change.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { buildPlanIndex } from '../../domain/plan/plan-index.ts';
import { planUndo } from '../../domain/undo/undo.ts';
import { cannotUndo } from '../../domain/undo/undo-findings.ts';
import type { ApprovalState } from '../../store/approvals/approval-state.ts';
import { WrongUseError } from '../../store/approvals/decisions.ts';
import { controlOf, storeOrder } from '../../store/control.ts';
import { whileCurrent } from '../../store/fence.ts';
import { isJournaled, sha256 } from '../../store/journal/journal.ts';
import { entriesOfCycle } from '../../store/journal/journal-chain.ts';
import { cycleRow, storePlanFacts, undoOfCycle } from '../../store/planning/cycles.ts';
import { loadPersonLinks } from '../../store/planning/links.ts';
import { type PhasesToApply, phasesToApply } from '../../store/planning/phases-to-apply.ts';
import { storePlan } from '../../store/planning/plans.ts';
import { loadTeamLinks } from '../../store/planning/team-links.ts';
import { loadDirectory } from '../../store/replica/replica.ts';
import { loadTimely } from '../../store/replica/timely-snapshot.ts';
import { markPlanned, tenantRow } from '../../store/tenants.ts';
import { newestTenant, type Services, type Tenant } from '../services.ts';
import { gatePlan, plannedRows } from './gate-plan.ts';
import type { CycleKey } from './open-cycle.ts';

export interface UndoKey {
  tenant: string;
  /** The cycle to undo. */
  undoes: number;
}

export interface BeginUndoInput extends UndoKey {
  /** Made once in the workflow, so that a second attempt is recorded once. */
  id: string;
  by: string;
  channel?: OrderChannel;
}

export function createUndoActivities(services: Services) {
  const { database, now } = services;
  return {
    /** Stores who undoes which cycle, and pauses the tenant; once for each `id`. @throws WrongUseError when there is nothing to undo. */
    async beginUndo({ tenant, undoes, id, by, channel }: BeginUndoInput): Promise<TenantControl> {
      if (await isJournaled(database, tenant, 'undone', id)) return await controlOf(database, tenant);
      await requireUndoable(services, { tenant, undoes });
      if (await undoOfCycle(database, tenant, undoes)) {
        const { gated } = await undoOf(services, await newestTenant(services, tenant), undoes);
        await requireSomethingLeft(services, { tenant, undoes }, gated);
      }
      const reason = `cycle ${undoes} is taken back`;
      return await storeOrder(database, tenant, {
        ...{ kind: 'undone', id, at: now(), reason, undoes, by },
        ...(channel && { channel }),
      });
    },

    async planUndo({ undoes, ...key }: CycleKey & { undoes: number }): Promise<PhasesToApply> {
      const tenant = await services.tenant(key.tenant, key.configurationVersion);
      await storeUndo(services, tenant, key, await undoOf(services, tenant, undoes));
      return await phasesToApply(database, key.tenant, key.cycle);
    },
  };
}

/** @throws WrongUseError when there is no such cycle, it still runs, or the journal has no entry of it. */
export async function requireUndoable({ database }: Services, { tenant, undoes }: UndoKey): Promise<void> {
  const row = await cycleRow(database, tenant, undoes);
  if (!row) throw new WrongUseError(`${tenant} has no cycle ${undoes}.`);
  if (row.finishedAt === null) throw new WrongUseError(`Cycle ${undoes} of ${tenant} still runs.`);
  const entries = await entriesOfCycle(database, tenant, undoes);
  if (entries.length > 0) return;
  throw new WrongUseError(
    `The journal has nothing of cycle ${undoes} of ${tenant}: it changed nothing, or its entries are too old.`,
  );
}

/** @throws WrongUseError when the cycle was taken back earlier, and this undo would change nothing. */
export async function requireSomethingLeft(
  { database }: Services,
  { tenant, undoes }: UndoKey,
  gated: readonly Change[],
): Promise<void> {
  if (gated.some(({ refusal }) => !refusal)) return;
  const earlier = await undoOfCycle(database, tenant, undoes);
  if (!earlier) return;
  throw new WrongUseError(
    `Cycle ${undoes} of ${tenant} was taken back by cycle ${earlier.number}, which ended at ${earlier.finishedAt?.toISOString()}: nothing of it is left to take back.`,
  );
}

/** The plan of an undo against what the store knows, gated. */
export async function undoOf(
  services: Services,
  tenant: Tenant,
  undoes: number,
): Promise<{ plan: Plan; gated: Change[]; approvals: ApprovalState }> {
  const { database } = services;
  const { name } = tenant;
  const rules = syncRules(tenant.file);
  const timely = await loadTimely(database, name);
  if (!timely) throw new Error(`Timely has not been read for tenant ${name} before its undo.`);
  // An undo removes no person for being absent, so an incomplete read of the directory does not matter.
  const directory = { ...(await loadDirectory(database, name)), complete: true, groupsRead: 'now' as const };
  const [personLinks, teamLinks] = [
    await loadPersonLinks(database, name),
    await loadTeamLinks(database, name),
  ];
  const plan = planUndo({
    cycle: undoes,
    entries: await entriesOfCycle(database, name, undoes),
    timely,
    personLinks,
    teamLinks,
    index: buildPlanIndex({ directory, timely, personLinks, unplanned: undefined }),
    defaultRole: rules.roles.default,
    digest: sha256,
  });
  const made = { rules, plan, directory, timely, personLinks, teamLinks, isUndo: true };
  return { plan, ...(await gatePlan(services, tenant, made)) };
}

async function storeUndo(
  { database, now }: Services,
  { name, file }: Tenant,
  key: CycleKey,
  { plan, gated, approvals }: Awaited<ReturnType<typeof undoOf>>,
): Promise<void> {
  const rows = plannedRows({ gated, approvals }, file);
  const refused = gated.flatMap(({ subject, refusal }): Finding[] => {
    return refusal
      ? [
          {
            kind: cannotUndo,
            subject: subjectTitleOf(subject),
            message: `${refusal.rule}: ${refusal.detail}`,
          },
        ]
      : [];
  });
  const { cycle } = key;
  // An undo does not change who is in scope.
  const last = (await tenantRow(database, name))?.planCycle ?? 0;
  const { inScope = 0 } = (await cycleRow(database, name, last)) ?? {};
  await whileCurrent(database, key, async (store) => {
    await storePlan(store, name, cycle, rows, [...plan.findings, ...refused]);
    await storePlanFacts(store, name, cycle, { planCycle: cycle, inScope, unchanged: 0 });
    // The next cycle of the tenant makes a whole plan.
    await markPlanned(store, name, cycle, -1, now().toISOString().slice(0, 10));
  });
}
