/** Plans and gates a cycle: arithmetic on what the store has, and the result back into the store. */
import { createHash } from 'node:crypto';
import { durationMs } from '../config/duration.ts';
import { syncRules } from '../config/rules.ts';
import type { Change } from '../domain/change.ts';
import type { GateInput } from '../domain/gate/input.ts';
import { gate } from '../domain/gate.ts';
import { type Plan, plan } from '../domain/plan.ts';
import { seatFindings } from '../domain/seats.ts';
import { loadStanding, type Standing } from '../store/approvals.ts';
import { cycleRow, isFirstCycle, storePlanFacts } from '../store/cycles.ts';
import { removalsSince } from '../store/journal.ts';
import { loadPersonLinks, loadTeamLinks, storeOutOfScope } from '../store/links.ts';
import {
  keepFailures,
  loadFailures,
  type PlannedRow,
  plannedByPhase,
  retryIsDue,
  storePlan,
} from '../store/plans.ts';
import { loadDirectory } from '../store/replica.ts';
import { seatRefused } from '../store/seats.ts';
import { markPlanned, tenantRow } from '../store/tenants.ts';
import { loadTimely } from '../store/timely-snapshot.ts';
import { storeVerdicts } from '../store/verdicts.ts';
import { changeLabel } from './change-label.ts';
import { directoryFindings } from './directory-findings.ts';
import type { CycleKey } from './open-cycle.ts';
import type { Services, Tenant } from './services.ts';
import { channelFindings } from './tell.ts';

export interface MakePlanResult {
  /** False: nothing that a plan depends on has changed, and the last plan still holds. */
  planned: boolean;
  /** Changes to apply, by phase. */
  phases: number[];
}

const dayMs = 86_400_000;

export function createMakePlanActivities(services: Services) {
  return {
    /** @throws ConfigurationError when the tenant file names a role that Timely does not have. */
    async makePlan(key: CycleKey): Promise<MakePlanResult> {
      const { database, now } = services;
      const tenant = await services.tenant(key.tenant, key.configurationVersion);
      const row = await tenantRow(database, key.tenant);
      const touched = row?.touched ?? 0;
      const day = now().toISOString().slice(0, 10);
      const stale =
        key.kind === 'full' ||
        row?.plannedTouched !== touched ||
        row.plannedDay !== day ||
        (await retryIsDue(database, key.tenant, now()));
      if (!stale) {
        const last = await cycleRow(database, key.tenant, row.planCycle);
        const { inScope = 0, unchanged = 0 } = last ?? {};
        await storePlanFacts(database, key.tenant, key.cycle, {
          planCycle: row.planCycle,
          inScope,
          unchanged,
        });
        return { planned: false, phases: [] };
      }
      await planCycle(services, tenant, key, { touched, day, lastPlan: row?.planCycle ?? 0 });
      return { planned: true, phases: await plannedByPhase(database, key.tenant, key.cycle) };
    },
  };
}

async function planCycle(
  services: Services,
  tenant: Tenant,
  key: CycleKey,
  { touched, day, lastPlan }: { touched: number; day: string; lastPlan: number },
): Promise<void> {
  const { database, now } = services;
  const { name, file } = tenant;
  const failures = await loadFailures(database, name);
  const parked = new Map(
    failures.filter((row) => row.nextTryAt > now()).map((row) => [row.fingerprint, row]),
  );
  const { gated, standing, ...made } = await arithmetic(services, tenant, key, {
    parked: new Set(parked.keys()),
    seatRefused: await seatRefused(database, name, lastPlan),
  });
  const rows = gated.map((change): PlannedRow => {
    const { status, failure } = statusOf(change, parked);
    const approval = status === 'planned' ? (standing.approved.get(change.fingerprint) ?? null) : null;
    return { change, status, failure, approval, label: changeLabel(change, file.privacy.labels) };
  });
  const inScope = made.verdicts.filter((verdict) => verdict.inScope).length;
  const findings = [
    ...made.findings,
    ...refusals(gated),
    ...(await directoryFindings(services, name)),
    ...(await channelFindings(services, name)),
  ];
  await database.transaction(async (store) => {
    await storePlan(store, name, key.cycle, rows, findings);
    await storeVerdicts(store, name, made.verdicts);
    await storeOutOfScope(store, name, made.linkUpdates);
    if (failures.length > 0) await keepFailures(store, name, gated.map(subjectKey));
    await storePlanFacts(store, name, key.cycle, {
      planCycle: key.cycle,
      inScope,
      unchanged: made.unchanged,
    });
    // A hold that ends with its cause is looked at in each cycle, since nothing else would bring it up again.
    const endsByItself = gated.some(
      ({ hold }) => hold?.rule === 'incomplete-read' || hold?.rule === 'no-seat',
    );
    await markPlanned(store, name, key.cycle, endsByItself ? -1 : touched, day);
  });
}

/** What is kept of a plan: the snapshots behind it are let go before anything is stored. */
interface Gated extends Pick<Plan, 'verdicts' | 'findings' | 'unchanged' | 'linkUpdates'> {
  gated: Change[];
  standing: Standing;
}

/** Loads both sides, plans, and gates. */
export async function arithmetic(
  { database, now }: Pick<Services, 'database' | 'now'>,
  { name, file }: Tenant,
  key: CycleKey,
  before: Required<Pick<GateInput, 'parked' | 'seatRefused'>>,
): Promise<Gated> {
  const rules = syncRules(file);
  const timely = await loadTimely(database, name);
  if (!timely) throw new Error(`Timely has not been read for tenant ${name} before its plan.`);
  const evidence = (await cycleRow(database, name, key.cycle))?.evidence;
  const directory = { ...(await loadDirectory(database, name)), complete: evidence?.complete ?? false };
  const personLinks = await loadPersonLinks(database, name);
  const teamLinks = await loadTeamLinks(database, name);
  const made = plan({ rules, now: now().toISOString(), directory, timely, personLinks, teamLinks, digest });
  const standing = await loadStanding(database, name, now(), durationMs(file.approvals.rejectionHolds));
  const windowStart = new Date(now().getTime() - rules.safety.removals.windowDays * dayMs);
  const gated = gate({
    rules,
    plan: made,
    directory,
    timely,
    personLinks,
    firstCycle: await isFirstCycle(database, name),
    recentRemovals: await removalsSince(database, name, windowStart),
    approved: new Set(standing.approved.keys()),
    asked: standing.asked,
    rejected: standing.rejected,
    ...before,
  });
  const { verdicts, findings, unchanged, linkUpdates } = made;
  return {
    gated,
    standing,
    verdicts,
    // First, so that `status` finds what it shows of seats on the first page.
    findings: [...seatFindings(gated, timely), ...findings],
    unchanged,
    linkUpdates,
  };
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

const subjectKey = ({ subject }: Change) => (subject.type === 'person' ? subject.personId : subject.source);

type FailureRow = Awaited<ReturnType<typeof loadFailures>>[number];

/** Whoever failed with the very same change waits for the next try; everybody else is not kept waiting. */
export function statusOf(change: Change, parked: ReadonlyMap<string, FailureRow>) {
  if (change.refusal) return { status: 'refused', failure: null } as const;
  if (change.hold) return { status: 'held', failure: null } as const;
  const before = parked.get(change.fingerprint);
  return before
    ? ({ status: 'parked', failure: before.failure } as const)
    : ({ status: 'planned', failure: null } as const);
}

/** Refusals are told as findings too, since nobody can approve them. */
function refusals(gated: Change[]) {
  return gated.flatMap(({ kind, subject, refusal }) =>
    refusal
      ? [
          {
            kind: 'refused',
            subject: subject.type === 'person' ? subject.email : subject.name,
            message: `${kind} is refused (${refusal.rule}): ${refusal.detail}`,
          },
        ]
      : [],
  );
}
