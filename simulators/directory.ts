/** What all simulated directories have in common, for the company, the control routes and stories. */
import type { Faults } from './faults.ts';
import type { Ledger } from './ledger.ts';

/** A name is not in the directory, is ambiguous, or is taken. */
export class UnknownObjectError extends Error {}

/** A new account. `properties` holds further properties, which win over the defaults. */
export interface NewPerson {
  id?: string | undefined;
  displayName: string;
  userPrincipalName?: string | undefined;
  /** Null: no mail. Default: the sign-in name. */
  mail?: string | null | undefined;
  department?: string | undefined;
  /** Names or ids of its groups. */
  groups?: string[] | undefined;
  /** By their names in Microsoft Graph; each directory translates the ones that it has. */
  properties?: Record<string, unknown> | undefined;
}

/** A new group. */
export interface NewGroup {
  id?: string | undefined;
  displayName: string;
  description?: string | undefined;
}

/** Edits that every directory knows. People and groups are named by id, by address or by a unique name. */
export interface EditableDirectory {
  join(person: NewPerson): { id: string };
  /** Ends an account in the way that can be undone. */
  leave(person: string): { id: string };
  /** Takes it back. */
  restore(person: string): { id: string };
  /** Ends an account for good. */
  purge(person: string): { id: string };
  /** Stops an account for a while, or lets it go on. */
  setEnabled(person: string, isEnabled: boolean): { id: string };
  /** Sets properties; null clears one. `manager` is the name, id or address of a person, or null. */
  change(person: string, properties: Record<string, unknown>): { id: string };
  createGroup(group: NewGroup): { id: string };
  renameGroup(group: string, displayName: string): { id: string };
  deleteGroup(group: string): { id: string };
  addToGroup(person: string, group: string): void;
  removeFromGroup(person: string, group: string): void;
  grantRole(principalId: string, role: string): void;
  revokeRole(principalId: string, role: string): void;
  /** Assigns a user or a group to the app. */
  assignToApp(principalId: string): void;
}

/** What a directory shows of itself, and `GET /_control/state`. */
export interface DirectoryView {
  users: {
    id: string;
    /** `live`, `deleted` (it can be restored) or `purged`. */
    status: string;
    displayName?: unknown;
    mail?: unknown;
    userPrincipalName?: unknown;
    accountEnabled?: unknown;
    department?: unknown;
  }[];
  groups: {
    id: string;
    displayName: unknown;
    /** Names of the direct members. */
    members: unknown[];
    memberIds: string[];
  }[];
  roles: { principal: unknown; role: string }[];
}

/** A simulated directory, whichever service it is. */
export interface SimulatedDirectory {
  url: string;
  state: EditableDirectory;
  ledger: Ledger;
  faults: Pick<Faults, 'clear' | 'active' | 'unfired'>;
  view(): DirectoryView;
}
