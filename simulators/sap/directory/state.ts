/** The edits that people and tests make in the simulated Identity Directory. */
import { randomUUID } from 'node:crypto';
import {
  type EditableDirectory,
  type NewGroup,
  type NewPerson,
  UnknownObjectError,
} from '../../directory.ts';
import { type SapGroup, type SapObject, SapRecords, type SapUser, type SavedSap } from './records.ts';
import { urns } from './schemas.ts';
import { setUserAttribute } from './user-attributes.ts';

export interface NewSapGroup extends NewGroup {
  /** Absent: a plain user group, which has no SAP extension (docs/reference/sap.md section 4). */
  kind?: string | undefined;
  applicationId?: string | undefined;
}

/** One tenant's directory. People are named by e-mail address, user name, id or a unique name. */
export class SapState extends SapRecords implements EditableDirectory {
  readonly #clock: () => Date;

  constructor(saved: SavedSap, clock: () => Date) {
    super(saved);
    this.#clock = clock;
  }

  /** Creates an active account of an employee. `properties` may have any name that `setUserAttribute` knows. */
  join({ id = randomUUID(), displayName, department, groups, properties, ...person }: NewPerson): SapUser {
    const [givenName, ...others] = displayName.trim().split(/\s+/);
    const userName = person.userPrincipalName ?? this.#addressFor(displayName);
    const mail = person.mail === undefined ? userName : person.mail;
    const user: SapUser = {
      kind: 'user',
      id,
      ...this.#newStamp(),
      status: 'active',
      blocked: false,
      emails: mail === null ? [] : [{ value: mail, primary: true, verified: true }],
      attributes: {
        userName,
        name: { givenName, ...(others.length > 0 ? { familyName: others.join(' ') } : {}) },
        displayName,
        userType: 'employee',
        [urns.sapUser]: { userUuid: id, userId: userIdOf(id), sourceSystem: 0 },
      },
    };
    this.add(user);
    const all = { ...(department === undefined ? {} : { department }), ...properties };
    for (const [attribute, value] of Object.entries(all)) this.#setAttribute(user, attribute, value);
    for (const group of groups ?? []) this.addToGroup(user.id, group);
    return user;
  }

  /** Sets attributes; null takes one away. `manager` is the name, id or address of a person, or null. */
  change(person: string, properties: Record<string, unknown>): SapUser {
    const user = this.user(person);
    for (const [name, value] of Object.entries(properties)) this.#setAttribute(user, name, value);
    return this.touch(user);
  }

  #setAttribute(user: SapUser, name: string, value: unknown): void {
    const isManager = name === 'manager' && typeof value === 'string';
    setUserAttribute(user, name, isManager ? { value: this.user(value).id } : value);
  }

  /** Deactivates an account, or activates it. */
  setEnabled(person: string, isEnabled: boolean): SapUser {
    return this.change(person, { status: isEnabled ? 'active' : 'inactive' });
  }

  /**
   * Blocks an account (soft delete): lists leave it out, a read by id does not find it. Where the tenant has no soft delete
   * it is gone for good.
   */
  leave(person: string): SapUser {
    const user = this.user(person);
    if (this.behaviour.softDelete === 'off') return this.#remove(user);
    user.blocked = true;
    if (this.behaviour.blockedMembers === 'leave') this.#endMemberships(user);
    return this.touch(user);
  }

  /** Deletes a live or blocked account for good: its memberships end, and the groups change (docs/reference/sap.md section 4). */
  purge(person: string): SapUser {
    return this.#remove(this.#blocked(person) ?? this.user(person));
  }

  #blocked(person: string): SapUser | null {
    try {
      return this.user(person, true);
    } catch (error) {
      if (error instanceof UnknownObjectError) return null;
      throw error;
    }
  }

  #remove(user: SapUser): SapUser {
    this.#endMemberships(user);
    this.drop(user);
    return user;
  }

  #endMemberships({ id }: SapObject): void {
    for (const group of this.groupIdsOf(id)) this.#setMember(group, id, false);
  }

  /** Restores a blocked account: it is inactive afterwards (docs/reference/sap.md section 7). */
  restore(person: string): SapUser {
    const user = this.user(person, true);
    user.blocked = false;
    user.status = 'inactive';
    if (this.behaviour.restoredId === 'same') return this.touch(user);
    const groups = this.groupIdsOf(user.id);
    this.#remove(user);
    const restored = { ...user, id: randomUUID() };
    this.add(restored);
    for (const id of groups) this.#setMember(id, restored.id, true);
    return this.touch(restored);
  }

  createGroup({ id = randomUUID(), displayName, description, kind, applicationId }: NewSapGroup): SapGroup {
    const sapGroup = {
      ...(applicationId === undefined ? {} : { applicationId }),
      supportedOperations: kind === 'authorization' ? 'readWrite' : 'userOnlyMembership',
      type: kind,
    };
    const group: SapGroup = {
      kind: 'group',
      id,
      ...this.#newStamp(),
      attributes: {
        displayName,
        [urns.customGroup]: {
          name: this.#technicalName(displayName),
          ...(description === undefined ? {} : { description }),
        },
        ...(kind === undefined ? {} : { [urns.sapGroup]: sapGroup }),
      },
      members: [],
    };
    this.add(group);
    return group;
  }

  renameGroup(name: string, displayName: string): SapGroup {
    const group = this.group(name);
    group.attributes.displayName = displayName;
    return this.touch(group);
  }

  /** Deletes a group and its memberships in other groups. */
  deleteGroup(name: string): SapGroup {
    const group = this.group(name);
    this.#endMemberships(group);
    this.drop(group);
    return group;
  }

  addToGroup(person: string, group: string): void {
    this.#setMember(group, this.user(person).id, true);
  }

  removeFromGroup(person: string, group: string): void {
    this.#setMember(group, this.user(person).id, false);
  }

  nest(inner: string, outer: string): void {
    this.#setMember(outer, this.group(inner).id, true);
  }

  unnest(inner: string, outer: string): void {
    this.#setMember(outer, this.group(inner).id, false);
  }

  grantRole(): never {
    throw noRoles();
  }

  revokeRole(): never {
    throw noRoles();
  }

  assignToApp(): never {
    throw new UnknownObjectError('SAP shows no assignments to applications.');
  }

  /** A membership moves the group's times, never the user's (docs/reference/sap.md section 2). */
  #setMember(groupName: string, memberId: string, present: boolean): void {
    const group = this.group(groupName);
    if (this.setMember(group, memberId, present)) this.touch(group);
  }

  /** Gives an object a new version and the present time. */
  touch<Item extends SapObject>(object: Item): Item {
    const { lastModified, version } = this.#newStamp();
    object.version = /^\d+$/.test(object.version) ? String(Number(object.version) + 1) : version;
    object.lastModified = lastModified;
    this.changes += 1;
    return object;
  }

  #newStamp() {
    const now = `${this.#clock().toISOString().slice(0, 19)}Z`;
    return {
      created: now,
      lastModified: now,
      version: this.behaviour.versions === 'number' ? '1' : randomUUID(),
    };
  }

  #addressFor(displayName: string): string {
    const alias = displayName
      .trim()
      .replaceAll(/\s+/g, '.')
      .normalize('NFD')
      .toLowerCase()
      .replace(/[^a-z0-9.-]/g, '');
    return `${alias}@${this.domain}`;
  }

  #technicalName(displayName: string): string {
    const name = displayName.replace(/[^A-Za-z0-9]+/g, '_');
    const isTaken = this.groups().some(
      ({ attributes }) => (attributes[urns.customGroup] as { name?: string }).name === name,
    );
    return isTaken ? `${name}_${this.sortedIds('group').length}` : name;
  }
}

const noRoles = () => new UnknownObjectError('SAP shows no roles: put the person into a group.');

/** The old number of a user. It comes from the id, so that it stays the same in every sandbox. */
const userIdOf = (id: string) => `P${String(Number.parseInt(id.slice(0, 8), 16)).padStart(6, '0')}`;
