/** Loads both sides, plans, and gates: the whole tenant, or the part of it that was touched since the last plan. */
import { syncRules } from '../../config/rules.ts';
import type { GateInput } from '../../domain/gate/input.ts';
import type { Change } from '../../domain/plan/change.ts';
import { type Plan, type PlanInput, plan, sourcesOfPart } from '../../domain/plan/plan.ts';
import { seatFindings } from '../../domain/plan/seats.ts';
import type { Standing } from '../../store/approvals/approvals.ts';
import { digest } from '../../store/journal/journal.ts';
import { cycleRow } from '../../store/planning/cycles.ts';
import { lastTouchedId, loadTouched } from '../../store/planning/dirty-subjects.ts';
import { loadPersonLinks, loadTeamLinks } from '../../store/planning/links.ts';
import { loadPart, loadRest, spellingsOf } from '../../store/planning/partial-plan-input.ts';
import { loadDirectory } from '../../store/replica/replica.ts';
import { loadTimely } from '../../store/replica/timely-snapshot.ts';
import type { PlanBasis } from '../../store/schema/tables.ts';
import type { Services, Tenant } from '../services.ts';
import { gatePlan } from './gate-plan.ts';
import type { CycleKey } from './open-cycle.ts';

/** What is kept of a plan: the snapshots behind it are let go before anything is stored. */
export interface Gated
  extends Pick<Plan, 'verdicts' | 'findings' | 'unchanged' | 'linkUpdates' | 'unsettled'> {
  gated: Change[];
  standing: Standing;
  /** What a part of the next plan may go on from; null when that has to be whole. */
  basis: PlanBasis | null;
  /** The plan knows of what was touched up to here. */
  lastTouchedId: number;
  /** Given when only a part was planned: its people, gone ones too, and how many others are in scope. */
  part: { personIds: string[]; othersInScope: number } | null;
}

/** What the gate has to know besides both sides. */
export type GateFacts = Required<Pick<GateInput, 'parked' | 'seatRefused'>>;

interface Loaded extends Pick<Gated, 'part' | 'lastTouchedId'> {
  input: PlanInput;
  /** Lines under `scope` that somebody fitted by the last plan: one of them for each. */
  witnesses: Record<string, string>;
}

/** @throws ConfigurationError when the tenant file names a role that Timely does not have. */
export async function planTenant(
  services: Pick<Services, 'database' | 'now'>,
  tenant: Tenant,
  key: CycleKey,
  basis: PlanBasis | null,
  facts: GateFacts,
): Promise<Gated> {
  const { database } = services;
  const complete = (await cycleRow(database, tenant.name, key.cycle))?.evidence?.complete ?? false;
  const goesOn = complete && basis?.configurationVersion === key.configurationVersion && canBePart(tenant);
  const part = goesOn ? await loadTouchedPart(services, tenant, basis) : null;
  if (part) {
    const made = plan(part.input);
    if (knowsAllLines(part, made)) return await gateLoaded(services, tenant, key, part, made, facts);
  }
  const whole = await loadWhole(services, tenant, complete);
  return await gateLoaded(services, tenant, key, whole, plan(whole.input), facts);
}

/** Who leads a team depends on the managers of everybody in it, whom a part does not know. */
const canBePart = ({ file }: Tenant) => file.teamMembers.leads !== 'managers';

/** Whether nobody else has to be asked about a line that the last one of the part who fitted it no longer fits. */
function knowsAllLines({ input, witnesses }: Loaded, made: Plan): boolean {
  return Object.keys(witnesses).every(
    (label) => made.witnesses.has(label) || input.rest?.fittingLines.has(label),
  );
}

async function loadWhole(
  { database, now }: Pick<Services, 'database' | 'now'>,
  { name, file }: Tenant,
  complete: boolean,
): Promise<Loaded> {
  const lastId = await lastTouchedId(database, name);
  const timely = await loadTimely(database, name);
  if (!timely) throw new Error(`Timely has not been read for tenant ${name} before its plan.`);
  const input: PlanInput = {
    rules: syncRules(file),
    now: now().toISOString(),
    directory: { ...(await loadDirectory(database, name)), complete },
    timely,
    personLinks: await loadPersonLinks(database, name),
    teamLinks: await loadTeamLinks(database, name),
    digest,
  };
  return { input, part: null, lastTouchedId: lastId, witnesses: {} };
}

/** Null when what was touched is no part. */
async function loadTouchedPart(
  { database, now }: Pick<Services, 'database' | 'now'>,
  { name, file }: Tenant,
  { witnesses }: PlanBasis,
): Promise<Loaded | null> {
  const touched = await loadTouched(database, name);
  const part = touched && (await loadPart(database, name, touched));
  if (!touched || !part?.timely.complete) return null;
  const { personIds, sources, departments } = part;
  const known = new Set(personIds);
  const fittingLines = new Set(Object.keys(witnesses).filter((label) => !known.has(witnesses[label] ?? '')));
  const rules = syncRules(file);
  const directory = { ...part.directory, complete: true };
  const facts = { rules, now: now().toISOString(), directory, teamLinks: part.teamLinks };
  const nobody = {
    sources: new Set<string>(),
    people: [],
    linkedUsers: new Map(),
    addresses: new Map(),
    presentLinks: 0,
  };
  const planned = sourcesOfPart({
    ...facts,
    sources,
    rest: { ...nobody, departments: spellingsOf(departments), fittingLines },
  });
  const rest = { ...(await loadRest(database, name, part, planned)), fittingLines };
  const { timely, personLinks, teamLinks } = part;
  const othersInScope = [...departments.values()].reduce((sum, people) => sum + people, 0);
  return {
    input: { ...facts, timely, personLinks, teamLinks, digest, rest },
    part: { personIds, othersInScope },
    lastTouchedId: touched.lastId,
    witnesses,
  };
}

async function gateLoaded(
  services: Pick<Services, 'database' | 'now'>,
  tenant: Tenant,
  key: CycleKey,
  { input, part, lastTouchedId: lastId, witnesses: before }: Loaded,
  made: Plan,
  facts: GateFacts,
): Promise<Gated> {
  const { rules, directory, timely, personLinks, rest } = input;
  const gateInput = { rules, plan: made, directory, timely, personLinks, ...facts };
  const { gated, standing } = await gatePlan(services, tenant, gateInput);
  const { verdicts, findings, unchanged, linkUpdates, unsettled } = made;
  const outside = Object.entries(before).filter(([label]) => rest?.fittingLines.has(label));
  const { configurationVersion } = key;
  const witnesses = Object.fromEntries([...outside, ...made.witnesses]);
  return {
    gated,
    standing,
    verdicts,
    // First, so that `status` finds what it shows of seats on the first page.
    findings: [...seatFindings(gated, timely), ...findings],
    unchanged,
    linkUpdates,
    unsettled,
    basis: directory.complete && timely.complete ? { configurationVersion, witnesses } : null,
    lastTouchedId: lastId,
    part,
  };
}
