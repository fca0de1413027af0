/** What the sync knows of a directory, whatever product it is: people, groups, who is in which, who is privileged. */

/** A person as the directory has them. `attributes` hold free-text facts that rules may ask for (`department`, `companyName`, …). */
export interface Person {
  /** The directory's object id: the only safe key, since names and addresses change. */
  id: string;
  name: string;
  /** The sign-in name. For guests of Entra ID it carries the home address in front of `#EXT#`. */
  userPrincipalName: string;
  mail: string | null;
  /** `SMTP:` marks the primary address, `smtp:` the others (the case matters). */
  proxyAddresses: string[];
  enabled: boolean;
  kind: 'member' | 'guest';
  /** State of a guest's invitation; null for everybody who was never invited. */
  invitation: 'accepted' | 'pending' | null;
  attributes: Record<string, string>;
  managerId: string | null;
}

export interface Group {
  id: string;
  name: string;
  /** Names in the tenant file that have stood for it so far, whatever it is called now; absent: none. */
  knownAs?: string[];
}

/** One direct membership. A group may be a member of a group; devices and contacts are left out when reading. */
export interface Membership {
  groupId: string;
  memberId: string;
  memberKind: 'user' | 'group';
}

/** Somebody who holds privileged roles in the directory, directly or through a group. */
export interface PrivilegedPerson {
  personId: string;
  /** Display names of the roles, sorted. */
  roles: string[];
}

/** What a read of the directory can be trusted for. */
export interface Evidence {
  kind: 'full' | 'incremental';
  /** False: the read may lead to invitations, never to a removal nor to a member leaving a team. */
  complete: boolean;
  /** Why it is not complete, in sentences; empty when it is. */
  reasons: string[];
  users: { pages: number; objects: number };
  groups: { pages: number; objects: number };
}

/** The directory as one cycle sees it. Removed people are not in it. */
export interface DirectorySnapshot {
  people: Person[];
  groups: Group[];
  memberships: Membership[];
  privileged: PrivilegedPerson[];
  /** Object ids assigned to the enterprise application (users and groups), when a rule asks for it. */
  appAssignments: string[];
  /** Whether the read behind it may lead to removals. */
  complete: boolean;
}
