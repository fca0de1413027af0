/** Plans for people in scope: invite, reinstate, link, change the role. */
import type { Match } from '../identity/matching.ts';
import { memoize } from '../lazy.ts';
import type { Finding, Hold, PersonSubject } from '../plan/change.ts';
import type { UnsignedPersonChange } from '../plan/fingerprint.ts';
import type { PlanIndex } from '../plan/plan-index.ts';
import type { NeedsReplan } from '../plan/unplanned-context.ts';
import type { SyncRules } from '../rules.ts';
import { sameText } from '../text.ts';
import type { TimelySnapshot, TimelyUser } from '../timely.ts';
import { isSameAddress } from './address.ts';
import {
  driftFindings,
  fallbackFindings,
  joinerFinding,
  nameFindings,
  noAddressFinding,
  roleFindings,
} from './joiner-findings.ts';
import type { PreparedRoles } from './roles.ts';
import { currentRole, isAgreed, isByHand, isGiven } from './roles-by-hand.ts';

interface JoinerContext {
  rules: Pick<SyncRules, 'leavers' | 'names' | 'roles'>;
  timely: Pick<TimelySnapshot, 'complete'>;
  roles: PreparedRoles;
  index: Pick<PlanIndex, 'linkOfUser'>;
}

interface PlanContext extends JoinerContext {
  /** Why a person is linked. Equal reasons share one string, which saves memory in a first plan. */
  reasonOf(how: Match['how'], scope: string): string;
}

interface PersonSteps {
  drafts: UnsignedPersonChange[];
  findings: Finding[];
}

/** Why a Timely user belongs to the person. */
const matchReasons: Record<Match['how'], string> = {
  link: 'returned: linked before',
  'external-id': 'same-external-id: an earlier invitation of the sync',
  email: 'same-email: Timely has a user with this address',
  rehire: 'rehired: the Timely user with this address belonged to a person who left',
  moved: 'moved: the Timely user with this address belonged to the same person in another directory',
  new: 'joiner',
};

/** The plan for all people in scope, with what the plans for teams and leavers need to know. */
export interface JoinerPlan extends PersonSteps {
  /** How many people need no change. */
  unchanged: number;
  /** Object ids of people who are in Timely and stay. */
  present: ReadonlySet<string>;
  /** Object ids of people whom the plan invites, reinstates or links. */
  entering: ReadonlySet<string>;
  /** Timely user ids of people whose match differs from their link. */
  userOf: ReadonlyMap<string, number>;
  /** Timely users who are matched with a person in scope, even while the match waits. */
  matchedUserIds: ReadonlySet<number>;
  /** Those of `matchedUserIds` whose match waits. */
  waitingUserIds: ReadonlySet<number>;
  /** People whose planned change of role would end a role that was given by hand. */
  rolesByHand: ReadonlySet<string>;
  /** People whose role was given by hand, and is now the one that the tenant file gives them. */
  agreedRoles: readonly string[];
  /**
   * People with a change or finding, and the users matched with them: the next plan needs both, because a match by address
   * is lost when the person is gone. All other people in scope are linked to a present user.
   */
  needsReplan: Pick<NeedsReplan, 'people' | 'users'>;
}

/** Plans each match. Keeps nothing about people without changes, so that 100,000 people fit into memory. */
export function planJoiners(matches: readonly Match[], context: JoinerContext): JoinerPlan {
  const reasons = memoize((how: Match['how']) =>
    memoize((scope: string) => `${matchReasons[how]}; ${scope}`),
  );
  const planContext = { ...context, reasonOf: (how: Match['how'], scope: string) => reasons(how)(scope) };
  const drafts: UnsignedPersonChange[] = [];
  const findings: Finding[] = [];
  const present = new Set<string>();
  const entering = new Set<string>();
  const userOf = new Map<string, number>();
  const matchedUserIds = new Set<number>();
  const waitingUserIds = new Set<number>();
  const rolesByHand = new Set<string>();
  const agreedRoles: string[] = [];
  const needsReplan = { people: new Set<string>(), users: new Set<number>() };
  let unchanged = 0;
  for (const match of matches) {
    const { person, user, link, holds } = match;
    const steps = planJoiner(match, planContext);
    for (const draft of steps.drafts) drafts.push(draft);
    for (const each of steps.findings) findings.push(each);
    if (steps.drafts.length === 0) unchanged += 1;
    if (isByHand(match, context)) {
      if (steps.drafts.some(({ kind }) => kind === 'changeRole')) rolesByHand.add(person.id);
      else if (isAgreed(match, context)) agreedRoles.push(person.id);
    }
    const isInSync = steps.drafts.length + steps.findings.length === 0 && user?.removed === false;
    if (!isInSync) needsReplan.people.add(person.id);
    if (!isInSync && user) needsReplan.users.add(user.id);
    if (steps.drafts.some(({ kind }) => kind !== 'changeRole')) entering.add(person.id);
    else if (isPresent(match, context.timely)) present.add(person.id);
    if (!user) continue;
    if (user.id !== link?.timelyId) userOf.set(person.id, user.id);
    matchedUserIds.add(user.id);
    if (holds.length > 0) waitingUserIds.add(user.id);
  }
  return {
    drafts,
    findings,
    unchanged,
    present,
    entering,
    userOf,
    matchedUserIds,
    waitingUserIds,
    rolesByHand,
    agreedRoles,
    needsReplan,
  };
}

/** A linked user missing from an incomplete read of Timely still counts as present. */
function isPresent({ user, link }: Match, { complete }: Pick<TimelySnapshot, 'complete'>): boolean {
  return user ? !user.removed : link?.state === 'present' && !complete;
}

/** Plans for one matched person. The holds of the match apply to each of their changes. */
function planJoiner(match: Match, context: PlanContext): PersonSteps {
  const { user, link, how } = match;
  const wanted = context.roles.wantedRole(match.verdict, currentRole(match, context));
  const findings: Finding[] = [];
  if (match.email === null) findings.push(noAddressFinding(match));
  findings.push(...fallbackFindings(match));
  findings.push(...driftFindings(match, context.rules.names));
  const plan = (...drafts: UnsignedPersonChange[]): PersonSteps => ({ drafts, findings });
  const ownLink = how === 'link' && link ? link : null;

  if (user && !user.removed) {
    const isLinked = ownLink?.state === 'present';
    if (isLinked) findings.push(...roleFindings(match, user, wanted));
    const roleChange = sameText(user.role, wanted) ? [] : [changeRole(match, user, wanted, context.roles)];
    return plan(...(isLinked ? [] : [linkUser(match, user, wanted, context)]), ...roleChange);
  }
  if (ownLink && !user && !context.timely.complete) return plan();
  if (ownLink?.state === 'present') return planRemovedByHand(match, wanted, context, findings);
  if (user || ownLink) return plan(reinstate(match, wanted, `${matchReasons[how]}; ${match.verdict.reason}`));
  if (match.email === null) return plan();
  return {
    drafts: [invite(match, match.email, wanted)],
    findings: [...findings, ...nameFindings(match, match.email, context.rules.names)],
  };
}

/** An invitation to a former address that was removed before it was accepted: it was removed because it cannot be changed. */
const isOutdatedInvitation = ({ user, email }: Match): boolean =>
  user?.removed === true && user.pending === true && email !== null && !isSameAddress(user.email, email);

const removalPolicies: Record<SyncRules['leavers']['removedInTimely'], string> = {
  respect: 'the sync leaves it so',
  restore: 'the sync reinstates them',
  ask: 'reinstating them needs approval',
};

function planRemovedByHand(
  match: Match,
  role: string,
  { rules }: JoinerContext,
  findings: Finding[],
): PersonSteps {
  const policy = rules.leavers.removedInTimely;
  const message = `${match.person.name} is in scope, but was removed in Timely by hand; ${removalPolicies[policy]}.`;
  const allFindings = [...findings, joinerFinding('removed-in-timely', match, message)];
  if (policy === 'respect') return { drafts: [], findings: allFindings };
  const reason = `removed-by-hand: removed in Timely by hand; ${match.verdict.reason}`;
  const returning = reinstate(match, role, reason);
  const { email } = match;
  const isInvited = email !== null && isOutdatedInvitation(match);
  const draft = isInvited ? { ...invite(match, email, role), reason } : returning;
  const detail = 'This person was removed in Timely by hand, but the rules want them there.';
  const holds: Hold[] = policy === 'ask' ? [{ rule: 'removed-by-hand', detail }] : [];
  return { drafts: [{ ...draft, holds: [...draft.holds, ...holds] }], findings: allFindings };
}

function invite(match: Match, email: string, role: string): UnsignedPersonChange {
  const subject = { ...subjectOf(match), timelyId: null, email };
  const reason = `${matchReasons.new}: ${match.verdict.reason}`;
  return { kind: 'invite', subject, reason, before: null, after: { role }, holds: match.holds };
}

function reinstate(match: Match, role: string, reason: string): UnsignedPersonChange {
  return {
    kind: 'reinstate',
    subject: subjectOf(match),
    reason,
    before: null,
    after: { role },
    holds: match.holds,
  };
}

function linkUser(
  match: Match,
  { role }: TimelyUser,
  wanted: string,
  context: PlanContext,
): UnsignedPersonChange {
  // A role that a line gives is the sync's from the start: it ends when the line fits no more.
  const isByLine = sameText(role, wanted) && isGiven(match, context);
  const state = isByLine ? { role } : { role, byHand: true as const };
  const reason = context.reasonOf(match.how, match.verdict.reason);
  return { kind: 'link', subject: subjectOf(match), reason, before: state, after: state, holds: match.holds };
}

function changeRole(
  match: Match,
  user: TimelyUser,
  role: string,
  roles: JoinerContext['roles'],
): UnsignedPersonChange {
  const doubt = roles.doubtAboutLowering(match.verdict, user.role, role);
  const detail = `${match.person.name} stays ${user.role} while a line may give them that role: ${doubt}`;
  return {
    kind: 'changeRole',
    subject: subjectOf(match),
    reason: `role: the rules want ${role}, Timely has ${user.role}`,
    before: { role: user.role },
    after: { role },
    holds: doubt === null ? match.holds : [...match.holds, { rule: 'unresolved-group', detail }],
  };
}

function subjectOf({ person, email, user, link }: Match): PersonSubject {
  return {
    type: 'person',
    personId: person.id,
    timelyId: user?.id ?? link?.timelyId ?? null,
    email: email ?? user?.email ?? link?.email ?? '',
    name: person.name,
  };
}
