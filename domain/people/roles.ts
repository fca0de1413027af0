/** Which Timely role a person should have. */
import { ConfigurationError } from '../errors.ts';
import type { SyncRules } from '../rules.ts';
import { sameText } from '../text.ts';
import type { TimelyRole, TimelyUser } from '../timely.ts';
import type { NamedGroup } from './group-findings.ts';
import type { MembershipIndex } from './membership.ts';
import type { ScopeVerdict } from './verdict.ts';

export const adminRole = 'admin';
/** Timely gives this role to people who lead a team. It cannot be assigned directly (docs/reference/timely-api.md section 4). */
export const teamLeadRole = 'team_lead';

/**
 * Returns the user with the role's name in this account. A response may have only the id of the role
 * (docs/reference/timely-api.md section 2.1).
 */
export function withRoleName(user: TimelyUser, roles: readonly TimelyRole[]): TimelyUser {
  const role = roles.find(({ id }) => id === user.roleId);
  return role ? { ...user, role: role.name } : user;
}

export interface PreparedRoles {
  /** The role that a person in scope should have, as Timely spells it. `currentRole` is null outside of Timely. */
  wantedRole(verdict: ScopeVerdict, currentRole: string | null): string;
  /** The groups that the role rules name. */
  groups: NamedGroup[];
}

/**
 * Prepares the role rules. The first matching line of `roles.rules` decides, else the include rule, else the default.
 * When the group of a line cannot be found, people who have its role keep it, because the line may still mean them.
 * @throws ConfigurationError for a role that Timely does not have
 */
export function prepareRoles(
  rules: Pick<SyncRules, 'roles' | 'scope'>,
  timelyRoles: readonly TimelyRole[],
  index: MembershipIndex,
): PreparedRoles {
  const spelled = (name: string) => spellRole(name, timelyRoles);
  const defaultRole = spelled(rules.roles.default);
  for (const { role } of rules.scope.include) if (role !== undefined) spelled(role);
  const lines = rules.roles.rules.map(({ group, role }, position) => ({
    role: spelled(role),
    named: { label: `roles.rules ${position + 1}`, name: group, resolution: index.resolve(group) },
  }));
  const matches = ({ role, named }: (typeof lines)[number], personId: string, currentRole: string | null) =>
    named.resolution.kind === 'found'
      ? index.pathTo(named.resolution.group.id, personId) !== null
      : currentRole !== null && sameText(role, currentRole);
  return {
    groups: lines.map(({ named }) => named),
    wantedRole(verdict, currentRole) {
      const line = lines.find((each) => matches(each, verdict.personId, currentRole));
      const wanted = line?.role ?? (verdict.role === null ? defaultRole : spelled(verdict.role));
      const leads = currentRole !== null && sameText(currentRole, teamLeadRole);
      return leads && wanted === defaultRole ? currentRole : wanted;
    },
  };
}

function spellRole(name: string, timelyRoles: readonly TimelyRole[]): string {
  const role = timelyRoles.find((each) => sameText(each.name, name));
  if (role) return role.name;
  const known = timelyRoles.map((each) => `"${each.name}"`).join(', ');
  throw new ConfigurationError(`The tenant file asks for the role "${name}", which Timely does not have.`, {
    remedy: `Use one of Timely's roles: ${known}.`,
  });
}
