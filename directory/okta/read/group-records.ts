/** Groups of Okta, and which of them the tenant file needs. */
import { z } from 'zod';
import { matchPattern } from '../../../domain/teams/desired-teams.ts';
import { foldText } from '../../../domain/text.ts';
import { objectId } from '../../odd-records.ts';
import type { NeededGroups } from '../../source.ts';

const instantText = z.string().refine((text) => !Number.isNaN(Date.parse(text)));
const flag = z.boolean().nullish().catch(null);

/** What Okta counts about a group. One of the two spellings is a mistake of Okta's (docs/reference/okta.md section 1). */
const stats = z.looseObject({
  usersCount: z.int().nonnegative().nullish().catch(null),
  hasAdminPrivilege: flag,
  hasAdminPrivlege: flag,
});

export const oktaGroup = z.looseObject({
  id: objectId,
  lastUpdated: instantText.nullish().catch(null),
  lastMembershipUpdated: instantText.nullish().catch(null),
  profile: z.looseObject({ name: z.string().min(1).max(1_000) }),
  _embedded: z
    .looseObject({ stats: stats.nullish().catch(null) })
    .nullish()
    .catch(null),
});
export type OktaGroup = z.output<typeof oktaGroup>;

/** Its own count of all members, deactivated ones too; null when it does not say. */
export const countOf = ({ _embedded }: OktaGroup): number | null => _embedded?.stats?.usersCount ?? null;

/** Whether its members hold an administrator role, as far as the list says: a hint. Null: it does not say. */
export function hasRoleHint({ _embedded }: OktaGroup): boolean | null {
  const { hasAdminPrivilege = null, hasAdminPrivlege = null } = _embedded?.stats ?? {};
  if (hasAdminPrivilege || hasAdminPrivlege) return true;
  return hasAdminPrivilege ?? hasAdminPrivlege;
}

/** Whether the tenant file needs the members of a group. `others`: object ids of further groups that it needs. */
export function neededCheck(
  { names, patterns, bound = [] }: NeededGroups,
  others: readonly string[],
): (group: Pick<OktaGroup, 'id' | 'profile'>) => boolean {
  const known = new Set([...names, ...bound, ...others].map(foldText));
  return ({ id, profile: { name } }) =>
    known.has(foldText(id)) ||
    known.has(foldText(name)) ||
    patterns.some((pattern) => matchPattern(pattern, name) !== null);
}
