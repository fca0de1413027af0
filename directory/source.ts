/** The port: what a directory is to the sync. Microsoft Entra ID is one folder beside this file; Okta and SAP will be others. */
import type { CheckResult } from '../domain/contract/check.ts';
import type { Group, Person, PrivilegedPerson } from '../domain/people/directory.ts';

/** Streams that can be read forward on their own. */
export const directoryStreams = ['users', 'groups'] as const;
export type DirectoryStream = (typeof directoryStreams)[number];

/** What a read asks for, from the tenant file: it decides which properties and permissions are needed. */
export interface ReadPlan {
  /** Attributes named by `where` rules, beside those the sync always reads. */
  attributes: string[];
  managers: boolean;
}

/** What a page says of a person. An absent key keeps its value; an attribute that is null is cleared. */
export type PersonPatch = Partial<Omit<Person, 'id' | 'attributes'>> & {
  attributes?: Record<string, string | null>;
};

/**
 * One entry of a page. People and groups come as patches, because what a page leaves out is not thereby gone
 * (docs/reference/microsoft-graph.md section 1.3).
 */
export type DirectoryEntry =
  | { type: 'person'; id: string; patch: PersonPatch }
  | { type: 'group'; id: string; patch: Partial<Pick<Group, 'name'>> }
  | { type: 'member'; groupId: string; memberId: string; memberKind: 'user' | 'group'; removed: boolean }
  /** `purged`: gone for good; otherwise it may be restored. */
  | { type: 'removed'; stream: DirectoryStream; id: string; purged: boolean };

/** One page of a round. The last page of a stream carries the cursor for the next round; the others carry none. */
export interface DirectoryPage {
  stream: DirectoryStream;
  entries: DirectoryEntry[];
  /** Opaque; a secret-ish string that is stored and never logged. */
  nextCursor: string | null;
  /** Where the round goes on after this page, as opaque and as secret; null on the last page. */
  next: string | null;
  /** Doubts about this page that make the round incomplete ("a wall of nulls"), in sentences. */
  doubts: string[];
}

/** Where an interrupted round goes on. */
export interface ReadPlace {
  /** Of the last page that is in. */
  next: string;
  /** How many pages are in. */
  pages: number;
}

/** Answer to a point read: what the directory says about one person right now. */
export interface PersonFact {
  personId: string;
  /** Null: the directory does not know the person (any more). */
  person: Person | null;
  /** Which of the groups asked about the person is in, nested membership included. */
  groupIds: string[];
}

/** Answer to a point read of a group: who is in it right now, directly. */
export interface GroupMembers {
  groupId: string;
  members: { id: string; kind: 'user' | 'group' }[];
}

/** What a self-test looks at, beside what every sync needs. */
export interface SelfTest {
  plan: ReadPlan;
  /** Names and object ids of the groups that the tenant file names, each once. */
  groups: string[];
  /** Role holders are asked for. */
  privileged: boolean;
  /** Assignments to the enterprise application are asked for. */
  appAssignments: boolean;
  /** Notifications of the directory are wanted. */
  notifications: boolean;
}

/** The directory tells us, at an address of ours, when something of a stream has changed. */
export interface Subscription {
  /** The directory's own. */
  id: string;
  /** As the directory says: it may be sooner or later than was asked for. */
  expiresAt: Date;
}

/** Where notifications go, and until when. */
export interface SubscriptionWish {
  url: string;
  /** Comes back in each notification, as proof of where it comes from; at most 128 characters. */
  clientState: string;
  expiresAt: Date;
}

/**
 * Subscriptions to changes. They only save waiting: nothing is believed of a notification but that a cycle may find
 * something. All throw PermissionError, ThrottledError, TransientError, ContractError or ConsentNeededError.
 */
export interface ChangeNotifications {
  subscribe(stream: DirectoryStream, wish: SubscriptionWish): Promise<Subscription>;
  /** A longer life and a new authorization. @throws NotFoundError when the directory no longer knows it */
  renew(stream: DirectoryStream, id: string, expiresAt: Date): Promise<Subscription>;
  /** Ends it; one that is gone already is no error. */
  unsubscribe(stream: DirectoryStream, id: string): Promise<void>;
}

export interface DirectorySource {
  /** Absent where the directory has no such thing: then it is only asked, again and again. */
  notifications?: ChangeNotifications;
  /**
   * Reads one stream: whole with `cursor: null`, otherwise what changed since. Pages arrive in order, one at a time, so
   * that memory stays bounded. A stream that ends without a page that has a cursor is incomplete. With `place` a round
   * that was begun with the same cursor goes on; CursorExpiredError when the directory no longer knows the place.
   * @throws CursorExpiredError, ThrottledError, TransientError, PermissionError, ConsentNeededError, ContractError
   */
  read(
    stream: DirectoryStream,
    cursor: string | null,
    plan: ReadPlan,
    place?: ReadPlace | null,
  ): AsyncIterable<DirectoryPage>;
  /** The service's own count of people or groups, for evidence; null when it cannot say. */
  count(stream: DirectoryStream): Promise<number | null>;
  /** Everybody who holds a privileged role, directly or through a group. */
  privileged(): Promise<PrivilegedPerson[]>;
  /** Object ids of users and groups that are assigned to our enterprise application. */
  appAssignments(): Promise<string[]>;
  /**
   * Point reads before removals (docs/reference/rules.md section 1.5). Asked in batches; the answers come in the order
   * of the ids.
   */
  confirm(personIds: string[], groupIds: string[], plan: ReadPlan): Promise<PersonFact[]>;
  /** Whether a sync would work: sign-in, permissions, groups. Reads only; what is refused is a line, not an error. */
  selfTest(test: SelfTest): Promise<CheckResult[]>;
  /** When the credential ends, where that can be told; null otherwise. Throws as `read` does. */
  credentialEndsAt(): Promise<Date | null>;
  /** Which of the groups the directory has right now, by point reads. */
  existingGroups(groupIds: string[]): Promise<string[]>;
  /** Who is in these groups right now, directly, by point reads. Groups that are gone are left out. */
  membersNow(groupIds: string[]): Promise<GroupMembers[]>;
  /** A digest of what the cursors depend on (the selected properties): when it differs, the cursors are dropped. */
  cursorScope(plan: ReadPlan): string;
}
