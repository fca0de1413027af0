/** A tenant in the store without either service. Both sides are edited by the functions that reads and changes write with. */

import { randomBytes } from 'node:crypto';
import { createMakePlanActivities } from '../../../activities/cycle/make-plan.ts';
import { createOpenApprovalsActivities } from '../../../activities/cycle/open-approvals.ts';
import { type GatedPlan, type GateFacts, planTenant } from '../../../activities/cycle/plan-tenant.ts';
import { createUndoActivities } from '../../../activities/cycle/undo.ts';
import { noWorkflows, type Services, type Tenant } from '../../../activities/services.ts';
import { groupsNamedIn } from '../../../config/rules.ts';
import { entraCapabilities } from '../../../directory/entra/entra-source.ts';
import type { DirectoryEntry, DirectoryStream } from '../../../directory/source.ts';
import type { Membership } from '../../../domain/people/directory.ts';
import type { Change } from '../../../domain/plan/change.ts';
import { phases } from '../../../domain/plan/phases.ts';
import type { TimelyUser } from '../../../domain/timely.ts';
import { recordDecision } from '../../../store/approvals/decisions.ts';
import type { Database } from '../../../store/database.ts';
import { writeJournal } from '../../../store/journal/journal.ts';
import { openCycle, storeEvidence } from '../../../store/planning/cycles.ts';
import { loadFailures, recordFailure, seatRefused } from '../../../store/planning/failures.ts';
import { linkPeople, markRemoved, rememberRole } from '../../../store/planning/links.ts';
import { type ChangeRow, loadChanges, nextChanges, setStatus } from '../../../store/planning/plans.ts';
import { linkTeam } from '../../../store/planning/team-links.ts';
import { DirectoryRound } from '../../../store/replica/directory-round.ts';
import { requestReplan } from '../../../store/replica/dirty-subjects.ts';
import { bindGroupNames } from '../../../store/replica/named-groups.ts';
import {
  loadTimely,
  rememberRemoved,
  rememberTeam,
  rememberUsers,
  storeAccount,
  storeTeams,
  storeUsers,
} from '../../../store/replica/timely-snapshot.ts';
import { tenantRow } from '../../../store/tenants.ts';
import type { World } from '../../domain/support/world.ts';
import { duringCycle } from './during-cycle.ts';
import { fillStore, tenantFileOf } from './tenant-in-process.ts';

export type EditedTenant = Awaited<ReturnType<typeof editedTenant>>;

const counted = { pages: 1, objects: 1 };

export async function editedTenant(database: Database, world: World) {
  const name = `t-${randomBytes(6).toString('hex')}`;
  const file = tenantFileOf(world.rules, name);
  const clock = { ms: Date.parse(world.now) };
  const now = () => new Date(clock.ms);
  const tenant = { name, file, directory: { capabilities: entraCapabilities } } as Tenant;
  const services = {
    database,
    now,
    receiver: null,
    workflows: noWorkflows,
    tenant: async () => tenant,
    tenantFile: async () => file,
  } as unknown as Services;
  const { makePlan } = createMakePlanActivities(services);
  const ofPeopleFirst = createMakePlanActivities(services, 0);
  const { openApprovals } = createOpenApprovalsActivities(services);
  const { planUndo } = createUndoActivities(services);
  let directory = world.directory;
  let nextUserId = 1_000;
  let runs = 0;
  let decisions = 0;

  await fillStore(database, name, file, world);
  await bindGroupNames(database, name, groupsNamedIn(file));
  const { account, roles, ownUserId, users, teams } = world.timely;
  await storeUsers(database, name, users, 1);
  await storeTeams(database, name, teams);
  await storeAccount(database, name, {
    account,
    roles,
    ownUserId,
    watermark: 0,
    complete: true,
    wholeAt: new Date(),
  });

  async function open(kind: 'full' | 'incremental') {
    runs += 1;
    const begin = { kind, configurationVersion: 1, now: now() };
    const { number: cycle } = await openCycle(database, name, `run ${runs}`, begin);
    const evidence = { kind, complete: true, reasons: [], users: counted, groups: counted };
    await storeEvidence(database, name, cycle, evidence);
    return { tenant: name, cycle, opening: `run ${runs}`, kind, configurationVersion: 1 };
  }

  /** A round of the directory's delta stream. */
  async function round(stream: DirectoryStream, entries: DirectoryEntry[]) {
    await duringCycle(database, { tenant: name, cycle: 1_000_000 }, async (fence) => {
      const round = await DirectoryRound.begin(database, { ...fence, stream }, 'incremental');
      await round.stagePages([{ stream, entries, doubts: [], next: null, nextCursor: 'cursor' }], 1);
      await round.commit({ mode: 'merge', reasons: [], objects: 0 }, { scope: '', now: now() });
    });
  }

  /** What `makePlan` passes to the gate besides both sides. */
  async function gateFacts(): Promise<GateFacts> {
    const failures = await loadFailures(database, name);
    const parked = failures.filter(({ nextTryAt }) => nextTryAt > now());
    const lastPlan = (await tenantRow(database, name))?.planCycle ?? 0;
    return {
      parked: new Set(parked.map(({ fingerprint }) => fingerprint)),
      seatRefused: await seatRefused(database, name, lastPlan),
    };
  }

  async function apply(row: ChangeRow): Promise<void> {
    const change = row as unknown as Change;
    const timely = await loadTimely(database, name);
    if (change.subject.type === 'person') {
      const { personId, email } = change.subject;
      const user = timely?.users.find(({ id }) => id === change.subject.timelyId);
      if (change.kind === 'remove') {
        const timelyId = change.subject.timelyId ?? 0;
        await markRemoved(database, name, { personId, timelyId, email });
        await rememberRemoved(database, name, timelyId);
      } else {
        const role = (change.after as { role: string }).role;
        nextUserId += 1;
        const invited = { id: nextUserId, email, name: change.subject.name, roleId: null };
        const base: TimelyUser = user ?? {
          ...invited,
          role,
          externalId: personId,
          removed: false,
          updatedAt: 1,
        };
        const written = { ...base, role, removed: false };
        if (change.kind === 'changeRole') await rememberRole(database, name, personId, role);
        else
          await linkPeople(database, name, [{ personId, timelyId: written.id, email: written.email, role }]);
        await rememberUsers(database, name, [written], row.cycle);
      }
    } else if (change.kind !== 'retireTeam' && change.after) {
      const { source, timelyId } = change.subject;
      const { name: teamName, personIds } = change.after as { name: string; personIds: string[] };
      nextUserId += 1;
      const id = timelyId ?? nextUserId;
      const { rows } = await database.$client.query<{ timely_id: string }>(
        'select timely_id from person_links where tenant = $1 and person_id = any($2)',
        [name, personIds],
      );
      const members = rows.map((each) => ({ userId: Number(each.timely_id), lead: false, hideHours: false }));
      await linkTeam(database, name, { source, timelyId: id, origin: 'created', name: teamName, personIds });
      await rememberTeam(database, name, { id, name: teamName, members });
    }
    await setStatus(database, row, 'done');
    if (change.subject.type === 'team') return;
    await database.transaction((inside) =>
      writeJournal(inside, name, [{ row, before: row.before, after: row.after }], now()),
    );
  }

  return {
    name,

    async planWhole(): Promise<void> {
      const key = await open('full');
      await makePlan(key);
      await openApprovals(key);
    },

    /**
     * Makes the partial plan and, from the same store, the whole one; then stores the partial one. `peopleFirst`: teams of any
     * size wait when it has a removal.
     */
    async planBoth({ peopleFirst = false } = {}): Promise<{
      part: GatedPlan;
      whole: GatedPlan;
      storedVerdicts: unknown[];
    }> {
      clock.ms += 1_000;
      const key = await open('incremental');
      const planned = await tenantRow(database, name);
      const isSameDay = planned?.plannedDay === now().toISOString().slice(0, 10);
      const baseline = isSameDay ? planned.planBaseline : null;
      const facts = await gateFacts();
      const hasFailures = (await loadFailures(database, name)).length > 0;
      const order = { teamsWaitFrom: peopleFirst && !hasFailures ? 0 : null };
      const part = await planTenant(services, tenant, key, baseline, facts, order);
      const whole = await planTenant(services, tenant, key, null, facts);
      await requestReplan(database, name);
      await (peopleFirst ? ofPeopleFirst.makePlan : makePlan)(key);
      await openApprovals(key);
      const { rows } = await database.$client.query(
        'select person_id, in_scope, reason from verdicts where tenant = $1 order by person_id collate "C"',
        [name],
      );
      return { part, whole, storedVerdicts: rows };
    },

    /** Brings the directory to that of another world, as far as `concerns` says so. */
    async directoryBecomes(other: World['directory'], concerns: (id: string) => boolean): Promise<void> {
      const people = new Map(directory.people.map((person) => [person.id, person]));
      const wanted = new Map(other.people.map((person) => [person.id, person]));
      const ids = [...new Set([...people.keys(), ...wanted.keys()])].filter(concerns);
      const entries = ids.map((id): DirectoryEntry => {
        const person = wanted.get(id);
        if (!person) return { type: 'removed', stream: 'users', id, purged: false };
        return {
          type: 'person',
          id,
          patch: { ...person, attributes: { department: '', ...person.attributes } },
        };
      });
      await round('users', entries);
      const keyOf = ({ groupId, memberId }: Membership) => `${groupId} ${memberId}`;
      const there = new Set(directory.memberships.map(keyOf));
      const then = new Set(other.memberships.map(keyOf));
      const inPart = ({ memberId }: Membership) => concerns(memberId);
      const gone = directory.memberships.filter((each) => inPart(each) && !then.has(keyOf(each)));
      const come = other.memberships.filter((each) => inPart(each) && !there.has(keyOf(each)));
      const entryOf = (removed: boolean) => (membership: Membership) => ({
        type: 'member' as const,
        ...membership,
        removed,
      });
      await round('groups', [...gone.map(entryOf(true)), ...come.map(entryOf(false))]);
      directory = {
        ...directory,
        people: [
          ...directory.people.filter(({ id }) => !concerns(id)),
          ...other.people.filter(({ id }) => concerns(id)),
        ],
        memberships: [
          ...directory.memberships.filter((each) => !inPart(each)),
          ...other.memberships.filter(inPart),
        ],
      };
    },

    async timelyShows(seen: TimelyUser[]): Promise<void> {
      await storeUsers(database, name, seen, 1);
    },

    /** Renames a group, perhaps to another group's name; the read that shows it binds names again. */
    async renameGroup(id: string, groupName: string): Promise<void> {
      await round('groups', [{ type: 'group', id, patch: { name: groupName } }]);
      await bindGroupNames(database, name, groupsNamedIn(file));
    },

    /** Decides each `every`th open approval; the others stay open. */
    async decide(every: number, decision: 'approve' | 'reject'): Promise<void> {
      const { rows } = await database.$client.query<{ number: number }>(
        "select number from approvals where tenant = $1 and state = 'open' order by number",
        [name],
      );
      for (const { number } of rows.filter((row) => row.number % every === 0)) {
        decisions += 1;
        const answer = { decision, by: 'it-lead@contoso.example', note: '', channel: 'update' } as const;
        const meant = { only: [], except: [], approversNeeded: 1, now: now() };
        await recordDecision(database, { tenant: name, number, id: `${decisions}`, ...answer, ...meant });
      }
    },

    /** Hours pass, so that failures are tried again; the day may end. */
    passTime(hours: number): void {
      clock.ms += hours * 3_600_000;
    },

    /** Undoes the cycle whose plan is in force, and ends as that undo's plan does. */
    async undo(failing: number): Promise<void> {
      const undoes = (await tenantRow(database, name))?.planCycle ?? 0;
      await planUndo({ ...(await open('full')), undoes });
      await this.applyPlan(failing);
    },

    /** Records the last plan's changes as applied; every `failing`th fails, or none. */
    async applyPlan(failing: number | null = null): Promise<void> {
      const cycle = (await tenantRow(database, name))?.planCycle ?? 0;
      for (const phase of phases.keys()) {
        const where = { tenant: name, cycle, phase, from: 0, limit: 100 };
        for (const { position } of await nextChanges(database, where)) {
          const [row] = await loadChanges(database, name, cycle, [position]);
          if (!row) continue;
          const failure = { class: 'refused', message: 'Timely said no.', remedy: '' };
          if (failing !== null && position % failing === 0)
            await recordFailure(database, row, failure, now());
          else await apply(row);
        }
      }
      await requestReplan(database, name);
    },
  };
}
