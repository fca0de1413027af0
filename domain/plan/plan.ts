/** The plan of a cycle: arithmetic on two snapshots, the links and the rules. Same input, same plan, byte for byte. */

import type { DirectorySnapshot } from '../people/directory.ts';
import { groupFindings } from '../people/group-findings.ts';
import { type JoinerPlan, planJoiners } from '../people/joiners.ts';
import { departureOf, type LeaverPlan, type LinkUpdate, planLeavers } from '../people/leavers.ts';
import type { PersonLink, TeamLink } from '../people/link.ts';
import { type MatchCandidate, matchPeople } from '../people/matching.ts';
import { buildMembershipIndex } from '../people/membership.ts';
import { prepareRoles } from '../people/roles.ts';
import { type ScopeVerdict, scopeVerdicts } from '../people/scope.ts';
import { sensitiveGroups } from '../people/sensitive.ts';
import type { SyncRules } from '../rules.ts';
import type { TeamPeople } from '../teams/bound-team.ts';
import { desiredTeams } from '../teams/desired-teams.ts';
import { planTeams } from '../teams/plan-teams.ts';
import { compareText } from '../text.ts';
import type { TimelySnapshot } from '../timely.ts';
import { type Finding, type PlannedChange, subjectKeyOf, subjectTitleOf, type TeamSource } from './change.ts';
import type { Digest } from './fingerprint.ts';
import { compareKinds } from './phases.ts';
import { buildPlanIndex, type PlanIndex } from './plan-index.ts';
import type { NeedsReplan, UnplannedContext } from './unplanned-context.ts';
import {
  type Hold,
  type PlannedTeamChange,
  personChangeWithFingerprint,
  teamChangeWithFingerprint,
} from './unsigned-change.ts';

export interface PlanInput {
  rules: SyncRules;
  /** ISO 8601. */
  now: string;
  directory: DirectorySnapshot;
  timely: TimelySnapshot;
  personLinks: PersonLink[];
  teamLinks: TeamLink[];
  digest: Digest;
  /** Given for the plan of a part: `directory`, `timely` and `personLinks` have that part only. */
  unplanned?: UnplannedContext | undefined;
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
  /** Who and what the plan leaves with something to be done, told, or waited for. */
  needsReplan: NeedsReplan;
  /** For each line under `scope` that fits somebody one of them, by the line's label. */
  matchExamples: ReadonlyMap<string, string>;
  /** Links of present people whom the plan of a part leaves out. */
  presentLinksLeftOut: number;
  /** Both sides by their keys, for the gate. */
  index: PlanIndex;
}

/**
 * Makes the plan.
 * @throws ConfigurationError when the rules ask for a role that Timely does not have
 */
export function computePlan(input: PlanInput): Plan {
  const { rules, timely, personLinks, teamLinks, digest, unplanned } = input;
  const directory = {
    ...input.directory,
    people: input.directory.people.toSorted((a, b) => compareText(a.id, b.id)),
  };
  const { groups } = directory;
  const index = buildPlanIndex({ directory, timely, personLinks, unplanned });
  const { membership } = index;
  const people = planPeople({ ...input, directory }, index);
  const { leavers, joiners } = people;

  const boundSources = teamLinks.map((link) => link.source);
  const inScope = people.candidates.map(({ verdict }) => verdict);
  const desired = desiredTeams({ rules, index: membership, groups, inScope, boundSources, unplanned });
  const mayTakeOut = directory.complete && timely.complete;
  const teams = planTeams({ rules, desired, groups, mayTakeOut, timely, teamLinks, unplanned });
  const teamPeople = teamPeopleOf(index, people, unplanned);
  const teamChanges = (waiting: ReadonlySet<string>) =>
    teams
      .draft(teamPeople(waiting))
      .map((draft) => teamChangeWithFingerprint(draft, digest))
      .sort(compareChanges);

  const changes: PlannedChange[] = [];
  const preHolds = new Map<string, readonly Hold[]>();
  const waiting = new Set<string>();
  for (const draft of [...joiners.drafts, ...leavers.drafts]) {
    const change = personChangeWithFingerprint(draft, digest);
    changes.push(change);
    if (draft.holds.length === 0) continue;
    preHolds.set(change.fingerprint, draft.holds);
    waiting.add(draft.subject.personId);
  }
  const memberFindings = teams.memberFindings(teamPeople(waiting));
  const named = [...people.groups, ...desired.groups, ...sensitiveGroups(rules, membership.resolve)];
  return {
    changes: [...changes.sort(compareChanges), ...teamChanges(waiting)],
    preHolds,
    teamChanges,
    verdicts: people.scope.verdicts,
    findings: [joiners, leavers, teams, people.scope]
      .flatMap((each) => each.findings)
      .concat(
        memberFindings.map(({ finding }) => finding),
        groupFindings(named),
      )
      .sort(compareFindings),
    unchanged: joiners.unchanged,
    linkUpdates: leavers.linkUpdates,
    needsReplan: {
      people: new Set([...joiners.needsReplan.people, ...leavers.needsReplan.people]),
      users: new Set([...joiners.needsReplan.users, ...leavers.needsReplan.users]),
      sources: new Set([...teams.sourcesWithFindings, ...memberFindings.map(({ source }) => source)]),
    },
    matchExamples: people.scope.matchExamples,
    presentLinksLeftOut: unplanned?.presentLinks ?? 0,
    index,
  };
}

/**
 * The teams that the plan of a part has to make: those of `sources` that the rules or a link know, and those that somebody of
 * the part belongs into now.
 */
export function sourcesOfPartialPlan(
  input: Omit<PlanInput, 'digest' | 'timely' | 'personLinks'> & { sources: readonly TeamSource[] },
): Set<TeamSource> {
  const { rules, now, directory, teamLinks, unplanned } = input;
  const index = buildMembershipIndex(directory);
  const { verdicts } = scopeVerdicts({ rules, now, directory, index, unplanned });
  const inScope = verdicts.filter((verdict) => verdict.inScope);
  const boundSources = teamLinks.map((link) => link.source);
  const { groups } = directory;
  const { teams } = desiredTeams({ rules, index, groups, inScope, boundSources, unplanned });
  const known = new Set([...boundSources, ...teams.map(({ source }) => source)]);
  const entered = teams.filter(({ personIds }) => personIds.length > 0).map(({ source }) => source);
  return new Set([...input.sources.filter((source) => known.has(source)), ...entered]);
}

/** Who is in scope, whom each of them is in Timely, and what is to be done for them and about those who left. */
function planPeople(input: PlanInput, index: PlanIndex) {
  const { rules, now, directory, timely, personLinks } = input;
  const { people } = directory;
  const roles = prepareRoles(rules, timely.roles, index.membership);
  const scope = scopeVerdicts({ rules, now, directory, index: index.membership, unplanned: input.unplanned });
  const verdicts = new Map<string, ScopeVerdict>();
  for (const verdict of scope.verdicts) verdicts.set(verdict.personId, verdict);
  const candidates: MatchCandidate[] = [];
  for (const person of people) {
    const verdict = verdicts.get(person.id);
    if (verdict?.inScope) candidates.push({ person, email: verdict.email, verdict });
  }
  const doubts = directory.complete ? scope.doubts : ['The read of the directory is not complete.'];
  const hasLeft = leftForSure(verdicts, directory, doubts);
  const matches = matchPeople({ candidates, timely, personLinks, index, hasLeft });
  const joiners = planJoiners(matches, { rules, timely, roles });
  const { matchedUserIds, waitingUserIds } = joiners;
  const leavers = planLeavers({
    rules,
    now,
    people,
    timely,
    personLinks,
    index,
    verdicts,
    doubts,
    matchedUserIds,
    waitingUserIds,
  });
  return { scope, candidates, joiners, leavers, groups: roles.groups };
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

/** What teams need to know of people, for the case that these wait. */
function teamPeopleOf(
  index: PlanIndex,
  { joiners, leavers }: { joiners: JoinerPlan; leavers: LeaverPlan },
  unplanned: UnplannedContext | undefined,
) {
  const { present: there, entering, userOf } = joiners;
  const settled = new Set(unplanned?.people.map(({ personId }) => personId));
  const leaving = new Set(leavers.drafts.map(({ subject }) => subject.personId));
  return (waiting: ReadonlySet<string>): TeamPeople => ({
    isPresent: (personId) => there.has(personId) || settled.has(personId),
    isComing: (personId) =>
      entering.has(personId) ? !waiting.has(personId) : there.has(personId) || settled.has(personId),
    isStaying: (personId) =>
      leavers.stillPresent.has(personId) && !(leaving.has(personId) && !waiting.has(personId)),
    // Whose match waits is still whom their link says.
    timelyIdOf: (personId) =>
      (waiting.has(personId) ? null : userOf.get(personId)) ?? index.linkedUserOf(personId),
    managerOf: (personId) => index.person(personId)?.managerId ?? null,
    addressOf: (timelyId) =>
      index.user(timelyId)?.email ?? unplanned?.addresses.get(timelyId) ?? `user ${timelyId}`,
  });
}

function compareChanges(one: PlannedChange, other: PlannedChange): number {
  return (
    compareKinds(one.kind, other.kind) ||
    compareText(subjectTitleOf(one.subject), subjectTitleOf(other.subject)) ||
    compareText(subjectKeyOf(one.subject), subjectKeyOf(other.subject)) ||
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
