/** What is to be done for people in scope: invite, take back, link, change the role. */

import { memoize } from '../lazy.ts';
import type { Finding, PersonSubject } from '../plan/change.ts';
import type { NeedsReplan } from '../plan/unplanned-context.ts';
import type { Hold, UnsignedPersonChange } from '../plan/unsigned-change.ts';
import type { SyncRules } from '../rules.ts';
import { foldText, sameText } from '../text.ts';
import type { TimelySnapshot, TimelyUser } from '../timely.ts';
import type { Match } from './matching.ts';
import { type NameRules, nameForTimely } from './names.ts';
import type { PreparedRoles } from './roles.ts';

interface JoinerContext {
  rules: Pick<SyncRules, 'leavers' | 'names'>;
  timely: Pick<TimelySnapshot, 'complete'>;
  roles: PreparedRoles;
}

interface PlanContext extends JoinerContext {
  /** Why somebody is linked: in a first plan one text for all whom it fits. */
  reasonOf(how: Match['how'], scope: string): string;
}

interface PersonSteps {
  drafts: UnsignedPersonChange[];
  findings: Finding[];
}

/** Why an unlinked Timely user is taken for the person. */
const matchReasons: Record<Match['how'], string> = {
  link: 'returned: linked before',
  'external-id': 'same-external-id: an earlier invitation of the sync',
  email: 'same-email: Timely knows the address',
  rehire: 'rehired: the Timely user of somebody who left, known by the address',
  new: 'joiner',
};

/** What is to be done for everybody in scope, and what teams and leavers need to know of them. */
export interface JoinerPlan extends PersonSteps {
  /** How many people have nothing to be done. */
  unchanged: number;
  /** People who are in Timely and stay. */
  present: ReadonlySet<string>;
  /** People who come into Timely or are linked by the plan. */
  entering: ReadonlySet<string>;
  /** Timely users of those who are matched with another one than their link says. */
  userOf: ReadonlyMap<string, number>;
  /** Timely users who stand for somebody in scope, even while that waits. */
  matchedUserIds: ReadonlySet<number>;
  /** Those of them whose match waits. */
  waitingUserIds: ReadonlySet<number>;
  /**
   * People with something to be done or told, and the users found for them: by an address, say, which is gone when the
   * person is. Everybody else in scope is linked to a present user.
   */
  needsReplan: Pick<NeedsReplan, 'people' | 'users'>;
}

/** Plans for one match after the other; at 100,000 people nothing is kept of those with nothing to be done. */
export function planJoiners(matches: readonly Match[], context: JoinerContext): JoinerPlan {
  const reasons = memoize((how: Match['how']) =>
    memoize((scope: string) => `${matchReasons[how]}; ${scope}`),
  );
  const planContext = { ...context, reasonOf: (how: Match['how'], scope: string) => reasons(how)(scope) };
  const drafts: UnsignedPersonChange[] = [];
  const findings: Finding[] = [];
  const there = new Set<string>();
  const entering = new Set<string>();
  const userOf = new Map<string, number>();
  const matchedUserIds = new Set<number>();
  const waitingUserIds = new Set<number>();
  const needsReplan = { people: new Set<string>(), users: new Set<number>() };
  let unchanged = 0;
  for (const match of matches) {
    const { person, user, link, holds } = match;
    const made = planJoiner(match, planContext);
    for (const draft of made.drafts) drafts.push(draft);
    for (const each of made.findings) findings.push(each);
    if (made.drafts.length === 0) unchanged += 1;
    const isSettled = made.drafts.length + made.findings.length === 0 && user?.removed === false;
    if (!isSettled) needsReplan.people.add(person.id);
    if (!isSettled && user) needsReplan.users.add(user.id);
    if (made.drafts.some(({ kind }) => kind !== 'changeRole')) entering.add(person.id);
    else if (isThere(match, context.timely)) there.add(person.id);
    if (!user) continue;
    if (user.id !== link?.timelyId) userOf.set(person.id, user.id);
    matchedUserIds.add(user.id);
    if (holds.length > 0) waitingUserIds.add(user.id);
  }
  return {
    drafts,
    findings,
    unchanged,
    present: there,
    entering,
    userOf,
    matchedUserIds,
    waitingUserIds,
    needsReplan,
  };
}

/** A linked user whom an incomplete read of Timely does not show is not taken for missing. */
function isThere({ user, link }: Match, { complete }: Pick<TimelySnapshot, 'complete'>): boolean {
  return user ? !user.removed : link?.state === 'present' && !complete;
}

/** Changes and findings for one matched person. Holds of the match are on each of the changes. */
function planJoiner(match: Match, context: PlanContext): PersonSteps {
  const { user, link, how } = match;
  const wanted = context.roles.wantedRole(match.verdict, user?.removed === false ? user.role : null);
  const findings: Finding[] = [];
  if (match.email === null) findings.push(noAddress(match));
  findings.push(...driftFindings(match, context.rules.names));
  const plan = (...drafts: UnsignedPersonChange[]): PersonSteps => ({ drafts, findings });
  const ours = how === 'link' && link ? link : null;

  if (user && !user.removed) {
    const isLinked = ours?.state === 'present';
    if (isLinked) findings.push(...roleFindings(match, user, wanted));
    const roleChange = sameText(user.role, wanted) ? [] : [changeRole(match, user, wanted)];
    return plan(...(isLinked ? [] : [adopt(match, user, context)]), ...roleChange);
  }
  if (ours && !user && !context.timely.complete) return plan();
  if (ours?.state === 'present') return removedByHand(match, wanted, context, findings);
  if (user || ours) return plan(reinstate(match, wanted, `${matchReasons[how]}; ${match.verdict.reason}`));
  if (match.email === null) return plan();
  return {
    drafts: [invite(match, match.email, wanted)],
    findings: [...findings, ...nameFindings(match, match.email, context.rules.names)],
  };
}

const removalPolicies: Record<SyncRules['leavers']['removedInTimely'], string> = {
  respect: 'that is respected',
  restore: 'they are taken back',
  ask: 'somebody is asked whether to take them back',
};

function removedByHand(
  match: Match,
  role: string,
  { rules }: JoinerContext,
  findings: Finding[],
): PersonSteps {
  const policy = rules.leavers.removedInTimely;
  const message = `${match.person.name} is in scope and was removed in Timely by hand; ${removalPolicies[policy]}.`;
  const told = [...findings, finding('removed-in-timely', match, message)];
  if (policy === 'respect') return { drafts: [], findings: told };
  const draft = reinstate(match, role, `removed-by-hand: removed in Timely by hand; ${match.verdict.reason}`);
  const detail = 'Somebody removed this person in Timely by hand, while the rules want them there.';
  const asks: Hold[] = policy === 'ask' ? [{ rule: 'removed-by-hand', detail }] : [];
  return { drafts: [{ ...draft, holds: [...draft.holds, ...asks] }], findings: told };
}

function invite(match: Match, email: string, role: string): UnsignedPersonChange {
  const subject = { ...subjectOf(match), email };
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

function adopt(match: Match, { role }: TimelyUser, { reasonOf }: PlanContext): UnsignedPersonChange {
  const state = { role };
  return {
    kind: 'link',
    subject: subjectOf(match),
    reason: reasonOf(match.how, match.verdict.reason),
    before: state,
    after: state,
    holds: match.holds,
  };
}

function changeRole(match: Match, user: TimelyUser, role: string): UnsignedPersonChange {
  return {
    kind: 'changeRole',
    subject: subjectOf(match),
    reason: `role: the rules want ${role}, Timely has ${user.role}`,
    before: { role: user.role },
    after: { role },
    holds: match.holds,
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

function noAddress(match: Match): Finding {
  const message = `${match.person.name} is in scope and has no address that Timely takes, so nobody is invited. Give them a mail address in the directory.`;
  return finding('no-email', match, message);
}

/** Timely refuses digits in names (docs/reference/timely-api.md section 2.4), and what `names.refused` lists. */
function nameFindings(match: Match, email: string, rules: NameRules): Finding[] {
  const { name, leftOut } = nameForTimely(match.person.name, email, rules);
  if (leftOut === '') return [];
  const message = `Timely refuses "${leftOut}" in names, so "${match.person.name}" is invited as "${name}". For another name write it into the tenant file under names.instead; once they are invited, only they can change it.`;
  return [
    finding(/\p{Nd}/u.test(leftOut) ? 'name-has-digits' : 'name-has-refused-characters', match, message),
  ];
}

/** Name and address can be changed only by the person themself (docs/reference/timely-api.md section 2.5). */
function driftFindings(match: Match, rules: NameRules): Finding[] {
  const { person, email, user } = match;
  if (!user || match.how !== 'link') return [];
  const wanted = nameForTimely(person.name, email ?? '', rules).name;
  const differences = [
    ...(sameName(user.name, wanted, rules) ? [] : [`name "${person.name}"`]),
    ...(email === null || sameText(user.email, email) ? [] : [`address ${email}`]),
  ];
  if (differences.length === 0) return [];
  const message = `The directory has the ${differences.join(' and the ')}, Timely has "${user.name}" ${user.email}. Only that person can change it, in Timely.`;
  return [finding('cannot-change', match, message)];
}

/** The role that the rules want is the one we left, and Timely has another. */
function roleFindings(match: Match, { role }: TimelyUser, wanted: string): Finding[] {
  const left = match.link?.role ?? null;
  if (left === null || !sameText(left, wanted) || sameText(role, wanted)) return [];
  const message = `${match.person.name} was made ${role} in Timely by hand; the rules want ${wanted}, and that is given back.`;
  return [finding('role-changed-by-hand', match, message)];
}

const sameName = (one: string, other: string, rules: NameRules) =>
  one === other || foldText(nameForTimely(one, '', rules).name) === foldText(other);

const finding = (kind: string, { email, person }: Match, message: string): Finding => ({
  kind,
  subject: email ?? person.userPrincipalName,
  message,
});
