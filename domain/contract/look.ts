/** The result of a look: what is really in the directory and in Timely, for a person who writes a tenant file. */

import type { ScopeProposal } from '../look/scope-proposal.ts';
import type { Evidence } from '../people/directory.ts';

/** A look to take. The tenant file has references to secrets, never a secret. */
export interface LookInput {
  /** A random id from the caller, who queries lists with it afterwards. */
  id: string;
  file: unknown;
}

export const lookLists = ['groups', 'departments', 'domains'] as const;
export type LookListKind = (typeof lookLists)[number];

/** A name with the number of live people behind it. */
export interface NamedCount {
  name: string;
  people: number;
}

export interface CountedGroup extends NamedCount {
  id: string;
  /** Another group has the same name, so only the object id means this one. */
  isAmbiguous: boolean;
}

/** The largest of a list, and how many there are in all. */
export interface CountedList<Item extends NamedCount = NamedCount> {
  items: Item[];
  total: number;
}

export interface DirectoryOverview {
  /** Accounts in all, and those that are live: enabled and of a person. */
  people: number;
  live: number;
  groups: CountedList<CountedGroup>;
  departments: CountedList;
  /** Of e-mail addresses. */
  domains: CountedList;
  /** Live people who are assigned to the application; null where the directory does not show it. */
  assigned: number | null;
}

export interface TimelyOverview {
  account: string;
  /** Null where Timely does not say. */
  seats: { paid: number; used: number } | null;
  roles: string[];
  /** Present users, and those of them who are live people of the directory by id or address. */
  users: number;
  known: number;
  teams: number;
  /** Whether the plan has teams; null when Timely does not say. */
  hasTeams: boolean | null;
}

/** Why Timely was not looked at. */
export interface TimelyUnseen {
  problem: string;
  remedy: string;
}

export interface LookReport {
  tenant: string;
  evidence: Evidence | null;
  directory: DirectoryOverview;
  timely: TimelyOverview | TimelyUnseen;
  proposal: ScopeProposal;
}
