/** The parsed part of the tenant file that the domain needs, with defaults filled in and durations in milliseconds. */
import type { NameRules } from './people/names.ts';

/** The conditions of one line under `scope`. A person matches when every given condition matches. */
export interface ScopeCondition {
  /** Group by name or object id; nested members count. */
  group?: string;
  /** Any of these departments. */
  department?: string[];
  /** Any of these domains. For guests, the home domain counts. */
  emailDomain?: string[];
  email?: string[];
  assignedToApp?: true;
  where?: Record<string, string[]>;
  everyone?: true;
}

export interface IncludeRule extends ScopeCondition {
  /** Overrides `scope.guests` for this line. */
  guests?: boolean;
  /** The last day on which the line holds, `YYYY-MM-DD`, UTC. */
  until?: string;
  /** The Timely role of people that this line includes, unless a line of `roles.rules` says otherwise. */
  role?: string;
}

export interface RoleRule {
  group: string;
  role: string;
}

/** One line under `teams`. */
export type TeamRule =
  | { kind: 'group'; group: string; name?: string }
  /** `pattern` has one `*`. `$1` in `name` is replaced with what it matched. */
  | { kind: 'groupsNamed'; pattern: string; name?: string }
  /** `department` may be `*`, for one team per department in scope. */
  | { kind: 'department'; department: string; name?: string }
  | { kind: 'emailDomain'; emailDomain: string; name?: string };

export interface SafetyRules {
  removals: { max: number; percent: number; windowDays: number };
  invitations: { max: number };
  roleChanges: { max: number; percent: number; windowDays: number };
  teamShrink: { percent: number; min: number };
  readShrink: { percent: number };
  firstCycle: { removals: 'hold' | 'allow' };
  /** E-mail addresses of people who are never removed or demoted. */
  protect: string[];
  sensitive: { directoryRoles: boolean; timelyRoles: string[]; groups: string[]; emails: string[] };
}

/** How many days of the journal the limits count. */
export const windowDaysOf = ({ removals, roleChanges }: Pick<SafetyRules, 'removals' | 'roleChanges'>) =>
  Math.max(removals.windowDays, roleChanges.windowDays);

export interface SyncRules {
  names: NameRules;
  scope: {
    include: IncludeRule[];
    exclude: ScopeCondition[];
    guests: 'exclude' | 'include';
    /** Home and contact domains of guests that belong together. */
    guestDomains: string[][];
  };
  roles: {
    /** For new invitations. */
    default: string;
    /** Whether people who were in Timely before keep their role until a line fits them. */
    adopted: 'keep' | 'rules';
    rules: RoleRule[];
  };
  teams: TeamRule[];
  teamMembers: {
    manual: 'keep' | 'remove';
    leads: 'keep' | 'managers';
    projects: { grantOnJoin: boolean; revokeOnLeave: boolean };
  };
  leavers: { action: 'remove' | 'report'; graceDays: number; removedInTimely: 'ask' | 'restore' | 'respect' };
  safety: SafetyRules;
}

/** Returns the groups that the rules name, by name or object id, in the order of the file. */
export const groupNamesIn = ({
  scope,
  roles,
  teams,
  safety,
}: Pick<SyncRules, 'scope' | 'roles' | 'teams' | 'safety'>): string[] => [
  ...[...scope.include, ...scope.exclude].flatMap(({ group }) => group ?? []),
  ...roles.rules.map(({ group }) => group),
  ...teams.flatMap((rule) => (rule.kind === 'group' ? rule.group : [])),
  ...safety.sensitive.groups,
];
