/** Builds small worlds for the tests of the domain, and plans and gates them. */
import { createHash } from 'node:crypto';
import { gateChanges } from '../../../domain/gate/gate.ts';
import type { GateInput } from '../../../domain/gate/gate-input.ts';
import type { DirectorySnapshot, Group, Membership, Person } from '../../../domain/people/directory.ts';
import type { PersonLink, TeamLink } from '../../../domain/people/link.ts';
import type { Change, HoldRule } from '../../../domain/plan/change.ts';
import { computePlan, type Plan } from '../../../domain/plan/plan.ts';
import type { SafetyRules, SyncRules } from '../../../domain/rules.ts';
import type { TimelySnapshot, TimelyTeam, TimelyUser } from '../../../domain/timely.ts';

export const now = '2026-11-23T12:00:00.000Z';
export const digest = (text: string) => createHash('sha256').update(text).digest('hex');

export interface World {
  rules: SyncRules;
  now: string;
  directory: DirectorySnapshot;
  timely: TimelySnapshot;
  personLinks: PersonLink[];
  teamLinks: TeamLink[];
}

type RulePatch = Partial<Omit<SyncRules, 'safety'>> & { safety?: Partial<SafetyRules> };

/** Rules that include all people and never trip, unless overridden. */
export function rulesWith({ safety, ...patch }: RulePatch = {}): SyncRules {
  return {
    names: { refused: '', instead: new Map() },
    scope: { include: [{ everyone: true }], exclude: [], guests: 'exclude', guestDomains: [] },
    roles: { default: 'employee', adopted: 'keep', rules: [] },
    teams: [],
    teamMembers: { manual: 'keep', leads: 'keep', projects: { grantOnJoin: false, revokeOnLeave: true } },
    leavers: { action: 'remove', graceDays: 0, removedInTimely: 'ask' },
    ...patch,
    safety: {
      removals: { max: 1000, percent: 100, windowDays: 7 },
      invitations: { max: 1000 },
      roleChanges: { max: 1000, percent: 100, windowDays: 7 },
      teamShrink: { percent: 50, min: 5 },
      readShrink: { percent: 20 },
      firstCycle: { removals: 'hold' },
      protect: [],
      sensitive: { directoryRoles: true, timelyRoles: ['admin'], groups: [], emails: [] },
      ...safety,
    },
  };
}

/** A member of contoso whose address and object id come from the name: `Ada` is `id-ada`, `ada@contoso.example`. */
export function person(name: string, patch: Partial<Person> = {}): Person {
  const key = name.toLowerCase().replaceAll(' ', '.');
  return {
    id: `id-${key}`,
    name,
    userPrincipalName: `${key}@contoso.example`,
    mail: `${key}@contoso.example`,
    proxyAddresses: [],
    enabled: true,
    kind: 'member',
    invitation: null,
    attributes: {},
    managerId: null,
    ...patch,
  };
}

/** An accepted guest from partner.example. */
export function guest(name: string, patch: Partial<Person> = {}): Person {
  const key = name.toLowerCase();
  return person(name, {
    userPrincipalName: `${key}_partner.example#EXT#@contoso.example`,
    mail: `${key}@partner.example`,
    kind: 'guest',
    invitation: 'accepted',
    ...patch,
  });
}

export const user = (id: number, name: string, patch: Partial<TimelyUser> = {}): TimelyUser => ({
  id,
  email: `${name.toLowerCase().replaceAll(' ', '.')}@contoso.example`,
  name,
  roleId: null,
  role: 'employee',
  externalId: null,
  removed: false,
  updatedAt: 0,
  ...patch,
});

export const group = (name: string, id = `group-${name.toLowerCase().replaceAll(' ', '-')}`): Group => ({
  id,
  name,
});

/** Memberships of people (`id-…`) and groups (`group-…`) in a group. */
export const members = (groupId: string, ...memberIds: string[]): Membership[] =>
  memberIds.map((memberId) => ({
    groupId,
    memberId,
    memberKind: memberId.startsWith('group-') ? 'group' : 'user',
  }));

export const team = (id: number, name: string, ...userIds: number[]): TimelyTeam => ({
  id,
  name,
  members: userIds.map((userId) => ({ userId, lead: false, hideHours: false })),
});

export const link = (name: string, timelyId: number, patch: Partial<PersonLink> = {}): PersonLink => ({
  personId: `id-${name.toLowerCase()}`,
  timelyId,
  state: 'present',
  email: `${name.toLowerCase()}@contoso.example`,
  role: null,
  outOfScopeSince: null,
  ...patch,
});

interface WorldPatch {
  rules?: RulePatch;
  directory?: Partial<DirectorySnapshot>;
  timely?: Partial<TimelySnapshot>;
  personLinks?: PersonLink[];
  teamLinks?: TeamLink[];
}

/** An empty company and a Timely account with its owner (1) and the sync's own user (2), both admins. */
export function worldWith({ rules, directory, timely, personLinks = [], teamLinks = [] }: WorldPatch): World {
  return {
    rules: rulesWith(rules),
    now,
    directory: {
      people: [],
      groups: [],
      memberships: [],
      privileged: [],
      appAssignments: [],
      complete: true,
      groupsRead: 'now',
      ...directory,
    },
    timely: {
      account: { id: 987654, name: 'Contoso', ownerId: 1, seats: null, usersMax: null, userCount: null },
      ownUserId: 2,
      teams: [],
      roles: ['admin', 'manager', 'employee', 'team_lead'].map((name, index) => ({ id: 300 + index, name })),
      complete: true,
      ...timely,
      users: [
        user(1, 'The Owner', { role: 'admin' }),
        user(2, 'The Sync', { role: 'admin' }),
        ...(timely?.users ?? []),
      ],
    },
    personLinks,
    teamLinks,
  };
}

export const planOf = (world: World): Plan => computePlan({ ...world, digest });

/** The gated plan of a world, after the first cycle and without decisions. */
export function gated(world: World, patch: Partial<GateInput> = {}): Change[] {
  return gateChanges({
    ...world,
    plan: planOf(world),
    firstCycle: false,
    recentRemovals: 0,
    recentRoleChanges: 0,
    approved: new Set(),
    requestedRules: new Map<string, HoldRule>(),
    ...patch,
  });
}

/** The kind and subject of a change: `invite ada@contoso.example`, `createTeam Design`. */
export const labelOf = ({ kind, subject }: Pick<Change, 'kind' | 'subject'>): string =>
  `${kind} ${subject.type === 'person' ? subject.email : subject.name}`;

/** The same with the rule that holds or refuses the change: `remove ada@contoso.example (too-many-removals)`. */
export function labelWithHold(change: Change): string {
  const rule = change.hold?.rule ?? change.refusal?.rule;
  return labelOf(change) + (rule ? ` (${rule})` : '');
}
