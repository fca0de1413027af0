/** Timely's objects as its API shows them (docs/reference/timely-api.md sections 2.1, 3, 4, 5). Times are Unix seconds. */

export interface StoredUser {
  id: number;
  email: string;
  name: string;
  active: boolean;
  created_at: number;
  updated_at: number;
  sign_in_count: number | null;
  external_id: string | null;
  weekly_capacity: number;
  hide_hourly_rate: boolean;
  hide_internal_hourly_rate: boolean;
  default_hour_rate: number;
  internal_hour_rate: number;
  deleted: boolean;
  role_id: number;
}

export interface TeamMember {
  /** Id of the membership row. */
  id: number;
  user_id: number;
  lead: boolean;
  hide_hours: boolean;
}

export interface StoredTeam {
  id: number;
  name: string;
  color: string;
  emoji: string;
  external_id: string | null;
  project_ids: number[];
  users: TeamMember[];
}

export interface StoredRole {
  id: number;
  name: string;
  display_name: string;
  default: boolean;
  allowed_to_invite: boolean;
}

export interface TimelyProject {
  id: number;
  name: string;
  user_ids: number[];
}

export interface StoredAccount {
  id: number;
  name: string;
  owner_id: number;
  status: 'active' | 'trial' | 'expired';
  /** Paid seats. Invitations beyond them are refused. */
  seats: number;
  azure_ad_enabled: boolean;
  features: string[];
}

/** A mail that Timely sent, or the record that a reinstatement sent none. */
export interface Mail {
  email: string;
  /**
   * `reinstatement`: a user who was in the account before gets no activation link
   * (docs/reference/timely-api.md section 2.4).
   */
  kind: 'invitation' | 'repeated invitation' | 'reinstatement';
  at: string;
}

/** One switch for each open question of the datasheet (docs/reference/timely-api.md section 10). */
export interface TimelyBehaviour {
  /** Most rows of one page, even with a higher `limit`. */
  pageCap: number;
  /** What an invitation of a present address does. */
  duplicateEmail: 'invite again' | 'refuse';
  /** Whether a user who returns keeps the id. */
  reinvited: 'same id' | 'new id';
  /** Status of a second DELETE of the same user. */
  secondDelete: 404 | 200;
  /** Paging parameters that the list of teams obeys. */
  teamPaging: 'limit and offset' | 'page and per_page';
  teamExternalId: 'stored' | 'dropped';
  teamNames: 'any' | 'unique';
  /** Status of a read of a removed user by id. */
  removedUser: 404 | 403 | 200;
  /** What `users/search` searches. `refused`: 403, as without a right to projects. */
  userSearch: 'names and addresses' | 'names' | 'refused';
  /** What lists show of a team's members: all of it, only ids, or nothing. */
  teamLists: 'members' | 'ids' | 'nothing';
  /** What the response to an update shows of them. */
  teamUpdates: 'members' | 'nothing';
  /** What an update of a team needs: one document says nothing, another the members. */
  teamUpdateNeeds: 'nothing' | 'users';
  /** Users as in the samples, or only their guaranteed fields and the role's id, with numbers in quotes. */
  userAnswers: 'whole' | 'bare';
  /** Whether a removed user stays a member of teams. No write may name such a user. */
  removedMembers: 'leave' | 'stay';
  /** The body of a 401. */
  unauthorizedBody: 'errors' | 'error';
  refreshTokens: 'rotate' | 'keep';
  /** Null: tokens do not expire. Real responses leave the field out then. */
  accessTokenSeconds: number | null;
}

export const defaultBehaviour: TimelyBehaviour = {
  pageCap: 100,
  duplicateEmail: 'invite again',
  reinvited: 'same id',
  secondDelete: 404,
  teamPaging: 'limit and offset',
  teamExternalId: 'stored',
  teamNames: 'any',
  removedUser: 404,
  userSearch: 'names and addresses',
  teamLists: 'members',
  teamUpdates: 'members',
  teamUpdateNeeds: 'nothing',
  userAnswers: 'whole',
  removedMembers: 'leave',
  unauthorizedBody: 'errors',
  refreshTokens: 'rotate',
  accessTokenSeconds: null,
};

const avatarUrl = 'https://www.gravatar.com/avatar/0?d=mp';
const avatarSizes = ['large_retina', 'large', 'medium_retina', 'medium', 'small_retina', 'small'];

/** Returns the public form of a user. Only a single read counts the projects. */
export function showUser(user: StoredUser, role: StoredRole | undefined, activeProjects?: number) {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    active: user.active,
    day_view_onboarded: user.active,
    memory_onboarded: user.active,
    created_at: user.created_at,
    updated_at: user.updated_at,
    last_received_memories_date: null,
    sign_in_count: user.sign_in_count,
    external_id: user.external_id,
    time_zone: 'Etc/UTC',
    memory_retention_days: null,
    type: 'User',
    avatar: Object.fromEntries(avatarSizes.map((size) => [size, avatarUrl])),
    work_days: 'MON,TUE,WED,THU,FRI',
    weekdays: 'MO,TU,WE,TH,FR',
    weekly_capacity: user.weekly_capacity,
    ...(activeProjects === undefined ? {} : { active_projects_count: activeProjects }),
    user_level: role?.name ?? 'employee',
    admin: role?.name === 'admin',
    hide_hourly_rate: user.hide_hourly_rate,
    hide_internal_hourly_rate: user.hide_internal_hourly_rate,
    deleted: user.deleted,
    default_hour_rate: user.default_hour_rate,
    internal_hour_rate: user.internal_hour_rate,
    role_id: user.role_id,
    role: { id: user.role_id, name: role?.name ?? 'employee' },
  };
}

/** Returns the smallest form that the datasheet allows: its guaranteed fields, and the role's id. */
export function showBareUser(user: StoredUser) {
  return {
    id: String(user.id),
    email: user.email,
    name: user.name,
    active: user.active,
    created_at: String(user.created_at),
    updated_at: String(user.updated_at),
    sign_in_count: null,
    external_id: user.external_id,
    time_zone: 'Etc/UTC',
    type: 'User',
    role_id: String(user.role_id),
    new_field: { of: ['any', 'kind'] },
  };
}

/** Returns the public form of a team. */
export const showTeam = ({ users, ...team }: StoredTeam) => ({
  ...team,
  user_ids: users.map(({ user_id }) => user_id),
  users: users.map((member) => ({ ...member, team_id: team.id })),
});

const scope = (name: string, label: string, usual: boolean, options: boolean[]) => ({
  name,
  display_name: label,
  description: label,
  default: usual,
  options,
});

/** Returns the public form of a role. */
export function showRole(role: StoredRole) {
  const options = role.name === 'admin' ? [false] : [true, false];
  return {
    ...role,
    description: `The role ${role.display_name}.`,
    scopes: [
      scope('hide_hourly_rate', 'Hide hourly rate', false, options),
      scope('hide_internal_hourly_rate', 'Hide internal hourly rate', role.name !== 'admin', options),
    ],
  };
}

/** Returns the public form of the account. */
export const showAccount = (account: StoredAccount, userCount: number, clock: () => Date) => ({
  id: account.id,
  name: account.name,
  owner_id: account.owner_id,
  color: '67a3bc',
  currency: { id: 'eur', name: 'Euro', iso_code: 'EUR', symbol: '€' },
  logo: { large_retina: avatarUrl, medium_retina: avatarUrl, small_retina: avatarUrl },
  from: 'web',
  max_users: 0,
  seats: account.seats,
  max_projects: 0,
  plan_id: 1834,
  plan_name: 'Unlimited',
  plan_code: 'unlimited',
  plan_custom: false,
  next_charge: new Date(clock().getTime() + 30 * 24 * 3_600_000).toISOString().slice(0, 10),
  start_of_week: 1,
  created_at: 1_700_000_000,
  payment_mode: 'web',
  paid: account.status === 'active',
  company_size: '51-200',
  owner_name: null,
  weekly_user_capacity: 40,
  default_work_days: 'MON,TUE,WED,THU,FRI',
  default_hour_rate: 0,
  support_email: 'support@timelyapp.com',
  num_users: userCount,
  num_projects: 0,
  active_projects_count: 0,
  total_projects_count: 0,
  expired: account.status === 'expired',
  status: account.status,
  trial: account.status === 'trial',
  days_to_end_trial: account.status === 'trial' ? 14 : 0,
  azure_ad_enabled: account.azure_ad_enabled,
  features: account.features.map((name) => ({ name, days: -1 })),
});
