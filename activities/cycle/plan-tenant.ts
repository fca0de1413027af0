/** Loads both sides, plans, and gates: the whole tenant, or the part of it that has changed since the last plan. */
import { syncRules } from '../../config/rules.ts';
import type { GateInput } from '../../domain/gate/gate-input.ts';
import type { Evidence, GroupsRead } from '../../domain/people/directory.ts';
import type { Change } from '../../domain/plan/change.ts';
import { computePlan, type Plan } from '../../domain/plan/plan.ts';
import { seatFindings } from '../../domain/plan/seats.ts';
import type { ApprovalState } from '../../store/approvals/approval-state.ts';
import { sha256 } from '../../store/journal/journal.ts';
import { cycleRow } from '../../store/planning/cycles.ts';
import {
  type LoadedPlanInput,
  loadPartialPlanInput,
  loadWholePlanInput,
  type PlanFacts,
} from '../../store/planning/plan-input.ts';
import { cursorOf } from '../../store/replica/replica.ts';
import type { PlanBaseline } from '../../store/schema/json-values.ts';
import type { Services, Tenant } from '../services.ts';
import { gatePlan } from './gate-plan.ts';
import type { CycleKey } from './open-cycle.ts';

/** What is kept of a plan: the snapshots behind it are let go before anything is stored. */
export interface GatedPlan
  extends Pick<
      Plan,
      | 'verdicts'
      | 'findings'
      | 'unchanged'
      | 'linkUpdates'
      | 'teamLinkUpdates'
      | 'agreedRoles'
      | 'needsReplan'
    >,
    Pick<LoadedPlanInput, 'lastDirtyId' | 'partial'> {
  gated: Change[];
  approvals: ApprovalState;
  /** What the next partial plan may go on from; null when that plan has to be whole. */
  baseline: PlanBaseline | null;
}

/** What the gate has to know besides both sides. */
export type GateFacts = Required<Pick<GateInput, 'parked' | 'seatRefused'>> & Pick<GateInput, 'removalsWait'>;

/** Which teams may be left to a later plan, so that a removal goes first. */
type PlanOrder = Pick<PlanFacts, 'teamsWaitFrom'>;

/** @throws ConfigurationError when the tenant file names a role that Timely does not have. */
export async function planTenant(
  services: Pick<Services, 'database' | 'now'>,
  tenant: Tenant,
  key: CycleKey,
  baseline: PlanBaseline | null,
  gateFacts: GateFacts,
  { teamsWaitFrom }: PlanOrder = { teamsWaitFrom: null },
): Promise<GatedPlan> {
  const { database } = services;
  const { name } = tenant;
  const facts = { ...(await planFacts(services, tenant, key)), teamsWaitFrom };
  const mayBePartial = baseline?.configurationVersion === key.configurationVersion && canBePartial(tenant);
  const gate = async (loaded: LoadedPlanInput, made: Plan, teamsLater?: PlanBaseline['teamsLater']) =>
    await gateLoaded(services, tenant, key, loaded, made, gateFacts, teamsLater);
  const part = mayBePartial ? await loadPartialPlanInput(database, name, facts, baseline) : null;
  let loaded = part ?? (await loadWholePlanInput(database, name, facts));
  let made = computePlan(loaded.input);
  const { teamsLater } = loaded;
  // Teams that take long to plan wait, when a removal can go before them.
  const removes = made.changes.some(({ kind }) => kind === 'remove');
  if (teamsLater && removes && knowsAllLines(loaded, made)) {
    const since = baseline?.teamsLater?.since ?? facts.now;
    const peopleFirst = await gate(loaded, made, { since, sources: teamsLater.sources });
    if (peopleFirst.gated.some((change) => isFreeRemoval(change, gateFacts))) return peopleFirst;
  }
  if (teamsLater) {
    loaded = await teamsLater.load();
    made = computePlan(loaded.input);
  }
  if (loaded.partial && !knowsAllLines(loaded, made)) {
    loaded = await loadWholePlanInput(database, name, facts);
    made = computePlan(loaded.input);
  }
  return await gate(loaded, made);
}

async function planFacts(
  { database, now }: Pick<Services, 'database' | 'now'>,
  { name, file }: Tenant,
  { cycle }: CycleKey,
): Promise<Omit<PlanFacts, 'teamsWaitFrom'>> {
  const evidence = (await cycleRow(database, name, cycle))?.evidence ?? null;
  return {
    rules: syncRules(file),
    now: now().toISOString(),
    digest: sha256,
    complete: evidence?.complete ?? false,
    groupsRead: await groupsReadBy(database, name, evidence),
  };
}

/** A removal that this cycle applies. */
const isFreeRemoval = ({ kind, hold, refusal, fingerprint }: Change, { parked }: GateFacts) =>
  kind === 'remove' && !hold && !refusal && !parked.has(fingerprint);

/** A cursor is stored with the first round that proved itself. */
async function groupsReadBy(
  database: Services['database'],
  tenant: string,
  evidence: Evidence | null,
): Promise<GroupsRead> {
  if (evidence?.groups.complete ?? evidence?.complete) return 'now';
  return (await cursorOf(database, { tenant, stream: 'groups' })) ? 'before' : 'never';
}

/** Who leads a team depends on the managers of everyone in it, whom a part does not know. */
const canBePartial = ({ file }: Tenant) => file.teamMembers.leads !== 'managers';

/**
 * Whether the part knows for each line under `scope` if it still fits people. It does not when its people were the last
 * known ones who fitted a line and no longer do: then others have to be looked at.
 */
function knowsAllLines({ input, matchExamples }: LoadedPlanInput, made: Plan): boolean {
  return Object.keys(matchExamples).every(
    (label) => made.matchExamples.has(label) || input.unplanned?.matchedLines.has(label),
  );
}

async function gateLoaded(
  services: Pick<Services, 'database' | 'now'>,
  tenant: Tenant,
  { configurationVersion }: CycleKey,
  { input, partial, lastDirtyId, matchExamples: earlier }: LoadedPlanInput,
  made: Plan,
  facts: GateFacts,
  teamsLater: PlanBaseline['teamsLater'],
): Promise<GatedPlan> {
  const { rules, directory, timely, personLinks, teamLinks, unplanned } = input;
  const gateInput = { rules, plan: made, directory, timely, personLinks, teamLinks, ...facts };
  const { gated, approvals } = await gatePlan(services, tenant, gateInput);
  const { verdicts, findings, unchanged, linkUpdates, teamLinkUpdates, agreedRoles, needsReplan } = made;
  const outside = Object.entries(earlier).filter(([label]) => unplanned?.matchedLines.has(label));
  const matchExamples = Object.fromEntries([...outside, ...made.matchExamples]);
  return {
    gated,
    approvals,
    verdicts,
    // First, so that `status` finds what it shows of seats on the first page.
    findings: [...seatFindings(gated, timely), ...findings],
    unchanged,
    linkUpdates,
    teamLinkUpdates,
    agreedRoles,
    needsReplan,
    baseline:
      directory.complete && timely.complete
        ? { configurationVersion, matchExamples, ...(teamsLater && { teamsLater }) }
        : null,
    lastDirtyId,
    partial,
  };
}
