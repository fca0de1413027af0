/** The simulated Timely account: people, teams, roles, mails. The API and edits by hand both change it here. */
import { OAuthState, type SavedOAuth } from './oauth-state.ts';
import {
  defaultBehaviour,
  type Mail,
  type StoredAccount,
  type StoredRole,
  type StoredTeam,
  type StoredUser,
  type TeamMember,
  type TimelyBehaviour,
  type TimelyProject,
} from './objects.ts';

export interface SavedTimely {
  account: StoredAccount;
  roles: StoredRole[];
  /** In the order of their last update. */
  users: StoredUser[];
  teams: StoredTeam[];
  projects: TimelyProject[];
  mails: Mail[];
  oauth: SavedOAuth;
  behaviour: TimelyBehaviour;
  nextId: number;
}

/** Settings of a user beside name and address. */
export interface UserSettings {
  role_id: number;
  external_id?: string | null;
  weekly_capacity?: number;
  hide_hourly_rate?: boolean;
  hide_internal_hourly_rate?: boolean;
  default_hour_rate?: number;
  internal_hour_rate?: number;
  team_ids?: number[];
}

export interface MemberSetting {
  user_id: number;
  lead?: boolean;
  hide_hours?: boolean;
}

export class TimelyState {
  readonly account: StoredAccount;
  readonly roles: StoredRole[];
  /** Present users in the order of their last update, the latest at the end. */
  readonly present: StoredUser[] = [];
  /** Removed users, in the same order. */
  readonly removed: StoredUser[] = [];
  readonly teams: StoredTeam[];
  readonly projects: TimelyProject[];
  readonly mails: Mail[];
  readonly oauth: OAuthState;
  readonly behaviour: TimelyBehaviour;
  #nextId: number;
  readonly #clock: () => Date;
  readonly #byId = new Map<number, StoredUser>();
  readonly #byEmail = new Map<string, StoredUser>();

  constructor(saved: SavedTimely, clock: () => Date) {
    this.account = saved.account;
    this.roles = saved.roles;
    this.teams = saved.teams;
    this.projects = saved.projects;
    this.mails = saved.mails;
    // Older saved states lack newer switches, which take their defaults.
    this.behaviour = { ...defaultBehaviour, ...saved.behaviour };
    this.oauth = new OAuthState(saved.oauth, this.behaviour, clock);
    this.#nextId = saved.nextId;
    this.#clock = clock;
    for (const user of saved.users) this.#index(user);
  }

  save(): SavedTimely {
    const { account, roles, teams, projects, mails, behaviour } = this;
    const users = [...this.removed, ...this.present];
    const oauth = this.oauth.save();
    return { account, roles, users, teams, projects, mails, oauth, behaviour, nextId: this.#nextId };
  }

  user(id: number): StoredUser | undefined {
    return this.#byId.get(id);
  }

  /** Returns a present or removed user by e-mail address, in any letter case. */
  byEmail(email: string): StoredUser | undefined {
    return this.#byEmail.get(email.toLowerCase());
  }

  role(id: number): StoredRole | undefined {
    return this.roles.find((role) => role.id === id);
  }

  roleNamed(name: string): StoredRole | undefined {
    return this.roles.find((role) => role.name === name);
  }

  team(id: number): StoredTeam | undefined {
    return this.teams.find((team) => team.id === id);
  }

  /** Returns the number of mails to an address. The product must never cause a second one. */
  mailsTo(email: string): number {
    return this.mails.filter((mail) => mail.kind !== 'reinstatement' && mail.email === email.toLowerCase())
      .length;
  }

  /** Invites a person, invites again, or reinstates a removed user (docs/reference/timely-api.md section 2.4). */
  invite(name: string, email: string, settings: UserSettings): StoredUser {
    const known = this.byEmail(email);
    const returns = known?.deleted && this.behaviour.reinvited === 'same id';
    const mail = (kind: Mail['kind']) =>
      this.mails.push({ email: email.toLowerCase(), kind, at: this.#clock().toISOString() });
    if (returns) mail('reinstatement');
    else mail(known && !known.deleted ? 'repeated invitation' : 'invitation');
    const user = known && (returns || !known.deleted) ? known : this.#newUser(name, email, settings.role_id);
    user.deleted = false;
    this.update(user, settings);
    return user;
  }

  #newUser(name: string, email: string, roleId: number): StoredUser {
    const nowSeconds = this.#nowSeconds();
    const user: StoredUser = {
      id: this.newId(),
      email,
      name,
      active: false,
      created_at: nowSeconds,
      updated_at: nowSeconds,
      sign_in_count: null,
      external_id: null,
      weekly_capacity: 40,
      hide_hourly_rate: false,
      hide_internal_hourly_rate: true,
      default_hour_rate: 0,
      internal_hour_rate: 0,
      deleted: false,
      role_id: roleId,
    };
    this.#index(user);
    return user;
  }

  /** Adds a user who has signed in. Sends no mail. */
  addActive(name: string, email: string, role: string): StoredUser {
    const user = this.#newUser(name, email, this.roleNamed(role)?.id ?? 0);
    this.update(user, {});
    Object.assign(user, { active: true, sign_in_count: 12 });
    return user;
  }

  /** Changes settings. `team_ids` replaces the teams of the user. */
  update(user: StoredUser, { team_ids, ...settings }: Partial<UserSettings>): void {
    Object.assign(user, settings);
    if (team_ids) {
      for (const team of this.teams) {
        const wanted = team_ids.includes(team.id);
        const isIn = team.users.some(({ user_id }) => user_id === user.id);
        if (wanted && !isIn) team.users.push(this.#member({ user_id: user.id }));
        if (!wanted && isIn) team.users = team.users.filter(({ user_id }) => user_id !== user.id);
      }
    }
    this.#markUpdated(user);
  }

  /** Removes a user from the account, its teams and its projects. Hours stay. */
  remove(user: StoredUser): void {
    user.deleted = true;
    user.active = false;
    for (const team of this.behaviour.removedMembers === 'stay' ? [] : this.teams)
      team.users = team.users.filter(({ user_id }) => user_id !== user.id);
    for (const project of this.projects) project.user_ids = project.user_ids.filter((id) => id !== user.id);
    this.#markUpdated(user);
  }

  createTeam(name: string, members: MemberSetting[], externalId: string | null = null): StoredTeam {
    const team: StoredTeam = {
      id: this.newId(),
      name,
      color: '67a3bc',
      emoji: 'https://timelyapp-prod.s3.amazonaws.com/emoji/1f465.png',
      external_id: this.behaviour.teamExternalId === 'stored' ? externalId : null,
      project_ids: [],
      users: [],
    };
    this.teams.push(team);
    this.setMembers(team, members, { addToProjects: true, removeFromProjects: false });
    return team;
  }

  /** Replaces the members. Those who stay keep their row. */
  setMembers(
    team: StoredTeam,
    members: MemberSetting[],
    { addToProjects, removeFromProjects }: { addToProjects: boolean; removeFromProjects: boolean },
  ): void {
    const before = team.users;
    team.users = members.map((setting) => this.#member(setting, before));
    const ids = new Set(team.users.map(({ user_id }) => user_id));
    const left = before.filter(({ user_id }) => !ids.has(user_id)).map(({ user_id }) => user_id);
    for (const project of this.projects.filter(({ id }) => team.project_ids.includes(id))) {
      if (addToProjects) project.user_ids = [...new Set([...project.user_ids, ...ids])];
      if (removeFromProjects) project.user_ids = project.user_ids.filter((id) => !left.includes(id));
    }
  }

  deleteTeam(team: StoredTeam): void {
    this.teams.splice(this.teams.indexOf(team), 1);
  }

  newId(): number {
    this.#nextId += 1;
    return this.#nextId;
  }

  #member({ user_id, lead, hide_hours }: MemberSetting, before: TeamMember[] = []): TeamMember {
    const known = before.find((member) => member.user_id === user_id);
    return {
      id: known?.id ?? this.newId(),
      user_id,
      lead: lead ?? false,
      hide_hours: hide_hours ?? false,
    };
  }

  #nowSeconds(): number {
    return Math.floor(this.#clock().getTime() / 1000);
  }

  #index(user: StoredUser): void {
    (user.deleted ? this.removed : this.present).push(user);
    this.#byId.set(user.id, user);
    this.#byEmail.set(user.email.toLowerCase(), user);
  }

  /** Moves an updated user to the end of its list, so that lists by `updated_at` need no sorting. */
  #markUpdated(user: StoredUser): void {
    user.updated_at = this.#nowSeconds();
    for (const list of [this.present, this.removed]) {
      const index = list.lastIndexOf(user);
      if (index >= 0) list.splice(index, 1);
    }
    (user.deleted ? this.removed : this.present).push(user);
  }
}
