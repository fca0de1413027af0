/** The plan of a cycle: arithmetic on two snapshots, the links and the rules. Same input, same plan, byte for byte. */
import type { TeamPeople } from './bound-team.ts';
import type { ChangeKind, Finding, PlannedChange } from './change.ts';
import { desiredTeams } from './desired-teams.ts';
import type { DirectorySnapshot } from './directory.ts';
import {
  type Hold,
  type PersonDraft,
  type PlannedTeamChange,
  sealPersonChange,
  sealTeamChange,
} from './draft.ts';
import type { Digest } from './fingerprint.ts';
import { groupFindings } from './group-findings.ts';
import { planJoiner } from './joiners.ts';
import { departureOf, type LeaverPlan, type LinkUpdate, planLeavers } from './leavers.ts';
import type { PersonLink, TeamLink } from './link.ts';
import { type Match, matchPeople } from './matching.ts';
import { buildMembershipIndex, type MembershipIndex } from './membership.ts';
import { emailOf } from './person.ts';
import { prepareRoles } from './roles.ts';
import type { SyncRules } from './rules.ts';
import { type ScopeVerdict, scopeVerdicts } from './scope.ts';
import { sensitiveGroups } from './sensitive.ts';
import { planTeams } from './teams.ts';
import { compareText } from './text.ts';
import type { TimelySnapshot } from './timely.ts';

export interface PlanInput {
  rules: SyncRules;
  /** ISO 8601. */
  now: string;
  directory: DirectorySnapshot;
  timely: TimelySnapshot;
  personLinks: PersonLink[];
  teamLinks: TeamLink[];
  digest: Digest;
}

export interface Plan {
  /** In the order in which they are applied. */
  changes: PlannedChange[];
  /** Holds that planning itself found, by fingerprint, besides those of the gate. */
  preHolds: ReadonlyMap<string, readonly Hold[]>;
  /**
   * The changes of teams for the case that the changes of these people wait: joiners stay out of their teams, leavers
   * stay in. `changes` has those for the case that nobody waits but by `preHolds`.
   */
  teamChanges(waiting: ReadonlySet<string>): PlannedTeamChange[];
  /** About everybody in the directory, sorted by object id. */
  verdicts: ScopeVerdict[];
  findings: Finding[];
  /** How many people in scope have nothing to be done. */
  unchanged: number;
  linkUpdates: LinkUpdate[];
}

interface MatchPlan {
  match: Match;
  drafts: PersonDraft[];
}

const order: Record<ChangeKind, number> = {
  remove: 0,
  invite: 1,
  reinstate: 1,
  link: 1,
  changeRole: 2,
  createTeam: 3,
  renameTeam: 4,
  setTeamMembers: 5,
  retireTeam: 6,
};

/**
 * Makes the plan.
 * @throws ConfigurationError when the rules ask for a role that Timely does not have
 */
export function plan(input: PlanInput): Plan {
  const { rules, timely, teamLinks, digest } = input;
  const directory = {
    ...input.directory,
    people: input.directory.people.toSorted((a, b) => compareText(a.id, b.id)),
  };
  const { groups } = directory;
  const index = buildMembershipIndex(directory);
  const people = planPeople({ ...input, directory }, index);
  const { joiners, leavers } = people;

  const boundSources = teamLinks.map((link) => link.source);
  const desired = desiredTeams({ rules, index, groups, inScope: people.seekers, boundSources });
  const mayTakeOut = directory.complete && timely.complete;
  const teams = planTeams({ rules, desired, groups, mayTakeOut, timely, teamLinks });
  const teamChanges = (waiting: ReadonlySet<string>) =>
    teams
      .draft(teamPeople(input, joiners, leavers, waiting))
      .map((draft) => sealTeamChange(draft, digest))
      .sort(compareChanges);

  const drafts = [...joiners, leavers].flatMap((each) => each.drafts);
  const sealed = drafts.map((draft) => ({ draft, change: sealPersonChange(draft, digest) }));
  const held = sealed.filter(({ draft }) => draft.holds.length > 0);
  const waiting = new Set(held.map(({ draft }) => draft.subject.personId));
  const memberFindings = teams.memberFindings(teamPeople(input, joiners, leavers, waiting));
  const named = [...people.groups, ...desired.groups, ...sensitiveGroups(rules, index.resolve)];
  return {
    changes: [...sealed.map(({ change }) => change).sort(compareChanges), ...teamChanges(waiting)],
    preHolds: new Map(held.map(({ draft, change }) => [change.fingerprint, draft.holds])),
    teamChanges,
    verdicts: people.scope.verdicts,
    findings: [...joiners, leavers, teams, people.scope]
      .flatMap((each) => each.findings)
      .concat(memberFindings, groupFindings(named))
      .sort(compareFindings),
    unchanged: joiners.filter((joiner) => joiner.drafts.length === 0).length,
    linkUpdates: leavers.linkUpdates,
  };
}

/** Who is in scope, whom each of them is in Timely, and what is to be done for them and about those who left. */
function planPeople(input: PlanInput, index: MembershipIndex) {
  const { rules, now, directory, timely, personLinks } = input;
  const { people } = directory;
  const roles = prepareRoles(rules, timely.roles, index);
  const scope = scopeVerdicts({ rules, now, directory, index });
  const verdicts = new Map(scope.verdicts.map((verdict) => [verdict.personId, verdict]));
  const seekers = people.flatMap((person) => {
    const verdict = verdicts.get(person.id);
    return verdict?.inScope ? [{ person, email: emailOf(person), verdict }] : [];
  });
  const doubts = directory.complete ? scope.doubts : ['The read of the directory is not complete.'];
  const hasLeft = leftForSure(verdicts, directory, doubts);
  const matches = matchPeople({ seekers, timely, personLinks, hasLeft });
  const joiners = matches.map((match) => ({ match, ...planJoiner(match, { rules, timely, roles }) }));
  const leavers = planLeavers({
    rules,
    now,
    people,
    timely,
    personLinks,
    verdicts,
    doubts,
    ...userIds(matches),
  });
  return { scope, seekers, joiners, leavers, groups: roles.groups };
}

/** Who is known for sure to be gone: a disabled account always, others while the read and the rules leave no doubt. */
function leftForSure(
  verdicts: ReadonlyMap<string, ScopeVerdict>,
  { complete }: DirectorySnapshot,
  doubts: readonly string[],
): (personId: string) => boolean {
  return (personId) => {
    const departure = departureOf(verdicts.get(personId) ?? null);
    if (departure === 'out-of-scope') return doubts.length === 0;
    return departure === 'disabled' || (departure === 'deleted' && complete);
  };
}

/** A user whose match waits may still be removed from somebody who left: so nobody keeps a leaver in by a false address. */
function userIds(matches: readonly Match[]) {
  const idsOf = (some: readonly Match[]) => new Set(some.flatMap(({ user }) => (user ? [user.id] : [])));
  return {
    matchedUserIds: idsOf(matches),
    keptUserIds: idsOf(matches.filter(({ holds }) => holds.length === 0)),
  };
}

function teamPeople(
  { timely, personLinks, directory }: PlanInput,
  joiners: readonly MatchPlan[],
  leavers: LeaverPlan,
  waiting: ReadonlySet<string>,
): TeamPeople {
  const addresses = new Map(timely.users.map((user) => [user.id, user.email]));
  const timelyIds = new Map(personLinks.map((link) => [link.personId, link.timelyId]));
  const managers = new Map(directory.people.map(({ id, managerId }) => [id, managerId]));
  const coming = new Set<string>();
  const there = new Set<string>();
  for (const { match, drafts } of joiners) {
    const personId = match.person.id;
    if (match.user) timelyIds.set(personId, match.user.id);
    const enters = drafts.some(({ kind }) => kind !== 'changeRole');
    if (!enters && isThere(match, timely)) there.add(personId);
    if (enters ? !waiting.has(personId) : there.has(personId)) coming.add(personId);
  }
  const leaving = leavers.drafts.map(({ subject }) => subject.personId);
  const gone = new Set(leaving.filter((personId) => !waiting.has(personId)));
  return {
    isThere: (personId) => there.has(personId),
    isComing: (personId) => coming.has(personId),
    isStaying: (personId) => leavers.stillThere.has(personId) && !gone.has(personId),
    timelyIdOf: (personId) => timelyIds.get(personId) ?? null,
    managerOf: (personId) => managers.get(personId) ?? null,
    addressOf: (timelyId) => addresses.get(timelyId) ?? `user ${timelyId}`,
  };
}

/** A linked user whom an incomplete read of Timely does not show is not taken for missing. */
function isThere({ user, link }: Match, { complete }: TimelySnapshot): boolean {
  return user ? !user.removed : link?.state === 'present' && !complete;
}

function compareChanges(one: PlannedChange, other: PlannedChange): number {
  const idOf = ({ subject }: PlannedChange) =>
    subject.type === 'person' ? subject.personId : subject.source;
  const nameOf = ({ subject }: PlannedChange) => (subject.type === 'person' ? subject.email : subject.name);
  return (
    order[one.kind] - order[other.kind] ||
    compareText(nameOf(one), nameOf(other)) ||
    compareText(idOf(one), idOf(other)) ||
    compareText(one.kind, other.kind) ||
    (one.subject.timelyId ?? 0) - (other.subject.timelyId ?? 0)
  );
}

function compareFindings(one: Finding, other: Finding): number {
  return (
    compareText(one.kind, other.kind) ||
    compareText(one.subject, other.subject) ||
    compareText(one.message, other.message)
  );
}
