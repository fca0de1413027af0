/** The edits of groups, of administrator roles and of assignments in the simulated Okta. */
import { type NewGroup, UnknownObjectError } from '../../directory.ts';
import { EarlierValues } from './earlier-values.ts';
import {
  type CustomRole,
  type GroupRule,
  type GroupType,
  type OktaGroup,
  type OktaUser,
  oktaId,
  type ResourceSet,
  type RoleAssignment,
} from './objects.ts';
import { OrderedItems } from './ordered-items.ts';
import { OktaRecords, type SavedOkta } from './records.ts';
import { appTarget, type EventType, groupTarget, type LogTarget, userTarget } from './system-log.ts';

/** A new group; `profile` holds what groups of other types have besides. */
export interface NewOktaGroup extends NewGroup {
  type?: GroupType;
  profile?: Record<string, unknown>;
}

export class GroupEdits extends OktaRecords {
  readonly #clock: () => Date;
  /** Copies of users before their changes, by id; null: there was none. */
  readonly earlierUsers: EarlierValues<OktaUser | null>;
  /** Whether a person was a member, by `group/user`. */
  readonly earlierMembers: EarlierValues<boolean>;

  constructor(saved: SavedOkta, clock: () => Date) {
    super(saved);
    this.#clock = clock;
    this.earlierUsers = new EarlierValues(clock);
    this.earlierMembers = new EarlierValues(clock);
  }

  /** Lists that lag behind show nothing from before now. */
  forgetEarlier(): void {
    this.earlierUsers.forget();
    this.earlierMembers.forget();
  }

  /** The time as users and groups show it. */
  stamp(): string {
    const now = this.#clock().toISOString();
    return this.behaviour.times === 'whole seconds' ? now.replace(/\.\d+Z$/, '.000Z') : now;
  }

  protected record(eventType: EventType, ...targets: LogTarget[]): void {
    this.log.add(eventType, targets, this.#clock(), this.behaviour.logDelayMs);
  }

  protected update(user: OktaUser, changes: Partial<OktaUser>): void {
    this.earlierUsers.remember(user.id, { ...user });
    Object.assign(user, changes, { lastUpdated: this.stamp() });
  }

  createGroup(group: NewOktaGroup): OktaGroup {
    const { id, displayName, description, type = 'OKTA_GROUP', profile } = group;
    const now = this.stamp();
    const made: OktaGroup = {
      id: id ?? oktaId('00g'),
      type,
      created: now,
      lastUpdated: now,
      lastMembershipUpdated: now,
      profile: { name: displayName, ...(description === undefined ? {} : { description }), ...profile },
      members: new OrderedItems(),
    };
    this.groups.add(made);
    if (type === 'BUILT_IN') this.builtInGroups.push(made);
    this.record('group.lifecycle.create', groupTarget(made));
    return made;
  }

  renameGroup(name: string, displayName: string): OktaGroup {
    const group = this.group(name);
    group.profile = { ...group.profile, name: displayName };
    group.lastUpdated = this.stamp();
    this.record('group.profile.update', groupTarget(group));
    return group;
  }

  deleteGroup(name: string): OktaGroup {
    const group = this.group(name);
    if (group.type === 'BUILT_IN') throw new UnknownObjectError(`The group ${name} cannot be deleted.`);
    this.groups.delete(group.id);
    this.app.groups.delete(group.id);
    this.dropRoles(({ principalId }) => principalId === group.id);
    this.record('group.lifecycle.delete', groupTarget(group));
    return group;
  }

  addToGroup(person: string, group: string): void {
    this.setMember(this.group(group), this.user(person), true);
  }

  removeFromGroup(person: string, group: string): void {
    this.setMember(this.group(group), this.user(person), false);
  }

  /** Adds a member, by hand or by a rule, or removes one. Nothing happens when it is so already. */
  setMember(group: OktaGroup, user: OktaUser, isMember: boolean, rule?: GroupRule): void {
    const { members } = group;
    if (members.has(user.id) === isMember) return;
    this.earlierMembers.remember(`${group.id}/${user.id}`, !isMember);
    if (isMember) members.add({ id: user.id, ...(rule ? { rule: rule.id } : {}) });
    else members.delete(user.id);
    group.lastMembershipUpdated = this.stamp();
    if (this.behaviour.membershipMovesUser) this.update(user, {});
    if (group.type === 'BUILT_IN' && isMember) return;
    const event = isMember ? 'group.user_membership.add' : 'group.user_membership.remove';
    this.record(event, userTarget(user), groupTarget(group));
  }

  /** Grants a role to a user, a group or the service app: a standard type, or a custom role by its label. */
  grantRole(principalId: string, role: string, resourceSetId?: string): RoleAssignment {
    const custom = this.customRoles.find(({ label, id }) => label === role || id === role);
    const type = custom ? 'CUSTOM' : role;
    const assignment: RoleAssignment = {
      id: oktaId('ra1'),
      principalId,
      type,
      created: this.stamp(),
      ...(custom ? { roleId: custom.id } : {}),
      ...(resourceSetId === undefined ? {} : { resourceSetId }),
    };
    this.roleAssignments.push(assignment);
    this.#logPrivilege(principalId, 'grant');
    return assignment;
  }

  revokeRole(principalId: string, role: string): void {
    const custom = this.customRoles.find(({ label, id }) => label === role || id === role);
    this.dropRoles(
      (entry) =>
        entry.principalId === principalId && (custom ? entry.roleId === custom.id : entry.type === role),
    );
    this.#logPrivilege(principalId, 'revoke');
  }

  /** Returns the ids of people who were members a while ago and are not now. */
  goneMembers({ id, members }: OktaGroup, lagMs: number): string[] {
    const prefix = `${id}/`;
    return [...this.earlierMembers.keys()]
      .filter((key) => key.startsWith(prefix) && this.earlierMembers.before(key, lagMs) === true)
      .map((key) => key.slice(prefix.length))
      .filter((userId) => !members.has(userId));
  }

  protected dropRoles(isDropped: (assignment: RoleAssignment) => boolean): void {
    const kept = this.roleAssignments.filter((assignment) => !isDropped(assignment));
    this.roleAssignments.splice(0, Infinity, ...kept);
  }

  #logPrivilege(principalId: string, change: 'grant' | 'revoke'): void {
    const user = this.users.get(principalId);
    const group = this.groups.get(principalId);
    if (user) this.record(`user.account.privilege.${change}`, userTarget(user));
    if (group) this.record(`group.privilege.${change}`, groupTarget(group));
  }

  revokeAllRoles(principalId: string): void {
    this.dropRoles((entry) => entry.principalId === principalId);
  }

  /** Defines a custom role, or changes the one of the label. */
  defineRole({ label, permissions }: Omit<CustomRole, 'id'>): CustomRole {
    return replaceByLabel(this.customRoles, { id: oktaId('cr0', label), label, permissions });
  }

  /** Defines a resource set, or changes the one of the label. */
  defineResourceSet(set: Omit<ResourceSet, 'id'>): ResourceSet {
    const named = (groups: 'all' | string[]) =>
      groups === 'all' ? groups : groups.map((group) => this.group(group).id);
    const { label } = set;
    const reached = { users: named(set.users), groups: named(set.groups) };
    return replaceByLabel(this.resourceSets, { id: oktaId('iam', label), label, ...reached });
  }

  /** Assigns a user or a group to the app. */
  assignToApp(principalId: string): void {
    const assignment = { id: principalId, created: this.stamp() };
    const user = this.users.get(principalId);
    const group = this.groups.get(principalId);
    if (user && this.app.users.add(assignment))
      this.record('application.user_membership.add', userTarget(user), appTarget(this.app));
    if (group && this.app.groups.add(assignment))
      this.record('group.application_assignment.add', groupTarget(group), appTarget(this.app));
  }

  unassignFromApp(principalId: string): void {
    const user = this.users.get(principalId);
    const group = this.groups.get(principalId);
    if (user && this.app.users.delete(principalId))
      this.record('application.user_membership.remove', userTarget(user), appTarget(this.app));
    if (group && this.app.groups.delete(principalId))
      this.record('group.application_assignment.remove', groupTarget(group), appTarget(this.app));
  }
}

function replaceByLabel<Item extends { id: string; label: string }>(all: Item[], item: Item): Item {
  const known = all.find(({ label }) => label === item.label);
  if (known) return Object.assign(known, item, { id: known.id });
  all.push(item);
  return item;
}
