/**
 * Changes of one team in Timely. A team has no version field: it is read right before it is written
 * (docs/reference/timely-api.md section 3).
 */
import { isDeepStrictEqual } from 'node:util';
import { teamStates } from '../../domain/journal/journal-states.ts';
import type { TeamLink } from '../../domain/people/link.ts';
import type { TeamChange, TeamRestore, TeamState } from '../../domain/plan/change.ts';
import { teamExternalId } from '../../domain/teams/team-marker.ts';
import { mergeMembers } from '../../domain/teams/team-members.ts';
import type { TimelyTeam } from '../../domain/timely.ts';
import { cycleRow } from '../../store/planning/cycles.ts';
import {
  linkTeam,
  loadTeamLinks,
  rememberTeamName,
  teamLinkOf,
  timelyIdsOf,
  unlinkTeam,
} from '../../store/planning/links.ts';
import { type ChangeRow, droppedRemovals } from '../../store/planning/plans.ts';
import { forgetTeam, rememberTeam, removedAmong, storedTeam } from '../../store/replica/timely-snapshot.ts';
import { tenantRow } from '../../store/tenants.ts';
import type { ApplyContext, ApplyResult } from './apply-context.ts';
import { idempotentWrite } from './idempotent-write.ts';
import { restoredMembers, restoreMembers } from './restore-team.ts';
import { sendMembers } from './send-members.ts';
import { managedBy, statesOfTeam } from './states-for-journal.ts';

const subjectOf = (row: ChangeRow) => row.subject as TeamChange['subject'];
const wanted = (row: ChangeRow) => row.after as TeamState;

export async function applyToTeam(application: ApplyContext, kind: TeamChange['kind']): Promise<ApplyResult> {
  switch (kind) {
    case 'createTeam':
      return await createTeam(application);
    case 'renameTeam':
      return await renameTeam(application);
    case 'setTeamMembers':
      return await setTeamMembers(application);
    case 'retireTeam':
      return await retireTeam(application);
  }
}

/**
 * Posting a team twice makes two (docs/reference/timely-api.md section 6), so it is sent once; and one that the list
 * did not show is looked for by its name before.
 */
async function createTeam(application: ApplyContext): Promise<ApplyResult> {
  const { services, tenant, row } = application;
  const { database } = services;
  const { source } = subjectOf(row);
  const { name, personIds, leads = [], restore } = wanted(row);
  const link = await teamLinkOf(database, row.tenant, source);
  const known = link ? await tenant.timely.team(link.timelyId) : null;
  if (known) return unlisted(row, known);
  if ((await application.attempt()) === null) {
    const there = await tenant.timely.searchTeam(name);
    if (there) return await adoptUnlisted(application, there);
  }
  const present = await timelyIdsOf(database, row.tenant, personIds, 'present');
  const leaders = new Set(leads.map((personId) => present.get(personId)));
  const userIds = [...present.values()].sort((a, b) => a - b);
  const members = restore
    ? await restoredMembers(application, restore, [])
    : userIds.map((userId) => ({ userId, lead: leaders.has(userId), hideHours: false }));
  const externalId = teamExternalId((await tenantRow(database, row.tenant))?.marker ?? '', source);
  const team = await idempotentWrite(application, {
    find: () => tenant.timely.findTeam(name),
    write: (note) => tenant.timely.createTeam({ name, externalId, members }, note),
  });
  return linked(application, { before: null, after: team, origin: 'created', present, managed: userIds });
}

/** The list did not show a team of that name, and Timely has it: nobody's team is made twice, and none is taken from another source. */
async function adoptUnlisted(application: ApplyContext, team: TimelyTeam): Promise<ApplyResult> {
  const { services, row } = application;
  const links = await loadTeamLinks(services.database, row.tenant);
  return links.some(({ timelyId }) => timelyId === team.id)
    ? unlisted(row, team)
    : await writeMembers(application, team, null);
}

interface LinkedTeam {
  before: TimelyTeam | null;
  after: TimelyTeam;
  origin: TeamLink['origin'];
  /** Timely ids by object id of whom the team should have. */
  present: ReadonlyMap<string, number>;
  /** Timely ids of those whom the sync has put there, now or before. */
  managed: number[];
}

/** The team stands for its source from here on. */
function linked({ row }: ApplyContext, { before, after, origin, present, managed }: LinkedTeam): ApplyResult {
  const link = { source: subjectOf(row).source, timelyId: after.id, origin, name: after.name };
  return {
    outcome: 'done',
    ...teamStates(before, after, new Set(managed)),
    async remember(store) {
      await linkTeam(store, row.tenant, { ...link, personIds: [...present.keys()] });
      await rememberTeam(store, row.tenant, after);
    },
  };
}

async function renameTeam({ tenant, row }: ApplyContext): Promise<ApplyResult> {
  const before = await currentTeam(tenant.timely, row);
  if (!before) return gone(row);
  const { name } = wanted(row);
  const after = before.name === name ? before : await tenant.timely.renameTeam(before, name);
  return {
    outcome: 'done',
    ...teamStates(before, after, new Set()),
    async remember(store) {
      await rememberTeamName(store, row.tenant, subjectOf(row).source, after.name);
      // Its members stay as a read or a write of them left them: nobody has looked at those who came since.
      const { members } = (await storedTeam(store, row.tenant, after.id)) ?? after;
      await rememberTeam(store, row.tenant, { ...after, members });
    },
  };
}

async function setTeamMembers(application: ApplyContext): Promise<ApplyResult> {
  const { services, tenant, row } = application;
  const before = await currentTeam(tenant.timely, row);
  if (!before) return gone(row);
  const link = await teamLinkOf(services.database, row.tenant, subjectOf(row).source);
  const { restore, personIds } = wanted(row);
  return restore
    ? await restoreTeam(application, restore, before, link && { ...link, personIds })
    : await writeMembers(application, before, link);
}

/** Takes back what a cycle did to the members. A team that the sync does not follow is only put back as it was. */
async function restoreTeam(
  application: ApplyContext,
  restore: TeamRestore,
  before: TimelyTeam,
  link: TeamLink | null,
): Promise<ApplyResult> {
  const { services, row } = application;
  const after = await restoreMembers(application, restore, before);
  return {
    outcome: 'done',
    ...(await statesOfTeam(services.database, row.tenant, link, { before, after })),
    async remember(store) {
      if (link) await linkTeam(store, row.tenant, link);
      await rememberTeam(store, row.tenant, after);
    },
  };
}

/**
 * Changes only people whom the sync answers for, and keeps everybody's hidden-hours flag, and leads as the rules say. The
 * plan takes out whoever it removes: those whose removal was dropped since stay as they are, and the next plan decides.
 */
async function writeMembers(
  application: ApplyContext,
  before: TimelyTeam,
  link: TeamLink | null,
): Promise<ApplyResult> {
  const { services, tenant, row } = application;
  const { database } = services;
  const { personIds, leads } = wanted(row);
  const answeredFor = await timelyIdsOf(database, row.tenant, link?.personIds ?? [], 'any');
  const dropped = await droppedRemovals(database, row.tenant, row.cycle);
  const spared = before.members.filter(({ userId }) => dropped.has(userId));
  const sparedIds = new Set(spared.map(({ userId }) => userId));
  const present = new Map([
    ...(await timelyIdsOf(database, row.tenant, personIds, 'present')),
    ...[...answeredFor].filter(([, userId]) => sparedIds.has(userId)),
  ]);
  const managed = [...answeredFor.values(), ...present.values()];
  const manual =
    row.kind === 'createTeam' ? 'keep' : await manualPolicy(services, tenant.file.teamMembers.manual, row);
  if (manual === 'remove' && (await somebodyCame(application, before, managed)))
    return unseenMembers(before, row);
  const leading = spared.filter(({ lead }) => lead).map(({ userId }) => userId);
  const members = mergeMembers({
    current: before.members,
    wanted: [...present.values(), ...sparedIds],
    managed,
    manual,
    leads: leads && [...leads.flatMap((personId) => present.get(personId) ?? []), ...leading],
  });
  const after = isDeepStrictEqual(members, before.members)
    ? before
    : await sendMembers(application, before, members);
  // A team that an earlier attempt of ours made is found by its name like any other.
  const isOurs = (await application.attempt()) !== null;
  const origin = link?.origin ?? (isOurs ? 'created' : 'adopted');
  return linked(application, { before, after, origin, present, managed });
}

/** Whether the team has members by other hands whom no plan has seen: the gate has not counted them. */
async function somebodyCame(
  { services, row }: ApplyContext,
  team: TimelyTeam,
  managed: readonly number[],
): Promise<boolean> {
  const stored = await storedTeam(services.database, row.tenant, team.id);
  const known = new Set([...managed, ...(stored?.members ?? []).map(({ userId }) => userId)]);
  return team.members.some(({ userId }) => !known.has(userId));
}

/**
 * Behind a read that proves nothing nobody leaves a team, not even somebody added by hand since
 * (docs/reference/rules.md section 1.3).
 */
async function manualPolicy(
  { database }: ApplyContext['services'],
  manual: 'keep' | 'remove',
  row: ChangeRow,
) {
  const cycle = await cycleRow(database, row.tenant, row.cycle);
  return cycle?.evidence?.complete ? manual : 'keep';
}

/**
 * The end of a team that stands for nothing any more, always approved by a person. One that was there before the sync is
 * only let go. One that the sync made is deleted, unless it has members by other hands by now: they keep it, ours leave it.
 */
async function retireTeam(application: ApplyContext): Promise<ApplyResult> {
  const { services, tenant, row } = application;
  const { source, timelyId } = subjectOf(row);
  const link = await teamLinkOf(services.database, row.tenant, source);
  const before = await currentTeam(tenant.timely, row);
  const managed = await managedBy(services.database, row.tenant, link);
  const isUndo = (await cycleRow(services.database, row.tenant, row.cycle))?.kind === 'undo';
  if (isUndo && before?.members.some(({ userId }) => !managed.has(userId))) {
    return { outcome: 'dropped', reason: `Team ${before.name} has members by other hands by now.` };
  }
  const after = before && link?.origin === 'created' ? await giveUp(application, before, managed) : before;
  return {
    outcome: 'done',
    ...teamStates(before, after, managed),
    async remember(store) {
      await unlinkTeam(store, row.tenant, source);
      if (after) await rememberTeam(store, row.tenant, after);
      else if (timelyId !== null) await forgetTeam(store, row.tenant, timelyId);
    },
  };
}

/** Answers the team as it is left to those who are in it by other hands; null when there are none, and it is deleted. */
async function giveUp(
  application: ApplyContext,
  team: TimelyTeam,
  managed: ReadonlySet<number>,
): Promise<TimelyTeam | null> {
  const { services, tenant, row } = application;
  const manual = await manualPolicy(services, tenant.file.teamMembers.manual, row);
  const members = mergeMembers({ current: team.members, wanted: [], managed: [...managed], manual });
  // Whether Timely goes on listing removed users as members is unknown (docs/reference/timely-api.md section 3): they
  // keep no team.
  const removed = await removedAmong(
    services.database,
    row.tenant,
    members.map(({ userId }) => userId),
  );
  if (members.some(({ userId }) => !removed.has(userId))) {
    return isDeepStrictEqual(members, team.members) ? team : await sendMembers(application, team, members);
  }
  await tenant.timely.deleteTeam(team.id);
  return null;
}

async function currentTeam(
  timely: ApplyContext['tenant']['timely'],
  row: ChangeRow,
): Promise<TimelyTeam | null> {
  const { timelyId } = subjectOf(row);
  return timelyId === null ? null : await timely.team(timelyId);
}

/** Timely's list of teams was behind, as its answer about this one shows. */
const unlisted = (row: ChangeRow, team: TimelyTeam): ApplyResult => ({
  outcome: 'dropped',
  reason: `Timely did not list team ${team.name}, and has it all the same.`,
  remember: (store) => rememberTeam(store, row.tenant, team),
});

/** Teams are read in full cycles, and `teamMembers.manual: remove` takes out whom the sync did not put there. */
const unseenMembers = (team: TimelyTeam, row: ChangeRow): ApplyResult => ({
  outcome: 'dropped',
  reason: `Team ${team.name} has members by now whom this plan did not know; the next one does.`,
  remember: (store) => rememberTeam(store, row.tenant, team),
});

const gone = (row: ChangeRow): ApplyResult => ({
  outcome: 'dropped',
  reason: `Team ${subjectOf(row).name} is no longer in Timely.`,
});
