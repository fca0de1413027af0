/**
 * Roles of people who were in Timely before the sync linked them (docs/reference/rules.md section 4.3). Such a role counts as
 * given by hand until the tenant file gives the person one.
 */

import type { Match } from '../identity/matching.ts';
import type { PlanIndex } from '../plan/plan-index.ts';
import type { SyncRules } from '../rules.ts';
import { sameText } from '../text.ts';
import { type CurrentRole, type PreparedRoles, teamLeadRole } from './roles.ts';

interface RoleContext {
  rules: Pick<SyncRules, 'roles'>;
  roles: PreparedRoles;
  index: Pick<PlanIndex, 'linkOfUser'>;
}

/** Whether the role of the matched user was given by hand. The link knows; a present user without one was never ours. */
export function isByHand({ user }: Match, { index }: Pick<RoleContext, 'index'>): boolean {
  if (!user) return false;
  const link = index.linkOfUser(user.id);
  return link ? link.roleByHand === true : !user.removed;
}

/** Whether a linked person has the role that the tenant file gives them, so that it counts as given by the sync. */
export function isAgreed(match: Match, context: Pick<RoleContext, 'rules' | 'roles'>): boolean {
  const { user, link } = match;
  return user?.removed === false && link?.timelyId === user.id && isGiven(match, context);
}

/** Whether the tenant file gives the person a role, so that one by hand does not count. */
export const isGiven = (
  { verdict }: Match,
  { roles, rules }: Pick<RoleContext, 'rules' | 'roles'>,
): boolean => rules.roles.adopted === 'rules' || roles.isNamed(verdict);

/** The role that the person has, or had when they were removed, where an invitation can give it back. */
export function currentRole(match: Match, context: Pick<RoleContext, 'index'>): CurrentRole {
  const { user } = match;
  const byHand = isByHand(match, context);
  const isKnown = user?.removed === false || (byHand && user && !sameText(user.role, teamLeadRole));
  return { role: isKnown ? user.role : null, byHand };
}
