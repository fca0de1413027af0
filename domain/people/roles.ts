/** Which Timely role a person should have. */
import { ConfigurationError } from '../errors.ts';
import type { SyncRules } from '../rules.ts';
import { foldText, sameText } from '../text.ts';
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

/** Timely's roles, from the least to the most rights (docs/reference/timely-api.md section 4). */
const rolesByRank = ['employee', teamLeadRole, 'manager', adminRole];
const rankOf = (role: string) => rolesByRank.indexOf(foldText(role));

/** Whether a change of role takes rights, or may: a custom role of the account has no rank. */
export function lowersRole(from: string, to: string): boolean {
  if (sameText(to, adminRole)) return false;
  const [before, after] = [rankOf(from), rankOf(to)];
  return before === -1 || after === -1 || after < before;
}

/** The role that a person has. */
export interface CurrentRole {
  /** Null outside of Timely. */
  role: string | null;
  /** It was given by hand before the person was linked: `roles.adopted` may keep it. */
  byHand: boolean;
}

export interface PreparedRoles {
  /** The role that a person in scope should have, as Timely spells it. */
  wantedRole(verdict: ScopeVerdict, current: CurrentRole): string;
  /** Whether a line of the tenant file names a role for the person, so that a role by hand ends. */
  isNamed(verdict: ScopeVerdict): boolean;
  /** The groups that the role rules name. */
  groups: NamedGroup[];
}

/**
 * Prepares the role rules. The first matching line of `roles.rules` decides, else the include rule, else a role that was given
 * by hand and is kept, else the default.
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
    isNamed: ({ role, personId }) => role !== null || lines.some((line) => matches(line, personId, null)),
    wantedRole(verdict, { role: currentRole, byHand }) {
      const line = lines.find((each) => matches(each, verdict.personId, currentRole));
      const included = verdict.role === null ? null : spelled(verdict.role);
      const kept = byHand && rules.roles.adopted === 'keep' ? currentRole : null;
      const wanted = line?.role ?? included ?? kept ?? defaultRole;
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
