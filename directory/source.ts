/**
 * The port that every directory implements: Microsoft Entra ID, Okta, SAP. A directory declares what it can do
 * (`DirectoryCapabilities`), and nothing outside its folder asks which one it is.
 */
import type { CheckResult } from '../domain/contract/check.ts';
import type { Group, Membership, Person, PrivilegedPerson } from '../domain/people/directory.ts';

/** Streams that are read independently. */
export const directoryStreams = ['users', 'groups'] as const;
export type DirectoryStream = (typeof directoryStreams)[number];

/** What a directory can do. The rest of the sync decides by this, never by the vendor. */
export interface DirectoryCapabilities {
  /** It reads what changed since a cursor. Without: each read is a whole one. */
  delta: boolean;
  /** A read of changes also reports who was deleted. Without: only a whole read shows that. */
  deletionsInDelta: boolean;
  /** It counts its own people and groups, as evidence. */
  counts: boolean;
  /** It shows who holds its administrator roles. */
  roles: boolean;
  /** It shows who is assigned to an application. */
  assignments: boolean;
  /**
   * How it reports that something changed. `subscriptions`: the sync creates and renews them. `hooks`: a person registers
   * the receiver's address in its console. `none`: it is only polled.
   */
  notifications: 'subscriptions' | 'hooks' | 'none';
  /** It lists the members of all groups with the groups. Without: it is asked for those of needed groups (`ReadPlan.groups`). */
  membersWithGroups: boolean;
  /** Groups may contain groups. */
  nestedGroups: boolean;
  /** The permission that shows the members of groups with hidden membership; null where no group hides them. */
  hiddenMembership: string | null;
}

/** What a read includes, by the tenant file. It decides which properties and permissions are needed. */
export interface ReadPlan {
  /** Attributes named by `where` rules, beside those the sync always reads. */
  attributes: string[];
  managers: boolean;
  /** The groups whose members are needed, for a directory that does not list them with the groups. Default: none. */
  groups?: NeededGroups;
  /** The streams of one cycle may share what they ask for. Default: each asks for itself. */
  cycle?: string;
}

/** Groups that a tenant file depends on. A name may be an object id. */
export interface NeededGroups {
  names: string[];
  /** Patterns of names, with one `*`. */
  patterns: string[];
  /** Object ids of the groups that some of the names are bound to. Default: none. */
  bound?: string[];
  /** Groups that are assigned to the application count as well. */
  assigned: boolean;
}

/** What a page says about a person. An absent key keeps its value; null clears an attribute. */
export type PersonPatch = Partial<Omit<Person, 'id' | 'attributes'>> & {
  attributes?: Record<string, string | null>;
};

/**
 * One entry of a page. People and groups are patches, because a page may leave out what has not changed
 * (docs/reference/microsoft-graph.md section 1.3).
 */
export type DirectoryEntry =
  | { type: 'person'; id: string; patch: PersonPatch }
  | { type: 'group'; id: string; patch: Partial<GroupFacts> }
  | { type: 'member'; groupId: string; memberId: string; memberKind: 'user' | 'group'; removed: boolean }
  /** The round has all members of this group: who is not among them is no member. */
  | { type: 'allMembers'; groupId: string }
  /** `purged`: deleted for good; otherwise it may be restored. */
  | { type: 'removed'; stream: DirectoryStream; id: string; purged: boolean };

/** What a page says about a group. `hidesMembers`: only an application with a permission of its own sees its members. */
export interface GroupFacts extends Pick<Group, 'name'> {
  hidesMembers: boolean;
}

/** A record that cannot be read. */
export interface OddRecord {
  /** Its object id, or its place when even the id cannot be read. */
  id: string;
  /** The property that does not fit; null when the directory does not show the record, and no proof of its end. */
  problem: string | null;
}

/** One page of a round. Only the last page of a stream has the cursor for the next round. */
export interface DirectoryPage {
  stream: DirectoryStream;
  entries: DirectoryEntry[];
  /** Opaque, and as good as a secret: it is stored and never logged. */
  nextCursor: string | null;
  /** Where the round continues after this page, as opaque and as secret; null on the last page. */
  next: string | null;
  /** Records that do not fit. Each is left out, and what was known of it stays. */
  odd?: OddRecord[];
  /** Doubts about this page that make the round incomplete ("a wall of nulls"), in sentences. */
  doubts: string[];
}

/** Where an interrupted round continues. */
export interface ReadPlace {
  /** `next` of the last page that was stored. */
  next: string;
  /** How many pages were stored. */
  pages: number;
}

/** The result of a point read: what the directory says about one person now. */
export interface PersonFact {
  personId: string;
  /** Null when the directory does not show the person (any more). */
  person: Person | null;
  /** Nothing proves that the person who is not shown was deleted: the application may see less than before. */
  isHidden?: true;
  /** Those of the requested groups that the person is in, nested membership included. */
  groupIds: string[];
}

/** The result of a point read of a group: its direct members now. */
export interface GroupMembers {
  groupId: string;
  members: { id: string; kind: 'user' | 'group' }[];
}

/** What a self-test checks beside what every sync needs. */
export interface SelfTest {
  plan: ReadPlan;
  /** Names and object ids of the groups that the tenant file names, each once. */
  groups: string[];
  /** Object ids of the groups that some of these names are bound to, by folded name; default: none. */
  boundGroups?: ReadonlyMap<string, string>;
  /** Holders of privileged roles are read. */
  privileged: boolean;
  /** Assignments to the enterprise application are read. */
  appAssignments: boolean;
  /** Change notifications of the directory are used. */
  notifications: boolean;
}

/** A subscription: the directory notifies an address of ours when something in a stream changes. */
export interface Subscription {
  /** The directory's own. */
  id: string;
  /** As the directory set it: it may be sooner or later than requested. */
  expiresAt: Date;
}

/** Where notifications are sent, and until when. */
export interface SubscriptionRequest {
  url: string;
  /** Returned in each notification as proof of its origin; at most 128 characters. */
  clientState: string;
  expiresAt: Date;
}

/**
 * Subscriptions to changes. They only save time: a notification proves nothing but that a cycle may find something. All
 * throw PermissionError, ThrottledError, TransientError, ContractError or ConsentNeededError.
 */
export interface ChangeNotifications {
  subscribe(stream: DirectoryStream, request: SubscriptionRequest): Promise<Subscription>;
  /** Extends it and authorizes it again. @throws NotFoundError when the directory no longer knows it */
  renew(stream: DirectoryStream, id: string, expiresAt: Date): Promise<Subscription>;
  /** Ends it. One that has already ended is not an error. */
  unsubscribe(stream: DirectoryStream, id: string): Promise<void>;
}

export interface DirectorySource {
  capabilities: DirectoryCapabilities;
  /** Present where `capabilities.notifications` is `subscriptions`. */
  subscriptions?: ChangeNotifications;
  /**
   * Reads one stream: whole with `cursor: null`, otherwise the changes since. Pages arrive in order, one at a time, so
   * that memory stays bounded. A stream that ends without a cursor is incomplete. With `place`, a round that began with
   * the same cursor continues; CursorExpiredError when the directory no longer knows the place.
   * @throws CursorExpiredError, ThrottledError, TransientError, PermissionError, ConsentNeededError, ContractError
   */
  read(
    stream: DirectoryStream,
    cursor: string | null,
    plan: ReadPlan,
    place?: ReadPlace | null,
  ): AsyncIterable<DirectoryPage>;
  /** The service's own count of people or groups, as evidence; null when it does not say. */
  count(stream: DirectoryStream): Promise<number | null>;
  /** All holders of a privileged role, directly or through a group; none without `capabilities.roles`. */
  privileged(): Promise<PrivilegedPerson[]>;
  /** Object ids of users and groups that are assigned to the application; none without `capabilities.assignments`. */
  appAssignments(): Promise<string[]>;
  /**
   * Point reads before removals (docs/reference/rules.md section 1.5), in batches. The results are in the order of the
   * ids.
   */
  confirm(personIds: string[], groupIds: string[], plan: ReadPlan): Promise<PersonFact[]>;
  /** Whether a sync would work: sign-in, permissions, groups. It only reads; a refusal is a line, not an error. */
  selfTest(test: SelfTest): Promise<CheckResult[]>;
  /** When the credential expires; null when that is not known. Throws as `read` does. */
  credentialEndsAt(): Promise<Date | null>;
  /** Which of the groups the directory has now, by point reads. */
  existingGroups(groupIds: string[]): Promise<string[]>;
  /**
   * Which of the groups show the application at least one direct member now, by point reads. A group that hides its members
   * looks like an empty one, so an empty group is not among them.
   */
  visibleGroups(groupIds: string[]): Promise<string[]>;
  /** The direct members of these groups now, by point reads. Groups that no longer exist are left out. */
  currentMembers(groupIds: string[]): Promise<GroupMembers[]>;
  /**
   * Which of these direct memberships of people exist by what the people themselves say: a second witness, asked before a
   * membership is dropped. Absent: the directory has none.
   */
  membershipsByPeople?(asked: Membership[]): Promise<Membership[]>;
  /** A digest of what the cursors depend on (the selected properties). When it changes, the cursors are dropped. */
  cursorScope(plan: ReadPlan): string;
}
