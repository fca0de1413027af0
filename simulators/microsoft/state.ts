/** The simulated directory of one Entra ID tenant, and the edits that people and tests make in it. */
import { randomUUID } from 'node:crypto';
import { type DirectoryObject, DirectoryObjects, linked, type SavedObjects } from './objects.ts';

export interface RoleDefinition {
  /** Equals the template id for built-in roles. */
  id: string;
  displayName: string;
  description: string;
}
export interface RoleAssignment {
  id: string;
  principalId: string;
  roleDefinitionId: string;
}
export interface AppAssignment {
  id: string;
  principalId: string;
  createdDateTime: string;
}

/** The tenant's sign-in: which application may come in, with which secret, and what it may read. */
export interface AppRegistration {
  tenantId: string;
  clientId: string;
  clientSecret: string;
  tokenLifetimeSeconds: number;
  /** Key that signs tokens and cursors. */
  signingKey: string;
}

export interface SavedMicrosoft {
  tenantName: string;
  domain: string;
  app: AppRegistration;
  objects: SavedObjects;
  roleDefinitions: RoleDefinition[];
  roleAssignments: RoleAssignment[];
  appAssignments: AppAssignment[];
}

/** What somebody new is made from; whatever else is given becomes a property as it is. */
export interface NewPerson {
  id?: string | undefined;
  displayName: string;
  userPrincipalName?: string | undefined;
  /** `null`: no mail. Default: the sign-in name. */
  mail?: string | null | undefined;
  department?: string | undefined;
  /** Names or ids of groups to be in. */
  groups?: string[] | undefined;
  properties?: Record<string, unknown> | undefined;
}

/** What is asked for is not in the directory, or not clear. */
export class UnknownObjectError extends Error {}

export class MicrosoftState {
  tenantName: string;
  domain: string;
  readonly app: AppRegistration;
  readonly objects: DirectoryObjects;
  readonly roleDefinitions: RoleDefinition[];
  readonly roleAssignments: RoleAssignment[];
  readonly appAssignments: AppAssignment[];
  readonly #clock: () => Date;

  constructor(saved: SavedMicrosoft, clock: () => Date) {
    this.tenantName = saved.tenantName;
    this.domain = saved.domain;
    this.app = saved.app;
    this.objects = DirectoryObjects.load(saved.objects);
    this.roleDefinitions = saved.roleDefinitions;
    this.roleAssignments = saved.roleAssignments;
    this.appAssignments = saved.appAssignments;
    this.#clock = clock;
  }

  save(): SavedMicrosoft {
    const { tenantName, domain, app, roleDefinitions, roleAssignments, appAssignments } = this;
    const objects = this.objects.save();
    return { tenantName, domain, app, objects, roleDefinitions, roleAssignments, appAssignments };
  }

  /** A live or deleted user by id, sign-in name, mail address or display name; ignoring case. */
  user(name: string, status: 'live' | 'deleted' = 'live'): DirectoryObject {
    const known = this.objects.get(name) ?? this.objects.bySignInName(name);
    if (known?.kind === 'user' && known.status === status) return known;
    return this.#find('user', name, status, ['userPrincipalName', 'mail', 'displayName']);
  }

  /** A live group by id or display name. */
  group(name: string): DirectoryObject {
    const known = this.objects.get(name);
    if (known?.kind === 'group' && known.status === 'live') return known;
    return this.#find('group', name, 'live', ['displayName']);
  }

  #find(kind: 'user' | 'group', name: string, status: string, properties: string[]): DirectoryObject {
    const wanted = name.trim().toLowerCase();
    for (const property of properties) {
      const found = this.objects
        .of(kind)
        .filter((object) => object.status === status)
        .filter(({ properties }) => String(properties[property] ?? '').toLowerCase() === wanted);
      if (found.length > 1) {
        throw new UnknownObjectError(
          `There are ${found.length} of the name "${name}"; name the ${kind} by its id: ${found.map(({ id }) => id).join(', ')}.`,
        );
      }
      if (found[0]) return found[0];
    }
    throw new UnknownObjectError(
      `There is no ${kind} "${name}"${status === 'deleted' ? ' among the deleted ones' : ''} in the directory.`,
    );
  }

  /** A new member of the company, enabled. Keys of `properties` win over the defaults. */
  join({ id, displayName, mail, department, groups, properties, ...person }: NewPerson): DirectoryObject {
    const words = displayName.trim().split(/\s+/);
    const alias = words
      .join('.')
      .normalize('NFD')
      .toLowerCase()
      .replace(/[^a-z0-9.-]/g, '');
    const userPrincipalName = person.userPrincipalName ?? `${alias}@${this.domain}`;
    if (this.objects.bySignInName(userPrincipalName)) {
      throw new UnknownObjectError(`The sign-in name ${userPrincipalName} is taken.`);
    }
    const address = mail === undefined ? userPrincipalName : mail;
    const user = this.objects.create('user', id ?? randomUUID(), {
      displayName,
      givenName: words[0],
      ...(words.length > 1 ? { surname: words.slice(1).join(' ') } : {}),
      userPrincipalName,
      mail: address,
      proxyAddresses: address === null ? [] : [`SMTP:${address}`],
      accountEnabled: true,
      userType: 'Member',
      createdDateTime: this.#clock().toISOString(),
      ...(department === undefined ? {} : { department }),
      ...properties,
    });
    for (const group of groups ?? []) this.addToGroup(user.id, group);
    return user;
  }

  /** A guest of another company: the sign-in name carries the home address in front of `#EXT#`. */
  guest(guest: {
    email: string;
    displayName: string;
    state: 'Accepted' | 'PendingAcceptance';
    /** The address that shows; default: the home address. */
    mail?: string | undefined;
    groups?: string[] | undefined;
    properties?: Record<string, unknown> | undefined;
  }): DirectoryObject {
    const { email, displayName, state, mail = email, groups, properties } = guest;
    return this.join({
      displayName,
      userPrincipalName: `${email.replace('@', '_')}#EXT#@${this.domain}`,
      mail,
      groups,
      properties: {
        userType: 'Guest',
        creationType: 'Invitation',
        externalUserState: state,
        externalUserStateChangeDateTime: this.#clock().toISOString(),
        otherMails: [mail],
        ...properties,
      },
    });
  }

  /** Sets properties; null clears one. `manager` is a person's name, id or address, or null. */
  change(person: string, properties: Record<string, unknown>): DirectoryObject {
    const user = this.user(person);
    for (const [name, value] of Object.entries(properties)) {
      if (name === 'manager') this.#setManager(user, typeof value === 'string' ? value : null);
      else this.objects.set(user, name, value);
    }
    return user;
  }

  #setManager(user: DirectoryObject, manager: string | null): void {
    for (const id of linked(user, 'manager')) this.objects.link(user, 'manager', id, false);
    if (manager !== null) this.objects.link(user, 'manager', this.user(manager).id, true);
  }

  /** Deletes an account so that it can be restored. */
  leave(person: string): DirectoryObject {
    const user = this.user(person);
    this.objects.remove(user, 'deleted', this.#clock());
    return user;
  }

  /** Deletes an account for good, whether it was deleted before or not. */
  purge(person: string): DirectoryObject {
    const deleted = this.#deleted(person);
    const user = deleted ?? this.user(person);
    this.objects.remove(user, 'purged', this.#clock());
    return user;
  }

  restore(person: string): DirectoryObject {
    const user = this.user(person, 'deleted');
    this.objects.restore(user);
    return user;
  }

  #deleted(person: string): DirectoryObject | null {
    try {
      return this.user(person, 'deleted');
    } catch (error) {
      if (error instanceof UnknownObjectError) return null;
      throw error;
    }
  }

  createGroup(group: {
    id?: string | undefined;
    displayName: string;
    description?: string | undefined;
    properties?: Record<string, unknown> | undefined;
  }): DirectoryObject {
    const { id, displayName, description, properties } = group;
    return this.objects.create('group', id ?? randomUUID(), {
      displayName,
      ...(description === undefined ? {} : { description }),
      groupTypes: [],
      mailEnabled: false,
      mailNickname: displayName.toLowerCase().replace(/[^a-z0-9]/g, ''),
      securityEnabled: true,
      createdDateTime: this.#clock().toISOString(),
      ...properties,
    });
  }

  renameGroup(group: string, displayName: string): DirectoryObject {
    const found = this.group(group);
    this.objects.set(found, 'displayName', displayName);
    return found;
  }

  /** Both kinds of end are seen in the wild (microsoft-graph.md, section 1.4). */
  deleteGroup(group: string, status: 'deleted' | 'purged' = 'deleted'): DirectoryObject {
    const found = this.group(group);
    this.objects.remove(found, status, this.#clock());
    return found;
  }

  addToGroup(person: string, group: string): void {
    this.objects.link(this.group(group), 'members', this.user(person).id, true);
  }

  removeFromGroup(person: string, group: string): void {
    this.objects.link(this.group(group), 'members', this.user(person).id, false);
  }

  nest(inner: string, outer: string): void {
    this.objects.link(this.group(outer), 'members', this.group(inner).id, true);
  }

  unnest(inner: string, outer: string): void {
    this.objects.link(this.group(outer), 'members', this.group(inner).id, false);
  }

  /** `role` by name or template id; the principal is a person or a role-assignable group. */
  grantRole(principalId: string, role: string): void {
    const { id } = this.#role(role);
    const assigned = (entry: RoleAssignment) =>
      entry.principalId === principalId && entry.roleDefinitionId === id;
    if (this.roleAssignments.some(assigned)) return;
    this.roleAssignments.push({ id: randomUUID(), principalId, roleDefinitionId: id });
  }

  revokeRole(principalId: string, role: string): void {
    const { id } = this.#role(role);
    const kept = this.roleAssignments.filter(
      (entry) => entry.principalId !== principalId || entry.roleDefinitionId !== id,
    );
    this.roleAssignments.splice(0, Infinity, ...kept);
  }

  #role(name: string): RoleDefinition {
    const role = this.roleDefinitions.find(
      ({ id, displayName }) => id === name || displayName.toLowerCase() === name.toLowerCase(),
    );
    if (role) return role;
    const names = this.roleDefinitions.map(({ displayName }) => displayName).join(', ');
    throw new UnknownObjectError(`There is no directory role "${name}". Roles: ${names}.`);
  }

  /** Assigns a user or a group to the enterprise application. */
  assignToApp(principalId: string): void {
    if (this.appAssignments.some((entry) => entry.principalId === principalId)) return;
    const createdDateTime = this.#clock().toISOString();
    this.appAssignments.push({ id: randomUUID(), principalId, createdDateTime });
  }

  /** Ids of all groups somebody is in, nested membership included; cycles are fine. */
  transitiveGroups(memberId: string): Set<string> {
    const found = new Set<string>();
    const open = [memberId];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      for (const groupId of this.objects.groupsOf(id)) {
        if (found.has(groupId) || this.objects.get(groupId)?.status !== 'live') continue;
        found.add(groupId);
        open.push(groupId);
      }
    }
    return found;
  }

  /** Live objects in a group, direct or with the groups below it. */
  members(group: DirectoryObject, transitive: boolean): DirectoryObject[] {
    const found = new Map<string, DirectoryObject>();
    const open = [group];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const id of linked(next, 'members')) {
        const member = this.objects.get(id);
        if (member?.status !== 'live' || found.has(id)) continue;
        found.set(id, member);
        if (transitive && member.kind === 'group') open.push(member);
      }
    }
    return [...found.values()];
  }

  /** The e-mail address of a person, the name of a group, else the id: for the ledger and for faults. */
  label(id: string): string {
    const object = this.objects.get(id) ?? this.objects.bySignInName(id);
    const { mail, userPrincipalName, displayName } = object?.properties ?? {};
    const name = object?.kind === 'user' ? (mail ?? userPrincipalName) : displayName;
    return typeof name === 'string' ? name : id;
  }
}
