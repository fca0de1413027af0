/** The plan of a cycle: arithmetic on two snapshots, the links and the rules. Same input, same plan, byte for byte. */

import type { DirectorySnapshot } from '../people/directory.ts';
import { groupFindings } from '../people/group-findings.ts';
import type { LinkUpdate } from '../people/leavers.ts';
import type { PersonLink, TeamLink } from '../people/link.ts';
import { planPeople, teamPeopleOf } from '../people/plan-people.ts';
import { sensitiveGroups } from '../people/sensitive.ts';
import type { ScopeVerdict } from '../people/verdict.ts';
import type { SyncRules } from '../rules.ts';
import { desiredTeams } from '../teams/desired-teams.ts';
import { planTeams } from '../teams/plan-teams.ts';
import { compareText } from '../text.ts';
import type { TimelySnapshot } from '../timely.ts';
import type {
  ChangeKind,
  Finding,
  Hold,
  PersonSubject,
  PlannedChange,
  PlannedTeamChange,
  TeamSubject,
} from './change.ts';
import type { Digest } from './fingerprint.ts';
import { personChangeWithFingerprint, teamChangeWithFingerprint } from './fingerprint.ts';
import { buildPlanIndex, type PlanIndex } from './plan-index.ts';
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
  unplannedPresentLinks: number;
  /** Both sides by their keys, for the gate. */
  index: PlanIndex;
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
    unplannedPresentLinks: unplanned?.presentLinks ?? 0,
    index,
  };
}

function compareChanges(one: PlannedChange, other: PlannedChange): number {
  return (
    order[one.kind] - order[other.kind] ||
    compareText(nameOf(one.subject), nameOf(other.subject)) ||
    compareText(idOf(one.subject), idOf(other.subject)) ||
    compareText(one.kind, other.kind) ||
    (one.subject.timelyId ?? 0) - (other.subject.timelyId ?? 0)
  );
}

const idOf = (subject: PersonSubject | TeamSubject) =>
  subject.type === 'person' ? subject.personId : subject.source;
const nameOf = (subject: PersonSubject | TeamSubject) =>
  subject.type === 'person' ? subject.email : subject.name;

function compareFindings(one: Finding, other: Finding): number {
  return (
    compareText(one.kind, other.kind) ||
    compareText(one.subject, other.subject) ||
    compareText(one.message, other.message)
  );
}
