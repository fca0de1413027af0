/** The simulated directory of one Okta org, and look-ups in it. */
import { contoso } from '../../contoso.ts';
import { UnknownObjectError } from '../../directory.ts';
import type { EventHook } from '../hooks/event-hook.ts';
import type { ApiToken, NonceState, ServiceApp } from '../sign-in/service-app.ts';
import type { OktaBehaviour } from './behaviour.ts';
import type {
  AppAssignment,
  CustomRole,
  GroupMember,
  GroupRule,
  OktaApp,
  OktaGroup,
  OktaUser,
  ResourceSet,
  RoleAssignment,
} from './objects.ts';
import { OrderedItems } from './ordered-items.ts';
import { type SavedLog, SystemLog } from './system-log.ts';
import { makeWebApp, type WebApp } from './web-app.ts';

type Saved<Kept, Lists extends string, Item> = Omit<Kept, Lists> & Record<Lists, (Item | null)[]>;

export interface SavedOkta {
  orgId: string;
  /** Host of the org, such as contoso.okta.com. */
  domain: string;
  /** Domain of the addresses of people who join without one. */
  mailDomain: string;
  /** Key that signs tokens and cursors. */
  signingKey: string;
  serviceApp: ServiceApp;
  /** Absent in states that were saved before it existed. */
  webApp?: WebApp;
  apiTokens: ApiToken[];
  nonces: NonceState;
  users: (OktaUser | null)[];
  groups: (Saved<OktaGroup, 'members', GroupMember> | null)[];
  app: Saved<OktaApp, 'users' | 'groups', AppAssignment>;
  rules: GroupRule[];
  roleAssignments: RoleAssignment[];
  customRoles: CustomRole[];
  resourceSets: ResourceSet[];
  log: SavedLog;
  hook: EventHook;
  behaviour: OktaBehaviour;
}

/** The objects of an org, and look-ups by name. */
export class OktaRecords {
  readonly orgId: string;
  readonly domain: string;
  readonly mailDomain: string;
  readonly signingKey: string;
  readonly serviceApp: ServiceApp;
  /** What people sign in to. */
  readonly webApp: WebApp;
  readonly apiTokens: ApiToken[];
  readonly nonces: NonceState;
  readonly users: OrderedItems<OktaUser>;
  readonly groups: OrderedItems<OktaGroup>;
  /** Groups that everybody is in. */
  readonly builtInGroups: OktaGroup[];
  readonly app: OktaApp;
  readonly rules: GroupRule[];
  readonly roleAssignments: RoleAssignment[];
  readonly customRoles: CustomRole[];
  readonly resourceSets: ResourceSet[];
  readonly log: SystemLog;
  readonly hook: EventHook;
  readonly behaviour: OktaBehaviour;
  readonly #idsByLogin = new Map<string, string>();

  constructor(saved: SavedOkta) {
    this.orgId = saved.orgId;
    this.domain = saved.domain;
    this.mailDomain = saved.mailDomain;
    this.signingKey = saved.signingKey;
    this.serviceApp = saved.serviceApp;
    this.webApp = saved.webApp ?? makeWebApp(contoso.okta.signInClientId);
    this.apiTokens = saved.apiTokens;
    this.nonces = saved.nonces;
    this.users = new OrderedItems(saved.users);
    for (const { item } of this.users.from()) this.indexLogin(item);
    this.groups = new OrderedItems(
      saved.groups.map((group) => group && { ...group, members: new OrderedItems(group.members) }),
    );
    this.builtInGroups = this.groups.values().filter(({ type }) => type === 'BUILT_IN');
    const { users, groups } = saved.app;
    this.app = { ...saved.app, users: new OrderedItems(users), groups: new OrderedItems(groups) };
    this.rules = saved.rules;
    this.roleAssignments = saved.roleAssignments;
    this.customRoles = saved.customRoles;
    this.resourceSets = saved.resourceSets;
    this.log = new SystemLog(saved.log);
    this.hook = saved.hook;
    this.behaviour = saved.behaviour;
  }

  save(): SavedOkta {
    const { orgId, domain, mailDomain, signingKey, serviceApp, webApp, apiTokens, nonces, rules } = this;
    const { roleAssignments, customRoles, resourceSets, hook, behaviour, app } = this;
    return {
      ...{ orgId, domain, mailDomain, signingKey, serviceApp, webApp, apiTokens, nonces, rules },
      ...{ roleAssignments, customRoles, resourceSets, hook, behaviour },
      users: this.users.save(),
      groups: this.groups.save().map((group) => group && { ...group, members: group.members.save() }),
      app: { ...app, users: app.users.save(), groups: app.groups.save() },
      log: this.log.save(),
    };
  }

  /** Returns a user by id, login, e-mail address or display name, in any letter case. */
  user(name: string): OktaUser {
    const known = this.users.get(name);
    if (known) return known;
    const fields = ['login', 'email', 'displayName'];
    return findByName('user', name, fields, this.users.values());
  }

  /** Returns a group by id or name. */
  group(name: string): OktaGroup {
    return this.groups.get(name) ?? findByName('group', name, ['name'], this.groups.values());
  }

  byLogin(login: string): OktaUser | undefined {
    return this.users.get(this.#idsByLogin.get(login.toLowerCase()) ?? '');
  }

  /** Keeps the logins findable: call it for a new user, and after a change of the login. */
  protected indexLogin(user: OktaUser, loginBefore?: unknown): void {
    if (loginBefore !== undefined) this.#idsByLogin.delete(String(loginBefore).toLowerCase());
    this.#idsByLogin.set(String(user.profile.login).toLowerCase(), user.id);
  }

  groupsOf(userId: string): OktaGroup[] {
    return this.groups.values().filter(({ members }) => members.has(userId));
  }

  /** Roles of one user: the direct ones, and those of the user's groups. */
  rolesOf(userId: string): RoleAssignment[] {
    const principals = new Set([userId, ...this.groupsOf(userId).map(({ id }) => id)]);
    return this.roleAssignments.filter(({ principalId }) => principals.has(principalId));
  }

  /** Returns the address of a person, the name of a group, else the id. The ledger and faults use it. */
  label(id: string): string {
    const user = this.users.get(id) ?? (id.includes('@') ? this.byLogin(id) : undefined);
    const name = user ? (user.profile.email ?? user.profile.login) : this.groups.get(id)?.profile.name;
    return typeof name === 'string' ? name : id;
  }
}

function findByName<Item extends { id: string; profile: Record<string, unknown> }>(
  kind: string,
  name: string,
  fields: string[],
  all: Item[],
): Item {
  const wanted = name.trim().toLowerCase();
  for (const field of fields) {
    const found = all.filter(({ profile }) => String(profile[field] ?? '').toLowerCase() === wanted);
    if (found.length > 1) {
      const ids = found.map(({ id }) => id).join(', ');
      throw new UnknownObjectError(
        `There are ${found.length} of the name "${name}"; name the ${kind} by its id: ${ids}.`,
      );
    }
    if (found[0]) return found[0];
  }
  throw new UnknownObjectError(`There is no ${kind} "${name}" in the directory.`);
}
