/** The Timely account as one cycle sees it. */

/** A user of the account. `removed` users are in Timely's list of deleted users and can be reinstated. */
export interface TimelyUser {
  id: number;
  email: string;
  name: string;
  roleId: number | null;
  /** Name of the role: `admin`, `manager`, `employee`, `team_lead`, … */
  role: string;
  /** The directory's object id, from an earlier invitation by the sync. */
  externalId: string | null;
  removed: boolean;
  /** Set when the user has never signed in: the invitation was not accepted (docs/reference/timely-api.md section 2.1). */
  pending?: true;
  /** Unix seconds. */
  updatedAt: number;
}

/** A user of a list whose row cannot be read, all but its id: the other fields say nothing. */
export interface ListedUser extends TimelyUser {
  /** The field that does not fit. */
  odd?: string;
}

export interface TimelyTeamMember {
  userId: number;
  lead: boolean;
  hideHours: boolean;
}

export interface TimelyTeam {
  id: number;
  name: string;
  /** What its creator set; absent or null when Timely shows none. */
  externalId?: string | null;
  members: TimelyTeamMember[];
}

export interface TimelyRole {
  id: number;
  name: string;
}

export interface TimelyAccount {
  id: number;
  name: string;
  ownerId: number | null;
  /** Seats paid for; null when the account does not say. */
  seats: number | null;
  /** The user limit of Timely's plan; 0 or null without a limit. */
  usersMax: number | null;
  userCount: number | null;
}

/** What the account states about its Timely plan; null where it states nothing. */
export interface TimelySubscription {
  plan: string | null;
  /** `active`, `trial`, … */
  status: string | null;
  expired: boolean;
  /** Days until the trial ends; null without a trial. */
  trialDays: number | null;
  /** The user limit of Timely's plan; null without a limit. */
  usersMax: number | null;
  features: string[] | null;
  /** Timely's own Azure AD integration is on, or only allowed: its documentation does not say which. */
  azureAd: boolean;
}

export interface TimelySnapshot {
  account: TimelyAccount;
  /** The user whose token the sync writes with. */
  ownUserId: number;
  users: TimelyUser[];
  teams: TimelyTeam[];
  roles: TimelyRole[];
  /** When false, the read is not proven complete, and no user or team counts as missing. */
  complete: boolean;
  /** In a partial plan: the number of present users missing from `users`, and of admins among them. Default: none. */
  others?: { present: number; admins: number };
}
