/** Plans and gates a cycle from what the store has, and stores the result. */

import {
  type Change,
  type Finding,
  type HoldRule,
  subjectKeyOf,
  subjectTitleOf,
} from '../../domain/plan/change.ts';
import type { NeedsReplan } from '../../domain/plan/unplanned-context.ts';
import { cycleRow, storePlanFacts } from '../../store/planning/cycles.ts';
import { carryFailures, loadFailures, retryIsDue, seatRefused } from '../../store/planning/failures.ts';
import { storeAgreedRoles, storeOutOfScope } from '../../store/planning/links.ts';
import { plannedByPhase, storePlan } from '../../store/planning/plans.ts';
import { storeTeamLinks } from '../../store/planning/team-links.ts';
import { storeVerdicts, storeVerdictsOf } from '../../store/planning/verdicts.ts';
import { storeNeedsReplan } from '../../store/replica/dirty-subjects.ts';
import type { PlanBaseline } from '../../store/schema/json-values.ts';
import { markPlanned, tenantRow } from '../../store/tenants.ts';
import { channelFindings } from '../notifications/notify.ts';
import { directoryFindings } from '../read/directory-findings.ts';
import type { Services, Tenant } from '../services.ts';
import { parkedFailures, plannedRows } from './gate-plan.ts';
import type { CycleKey } from './open-cycle.ts';
import { planTenant } from './plan-tenant.ts';

export interface MakePlanResult {
  /** False: nothing that a plan depends on has changed, and the last plan still holds. */
  planned: boolean;
  /** How many changes to apply in each phase. */
  phases: number[];
}

export function createMakePlanActivities(services: Services) {
  return {
    /** @throws ConfigurationError when the tenant file names a role that Timely does not have. */
    async makePlan(key: CycleKey): Promise<MakePlanResult> {
      const { database, now } = services;
      const tenant = await services.tenant(key.tenant, key.configurationVersion);
      const row = await tenantRow(database, key.tenant);
      const revision = row?.planRevision ?? 0;
      const day = now().toISOString().slice(0, 10);
      const stale =
        key.kind === 'full' ||
        row?.plannedRevision !== revision ||
        row.plannedDay !== day ||
        (await retryIsDue(database, key.tenant, now()));
      if (!stale) {
        // A second attempt of this activity: the first one has planned, and its response was lost.
        if (row.planCycle === key.cycle)
          return { planned: true, phases: await plannedByPhase(database, key.tenant, key.cycle) };
        const last = await cycleRow(database, key.tenant, row.planCycle);
        const { inScope = 0, unchanged = 0 } = last ?? {};
        await storePlanFacts(database, key.tenant, key.cycle, {
          planCycle: row.planCycle,
          inScope,
          unchanged,
        });
        return { planned: false, phases: [] };
      }
      const isSameDay = row?.plannedDay === day;
      const mayBePartial = key.kind === 'incremental' && isSameDay;
      const baseline = mayBePartial ? row.planBaseline : null;
      await planCycle(services, tenant, key, { revision, day, baseline, lastPlan: row?.planCycle ?? 0 });
      return { planned: true, phases: await plannedByPhase(database, key.tenant, key.cycle) };
    },
  };
}

const plannedEachCycle: readonly HoldRule[] = ['incomplete-read', 'unresolved-group', 'no-seat'];

interface EarlierPlan {
  revision: number;
  day: string;
  /** What a partial plan may go on from; null when the whole tenant is to be planned. */
  baseline: PlanBaseline | null;
  lastPlan: number;
}

async function planCycle(
  services: Services,
  tenant: Tenant,
  key: CycleKey,
  { revision, day, baseline, lastPlan }: EarlierPlan,
): Promise<void> {
  const { database, now } = services;
  const { name, file } = tenant;
  const failures = await loadFailures(database, name);
  const parked = parkedFailures(failures, now());
  const { gated, approvals, partial, ...made } = await planTenant(services, tenant, key, baseline, {
    parked: new Set(parked.keys()),
    seatRefused: await seatRefused(database, name, lastPlan),
  });
  const rows = plannedRows({ gated, approvals }, file, parked);
  const othersInScope = partial?.othersInScope ?? 0;
  const inScope = made.verdicts.filter((verdict) => verdict.inScope).length + othersInScope;
  const findings = [
    ...made.findings,
    ...refusals(gated),
    ...(await directoryFindings(services, name)),
    ...(await channelFindings(services, name)),
  ];
  await database.transaction(async (store) => {
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
}

/** Adds the subjects of all changes: each is planned again, whether its change is applied, held or refused. */
function withChanged({ people, users, sources }: NeedsReplan, gated: readonly Change[]): NeedsReplan {
  for (const { subject } of gated) {
    if (subject.type === 'person') people.add(subject.personId);
    else sources.add(subject.source);
  }
  return { people, users, sources };
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
