/** Loads both sides, plans, and gates: the whole tenant, or the part of it that was touched since the last plan. */
import { syncRules } from '../../config/rules.ts';
import type { GateInput } from '../../domain/gate/gate-input.ts';
import type { Change } from '../../domain/plan/change.ts';
import { sourcesOfPartialPlan } from '../../domain/plan/partial-plan.ts';
import { computePlan, type Plan, type PlanInput } from '../../domain/plan/plan.ts';
import { seatFindings } from '../../domain/plan/seats.ts';
import type { ApprovalState } from '../../store/approvals/approval-state.ts';
import { sha256 } from '../../store/journal/journal.ts';
import { cycleRow } from '../../store/planning/cycles.ts';
import { lastDirtyId, loadDirtySubjects } from '../../store/planning/dirty-subjects.ts';
import { loadPersonLinks, loadTeamLinks } from '../../store/planning/links.ts';
import {
  loadPartialPlanInput,
  loadUnplannedContext,
  spellingsOf,
} from '../../store/planning/partial-plan-input.ts';
import { loadDirectory } from '../../store/replica/replica.ts';
import { loadTimely } from '../../store/replica/timely-snapshot.ts';
import type { PlanBaseline } from '../../store/schema/json-values.ts';
import type { Services, Tenant } from '../services.ts';
import { gatePlan } from './gate-plan.ts';
import type { CycleKey } from './open-cycle.ts';

/** What is kept of a plan: the snapshots behind it are let go before anything is stored. */
export interface Gated
  extends Pick<Plan, 'verdicts' | 'findings' | 'unchanged' | 'linkUpdates' | 'needsReplan'> {
  gated: Change[];
  standing: ApprovalState;
  /** What a part of the next plan may go on from; null when that has to be whole. */
  baseline: PlanBaseline | null;
  /** The plan knows of what was touched up to here. */
  lastDirtyId: number;
  /** Given when only a part was planned: its people, gone ones too, and how many others are in scope. */
  partial: { personIds: string[]; othersInScope: number } | null;
}

/** What the gate has to know besides both sides. */
export type GateFacts = Required<Pick<GateInput, 'parked' | 'seatRefused'>>;

interface Loaded extends Pick<Gated, 'partial' | 'lastDirtyId'> {
  input: PlanInput;
  /** Lines under `scope` that somebody fitted by the last plan: one of them for each. */
  matchExamples: Record<string, string>;
}

/** @throws ConfigurationError when the tenant file names a role that Timely does not have. */
export async function planTenant(
  services: Pick<Services, 'database' | 'now'>,
  tenant: Tenant,
  key: CycleKey,
  baseline: PlanBaseline | null,
  facts: GateFacts,
): Promise<Gated> {
  const { database } = services;
  const complete = (await cycleRow(database, tenant.name, key.cycle))?.evidence?.complete ?? false;
  const goesOn = complete && baseline?.configurationVersion === key.configurationVersion && canBePart(tenant);
  const partial = goesOn ? await loadTouchedPart(services, tenant, baseline) : null;
  if (partial) {
    const made = computePlan(partial.input);
    if (knowsAllLines(partial, made)) return await gateLoaded(services, tenant, key, partial, made, facts);
  }
  const whole = await loadWhole(services, tenant, complete);
  return await gateLoaded(services, tenant, key, whole, computePlan(whole.input), facts);
}

/** Who leads a team depends on the managers of everybody in it, whom a part does not know. */
const canBePart = ({ file }: Tenant) => file.teamMembers.leads !== 'managers';

/** Whether nobody else has to be asked about a line that the last one of the part who fitted it no longer fits. */
function knowsAllLines({ input, matchExamples }: Loaded, made: Plan): boolean {
  return Object.keys(matchExamples).every(
    (label) => made.matchExamples.has(label) || input.unplanned?.matchedLines.has(label),
  );
}

async function loadWhole(
  { database, now }: Pick<Services, 'database' | 'now'>,
  { name, file }: Tenant,
  complete: boolean,
): Promise<Loaded> {
  const lastId = await lastDirtyId(database, name);
  const timely = await loadTimely(database, name);
  if (!timely) throw new Error(`Timely has not been read for tenant ${name} before its plan.`);
  const input: PlanInput = {
    rules: syncRules(file),
    now: now().toISOString(),
    directory: { ...(await loadDirectory(database, name)), complete },
    timely,
    personLinks: await loadPersonLinks(database, name),
    teamLinks: await loadTeamLinks(database, name),
    digest: sha256,
  };
  return { input, partial: null, lastDirtyId: lastId, matchExamples: {} };
}

/** Null when what was touched is no part. */
async function loadTouchedPart(
  { database, now }: Pick<Services, 'database' | 'now'>,
  { name, file }: Tenant,
  { matchExamples }: PlanBaseline,
): Promise<Loaded | null> {
  const dirty = await loadDirtySubjects(database, name);
  const partial = dirty && (await loadPartialPlanInput(database, name, dirty));
  if (!dirty || !partial?.timely.complete) return null;
  const { personIds, sources, departments } = partial;
  const known = new Set(personIds);
  const matchedLines = new Set(
    Object.keys(matchExamples).filter((label) => !known.has(matchExamples[label] ?? '')),
  );
  const rules = syncRules(file);
  const directory = { ...partial.directory, complete: true };
  const facts = { rules, now: now().toISOString(), directory, teamLinks: partial.teamLinks };
  const nobody = {
    sources: new Set<string>(),
    people: [],
    linkedUsers: new Map(),
    addresses: new Map(),
    presentLinks: 0,
  };
  const planned = sourcesOfPartialPlan({
    ...facts,
    sources,
    unplanned: { ...nobody, departments: spellingsOf(departments), matchedLines: matchedLines },
  });
  const unplanned = { ...(await loadUnplannedContext(database, name, partial, planned)), matchedLines };
  const { timely, personLinks, teamLinks } = partial;
  const othersInScope = [...departments.values()].reduce((sum, people) => sum + people, 0);
  return {
    input: { ...facts, timely, personLinks, teamLinks, digest: sha256, unplanned },
    partial: { personIds, othersInScope },
    lastDirtyId: dirty.lastId,
    matchExamples,
  };
}

async function gateLoaded(
  services: Pick<Services, 'database' | 'now'>,
  tenant: Tenant,
  key: CycleKey,
  { input, partial, lastDirtyId: lastId, matchExamples: before }: Loaded,
  made: Plan,
  facts: GateFacts,
): Promise<Gated> {
  const { rules, directory, timely, personLinks, unplanned } = input;
  const gateInput = { rules, plan: made, directory, timely, personLinks, ...facts };
  const { gated, standing } = await gatePlan(services, tenant, gateInput);
  const { verdicts, findings, unchanged, linkUpdates, needsReplan } = made;
  const outside = Object.entries(before).filter(([label]) => unplanned?.matchedLines.has(label));
  const { configurationVersion } = key;
  const matchExamples = Object.fromEntries([...outside, ...made.matchExamples]);
  return {
    gated,
    standing,
    verdicts,
    // First, so that `status` finds what it shows of seats on the first page.
    findings: [...seatFindings(gated, timely), ...findings],
    unchanged,
    linkUpdates,
    needsReplan,
    baseline: directory.complete && timely.complete ? { configurationVersion, matchExamples } : null,
    lastDirtyId: lastId,
    partial,
  };
}
