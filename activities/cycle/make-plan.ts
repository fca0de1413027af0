/** Plans and gates a cycle from what the store has, and stores the result. */

import {
  type Change,
  type Finding,
  type HoldRule,
  subjectKeyOf,
  subjectTitleOf,
  type TeamSource,
} from '../../domain/plan/change.ts';
import type { NeedsReplan } from '../../domain/plan/unplanned-context.ts';
import { fullReadCompleted } from '../../store/control.ts';
import { requireCurrent, whileCurrent } from '../../store/fence.ts';
import { cycleRow, storePlanFacts } from '../../store/planning/cycles.ts';
import { carryFailures, loadFailures, retryIsDue, seatRefused } from '../../store/planning/failures.ts';
import { storeAgreedRoles, storeOutOfScope } from '../../store/planning/links.ts';
import { type PhasesToApply, phasesToApply } from '../../store/planning/phases-to-apply.ts';
import { storePlan } from '../../store/planning/plans.ts';
import { storeTeamLinks } from '../../store/planning/team-links.ts';
import { storeVerdicts, storeVerdictsOf } from '../../store/planning/verdicts.ts';
import { storeNeedsReplan } from '../../store/replica/dirty-subjects.ts';
import type { PlanBaseline } from '../../store/schema/json-values.ts';
import { markPlanned, tenantRow } from '../../store/tenants.ts';
import { channelFindings } from '../notifications/notify.ts';
import { administratorFindings, directoryFindings, listedGroupFindings } from '../read/directory-findings.ts';
import type { Services } from '../services.ts';
import { parkedFailures, plannedRows } from './gate-plan.ts';
import type { CycleKey } from './open-cycle.ts';
import { planTenant } from './plan-tenant.ts';

export interface MakePlanResult extends PhasesToApply {
  /** False: nothing that a plan depends on has changed, and the last plan still holds. */
  planned: boolean;
  /** A removal goes first: teams are left to a plan that follows soon. */
  teamsWait: boolean;
}

/** Teams with this many people take longer to plan than a removal takes to apply. */
const defaultLargeTeamsMin = 1_000;

export function createMakePlanActivities(services: Services, largeTeamsMin = defaultLargeTeamsMin) {
  return {
    /** @throws SupersededError, and ConfigurationError when the tenant file names a role that Timely does not have */
    async makePlan(key: CycleKey): Promise<MakePlanResult> {
      const { database } = services;
      await requireCurrent(database, key);
      if (key.kind === 'full') await fullReadCompleted(database, key.tenant, key.cycle);
      if (await keepLastPlan(services, key))
        return { planned: false, teamsWait: false, phases: [], tags: [] };
      const row = await tenantRow(database, key.tenant);
      // A second attempt of this activity: the first one has planned, and its response was lost.
      const isPlanned = row?.planCycle === key.cycle && !(await planIsDue(services, key, row));
      const baseline = isPlanned ? row.planBaseline : await planCycle(services, key, row, largeTeamsMin);
      const teamsWait = baseline?.teamsLater !== undefined;
      return { planned: true, teamsWait, ...(await phasesToApply(database, key.tenant, key.cycle)) };
    },
  };
}

/** When nothing that a plan depends on has changed, lets the cycle show the last plan, and returns true. */
export async function keepLastPlan(services: Services, key: CycleKey): Promise<boolean> {
  const { database } = services;
  const row = await tenantRow(database, key.tenant);
  if (row === null || row.planCycle === key.cycle || (await planIsDue(services, key, row))) return false;
  const { inScope = 0, unchanged = 0 } = (await cycleRow(database, key.tenant, row.planCycle)) ?? {};
  await storePlanFacts(database, key.tenant, key.cycle, { planCycle: row.planCycle, inScope, unchanged });
  return true;
}

type TenantRow = NonNullable<Awaited<ReturnType<typeof tenantRow>>>;

async function planIsDue({ database, now }: Services, key: CycleKey, row: TenantRow): Promise<boolean> {
  return (
    key.kind === 'full' ||
    row.plannedRevision !== row.planRevision ||
    row.plannedDay !== dayOf(now()) ||
    row.planBaseline?.teamsLater !== undefined ||
    (await retryIsDue(database, key.tenant, now()))
  );
}

const dayOf = (at: Date) => at.toISOString().slice(0, 10);

const plannedEachCycle: readonly HoldRule[] = ['incomplete-read', 'unresolved-group', 'no-seat'];

/** Returns what the next partial plan may go on from. */
async function planCycle(
  services: Services,
  key: CycleKey,
  row: TenantRow | null,
  largeTeamsMin: number,
): Promise<PlanBaseline | null> {
  const { database, now } = services;
  const tenant = await services.tenant(key.tenant, key.configurationVersion);
  const { name, file } = tenant;
  const { planRevision: revision = 0, planCycle: lastPlan = 0 } = row ?? {};
  const day = dayOf(now());
  // What a partial plan may go on from; null when the whole tenant is to be planned.
  const mayBePartial = key.kind === 'incremental' && row?.plannedDay === day;
  const baseline = mayBePartial ? row.planBaseline : null;
  const failures = await loadFailures(database, name);
  const parked = parkedFailures(failures, now());
  const facts = { parked: new Set(parked.keys()), seatRefused: await seatRefused(database, name, lastPlan) };
  // A plan forgets the failures of subjects that it does not change.
  const order = { teamsWaitFrom: failures.length === 0 ? largeTeamsMin : null };
  const { gated, approvals, partial, ...made } = await planTenant(
    services,
    tenant,
    key,
    baseline,
    facts,
    order,
  );
  const rows = plannedRows({ gated, approvals }, file, parked);
  const othersInScope = partial?.othersInScope ?? 0;
  const inScope = made.verdicts.filter((verdict) => verdict.inScope).length + othersInScope;
  const findings = [
    ...made.findings,
    ...refusals(gated),
    ...(await directoryFindings(services, name)),
    ...administratorFindings(tenant),
    ...(await listedGroupFindings(services, tenant)),
    ...(await channelFindings(services, name)),
  ];
  await whileCurrent(database, key, async (store) => {
    await storePlan(store, name, key.cycle, rows, findings);
    if (partial) await storeVerdictsOf(store, name, partial.personIds, made.verdicts);
    else await storeVerdicts(store, name, made.verdicts);
    await storeOutOfScope(store, name, made.linkUpdates);
    await storeTeamLinks(store, name, made.teamLinkUpdates);
    await storeAgreedRoles(store, name, made.agreedRoles);
    if (failures.length > 0)
      await carryFailures(
        store,
        name,
        gated.map(({ subject }) => subjectKeyOf(subject)),
      );
    await storePlanFacts(store, name, key.cycle, {
      planCycle: key.cycle,
      inScope,
      unchanged: made.unchanged + othersInScope,
    });
    await storeNeedsReplan(store, name, made.lastDirtyId, withChanged(made.needsReplan, gated));
    // Holds that end with their cause are planned in each cycle, since nothing else would bring them up again.
    const endsByItself = gated.some(({ hold }) => hold && plannedEachCycle.includes(hold.rule));
    const plannedRevision = endsByItself ? -1 : revision;
    await markPlanned(store, name, key.cycle, plannedRevision, day, made.baseline);
  });
  return made.baseline;
}

/** Adds the subjects of all changes: each is planned again, whether its change is applied, held or refused. */
function withChanged({ people, users, sources }: NeedsReplan, gated: readonly Change[]) {
  const appliedSources = new Set<TeamSource>();
  for (const { subject, hold, refusal } of gated) {
    if (subject.type === 'person') people.add(subject.personId);
    else (hold || refusal ? sources : appliedSources).add(subject.source);
  }
  return { people, users, sources, appliedSources };
}

/** Refusals are findings too, since no approval frees them. */
function refusals(gated: Change[]): Finding[] {
  return gated.flatMap(({ kind, subject, refusal }) =>
    refusal
      ? [
          {
            kind: 'refused',
            subject: subjectTitleOf(subject),
            message: `${kind} is refused (${refusal.rule}): ${refusal.detail}`,
          },
        ]
      : [],
  );
}
