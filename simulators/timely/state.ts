/** The simulated Timely account: people, teams, roles, mails. Edits here are what the API and people by hand both do. */
import { OAuthState, type SavedOAuth } from './oauth-state.ts';
import {
  defaultBehaviour,
  type Mail,
  type TeamMember,
  type TimelyAccount,
  type TimelyBehaviour,
  type TimelyProject,
  type TimelyRole,
  type TimelyTeam,
  type TimelyUser,
} from './objects.ts';

export interface SavedTimely {
  account: TimelyAccount;
  roles: TimelyRole[];
  /** In the order of their last update. */
  users: TimelyUser[];
  teams: TimelyTeam[];
  projects: TimelyProject[];
  mails: Mail[];
  oauth: SavedOAuth;
  behaviour: TimelyBehaviour;
  nextId: number;
}

/** What may be given for a user beside name and address. */
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
  readonly account: TimelyAccount;
  readonly roles: TimelyRole[];
  /** Present users in the order of their last update, the latest last. */
  readonly present: TimelyUser[] = [];
  /** Removed users, in the same order. */
  readonly removed: TimelyUser[] = [];
  readonly teams: TimelyTeam[];
  readonly projects: TimelyProject[];
  readonly mails: Mail[];
  readonly oauth: OAuthState;
  readonly behaviour: TimelyBehaviour;
  #nextId: number;
  readonly #clock: () => Date;
  readonly #byId = new Map<number, TimelyUser>();
  readonly #byEmail = new Map<string, TimelyUser>();

  constructor(saved: SavedTimely, clock: () => Date) {
    this.account = saved.account;
    this.roles = saved.roles;
    this.teams = saved.teams;
    this.projects = saved.projects;
    this.mails = saved.mails;
    // What was saved before a switch was there takes its default.
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

  user(id: number): TimelyUser | undefined {
    return this.#byId.get(id);
  }

  /** A present or removed user by e-mail address, ignoring case. */
  byEmail(email: string): TimelyUser | undefined {
    return this.#byEmail.get(email.toLowerCase());
  }

  role(id: number): TimelyRole | undefined {
    return this.roles.find((role) => role.id === id);
  }

  roleNamed(name: string): TimelyRole | undefined {
    return this.roles.find((role) => role.name === name);
  }

  team(id: number): TimelyTeam | undefined {
    return this.teams.find((team) => team.id === id);
  }

  /** How many mails somebody got: the product must never cause a second one. */
  mailsTo(email: string): number {
    return this.mails.filter((mail) => mail.kind !== 'reinstatement' && mail.email === email.toLowerCase())
      .length;
  }

  /** Invites somebody, invites again, or takes a removed user back (timely-api.md, section 2.4). */
  invite(name: string, email: string, settings: UserSettings): TimelyUser {
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

  #newUser(name: string, email: string, roleId: number): TimelyUser {
    const nowSeconds = this.#nowSeconds();
    const user: TimelyUser = {
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

  /** Somebody who is in the account already and has signed in; no mail. */
  addActive(name: string, email: string, role: string): TimelyUser {
    const user = this.#newUser(name, email, this.roleNamed(role)?.id ?? 0);
    this.update(user, {});
    Object.assign(user, { active: true, sign_in_count: 12 });
    return user;
  }

  /** Changes settings; `team_ids` replaces the teams somebody is in. */
  update(user: TimelyUser, { team_ids, ...settings }: Partial<UserSettings>): void {
    Object.assign(user, settings);
    if (team_ids) {
      for (const team of this.teams) {
        const wanted = team_ids.includes(team.id);
        const isIn = team.users.some(({ user_id }) => user_id === user.id);
        if (wanted && !isIn) team.users.push(this.#member({ user_id: user.id }));
        if (!wanted && isIn) team.users = team.users.filter(({ user_id }) => user_id !== user.id);
      }
    }
    this.#touch(user);
  }

  /** Removes somebody from the account; hours stay, teams and projects lose them. */
  remove(user: TimelyUser): void {
    user.deleted = true;
    user.active = false;
    for (const team of this.behaviour.removedMembers === 'stay' ? [] : this.teams)
      team.users = team.users.filter(({ user_id }) => user_id !== user.id);
    for (const project of this.projects) project.user_ids = project.user_ids.filter((id) => id !== user.id);
    this.#touch(user);
  }

  createTeam(name: string, members: MemberSetting[], externalId: string | null = null): TimelyTeam {
    const team: TimelyTeam = {
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

  /** Replaces the members; those who stay keep their row. */
  setMembers(
    team: TimelyTeam,
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

  deleteTeam(team: TimelyTeam): void {
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

  #index(user: TimelyUser): void {
    (user.deleted ? this.removed : this.present).push(user);
    this.#byId.set(user.id, user);
    this.#byEmail.set(user.email.toLowerCase(), user);
  }

  /** Every write moves a user to the end of its list, so that lists by `updated_at` need no sorting. */
  #touch(user: TimelyUser): void {
    user.updated_at = this.#nowSeconds();
    for (const list of [this.present, this.removed]) {
      const index = list.lastIndexOf(user);
      if (index >= 0) list.splice(index, 1);
    }
    (user.deleted ? this.removed : this.present).push(user);
  }
}
