/** The edits of people in the simulated Okta. Those of groups, roles and assignments are in GroupEdits. */
import { type EditableDirectory, type NewPerson, UnknownObjectError } from '../../directory.ts';
import { GroupEdits } from './group-edits.ts';
import { type OktaUser, oktaId, type UserStatus } from './objects.ts';
import { changedProfile, newProfile, toAttributes } from './profile.ts';
import { applyRules } from './rules.ts';
import { type EventType, userTarget } from './system-log.ts';

/** A new user of Okta. */
export interface NewOktaUser extends NewPerson {
  status?: UserStatus | undefined;
}

/** The event of each change to a status; `ACTIVE` depends on the status before. */
const statusEvents: Record<Exclude<UserStatus, 'ACTIVE'>, EventType> = {
  STAGED: 'user.account.update_profile',
  PROVISIONED: 'user.lifecycle.reactivate',
  RECOVERY: 'user.account.update_profile',
  PASSWORD_EXPIRED: 'user.account.update_profile',
  LOCKED_OUT: 'user.account.lock',
  SUSPENDED: 'user.lifecycle.suspend',
  DEPROVISIONED: 'user.lifecycle.deactivate',
};

const activationEvents: Partial<Record<UserStatus, EventType>> = {
  SUSPENDED: 'user.lifecycle.unsuspend',
  DEPROVISIONED: 'user.lifecycle.reactivate',
};

/** One Okta org. People are named by e-mail address, login, id or a unique display name. */
export class OktaState extends GroupEdits implements EditableDirectory {
  /** Creates a user, active unless it says otherwise. */
  join({ id, groups, status = 'ACTIVE', ...person }: NewOktaUser): OktaUser {
    const profile = newProfile(person, this.mailDomain);
    const login = String(profile.login);
    if (this.byLogin(login)) throw new UnknownObjectError(`The login ${login} is taken.`);
    const now = this.stamp();
    const isActivated = status !== 'STAGED';
    const user: OktaUser = {
      id: id ?? oktaId('00u'),
      status,
      created: now,
      activated: isActivated ? now : null,
      statusChanged: now,
      lastLogin: null,
      lastUpdated: now,
      passwordChanged: isActivated ? now : null,
      profile,
    };
    this.earlierUsers.remember(user.id, null);
    this.users.add(user);
    this.indexLogin(user);
    this.record('user.lifecycle.create', userTarget(user));
    if (isActivated) this.record('user.lifecycle.activate', userTarget(user));
    for (const group of this.builtInGroups) this.setMember(group, user, true);
    for (const group of groups ?? []) this.addToGroup(user.id, group);
    applyRules(this, user);
    return user;
  }

  /** Changes the status. Memberships stay; rules look only at people who are not deactivated. */
  setStatus(person: string, status: UserStatus): OktaUser {
    const user = this.user(person);
    const event =
      status === 'ACTIVE'
        ? (activationEvents[user.status] ?? 'user.lifecycle.activate')
        : statusEvents[status];
    const now = this.stamp();
    const isActivation = status === 'ACTIVE' && user.activated === null;
    this.update(user, { status, statusChanged: now, ...(isActivation ? { activated: now } : {}) });
    this.record(event, userTarget(user));
    if (status === 'DEPROVISIONED') for (const token of this.apiTokens) this.#endToken(token, user);
    else applyRules(this, user);
    return user;
  }

  #endToken(token: { makerId: string; isRevoked?: true }, { id }: OktaUser): void {
    if (token.makerId === id) token.isRevoked = true;
  }

  leave(person: string): OktaUser {
    return this.setStatus(person, 'DEPROVISIONED');
  }

  restore(person: string): OktaUser {
    return this.setStatus(person, 'ACTIVE');
  }

  setEnabled(person: string, isEnabled: boolean): OktaUser {
    return this.setStatus(person, isEnabled ? 'ACTIVE' : 'SUSPENDED');
  }

  /** Deactivates where necessary, and deletes: at once, or when `finishDeletions` is called. */
  purge(person: string): OktaUser {
    const user = this.user(person);
    if (user.status !== 'DEPROVISIONED') this.leave(user.id);
    this.record('user.lifecycle.delete.initiated', userTarget(user));
    user.isDeleting = true;
    if (this.behaviour.deletion === 'at once') this.finishDeletions();
    return user;
  }

  /** Completes the deletions that have begun. Returns their number. */
  finishDeletions(): number {
    const ending = this.users.values().filter(({ isDeleting }) => isDeleting);
    for (const user of ending) {
      for (const group of this.groupsOf(user.id)) this.setMember(group, user, false);
      this.earlierUsers.remember(user.id, { ...user });
      this.users.delete(user.id);
      this.app.users.delete(user.id);
      this.dropRoles(({ principalId }) => principalId === user.id);
      this.record('user.lifecycle.delete.completed', userTarget(user));
    }
    return ending.length;
  }

  change(person: string, properties: Record<string, unknown>): OktaUser {
    const user = this.user(person);
    const { manager, ...others } = toAttributes(properties);
    const boss = typeof manager === 'string' ? this.user(manager) : null;
    const attributes =
      manager === undefined
        ? others
        : {
            ...others,
            manager: boss?.profile.displayName ?? null,
            managerId: boss?.profile.login ?? null,
          };
    const loginBefore = user.profile.login;
    this.update(user, { profile: changedProfile(user.profile, attributes) });
    this.indexLogin(user, loginBefore);
    this.record('user.account.update_profile', userTarget(user));
    applyRules(this, user);
    return user;
  }
}
