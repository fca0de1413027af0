/** Which Timely role a person should have. */
import { ConfigurationError } from '../errors.ts';
import type { SyncRules } from '../rules.ts';
import { foldText, sameText } from '../text.ts';
import type { TimelyRole, TimelyUser } from '../timely.ts';
import { groupProblem, type NamedGroup } from './group-findings.ts';
import type { MembershipIndex } from './membership.ts';
import type { PossibleRole, ScopeVerdict } from './verdict.ts';

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
  if (sameText(to, adminRole) || sameText(from, to)) return false;
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
  /**
   * Why a line may give the person a higher role than the wanted one, in sentences: its group is unresolved. Null unless the
   * wanted role is lower than the current one.
   */
  doubtAboutLowering(verdict: ScopeVerdict, currentRole: string, wanted: string): string | null;
  /** The groups that the role rules name. */
  groups: NamedGroup[];
}

/**
 * Prepares the role rules. The first matching line of `roles.rules` decides, else the include rule, else a role that was given
 * by hand and is kept, else the default.
 * A line whose group is unresolved matches nobody; a person who would lose a role by that is in doubt.
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
  const decidingLine = (personId: string) =>
    lines.find(
      ({ named: { resolution } }) =>
        resolution.kind === 'found' && index.pathTo(resolution.group.id, personId) !== null,
    );
  /** Roles that lines before the deciding one may give. */
  function possibleRoles({ personId, possibleRoles: byScope = [] }: ScopeVerdict): PossibleRole[] {
    const deciding = decidingLine(personId);
    const before = deciding ? lines.slice(0, lines.indexOf(deciding)) : lines;
    const byLine = before.flatMap(({ role, named }) => {
      const problem = groupProblem(named);
      return problem === null ? [] : [{ role, problem }];
    });
    return deciding ? byLine : [...byLine, ...byScope];
  }
  return {
    groups: lines.map(({ named }) => named),
    isNamed: ({ role, personId }) => role !== null || decidingLine(personId) !== undefined,
    doubtAboutLowering(verdict, currentRole, wanted) {
      if (!lowersRole(currentRole, wanted)) return null;
      const higher = possibleRoles(verdict).find(({ role }) => lowersRole(role, wanted));
      return higher?.problem ?? null;
    },
    wantedRole(verdict, { role: currentRole, byHand }) {
      const line = decidingLine(verdict.personId);
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
