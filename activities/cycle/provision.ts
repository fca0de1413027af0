/**
 * Syncs one person between two cycles. Both sides are read as by any incremental cycle, and the person by a point read. The
 * whole plan is made and gated, so that limits and other people count. The changes that concern the person become the
 * plan of a cycle of its own, and are applied and journaled like all others.
 */

import { pausedText } from '../../domain/contract/control.ts';
import type { ProvisionedPerson, ProvisionStep } from '../../domain/contract/provision.ts';
import type { CycleError } from '../../domain/contract/report.ts';
import { PausedError } from '../../domain/errors.ts';
import type { Person } from '../../domain/people/directory.ts';
import { emailOf } from '../../domain/people/person.ts';
import type { ScopeVerdict } from '../../domain/people/verdict.ts';
import { type Change, subjectKeyOf } from '../../domain/plan/change.ts';
import { subjectTags } from '../../domain/plan/subject-tags.ts';
import { openApprovalsOf } from '../../store/approvals/approval-state.ts';
import { WrongUseError } from '../../store/approvals/decisions.ts';
import { controlOf } from '../../store/control.ts';
import { whileCurrent } from '../../store/fence.ts';
import { sha256 } from '../../store/journal/journal.ts';
import { cycleRow, isFirstCycle, openCycle, storePlanFacts } from '../../store/planning/cycles.ts';
import { loadFailures, seatRefused } from '../../store/planning/failures.ts';
import { type PlannedRow, storePlan } from '../../store/planning/plans.ts';
import { storeTeamLinks } from '../../store/planning/team-links.ts';
import { storeVerdicts } from '../../store/planning/verdicts.ts';
import { planLines } from '../../store/query/cycle-reports.ts';
import { findPeople } from '../../store/query/find-subject.ts';
import { markAllDirty } from '../../store/replica/dirty-subjects.ts';
import { newestConfiguration, tenantRow } from '../../store/tenants.ts';
import { readPersonNow } from '../read/read-person.ts';
import type { Services, Tenant } from '../services.ts';
import { endCycle } from './finish-cycle.ts';
import { parkedFailures, plannedRows } from './gate-plan.ts';
import type { CycleKey } from './open-cycle.ts';
import { type GatedPlan, planTenant } from './plan-tenant.ts';
import { labelledLine, labelledPerson, labelledReason } from './provision-labels.ts';

export interface OpenProvisionInput {
  tenant: string;
  opening: string;
  evenIfPaused?: boolean;
}

export interface PlanPersonInput {
  key: CycleKey;
  /** An address, a name, an object id or a sign-in name, as an operator typed it. */
  person: string;
}

export interface PlanPersonResult {
  person: ProvisionedPerson;
  verdict: { inScope: boolean; reason: string } | null;
  doubt: string | null;
  /** Changes to apply, in their order. */
  changes: { position: number; label: string }[];
  /** Tags of the person and of teams that change (domain/plan/subject-tags.ts). */
  tags: string[];
  missingAttributes: string[];
}

export function createProvisionActivities(services: Services) {
  const { database, now } = services;
  return {
    /**
     * @throws PausedError while the tenant is paused; WrongUseError before the first cycle, whose limits and approvals a
     * single person must not get around
     */
    async openProvision({ tenant, opening, evenIfPaused = false }: OpenProvisionInput): Promise<CycleKey> {
      const { paused } = await controlOf(database, tenant);
      if (paused && !evenIfPaused) throw new PausedError(pausedText(tenant));
      if (await isFirstCycle(database, tenant)) {
        throw new WrongUseError(
          `${tenant} has not had a whole cycle yet: timely-sync sync ${tenant} makes one.`,
        );
      }
      const configurationVersion = (await newestConfiguration(database, tenant))?.version ?? 0;
      const begin = { kind: 'incremental', configurationVersion, now: now() } as const;
      const { number } = await openCycle(database, tenant, opening, begin);
      return { tenant, cycle: number, opening, kind: begin.kind, configurationVersion };
    },

    /** @throws WrongUseError when the text fits no person of the directory, or several */
    async planPerson({ key, person: text }: PlanPersonInput): Promise<PlanPersonResult> {
      const tenant = await services.tenant(key.tenant, key.configurationVersion);
      const personId = await personMeant(services, tenant, text);
      const current = await askDirectory(services, tenant, personId);
      const plan = await planFor(services, tenant, key, personId);
      const verdict = plan.verdict ?? current.verdict;
      const { labels } = tenant.file.privacy;
      const isDoubtful = verdict.inScope !== current.verdict.inScope;
      const rows = isDoubtful ? [] : plan.rows;
      const last = (await tenantRow(database, key.tenant))?.planCycle ?? key.cycle;
      const { inScope = 0, unchanged = 0 } = (await cycleRow(database, key.tenant, last)) ?? {};
      await whileCurrent(database, key, async (store) => {
        await storePlan(store, key.tenant, key.cycle, rows, []);
        if (plan.verdict) await storeVerdicts(store, key.tenant, [plan.verdict]);
        await storeTeamLinks(store, key.tenant, plan.teamLinkUpdates);
        // This plan leaves no notes for a partial plan, so the next one is whole.
        await markAllDirty(store, key.tenant);
        // The last plan of the tenant stays in force, with what waits in it.
        await storePlanFacts(store, key.tenant, key.cycle, { planCycle: last, inScope, unchanged });
      });
      const person = current.person ?? (await formerPerson(services, key.tenant, personId, rows));
      return {
        person: labelledPerson(person, labels),
        verdict: { inScope: verdict.inScope, reason: labelledReason(verdict, labels) },
        doubt: isDoubtful
          ? `The directory says "${labelledReason(current.verdict, labels)}" of this person, and its list of changes says "${labelledReason(verdict, labels)}": one of them is behind. Try again in a minute; the next cycle does.`
          : null,
        changes: rows.flatMap(({ status, label }, position) =>
          status === 'planned' ? [{ position, label }] : [],
        ),
        tags: subjectTags(sha256, [
          ...new Set([personId, ...rows.map(({ change }) => subjectKeyOf(change.subject))]),
        ]),
        missingAttributes: (await services.searchAttributes()).missing,
      };
    },

    /** Ends the cycle and returns what became of each change. */
    async finishProvision({
      key,
      cycleError,
    }: {
      key: CycleKey;
      cycleError: CycleError | null;
    }): Promise<ProvisionStep[]> {
      const { tenant, cycle, configurationVersion } = key;
      await endCycle(services, { tenant, cycle, cycleError, isOfOnePerson: true });
      const lines = await planLines(database, tenant, cycle);
      // A cycle that failed before its plan may have a tenant file that cannot work.
      if (lines.length === 0) return [];
      const { labels } = (await services.tenant(tenant, configurationVersion)).file.privacy;
      const held = lines.filter(({ line }) => line.hold).map(({ fingerprint }) => fingerprint);
      const requests = await openApprovalsOf(database, tenant, held);
      return lines.map(({ fingerprint, subject, line }) => ({
        ...labelledLine(line, { subject, tenant, labels }),
        request: requests.get(fingerprint) ?? null,
      }));
    },
  };
}

/** The message of an error stands in histories, so it names people as `privacy.labels` allows. */
async function personMeant(
  { database }: Services,
  { name: tenant, file }: Tenant,
  text: string,
): Promise<string> {
  const people = await findPeople(database, tenant, text);
  const [first, ...others] = people;
  if (!first) {
    throw new WrongUseError(
      `The directory has no person "${text}": give an e-mail address, a name or an id.`,
    );
  }
  const showsNames = file.privacy.labels === 'names';
  if (others.length > 0) {
    const meant = people.map(({ name, email, personId, timelyId }) => {
      const id = `${personId ?? timelyId}`;
      return showsNames ? `${name} <${email}> ${id}` : id;
    });
    throw new WrongUseError(`"${text}" may mean any of these, so give the id: ${meant.join(', ')}`);
  }
  if (first.personId === null) {
    const who = showsNames ? `${first.name} <${first.email}>` : `Timely user ${first.timelyId}`;
    throw new WrongUseError(`No person in the directory stands for ${who}: the sync leaves them alone.`);
  }
  return first.personId;
}

/** The person as the directory has them right now. */
async function askDirectory(services: Services, tenant: Tenant, personId: string) {
  const current = await readPersonNow(services, tenant, personId);
  if (!current) throw new WrongUseError('The directory gave no response about this person.');
  const { person, verdict } = current;
  return { person: person && named(person), verdict };
}

const named = (person: Person): ProvisionedPerson => ({
  id: person.id,
  name: person.name,
  email: emailOf(person),
});

/** Names a person whom the directory no longer has as the plan or Timely does. */
async function formerPerson({ database }: Services, tenant: string, id: string, rows: PlannedRow[]) {
  const subject = rows.map(({ change }) => change.subject).find(({ type }) => type === 'person');
  if (subject?.type === 'person') return { id, name: subject.name, email: subject.email };
  const [found] = await findPeople(database, tenant, id);
  return { id, name: found?.name ?? id, email: found?.email ?? null };
}

interface PersonPlan {
  rows: PlannedRow[];
  /** Null when the directory no longer has them. */
  verdict: ScopeVerdict | null;
  teamLinkUpdates: GatedPlan['teamLinkUpdates'];
}

/** The changes of the whole plan that concern one person. */
async function planFor(
  services: Services,
  tenant: Tenant,
  key: CycleKey,
  personId: string,
): Promise<PersonPlan> {
  const { database, now } = services;
  const failures = await loadFailures(database, key.tenant);
  const parked = parkedFailures(failures, now());
  const last = (await tenantRow(database, key.tenant))?.planCycle ?? 0;
  const { gated, approvals, verdicts, teamLinkUpdates } = await planTenant(services, tenant, key, null, {
    parked: new Set(parked.keys()),
    seatRefused: await seatRefused(database, key.tenant, last),
    // Only the changes of the one person are applied.
    removalsWait: true,
  });
  // A team passes on in a cycle, whose findings tell it.
  const passing = new Set(
    teamLinkUpdates.flatMap(({ link, replaces }) => (replaces === link.source ? [] : [link.source])),
  );
  const isPassing = ({ subject }: Change) => subject.type === 'team' && passing.has(subject.source);
  const theirs = gated.filter((change) => concerns(personId)(change) && !isPassing(change));
  // Failed changes of the person are tried again at once, so none is parked.
  const rows = plannedRows({ gated: theirs, approvals }, tenant.file);
  const verdict = verdicts.find((each) => each.personId === personId) ?? null;
  return { rows, verdict, teamLinkUpdates: teamLinkUpdates.filter(({ link }) => !passing.has(link.source)) };
}

/** Whether a change is the person's own, or one of a team that they join or leave. */
function concerns(personId: string): (change: Change) => boolean {
  return ({ subject, before, after }) => {
    if (subject.type === 'person') return subject.personId === personId;
    const isIn = (state: typeof before) =>
      state !== null && 'personIds' in state && state.personIds.includes(personId);
    return isIn(before) !== isIn(after);
  };
}
