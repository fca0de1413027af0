/** A pure model of how applied changes affect Timely and the links. */
import type { Change, PersonChange, TeamChange } from '../../../domain/plan/change.ts';
import { mergeMembers } from '../../../domain/teams/team-members.ts';
import type { TimelyUser } from '../../../domain/timely.ts';
import { planOf, user, type World } from './world.ts';

/** The world after all changes that are neither held nor refused, and after what the plan notes in the links of teams. */
export function applied(world: World, changes: readonly Change[]): World {
  const { teamLinkUpdates } = planOf(world);
  const replaced = new Set(teamLinkUpdates.map(({ replaces }) => replaces));
  const kept = world.teamLinks.filter(({ source }) => !replaced.has(source));
  let next: World = { ...world, teamLinks: [...kept, ...teamLinkUpdates.map(({ link }) => link)] };
  for (const change of changes) {
    if (change.hold || change.refusal) continue;
    next = change.subject.type === 'person' ? withPerson(next, change) : withTeam(next, change);
  }
  return next;
}

/** An id that neither Timely nor a link has: ids are never reused. */
function freshId({ timely, personLinks, teamLinks }: World): number {
  const ids = [...timely.users, ...timely.teams].map(({ id }) => id);
  return 1 + Math.max(...ids, ...[...personLinks, ...teamLinks].map(({ timelyId }) => timelyId));
}

function isPersonChange(change: Change): change is PersonChange {
  return change.subject.type === 'person';
}

function withPerson(world: World, change: Change): World {
  if (!isPersonChange(change)) return world;
  const { kind, subject, after } = change;
  const timelyId = subject.timelyId ?? freshId(world);
  const known = world.timely.users.find(({ id }) => id === timelyId) ?? user(timelyId, subject.name, subject);
  const changed: TimelyUser = {
    ...known,
    id: timelyId,
    role: after?.role ?? known.role,
    removed: kind === 'remove' || (kind === 'changeRole' && known.removed),
  };
  const before = world.personLinks.find(({ timelyId: linkedId }) => linkedId === timelyId);
  const others = world.personLinks.filter(
    ({ personId, timelyId: linked }) => personId !== subject.personId && linked !== timelyId,
  );
  const state = kind === 'remove' ? ('removed' as const) : ('present' as const);
  const linked = {
    personId: subject.personId,
    timelyId,
    state,
    email: subject.email.toLowerCase(),
    role: after?.role ?? null,
    // As store/planning/links.ts has it.
    roleByHand: kind === 'changeRole' ? false : (before?.roleByHand ?? kind === 'link'),
    outOfScopeSince: null,
  };
  return {
    ...world,
    timely: { ...world.timely, users: [...world.timely.users.filter(({ id }) => id !== timelyId), changed] },
    personLinks: [...others, linked],
  };
}

function withTeam(world: World, change: Change): World {
  if (isPersonChange(change)) return world;
  const { teams } = world.timely;
  const timelyId = change.subject.timelyId ?? freshId(world);
  const known = teams.find(({ id }) => id === timelyId) ?? { id: timelyId, name: '', members: [] };
  const link = world.teamLinks.find(({ source }) => source === change.subject.source);
  const changed = {
    ...known,
    name: change.kind === 'setTeamMembers' ? known.name : (change.after?.name ?? known.name),
    members: change.kind === 'renameTeam' ? known.members : membersAfter(world, change, known.members),
  };
  const origin = link?.origin ?? (change.kind === 'createTeam' ? ('created' as const) : ('adopted' as const));
  const linked = {
    source: change.subject.source,
    timelyId,
    origin,
    name: change.kind === 'setTeamMembers' ? (link?.name ?? null) : changed.name,
    personIds: change.after?.personIds ?? [],
  };
  return {
    ...world,
    timely: { ...world.timely, teams: [...teams.filter(({ id }) => id !== timelyId), changed] },
    teamLinks: [...world.teamLinks.filter(({ source }) => source !== linked.source), linked],
  };
}

function membersAfter(
  world: World,
  { before, after }: TeamChange,
  current: World['timely']['teams'][number]['members'],
) {
  const timelyIds = new Map(world.personLinks.map((link) => [link.personId, link.timelyId]));
  const idsOf = (personIds: readonly string[] = []) => personIds.flatMap((id) => timelyIds.get(id) ?? []);
  const wanted = idsOf(after?.personIds);
  const managed = [...idsOf(before?.personIds), ...wanted];
  const leads = after?.leads && idsOf(after.leads);
  return mergeMembers({ current, wanted, managed, manual: world.rules.teamMembers.manual, leads });
}
