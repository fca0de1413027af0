/** Writing the members of one team in Timely, against the team as it is at that moment. */
import { isDeepStrictEqual } from 'node:util';
import { RejectedError, WriteIgnoredError } from '../../domain/errors.ts';
import { teamStates } from '../../domain/journal/journal.ts';
import type { TeamLink } from '../../domain/people/link.ts';
import type { TeamRestore, TeamState } from '../../domain/plan/change.ts';
import { mergeMembers } from '../../domain/teams/team-members.ts';
import type { TimelyTeam, TimelyTeamMember } from '../../domain/timely.ts';
import { cycleRow } from '../../store/planning/cycles.ts';
import { timelyIdsOf } from '../../store/planning/links.ts';
import { droppedRemovals, type TeamChangeRow } from '../../store/planning/plans.ts';
import { linkTeam } from '../../store/planning/team-links.ts';
import { rememberTeam, removedAmong, storedTeam } from '../../store/replica/timely-snapshot.ts';
import type { ApplyContext, ApplyResult } from './apply-context.ts';
import { statesOfTeam } from './states-for-journal.ts';
import { askingPattern } from './team-pattern.ts';

export type TeamContext = ApplyContext<TeamChangeRow>;

/** The state that a change is to bring about. */
export function wantedState({ kind, after }: TeamChangeRow): TeamState {
  if (after === null) throw new Error(`A change of kind ${kind} has no state to bring about.`);
  return after;
}

interface LinkedTeam {
  before: TimelyTeam | null;
  after: TimelyTeam;
  origin: TeamLink['origin'];
  /** The name that the sync gave; null for an adopted team, whose name the next plan notes. */
  name: TeamLink['name'];
  /** The pattern that asks for the team; null for a line that names its source. */
  pattern: string | null;
  /** Timely ids by object id of the people who should be in the team. */
  present: ReadonlyMap<string, number>;
  /** Timely ids of the people whom the sync has put there, now or before. */
  managed: number[];
}

/** Links the team to its source. */
export function linkedTeam(
  { row }: TeamContext,
  { before, after, origin, name, pattern, present, managed }: LinkedTeam,
): ApplyResult {
  const link = { source: row.subject.source, timelyId: after.id, origin, name, pattern };
  return {
    outcome: 'done',
    ...teamStates(before, after, new Set(managed)),
    async remember(store) {
      await linkTeam(store, row.tenant, { ...link, personIds: [...present.keys()] });
      await rememberTeam(store, row.tenant, after);
    },
  };
}

/**
 * Changes only the people whom the sync manages. It keeps each one's hidden-hours flag, and sets leads as the rules say.
 * The plan takes out everyone whom it removes. People whose removal was dropped since then stay as they are until the next
 * plan.
 */
export async function writeMembers(
  context: TeamContext,
  before: TimelyTeam,
  link: TeamLink | null,
): Promise<ApplyResult> {
  const { services, tenant, row } = context;
  const { database } = services;
  const { personIds, leads } = wantedState(row);
  const earlier = await timelyIdsOf(database, row.tenant, link?.personIds ?? [], 'any');
  const dropped = await droppedRemovals(database, row.tenant, row.cycle);
  const spared = before.members.filter(({ userId }) => dropped.has(userId));
  const sparedIds = new Set(spared.map(({ userId }) => userId));
  const present = new Map([
    ...(await timelyIdsOf(database, row.tenant, personIds, 'present')),
    ...[...earlier].filter(([, userId]) => sparedIds.has(userId)),
  ]);
  const managed = [...earlier.values(), ...present.values()];
  const manual =
    row.kind === 'createTeam' ? 'keep' : await manualPolicy(services, tenant.file.teamMembers.manual, row);
  if (manual === 'remove' && (await hasUnseenMembers(context, before, managed)))
    return unseenMembers(before, row);
  const leading = spared.filter(({ lead }) => lead).map(({ userId }) => userId);
  const members = mergeMembers({
    current: before.members,
    wanted: [...present.values(), ...sparedIds],
    managed,
    manual,
    leads: leads && [...leads.flatMap((personId) => present.get(personId) ?? []), ...leading],
  });
  const after = await setMembers(context, before, members);
  // A team that an earlier attempt of ours made is found by its name like any other.
  const isOurs = (await context.attempt()) !== null;
  const origin = link?.origin ?? (isOurs ? 'created' : 'adopted');
  const name = link ? link.name : isOurs ? after.name : null;
  const pattern = link ? (link.pattern ?? null) : await askingPattern(context);
  return linkedTeam(context, { before, after, origin, name, pattern, present, managed });
}

/** Whether the team has members, added by hand, that no plan has seen: the gate has not counted them. */
async function hasUnseenMembers(
  { services, row }: TeamContext,
  team: TimelyTeam,
  managed: readonly number[],
): Promise<boolean> {
  const stored = await storedTeam(services.database, row.tenant, team.id);
  const known = new Set([...managed, ...(stored?.members ?? []).map(({ userId }) => userId)]);
  return team.members.some(({ userId }) => !known.has(userId));
}

/** Teams are read in full cycles, and `teamMembers.manual: remove` takes out people whom the sync did not put there. */
const unseenMembers = (team: TimelyTeam, row: TeamChangeRow): ApplyResult => ({
  outcome: 'dropped',
  reason: `Team ${team.name} has members by now that this plan did not know; the next one does.`,
  remember: (store) => rememberTeam(store, row.tenant, team),
});

/**
 * After an incomplete read no member leaves a team, not even one who was added by hand
 * (docs/reference/rules.md section 1.3).
 */
export async function manualPolicy(
  { database }: TeamContext['services'],
  manual: 'keep' | 'remove',
  row: TeamChangeRow,
) {
  const cycle = await cycleRow(database, row.tenant, row.cycle);
  return cycle?.evidence?.complete ? manual : 'keep';
}

/** Undoes what a cycle did to the members. A team that the sync does not follow is only set back. */
export async function restoreTeam(
  context: TeamContext,
  restore: TeamRestore,
  before: TimelyTeam,
  link: TeamLink | null,
): Promise<ApplyResult> {
  const { services, row } = context;
  const after = await setMembers(context, before, await restoredMembers(context, restore, before.members));
  return {
    outcome: 'done',
    ...(await statesOfTeam(services.database, row.tenant, link, { before, after })),
    async remember(store) {
      if (link) await linkTeam(store, row.tenant, link);
      await rememberTeam(store, row.tenant, after);
    },
  };
}

/** The members of `current` after an undo: with those it puts back and without those it takes out. People who are not in Timely are left out. */
export async function restoredMembers(
  { services: { database }, row }: TeamContext,
  { puts, takesOut }: TeamRestore,
  current: readonly TimelyTeamMember[],
): Promise<TimelyTeamMember[]> {
  const personIds = puts.flatMap(({ personId }) => personId ?? []);
  const present = await timelyIdsOf(database, row.tenant, personIds, 'present');
  const leaving = new Set(takesOut);
  const staying = current.filter(({ userId }) => !leaving.has(userId));
  const there = new Set(staying.map(({ userId }) => userId));
  const back = puts.flatMap(({ personId, userId, lead, hideHours }) => {
    const id = personId === null ? userId : present.get(personId);
    return id === undefined || there.has(id) ? [] : [{ userId: id, lead, hideHours }];
  });
  return [...staying, ...back];
}

/**
 * Sets the members, unless they are so already. Returns the team after it.
 *
 * Whether Timely lists removed users as members, and accepts them in a write, is unknown
 * (docs/reference/timely-api.md section 3). They are sent as they were read, and left out when Timely refuses that, so that
 * one person who left keeps no one else out.
 */
export async function setMembers(
  { services, tenant, row }: TeamContext,
  team: TimelyTeam,
  members: TimelyTeamMember[],
): Promise<TimelyTeam> {
  if (isDeepStrictEqual(members, team.members)) return team;
  const { projects } = tenant.file.teamMembers;
  const ids = members.map(({ userId }) => userId);
  const maybeMissing = await removedAmong(services.database, row.tenant, ids);
  try {
    return await tenant.timely.setTeamMembers(team, members, projects, { maybeMissing });
  } catch (error) {
    if (!(error instanceof RejectedError) || error instanceof WriteIgnoredError || maybeMissing.size === 0)
      throw error;
    const present = members.filter(({ userId }) => !maybeMissing.has(userId));
    return await tenant.timely.setTeamMembers(team, present, projects);
  }
}
