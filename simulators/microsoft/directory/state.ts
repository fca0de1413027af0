/** The edits that people and tests make in the simulated directory. */
import { randomUUID } from 'node:crypto';
import { type EditableDirectory, type NewPerson, UnknownObjectError } from '../../directory.ts';
import { type DirectoryObject, linkedIds } from './objects.ts';
import {
  DirectoryRecords,
  type RoleAssignment,
  type RoleDefinition,
  type SavedMicrosoft,
} from './records.ts';

/** One tenant's directory. People are named by e-mail address, sign-in name, id or a unique display name. */
export class MicrosoftState extends DirectoryRecords implements EditableDirectory {
  readonly #clock: () => Date;

  constructor(saved: SavedMicrosoft, clock: () => Date) {
    super(saved);
    this.#clock = clock;
  }

  /** Creates an enabled account of a member. */
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

  /** Creates a guest account. Its sign-in name holds the home address in front of `#EXT#`. */
  guest(guest: {
    email: string;
    displayName: string;
    state: 'Accepted' | 'PendingAcceptance';
    /** The contact address. Default: the home address. */
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

  /** Sets properties; null clears one. `manager` is the name, id or address of a person, or null. */
  change(person: string, properties: Record<string, unknown>): DirectoryObject {
    const user = this.user(person);
    for (const [name, value] of Object.entries(properties)) {
      if (name === 'manager') this.#setManager(user, typeof value === 'string' ? value : null);
      else this.objects.set(user, name, value);
    }
    return user;
  }

  #setManager(user: DirectoryObject, manager: string | null): void {
    for (const id of linkedIds(user, 'manager')) this.objects.link(user, 'manager', id, false);
    if (manager !== null) this.objects.link(user, 'manager', this.user(manager).id, true);
  }

  /** Deletes an account. It can be restored. */
  leave(person: string): DirectoryObject {
    const user = this.user(person);
    this.objects.remove(user, 'deleted', this.#clock());
    return user;
  }

  /** Purges a live or deleted account. */
  purge(person: string): DirectoryObject {
    const deleted = this.#deleted(person);
    const user = deleted ?? this.user(person);
    this.objects.remove(user, 'purged', this.#clock());
    return user;
  }

  setEnabled(person: string, isEnabled: boolean): DirectoryObject {
    return this.change(person, { accountEnabled: isEnabled });
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

  /** Hides the members from applications without the permission Member.Read.Hidden, or shows them again. */
  hideMembers(group: string, isHidden = true): DirectoryObject {
    const found = this.group(group);
    this.objects.set(found, 'visibility', isHidden ? 'HiddenMembership' : 'Private');
    return found;
  }

  /** Graph is known to do both (docs/reference/microsoft-graph.md section 1.4). */
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

  /** Grants a role, by name or template id, to a person or a role-assignable group. Default scope: the whole tenant. */
  grantRole(principalId: string, role: string, directoryScopeId?: string): void {
    const { id } = this.#role(role);
    const assigned = (entry: RoleAssignment) =>
      entry.principalId === principalId &&
      entry.roleDefinitionId === id &&
      entry.directoryScopeId === directoryScopeId;
    if (this.roleAssignments.some(assigned)) return;
    this.roleAssignments.push({ id: randomUUID(), principalId, roleDefinitionId: id, directoryScopeId });
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
}
