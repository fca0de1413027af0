/** What the sync knows about a directory of any vendor: people, groups, memberships and privileged roles. */

/** A person of the directory. `attributes` hold free-text facts that rules may check (`department`, `companyName`, …). */
export interface Person {
  /** The directory's object id. It is the only safe key, because names and addresses change. */
  id: string;
  name: string;
  /** The sign-in name. For guests of Entra ID it holds the home address in front of `#EXT#`. */
  userPrincipalName: string;
  mail: string | null;
  /** `SMTP:` marks the primary address, `smtp:` the others (the case matters). */
  proxyAddresses: string[];
  /** Addresses that the person had before, as the replica saw them change; absent when there are none. */
  formerAddresses?: string[];
  /** Addresses that rules compare as well, and that nobody is matched by: the person may have chosen them. */
  otherAddresses?: string[];
  enabled: boolean;
  /** Set while the person is away for some time: whoever is in Timely stays as they are, and nobody new is invited. */
  isPaused?: boolean;
  kind: 'member' | 'guest';
  /** First and last day on which the account is valid, `YYYY-MM-DD` in UTC. No change is reported when one passes. */
  validFrom?: string | null;
  validTo?: string | null;
  /** Set when the directory says that the account belongs to an AI agent. */
  isAgent?: boolean;
  /** Kind of an account that never comes in, as the directory writes it: `customer`, `public`. */
  otherKind?: string | null;
  /** Set when the directory says that nobody has verified `mail`: anyone may have typed it. */
  isMailUnverified?: boolean;
  /** State of the invitation; null for people who were never invited: members, guests who signed up, internal guests. */
  invitation: 'accepted' | 'pending' | null;
  attributes: Record<string, string>;
  /** Object id of the manager, or a text that may name one (domain/people/managers.ts). */
  managerId: string | null;
}

export interface Group {
  id: string;
  name: string;
  /** Names of the tenant file that are bound to this group, former names included; absent when there are none. */
  knownAs?: string[];
  /** Those of `knownAs` that meant another group, now deleted, before. */
  recreatedAs?: string[];
  /** Set when the members of this group, or of one below it, are hidden from the application. */
  isHidden?: boolean;
}

/** One direct membership. A group may be a member of a group. Devices and contacts are not read. */
export interface Membership {
  groupId: string;
  memberId: string;
  memberKind: 'user' | 'group';
}

/** A person who holds privileged roles in the directory, directly or through a group. */
export interface PrivilegedPerson {
  personId: string;
  /** Display names of the roles, sorted. */
  roles: string[];
}

/** What a read of the directory proves. */
export interface Evidence {
  kind: 'full' | 'incremental';
  /** When false, the read never causes a removal, a lower role or a departure from a team. */
  complete: boolean;
  /** Why the read is not complete, in sentences; empty when it is. */
  reasons: string[];
  users: { pages: number; objects: number };
  /** `complete`: whether the groups alone prove themselves. Absent: as the whole read. */
  groups: { pages: number; objects: number; complete?: boolean | undefined };
}

/** Whether the groups behind a snapshot were never read to the end, were so in an earlier cycle, or are in this one. */
export type GroupsRead = 'never' | 'before' | 'now';

/** The directory as one cycle sees it, without removed people. */
export interface DirectorySnapshot {
  people: Person[];
  groups: Group[];
  memberships: Membership[];
  privileged: PrivilegedPerson[];
  /** Object ids of users and groups assigned to the enterprise application; read only when a rule needs them. */
  appAssignments: string[];
  /** Whether the read behind the snapshot may cause removals. */
  complete: boolean;
  groupsRead: GroupsRead;
}
