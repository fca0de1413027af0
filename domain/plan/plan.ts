/** The plan of a cycle, computed from two snapshots, the links and the rules. Equal input gives an equal plan, byte for byte. */

import type { DirectorySnapshot } from '../people/directory.ts';
import { groupFindings } from '../people/group-findings.ts';
import type { LinkUpdate } from '../people/leavers.ts';
import type { PersonLink, TeamLink } from '../people/link.ts';
import { matchListedAddresses } from '../people/listed-addresses.ts';
import { sensitiveGroups } from '../people/sensitive.ts';
import type { ScopeVerdict } from '../people/verdict.ts';
import type { SyncRules } from '../rules.ts';
import { isSameSet } from '../same-set.ts';
import { desiredTeams } from '../teams/desired-teams.ts';
import { planTeams } from '../teams/plan-teams.ts';
import { orderRenames } from '../teams/rename-order.ts';
import type { TeamLinkUpdate } from '../teams/team-link-updates.ts';
import { compareText } from '../text.ts';
import type { TimelySnapshot } from '../timely.ts';
import {
  type Finding,
  type Hold,
  type PlannedChange,
  type PlannedTeamChange,
  subjectKeyOf,
  subjectTitleOf,
  type TeamSource,
} from './change.ts';
import {
  type Digest,
  personChangeWithFingerprint,
  teamChangeWithFingerprint,
  type UnsignedPersonChange,
} from './fingerprint.ts';
import { compareKinds } from './phases.ts';
import { buildPlanIndex, type PlanIndex } from './plan-index.ts';
import { planPeople, teamPeopleOf } from './plan-people.ts';
import type { NeedsReplan, UnplannedContext } from './unplanned-context.ts';

export interface PlanInput {
  rules: SyncRules;
  /** ISO 8601. */
  now: string;
  directory: DirectorySnapshot;
  timely: TimelySnapshot;
  personLinks: PersonLink[];
  teamLinks: TeamLink[];
  digest: Digest;
  /** Set for a partial plan: `directory`, `timely` and `personLinks` then hold only its own people and users. */
  unplanned?: UnplannedContext | undefined;
}

export interface Plan {
  /** In the order in which they are applied. */
  changes: PlannedChange[];
  /** Holds that planning found, by fingerprint. The gate adds its own. */
  preHolds: ReadonlyMap<string, readonly Hold[]>;
  /**
   * Returns the changes of teams, given the people whose changes wait: joiners stay out of their teams, leavers stay in.
   * `changes` assumes that only people with `preHolds` wait.
   */
  teamChanges(waiting: ReadonlySet<string>): PlannedTeamChange[];
  /** One per person of the directory, sorted by object id. */
  verdicts: ScopeVerdict[];
  findings: Finding[];
  /** How many people in scope need no change. */
  unchanged: number;
  linkUpdates: LinkUpdate[];
  teamLinkUpdates: TeamLinkUpdate[];
  /** Sources of teams that a pattern asks for, with their words, for the gate. */
  teamsByPattern: ReadonlyMap<TeamSource, string>;
  /** People whose planned change of role would end a role that was given by hand (docs/reference/rules.md section 4.3). */
  rolesByHand: ReadonlySet<string>;
  /** People whose link no longer counts their role as given by hand. */
  agreedRoles: readonly string[];
  /** People, users and teams with a change, a finding, or grace days left. */
  needsReplan: NeedsReplan;
  /** What matches each line under `scope`, and each address that `safety` lists, by the label of the line. */
  matchExamples: ReadonlyMap<string, string>;
  /** Links of present people whom a partial plan leaves out. */
  unplannedPresentLinks: number;
  /** Lookup tables over both sides, for the gate. */
  index: PlanIndex;
}

/**
 * Computes the plan: people first, then teams, then one list of changes and one of findings.
 * @throws ConfigurationError when the rules ask for a role that Timely does not have
 */
export function computePlan(input: PlanInput): Plan {
  const { rules, timely, personLinks, digest, unplanned } = input;
  const directory = {
    ...input.directory,
    people: input.directory.people.toSorted((a, b) => compareText(a.id, b.id)),
  };
  const index = buildPlanIndex({ directory, timely, personLinks, unplanned });
  const people = planPeople({ ...input, directory }, index);
  const { joiners, leavers, scope } = people;
  const { changes, preHolds, waiting } = signPersonChanges([...joiners.drafts, ...leavers.drafts], digest);

  const { desired, teams } = planDesiredTeams({ ...input, directory }, index, people);
  const teamPeople = teamPeopleOf(index, people, unplanned);
  const teamChangesFor = (waitingIds: ReadonlySet<string>) =>
    orderRenames(
      teams
        .draft(teamPeople(waitingIds))
        .map((draft) => teamChangeWithFingerprint(draft, digest))
        .sort(compareChanges),
    );
  // The gate mostly lets the same people wait.
  const usualTeamChanges = teamChangesFor(waiting);
  const teamChanges = (waitingIds: ReadonlySet<string>) =>
    isSameSet(waitingIds, waiting) ? usualTeamChanges : teamChangesFor(waitingIds);

  const memberFindings = teams.memberFindings(teamPeople(waiting));
  const sensitive = sensitiveGroups(rules, index.membership.resolve);
  const { people: everyone } = directory;
  const { users } = timely;
  const listed = matchListedAddresses({ rules, people: everyone, users, personLinks, index, unplanned });
  const findings = [
    ...listed.findings,
    ...[joiners, leavers, teams, scope].flatMap((each) => each.findings),
    ...memberFindings.map(({ finding }) => finding),
    ...groupFindings([...people.groups, ...desired.groups, ...sensitive]),
  ];
  return {
    changes: [...changes.sort(compareChanges), ...usualTeamChanges],
    preHolds,
    teamChanges,
    verdicts: scope.verdicts,
    findings: findings.sort(compareFindings),
    unchanged: joiners.unchanged,
    linkUpdates: leavers.linkUpdates,
    teamLinkUpdates: teams.linkUpdates(teamPeople(waiting)),
    teamsByPattern: teams.byPattern,
    rolesByHand: joiners.rolesByHand,
    agreedRoles: joiners.agreedRoles,
    needsReplan: {
      people: new Set([...joiners.needsReplan.people, ...leavers.needsReplan.people]),
      users: new Set([...joiners.needsReplan.users, ...leavers.needsReplan.users]),
      sources: new Set([...teams.sourcesWithFindings, ...memberFindings.map(({ source }) => source)]),
    },
    matchExamples: new Map([...scope.matchExamples, ...listed.matchExamples]),
    unplannedPresentLinks: unplanned?.presentLinks ?? 0,
    index,
  };
}

/** Gives changes of people their fingerprints, and collects the holds and the people who wait by them. */
function signPersonChanges(drafts: readonly UnsignedPersonChange[], digest: Digest) {
  const changes: PlannedChange[] = [];
  const preHolds = new Map<string, readonly Hold[]>();
  const waiting = new Set<string>();
  for (const draft of drafts) {
    const change = personChangeWithFingerprint(draft, digest);
    changes.push(change);
    if (draft.holds.length === 0) continue;
    preHolds.set(change.fingerprint, draft.holds);
    waiting.add(draft.subject.personId);
  }
  return { changes, preHolds, waiting };
}

/** Finds the teams that the rules ask for, and plans them against Timely's. */
function planDesiredTeams(input: PlanInput, index: PlanIndex, { candidates }: ReturnType<typeof planPeople>) {
  const { rules, directory, timely, teamLinks, unplanned } = input;
  const { groups } = directory;
  const inScope = candidates.map(({ verdict }) => verdict);
  const desired = desiredTeams({ rules, index: index.membership, groups, inScope, unplanned });
  const mayTakeOut = directory.complete && timely.complete;
  const teams = planTeams({ rules, desired, groups, mayTakeOut, timely, teamLinks, unplanned });
  return { desired, teams };
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
