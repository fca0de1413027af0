/** The simulated directory of one Entra ID tenant, and look-ups in it. */
import { randomBytes } from 'node:crypto';
import { contoso } from '../../contoso.ts';
import { UnknownObjectError } from '../../directory.ts';
import type { OpenIdClient } from '../../openid/provider.ts';
import type { GraphSubscription } from '../notifications/subscriptions.ts';
import { type DirectoryObject, DirectoryObjects, linkedIds, type SavedObjects } from './objects.ts';
import { defaultPermissions } from './permissions.ts';

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
  /** An administrative unit. Absent: the whole tenant. */
  directoryScopeId?: string | undefined;
}
export interface AppAssignment {
  id: string;
  principalId: string;
  createdDateTime: string;
}

/** The application that may sign in, its secret, and what it may read. */
export interface AppRegistration {
  tenantId: string;
  clientId: string;
  clientSecret: string;
  tokenLifetimeSeconds: number;
  /** Application permissions of Microsoft Graph that an administrator has consented to. */
  permissions: string[];
  /** When the client secret ends, ISO 8601. Sign-in ignores it: the fault `signInRefused` refuses. */
  secretEndsAt: string;
  /** Key that signs tokens and cursors. */
  signingKey: string;
  /** Where people are sent back to after a sign-in, besides this machine. */
  redirectUris?: string[];
}

/** The multi-tenant application of an installation. It is registered elsewhere, and known here once there is consent. */
export interface SharedApplication {
  clientId: string;
  /** Application permissions of Microsoft Graph that its registration asks for. */
  requested: string[];
  /** What an administrator has consented to; null: nobody has. */
  granted: string[] | null;
  redirectUris: string[];
}

/** An application that people sign in to, and that reads nothing. */
export interface SignInRegistration extends OpenIdClient {
  clientSecret: string;
}

export interface SavedMicrosoft {
  tenantName: string;
  domain: string;
  app: AppRegistration;
  objects: SavedObjects;
  roleDefinitions: RoleDefinition[];
  roleAssignments: RoleAssignment[];
  appAssignments: AppAssignment[];
  /** Absent in states that were saved before subscriptions existed. */
  subscriptions?: GraphSubscription[];
  /** Absent in states that were saved before it existed. */
  sharedApp?: SharedApplication;
  /** Likewise. */
  operatorsApp?: SignInRegistration;
}

const newSharedApplication = (): SharedApplication => ({
  clientId: contoso.sharedClientId,
  requested: [...defaultPermissions],
  granted: null,
  redirectUris: [],
});

const newOperatorsApplication = (): SignInRegistration => ({
  clientId: contoso.operatorsClientId,
  clientSecret: randomBytes(24).toString('base64url'),
  redirectUris: [],
});

/** The objects of a tenant, and look-ups by name. */
export class DirectoryRecords {
  tenantName: string;
  domain: string;
  readonly app: AppRegistration;
  readonly sharedApp: SharedApplication;
  readonly operatorsApp: SignInRegistration;
  readonly objects: DirectoryObjects;
  readonly roleDefinitions: RoleDefinition[];
  readonly roleAssignments: RoleAssignment[];
  readonly appAssignments: AppAssignment[];
  readonly subscriptions: GraphSubscription[];

  constructor(saved: SavedMicrosoft) {
    this.tenantName = saved.tenantName;
    this.domain = saved.domain;
    this.app = saved.app;
    this.sharedApp = saved.sharedApp ?? newSharedApplication();
    this.operatorsApp = saved.operatorsApp ?? newOperatorsApplication();
    this.objects = DirectoryObjects.load(saved.objects);
    this.roleDefinitions = saved.roleDefinitions;
    this.roleAssignments = saved.roleAssignments;
    this.appAssignments = saved.appAssignments;
    this.subscriptions = saved.subscriptions ?? [];
  }

  save(): SavedMicrosoft {
    const { tenantName, domain, app, sharedApp, operatorsApp } = this;
    const { roleDefinitions, roleAssignments, appAssignments } = this;
    return {
      ...{ tenantName, domain, app, sharedApp, operatorsApp },
      ...{ roleDefinitions, roleAssignments, appAssignments },
      objects: this.objects.save(),
      subscriptions: this.subscriptions,
    };
  }

  /** Returns a live or deleted user by id, sign-in name, mail address or display name, in any letter case. */
  user(name: string, status: 'live' | 'deleted' = 'live'): DirectoryObject {
    const known = this.objects.get(name) ?? this.objects.bySignInName(name);
    if (known?.kind === 'user' && known.status === status) return known;
    return this.#find('user', name, status, ['userPrincipalName', 'mail', 'displayName']);
  }

  /** Returns a live group by id or display name. */
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

  /** Whether the application may see the members of a group (docs/reference/microsoft-graph.md section 2.2). */
  showsMembers({ properties }: DirectoryObject): boolean {
    return (
      properties.visibility !== 'HiddenMembership' || this.app.permissions.includes('Member.Read.Hidden')
    );
  }

  /**
   * Returns the ids of all groups of a member, nested ones included, without those that hide their members from the
   * application. Groups may form circles.
   */
  transitiveGroups(memberId: string): Set<string> {
    const found = new Set<string>();
    const open = [memberId];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      for (const groupId of this.objects.groupsOf(id)) {
        const group = this.objects.get(groupId);
        if (found.has(groupId) || group?.status !== 'live' || !this.showsMembers(group)) continue;
        found.add(groupId);
        open.push(groupId);
      }
    }
    return found;
  }

  /** Returns the live members of a group that the application may see: the direct ones, or those of nested groups too. */
  members(group: DirectoryObject, transitive: boolean): DirectoryObject[] {
    const found = new Map<string, DirectoryObject>();
    const open = [group];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const id of this.showsMembers(next) ? linkedIds(next, 'members') : []) {
        const member = this.objects.get(id);
        if (member?.status !== 'live' || found.has(id)) continue;
        found.set(id, member);
        if (transitive && member.kind === 'group') open.push(member);
      }
    }
    return [...found.values()];
  }

  /** Returns the e-mail address of a person, the name of a group, else the id. The ledger and faults use it. */
  label(id: string): string {
    const object = this.objects.get(id) ?? this.objects.bySignInName(id);
    const { mail, userPrincipalName, displayName } = object?.properties ?? {};
    const name = object?.kind === 'user' ? (mail ?? userPrincipalName) : displayName;
    return typeof name === 'string' ? name : id;
  }
}
