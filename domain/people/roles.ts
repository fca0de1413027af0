/** Which Timely role somebody should have. */
import { ConfigurationError } from '../errors.ts';
import type { SyncRules } from '../rules.ts';
import { sameText } from '../text.ts';
import type { TimelyRole, TimelyUser } from '../timely.ts';
import type { NamedGroup } from './group-findings.ts';
import type { MembershipIndex } from './membership.ts';
import type { ScopeVerdict } from './scope.ts';

export const adminRole = 'admin';
/** Given by Timely to whoever leads a team, and not to be given otherwise (docs/reference/timely-api.md section 4). */
export const teamLeadRole = 'team_lead';

/**
 * A user whose role has the name that the account gives it: an answer may have the role's id alone
 * (docs/reference/timely-api.md section 2.1).
 */
export function withRoleName(user: TimelyUser, roles: readonly TimelyRole[]): TimelyUser {
  const role = roles.find(({ id }) => id === user.roleId);
  return role ? { ...user, role: role.name } : user;
}

export interface PreparedRoles {
  /** Role wanted for a person in scope, as Timely spells it. `currentRole` is null for whoever is not in Timely. */
  wantedRole(verdict: ScopeVerdict, currentRole: string | null): string;
  /** The groups that the role rules name. */
  groups: NamedGroup[];
}

/**
 * Makes the role rules ready: the first line of `roles.rules` that fits, else the role of the include rule, else the
 * default. Whoever has the role of a line whose group cannot be found keeps it, since the line may still be meant for them.
 * @throws ConfigurationError for a role that Timely does not have
 */
export function prepareRoles(
  rules: Pick<SyncRules, 'roles' | 'scope'>,
  timelyRoles: readonly TimelyRole[],
  index: MembershipIndex,
): PreparedRoles {
  const spelled = (name: string) => spelledRole(name, timelyRoles);
  const defaultRole = spelled(rules.roles.default);
  for (const { role } of rules.scope.include) if (role !== undefined) spelled(role);
  const lines = rules.roles.rules.map(({ group, role }, position) => ({
    role: spelled(role),
    named: { label: `roles.rules ${position + 1}`, name: group, resolution: index.resolve(group) },
  }));
  const fits = ({ role, named }: (typeof lines)[number], personId: string, currentRole: string | null) =>
    named.resolution.kind === 'found'
      ? index.pathTo(named.resolution.group.id, personId) !== null
      : currentRole !== null && sameText(role, currentRole);
  return {
    groups: lines.map(({ named }) => named),
    wantedRole(verdict, currentRole) {
      const line = lines.find((each) => fits(each, verdict.personId, currentRole));
      const wanted = line?.role ?? (verdict.role === null ? defaultRole : spelled(verdict.role));
      const leads = currentRole !== null && sameText(currentRole, teamLeadRole);
      return leads && wanted === defaultRole ? currentRole : wanted;
    },
  };
}

function spelledRole(name: string, timelyRoles: readonly TimelyRole[]): string {
  const role = timelyRoles.find((each) => sameText(each.name, name));
  if (role) return role.name;
  const known = timelyRoles.map((each) => `"${each.name}"`).join(', ');
  throw new ConfigurationError(`The tenant file asks for the role "${name}", which Timely does not have.`, {
    remedy: `Use one of Timely's roles: ${known}.`,
  });
}
