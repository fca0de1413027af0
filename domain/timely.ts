/** The Timely account as one cycle sees it. */

/** A user of the account; `removed` ones are in Timely's list of deleted users and can come back. */
export interface TimelyUser {
  id: number;
  email: string;
  name: string;
  roleId: number | null;
  /** Role by name: `admin`, `manager`, `employee`, `team_lead`, … */
  role: string;
  /** What an earlier invitation of ours left there: the directory's object id. */
  externalId: string | null;
  removed: boolean;
  /** Unix seconds. */
  updatedAt: number;
}

export interface TimelyTeamMember {
  userId: number;
  lead: boolean;
  hideHours: boolean;
}

export interface TimelyTeam {
  id: number;
  name: string;
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
  /** Most users that the plan allows; 0 or null when it sets no limit. */
  usersMax: number | null;
  userCount: number | null;
}

/** What the account says about its plan; null where it does not say. */
export interface TimelySubscription {
  plan: string | null;
  /** `active`, `trial`, … */
  status: string | null;
  expired: boolean;
  /** Days until the trial ends; null when it is none. */
  trialDays: number | null;
  /** Most users that the plan takes; null without a cap. */
  usersMax: number | null;
  features: string[] | null;
  /** Timely's own link to Azure AD is on, or merely allowed: its document does not tell which. */
  azureAd: boolean;
}

export interface TimelySnapshot {
  account: TimelyAccount;
  /** The user whose token the sync writes with. */
  ownUserId: number;
  users: TimelyUser[];
  teams: TimelyTeam[];
  roles: TimelyRole[];
  /** False when the read did not prove itself whole: then nobody is taken for missing. */
  complete: boolean;
  /** In the plan of a part: present users whom `users` leaves out, and the admins among them. None when left out. */
  others?: { present: number; admins: number };
}
