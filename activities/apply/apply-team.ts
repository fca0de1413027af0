/**
 * Changes of one team in Timely. A team has no version field: it is read right before it is written
 * (docs/reference/timely-api.md section 3).
 */
import { teamStates } from '../../domain/journal/journal.ts';
import { isMadeFor, teamExternalId } from '../../domain/teams/team-marker.ts';
import { mergeMembers } from '../../domain/teams/team-members.ts';
import type { TimelyTeam } from '../../domain/timely.ts';
import { cycleRow } from '../../store/planning/cycles.ts';
import { timelyIdsOf } from '../../store/planning/links.ts';
import type { TeamChangeRow } from '../../store/planning/plans.ts';
import { loadTeamLinks, teamLinkOf, unlinkTeam } from '../../store/planning/team-links.ts';
import { forgetTeam, rememberTeam, removedAmong } from '../../store/replica/timely-snapshot.ts';
import { tenantRow } from '../../store/tenants.ts';
import type { ApplyResult } from './apply-context.ts';
import { idempotentWrite } from './idempotent-write.ts';
import { renameTeam } from './rename-team.ts';
import { managedBy } from './states-for-journal.ts';
import {
  linkedTeam,
  manualPolicy,
  restoredMembers,
  restoreTeam,
  setMembers,
  type TeamContext,
  wantedState,
  writeMembers,
} from './team-members.ts';
import { askingPattern } from './team-pattern.ts';

export async function applyToTeam(context: TeamContext): Promise<ApplyResult> {
  switch (context.row.kind) {
    case 'createTeam':
      return await createTeam(context);
    case 'renameTeam': {
      const before = await currentTeam(context.tenant.timely, context.row);
      return before ? await renameTeam(context, before) : gone(context.row);
    }
    case 'setTeamMembers':
      return await setTeamMembers(context);
    case 'retireTeam':
      return await retireTeam(context);
  }
}

/**
 * Posting a team twice makes two teams (docs/reference/timely-api.md section 6), so it is posted once. Before that, it is
 * looked for by its name, in case the list did not show it.
 */
async function createTeam(context: TeamContext): Promise<ApplyResult> {
  const { services, tenant, row } = context;
  const { database } = services;
  const { source } = row.subject;
  const { name, personIds, leads = [], restore } = wantedState(row);
  const link = await teamLinkOf(database, row.tenant, source);
  const known = link ? await tenant.timely.team(link.timelyId) : null;
  if (known) return unlisted(row, known);
  if ((await context.attempt()) === null) {
    const there = await tenant.timely.searchTeam(name);
    if (there) return await adoptUnlisted(context, there);
  }
  const present = await timelyIdsOf(database, row.tenant, personIds, 'present');
  const leaders = new Set(leads.map((personId) => present.get(personId)));
  const userIds = [...present.values()].sort((a, b) => a - b);
  const members = restore
    ? await restoredMembers(context, restore, [])
    : userIds.map((userId) => ({ userId, lead: leaders.has(userId), hideHours: false }));
  const externalId = teamExternalId((await tenantRow(database, row.tenant))?.marker ?? '', source);
  const team = await idempotentWrite(context, {
    find: () => tenant.timely.findTeam(name),
    write: (note) => tenant.timely.createTeam({ name, externalId, members }, note),
  });
  const made = { origin: 'created', name: team.name, pattern: await askingPattern(context) } as const;
  return linkedTeam(context, { before: null, after: team, ...made, present, managed: userIds });
}

/**
 * The list did not show a team of that name, and Timely has it: it is adopted, unless another source has it. An adoption
 * by a pattern is asked about, so the next plan holds it.
 */
async function adoptUnlisted(context: TeamContext, team: TimelyTeam): Promise<ApplyResult> {
  const { services, row } = context;
  const links = await loadTeamLinks(services.database, row.tenant);
  const isTaken = links.some(({ timelyId }) => timelyId === team.id);
  const { source } = row.subject;
  const isOurs = isMadeFor(team.externalId, source);
  return isTaken || (!isOurs && (await askingPattern(context)) !== null)
    ? unlisted(row, team)
    : await writeMembers(context, team, null);
}

async function setTeamMembers(context: TeamContext): Promise<ApplyResult> {
  const { services, tenant, row } = context;
  const before = await currentTeam(tenant.timely, row);
  if (!before) return gone(row);
  const link = await teamLinkOf(services.database, row.tenant, row.subject.source);
  const { restore, personIds } = wantedState(row);
  return restore
    ? await restoreTeam(context, restore, before, link && { ...link, personIds })
    : await writeMembers(context, before, link);
}

/**
 * Retires a team without a source, always approved by a person. A team that was there before the sync is only let go. One
 * that the sync made is deleted, unless it has members who were added by hand: they keep it, and ours leave it.
 */
async function retireTeam(context: TeamContext): Promise<ApplyResult> {
  const { services, tenant, row } = context;
  const { source, timelyId } = row.subject;
  const link = await teamLinkOf(services.database, row.tenant, source);
  const before = await currentTeam(tenant.timely, row);
  const managed = await managedBy(services.database, row.tenant, link);
  const isUndo = (await cycleRow(services.database, row.tenant, row.cycle))?.kind === 'undo';
  if (isUndo && before?.members.some(({ userId }) => !managed.has(userId))) {
    return { outcome: 'dropped', reason: `Team ${before.name} has members by now who were added by hand.` };
  }
  const after = before && link?.origin === 'created' ? await giveUp(context, before, managed) : before;
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

/** Returns the team as it is left to members who were added by hand; null when there are none, and it is deleted. */
async function giveUp(
  context: TeamContext,
  team: TimelyTeam,
  managed: ReadonlySet<number>,
): Promise<TimelyTeam | null> {
  const { services, tenant, row } = context;
  const manual = await manualPolicy(services, tenant.file.teamMembers.manual, row);
  const members = mergeMembers({ current: team.members, wanted: [], managed: [...managed], manual });
  // Timely may list removed users as members (docs/reference/timely-api.md section 3): they keep no team.
  const removed = await removedAmong(
    services.database,
    row.tenant,
    members.map(({ userId }) => userId),
  );
  if (members.some(({ userId }) => !removed.has(userId))) {
    return await setMembers(context, team, members);
  }
  await tenant.timely.deleteTeam(team.id);
  return null;
}

async function currentTeam(
  timely: TeamContext['tenant']['timely'],
  row: TeamChangeRow,
): Promise<TimelyTeam | null> {
  const { timelyId } = row.subject;
  return timelyId === null ? null : await timely.team(timelyId);
}

/** Timely's list of teams was behind, as its response about this team shows. */
const unlisted = (row: TeamChangeRow, team: TimelyTeam): ApplyResult => ({
  outcome: 'dropped',
  reason: `Timely did not list team ${team.name}, but has it.`,
  remember: (store) => rememberTeam(store, row.tenant, team),
});

const gone = (row: TeamChangeRow): ApplyResult => ({
  outcome: 'dropped',
  reason: `Team ${row.subject.name} is no longer in Timely.`,
});
