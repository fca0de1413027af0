/** The simulated Identity Directory of one tenant, and look-ups in it. */
import { randomBytes } from 'node:crypto';
import { contoso } from '../../contoso.ts';
import type { OpenIdClient } from '../../openid/provider.ts';
import { defaultSapBehaviour, type SapBehaviour } from './behaviour.ts';
import { addressOf, findGroup, findUser, nameOf } from './names.ts';

export type SapKind = 'user' | 'group';
/** A user may sign in only while `active`. A `new` one never activated the account. */
export type SapStatus = 'active' | 'inactive' | 'new';

interface Stamped {
  id: string;
  /** Whole seconds, as SAP's times are. */
  created: string;
  lastModified: string;
  version: string;
  /** Core attributes and extensions, without what follows from other facts. */
  attributes: Record<string, unknown>;
}

/** The e-mails of the core and of the SAP extension in one list: only the latter says `verified`. */
export interface SapEmail {
  value: string;
  type?: string | undefined;
  display?: string | undefined;
  primary?: boolean | undefined;
  verified: boolean;
}

export interface SapUser extends Stamped {
  kind: 'user';
  status: SapStatus;
  /** Soft-deleted. */
  blocked: boolean;
  emails: SapEmail[];
}

export interface SapGroup extends Stamped {
  kind: 'group';
  /** Ids of users and groups. */
  members: string[];
}

export type SapObject = SapUser | SapGroup;

/** Authorizations of a system in SAP's console, as far as they concern SCIM. */
export const sapAuthorizations = [
  'Read Users',
  'Manage Users',
  'Manage Groups',
  'Manage Blocked Users',
] as const;
export type SapAuthorization = (typeof sapAuthorizations)[number];

/** The system that may sign in as administrator. */
export interface SapSystem {
  name: string;
  clientId: string;
  secrets: string[];
  authorizations: SapAuthorization[];
  /** PEM of the authority that signs client certificates. */
  clientAuthority: string;
  /** SHA-256 fingerprints of the certificates that the system may sign in with. */
  certificates: string[];
  /** Wrong secrets since the last right one. */
  failedSignIns: number;
  lockedUntil: string | null;
}

/** The OpenID Connect application that people sign in to. */
export interface SapWebApp extends OpenIdClient {
  clientSecret: string;
}

export interface SavedSap {
  tenantName: string;
  domain: string;
  system: SapSystem;
  /** Absent in states that were saved before it existed. */
  webApp?: SapWebApp;
  objects: SapObject[];
  behaviour?: Partial<SapBehaviour> | undefined;
  /** A filter: policies hide these users from the system. */
  hidden: string | null;
}

const newWebApp = (): SapWebApp => ({
  clientId: contoso.sap.signInClientId,
  clientSecret: randomBytes(24).toString('base64url'),
  redirectUris: [],
});

/** The objects of a tenant. */
export class SapRecords {
  readonly tenantName: string;
  readonly domain: string;
  readonly system: SapSystem;
  readonly webApp: SapWebApp;
  readonly behaviour: SapBehaviour;
  hidden: string | null;
  /** Counts changes, so that lists can be cached. */
  changes = 0;
  readonly #objects: Record<SapKind, Map<string, SapObject>> = { user: new Map(), group: new Map() };
  /** Ids of the groups of each direct member. */
  readonly #groupsOf = new Map<string, Set<string>>();
  readonly #sortedIds: Record<SapKind, string[] | null> = { user: null, group: null };

  constructor(saved: SavedSap) {
    this.tenantName = saved.tenantName;
    this.domain = saved.domain;
    this.system = saved.system;
    this.webApp = saved.webApp ?? newWebApp();
    this.behaviour = { ...defaultSapBehaviour, ...saved.behaviour };
    this.hidden = saved.hidden;
    for (const object of saved.objects) this.add(object);
  }

  save(): SavedSap {
    const { tenantName, domain, system, webApp, behaviour, hidden } = this;
    const objects = [...this.users(), ...this.groups()];
    return { tenantName, domain, system, webApp, behaviour, hidden, objects };
  }

  /** All users, blocked ones too, in order of creation. */
  users(): SapUser[] {
    return [...this.#objects.user.values()].filter(isUser);
  }

  groups(): SapGroup[] {
    return [...this.#objects.group.values()].filter(isGroup);
  }

  get(id: string): SapObject | undefined {
    return this.#objects.user.get(id) ?? this.#objects.group.get(id);
  }

  /** Ids in the order of lists (docs/reference/sap.md section 3). */
  sortedIds(kind: SapKind): readonly string[] {
    this.#sortedIds[kind] ??= [...this.#objects[kind].keys()].sort();
    return this.#sortedIds[kind];
  }

  /** Ids of the groups of a direct member, in order. */
  groupIdsOf(memberId: string): string[] {
    return [...(this.#groupsOf.get(memberId) ?? [])].sort();
  }

  add(object: SapObject): void {
    this.changes += 1;
    this.#objects[object.kind].set(object.id, object);
    this.#sortedIds[object.kind] = null;
    if (object.kind === 'group') for (const id of object.members) this.#linkGroup(id, object.id, true);
  }

  /** Takes an object out. Its memberships end before, by `setMembers`. */
  drop(object: SapObject): void {
    this.changes += 1;
    if (object.kind === 'group') this.setMembers(object, []);
    this.#objects[object.kind].delete(object.id);
    this.#sortedIds[object.kind] = null;
  }

  setMembers(group: SapGroup, members: string[]): void {
    this.changes += 1;
    for (const id of group.members) this.#linkGroup(id, group.id, false);
    group.members = members;
    for (const id of members) this.#linkGroup(id, group.id, true);
  }

  /** Adds or takes away one member, without looking at the others. Returns whether it changed anything. */
  setMember(group: SapGroup, id: string, present: boolean): boolean {
    const isThere = this.#groupsOf.get(id)?.has(group.id) ?? false;
    if (isThere === present) return false;
    this.changes += 1;
    if (present) group.members.push(id);
    else group.members.splice(group.members.indexOf(id), 1);
    this.#linkGroup(id, group.id, present);
    return true;
  }

  #linkGroup(memberId: string, groupId: string, present: boolean): void {
    const groups = this.#groupsOf.get(memberId) ?? new Set();
    if (present) groups.add(groupId);
    else groups.delete(groupId);
    this.#groupsOf.set(memberId, groups);
  }

  /** Returns a user by id, e-mail address, user name, display name, or given and family name, in any letter case. */
  user(name: string, blocked = false): SapUser {
    const known = this.#objects.user.get(name);
    if (known && isUser(known) && known.blocked === blocked) return known;
    const candidates = this.users().filter((user) => user.blocked === blocked);
    return findUser(name, candidates, blocked ? ' among the blocked ones' : '');
  }

  /** Returns a group by id, display name or technical name, in any letter case. */
  group(name: string): SapGroup {
    const known = this.#objects.group.get(name);
    if (known && isGroup(known)) return known;
    return findGroup(name, this.groups());
  }

  /** Returns the e-mail address of a person, the name of a group, else the id. The ledger and faults use it. */
  label(id: string): string {
    const object = this.get(id);
    if (!object) return id;
    return object.kind === 'user' ? (addressOf(object) ?? id) : nameOf(object);
  }
}

const isUser = (object: SapObject): object is SapUser => object.kind === 'user';
const isGroup = (object: SapObject): object is SapGroup => object.kind === 'group';
