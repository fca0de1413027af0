/** Groups of Okta, and which of them the tenant file needs. */
import { z } from 'zod';
import { objectId } from '../../odd-records.ts';

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
