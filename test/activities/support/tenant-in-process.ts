/**
 * One tenant in this process, without Temporal: the real activities over a real store, a directory with the content of a
 * world, and the simulated Timely behind its own `fetch`.
 */
import { randomBytes } from 'node:crypto';
import type { AppliedBatch, ApplyChangeInput } from '../../../activities/apply/apply-change.ts';
import { type CycleKey, openSyncCycle, openUndoCycle } from '../../../activities/cycle/open-cycle.ts';
import { createActivities } from '../../../activities/index.ts';
import { noWorkflows, type Services, type Tenant } from '../../../activities/services.ts';
import { type TenantFile, validateTenantFile } from '../../../config/tenant-file.ts';
import { entraCapabilities } from '../../../directory/entra/entra-source.ts';
import type { DirectorySource } from '../../../directory/source.ts';
import { noMeter } from '../../../domain/meter.ts';
import { buildMembershipIndex } from '../../../domain/people/membership.ts';
import { addressKeysOf } from '../../../domain/people/person.ts';
import type { Finding } from '../../../domain/plan/change.ts';
import type { SyncRules } from '../../../domain/rules.ts';
import { Ledger } from '../../../simulators/ledger.ts';
import { defaultBehaviour } from '../../../simulators/timely/objects.ts';
import { timelyApp } from '../../../simulators/timely/simulator.ts';
import { TimelyState } from '../../../simulators/timely/state.ts';
import type { Database } from '../../../store/database.ts';
import { storeEvidence } from '../../../store/planning/cycles.ts';
import type { ChangeRow } from '../../../store/planning/plans.ts';
import { findingsPage, reportLines } from '../../../store/query/cycle-reports.ts';
import { storeExtras } from '../../../store/replica/replica.ts';
import { personFacts, withFoldedFacts } from '../../../store/replica/staged-entries.ts';
import {
  directoryGroups,
  directoryMemberships,
  directoryPeople,
} from '../../../store/schema/directory-tables.ts';
import { personLinks, teamLinks } from '../../../store/schema/link-tables.ts';
import { storeConfiguration } from '../../../store/tenants.ts';
import { createTimelyApi } from '../../../timely/api.ts';
import { exampleData } from '../../config/example.ts';
import type { World } from '../../domain/support/world.ts';
import { unlimitedRate } from '../../support/unlimited-rate.ts';
import { approveHeld } from './approve-held.ts';
import { attemptOf, retried } from './retried.ts';

type OpenedCycle = Awaited<ReturnType<typeof openSyncCycle>>;
export type TenantInProcess = Awaited<ReturnType<typeof arrangeTenant>>;

/** What one cycle did, `kind subject` each. */
export interface CycleDone {
  number: number;
  planned: number;
  done: string[];
  failed: string[];
}

/** `perSecond`: the account's rate; above 60 one activity applies several changes (domain/rate-limit/rate-limiter.ts). */
export async function arrangeTenant(database: Database, world: World, perSecond = 50) {
  const tenant = `t-${randomBytes(6).toString('hex')}`;
  const file = tenantFileOf(world.rules, tenant);
  const clock = { ms: Date.parse(world.now) };
  const now = () => new Date(clock.ms);
  const state = timelyStateOf(world, file.target.accountId, now);
  const ledger = new Ledger();
  const { app, simulator } = timelyApp({ state, ledger, clock: now, stateChanged: () => undefined });
  const { accessToken } = state.oauth.issue(world.timely.ownUserId);
  const timely = createTimelyApi({
    accountId: file.target.accountId,
    endpoint: 'https://timely.example',
    tokens: { accessToken: async () => accessToken, refresh: async () => accessToken },
    rateLimiter: unlimitedRate,
    fetch: async (input, init) => app.request(input.toString(), init),
  });
  const readPlan = { attributes: [], managers: false };
  const directory = directoryOf(world);
  const opened: Tenant = {
    name: tenant,
    file,
    directory,
    timely,
    signIn: { address: () => '', redeem: notAsked },
    readPlan,
    perSecond: async () => perSecond,
    meter: noMeter,
  };
  const services: Services = {
    database,
    now,
    receiver: null,
    searchAttributes: async () => ({ missing: [], remedy: '' }),
    notifications: { notifier: async () => undefined, ui: null },
    console: { pages: null, proofKeys: [], trustsTemporal: false },
    workflows: noWorkflows,
    access: notAsked,
    directoryOf: async () => directory,
    timelyOf: async () => timely,
    accountOf: async () => opened,
    tenantFile: async () => file,
    tenant: async () => opened,
  };
  await fillStore(database, tenant, file, world);
  const activities = createActivities(services);

  const passing = (ms: number) => {
    clock.ms += ms;
  };
  const apply = async (input: ApplyChangeInput): Promise<void> => {
    await retried(passing, (environment) => environment.run(activities.applyChange, input));
  };

  /** As workflows/tenant-sync/apply-plan.ts does: changes without an outcome are tried one by one. */
  async function applySome(key: CycleKey, positions: number[]): Promise<void> {
    const [only] = positions;
    if (only !== undefined && positions.length === 1) return await apply({ ...key, position: only });
    const tried = await attemptOf(1).run(activities.applyChanges, { ...key, positions });
    for (const position of (tried as AppliedBatch).retryIndividually)
      await apply({ ...key, position, wasTried: true });
  }

  let run = 0;
  function nextRun(): string {
    run += 1;
    clock.ms += 60_000;
    return `run-${run}`;
  }

  const lines = async (cycle: number, status: ChangeRow['status']) => {
    const where = { tenant, cycle, statuses: [status], after: 0, limit: 1_000 };
    return (await reportLines(database, where)).items.map(
      ({ change, subject, failure }) => `${change} ${subject}${failure ? `: ${failure.message}` : ''}`,
    );
  };

  async function applyPhases(key: CycleKey, phases: number[]): Promise<CycleDone> {
    for (const phase of phases.keys()) {
      const part = { ...key, phase, from: 0, limit: 250 };
      const { changes, batchSize: together } = await activities.listChanges(part);
      const positions = changes.map(({ position }) => position);
      for (let from = 0; from < positions.length; from += together) {
        await applySome(key, positions.slice(from, from + together));
      }
    }
    await activities.finishCycle({ tenant, cycle: key.cycle, cycleError: null });
    return {
      number: key.cycle,
      planned: phases.reduce((sum, count) => sum + count, 0),
      done: await lines(key.cycle, 'done'),
      failed: await lines(key.cycle, 'failed'),
    };
  }

  /** A cycle from opening to report; `meanwhile`: what others do between its plan and its applying. */
  async function cycle(
    kind: CycleKey['kind'] = 'full',
    meanwhile: () => void = () => undefined,
  ): Promise<CycleDone & { key: OpenedCycle }> {
    const whole = await openSyncCycle(services, { tenant, opening: nextRun(), fresh: false });
    const key = { ...whole, kind };
    const counted = { pages: 1, objects: world.directory.people.length };
    const { complete, groupsRead } = world.directory;
    const groups = { ...counted, complete: groupsRead === 'now' };
    const evidence = { kind, complete, reasons: [], users: counted, groups };
    await storeEvidence(database, tenant, key.cycle, evidence);
    await activities.readTimely(key);
    const { phases } = await activities.makePlan(key);
    meanwhile();
    return { ...(await applyPhases(key, phases)), key };
  }

  return {
    tenant,
    file,
    timely,
    services,
    state,
    faults: simulator.faults,
    ledger,

    cycle,
    approveHeld: (key: OpenedCycle) => approveHeld(database, activities, key),

    /** Undoes a cycle as the tenant's workflow does: again after each approval. */
    async undo(undoes: number): Promise<CycleDone & { told: Finding[]; refused: string[] }> {
      const undone: CycleDone[] = [];
      for (;;) {
        const key = await openUndoCycle(services, { tenant, opening: nextRun(), undoes });
        await activities.readTimely(key);
        undone.push(await applyPhases(key, (await activities.planUndo({ ...key, undoes })).phases));
        if ((await approveHeld(database, activities, key)) > 0) continue;
        const told = (await findingsPage(database, tenant, key.cycle, 0, 1_000)).items;
        const refused = await lines(key.cycle, 'refused');
        const done = undone.flatMap((each) => each.done);
        return {
          number: key.cycle,
          planned: done.length,
          done,
          failed: undone.flatMap((each) => each.failed),
          told,
          refused,
        };
      }
    },
  };
}

/** The example's tenant file with the rules of a world. */
export function tenantFileOf(rules: SyncRules, tenant: string): TenantFile {
  const { scope, roles, teamMembers, leavers, safety } = rules;
  const teams = rules.teams.map(({ name, ...rule }) => ({
    ...(rule.kind === 'group' && { fromGroup: rule.group }),
    ...(rule.kind === 'groupsNamed' && { fromGroupsNamed: rule.pattern }),
    ...(rule.kind === 'department' && { fromDepartment: rule.department }),
    ...(rule.kind === 'emailDomain' && { fromEmailDomain: rule.emailDomain }),
    ...(name !== undefined && { name }),
  }));
  const firstCycle = { removals: 'allow' };
  return validateTenantFile({
    ...Object(exampleData()),
    tenant,
    scope,
    roles,
    teams,
    teamMembers,
    leavers,
    safety: { ...safety, firstCycle },
  });
}

/** Timely as a world has it: one user for each address, and only present users in teams. */
function timelyStateOf({ timely }: World, accountId: number, clock: () => Date): TimelyState {
  const roleIds = new Map(timely.roles.map(({ id, name }) => [name, id]));
  const users = timely.users.filter(
    ({ email }, index) => timely.users.findIndex((other) => other.email === email) === index,
  );
  const present = new Set(users.filter(({ removed }) => !removed).map(({ id }) => id));
  const base = {
    active: true,
    created_at: 1,
    updated_at: 1,
    sign_in_count: 1,
    weekly_capacity: 40,
    hide_hourly_rate: false,
    hide_internal_hourly_rate: true,
    default_hour_rate: 0,
    internal_hour_rate: 0,
  };
  return new TimelyState(
    {
      account: {
        id: accountId,
        name: 'Contoso',
        owner_id: timely.account.ownerId ?? 0,
        status: 'active',
        seats: 1_000,
        azure_ad_enabled: false,
        features: ['teams'],
      },
      roles: timely.roles.map(({ id, name }) => ({
        id,
        name,
        display_name: name,
        default: name === 'manager',
        allowed_to_invite: name !== 'team_lead',
      })),
      users: users.map(({ id, email, name, role, externalId, removed, pending = false }) => ({
        ...base,
        active: !pending,
        sign_in_count: pending ? null : 1,
        id,
        email,
        name,
        external_id: externalId,
        deleted: removed,
        role_id: roleIds.get(role) ?? 0,
      })),
      teams: timely.teams.map(({ id, name, members }) => ({
        id,
        name,
        color: '67a3bc',
        emoji: '',
        external_id: null,
        project_ids: [],
        users: members
          .filter(({ userId }) => present.has(userId))
          .map(({ userId, lead, hideHours }) => ({
            id: id * 100 + userId,
            user_id: userId,
            lead,
            hide_hours: hideHours,
          })),
      })),
      projects: [],
      mails: [],
      oauth: {
        applicationId: 'sync',
        applicationSecret: 'secret',
        initialRefreshToken: 'refresh',
        codes: [],
        pairs: [],
      },
      behaviour: { ...defaultBehaviour },
      nextId: 100_000,
    },
    clock,
  );
}

const notAsked = async (): Promise<never> => {
  throw new Error('These tests only apply a plan.');
};

/** The directory of a world, for the point reads before removals. */
function directoryOf({ directory }: World): DirectorySource {
  const index = buildMembershipIndex(directory);
  return {
    read: () => {
      throw new Error('The directory is in the store already.');
    },
    count: notAsked,
    currentMembers: async (groupIds) =>
      groupIds.map((groupId) => ({
        groupId,
        members: directory.memberships
          .filter((membership) => membership.groupId === groupId)
          .map(({ memberId, memberKind }) => ({ id: memberId, kind: memberKind })),
      })),
    privileged: notAsked,
    appAssignments: async () => directory.appAssignments,
    confirm: async (personIds, groupIds) =>
      personIds.map((personId) => ({
        personId,
        person: directory.people.find(({ id }) => id === personId) ?? null,
        groupIds: groupIds.filter((groupId) => [...index.peopleIn(groupId)].includes(personId)),
      })),
    cursorScope: () => '',
    capabilities: entraCapabilities,
    visibleGroups: async () => [],
    existingGroups: async (groupIds) => groupIds,
    selfTest: notAsked,
    credentialEndsAt: notAsked,
  };
}

export async function fillStore(
  database: Database,
  tenant: string,
  file: TenantFile,
  world: World,
): Promise<void> {
  const { people, groups, memberships, privileged, appAssignments } = world.directory;
  await storeConfiguration(database, tenant, file);
  const peopleRows = people.map(({ id, ...facts }) => ({ tenant, id, facts: personFacts(facts) }));
  if (peopleRows.length > 0) await database.insert(directoryPeople).values(peopleRows);
  await storeExtras(database, tenant, { privileged, appAssignments });
  const groupRows = groups.map(({ id, name }) => ({ tenant, id, facts: withFoldedFacts({ name }) }));
  if (groupRows.length > 0) await database.insert(directoryGroups).values(groupRows);
  const memberRows = memberships.map((membership) => ({ tenant, ...membership }));
  if (memberRows.length > 0)
    await database.insert(directoryMemberships).values(memberRows).onConflictDoNothing();
  const linkRows = world.personLinks.map(({ outOfScopeSince, former, ...link }) => ({
    tenant,
    ...link,
    ...(former && { former, formerKeys: addressKeysOf(former) }),
    outOfScopeSince: outOfScopeSince === null ? null : new Date(outOfScopeSince),
  }));
  if (linkRows.length > 0) await database.insert(personLinks).values(linkRows);
  const teamRows = world.teamLinks.map((link) => ({ tenant, ...link }));
  if (teamRows.length > 0) await database.insert(teamLinks).values(teamRows);
}
