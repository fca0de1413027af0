import { createHash } from 'node:crypto';
import { type Meter, noMeter } from '../../domain/meter.ts';
import { cachedFor } from '../cached-for.ts';
import type { DirectoryCapabilities, DirectorySource, ReadPlan } from '../source.ts';
import { testOkta } from './check/self-test.ts';
import { createOktaClient } from './client/okta-client.ts';
import { listAppAssignments } from './read/assignments.ts';
import { confirmPeople } from './read/confirm.ts';
import { createDeletions } from './read/deletions.ts';
import { existingGroups } from './read/group-lists.ts';
import { readGroups } from './read/groups.ts';
import {
  assignmentChanges,
  groupDeletions,
  type LogEvent,
  membershipChanges,
  roleChanges,
  targetsOf,
  userDeletions,
} from './read/log.ts';
import { currentMembers } from './read/members.ts';
import { createRecentEvents } from './read/recent-events.ts';
import { listAdministrators } from './read/roles.ts';
import { readUsers } from './read/users.ts';
import type { OktaSourceSettings } from './settings.ts';

export const oktaCapabilities: DirectoryCapabilities = {
  delta: true,
  deletionsInDelta: true,
  counts: false,
  roles: true,
  assignments: true,
  notifications: 'hooks',
  membersWithGroups: false,
  nestedGroups: false,
  hiddenMembership: null,
};

/** The log reports changes of roles; after a lost event they are read again within the hour. */
const rolesAgeMaxMs = 3_600_000;
/** So that one cycle reads them once. */
const assignmentsAgeMaxMs = 60_000;

/**
 * One Okta org as a directory, through its Management API. Keep one per tenant: it holds the token.
 * @throws ConfigurationError when the endpoint cannot be used
 */
export function createOktaSource(settings: OktaSourceSettings, meter: Meter = noMeter): DirectorySource {
  const { app } = settings;
  const okta = createOktaClient(settings, meter);
  const rules = { keepsSuspended: settings.keepsSuspended, hireDate: settings.hireDate };
  const administrators = cachedFor(rolesAgeMaxMs, () => listAdministrators(okta));
  const deletions = createDeletions(okta);
  let roleGroups: string[] = [];
  const assignments = cachedFor(assignmentsAgeMaxMs, async () =>
    app === null ? { people: [], groups: [] } : await listAppAssignments(okta, app),
  );
  const recent = createRecentEvents(okta, [
    ...userDeletions,
    ...groupDeletions,
    ...membershipChanges,
    ...(settings.scopes.includes('okta.roles.read') ? roleChanges : []),
    ...(settings.scopes.includes('okta.apps.read') ? assignmentChanges : []),
  ]);
  const onEvents = (events: readonly LogEvent[]) => {
    if (events.some(({ eventType }) => assignmentChanges.includes(eventType))) assignments.forget();
    const moved = targetsOf(events, membershipChanges, 'UserGroup');
    const hasRoleChange = events.some(({ eventType }) => roleChanges.includes(eventType));
    if (hasRoleChange || moved.some((id) => roleGroups.includes(id))) administrators.forget();
  };
  return {
    capabilities: oktaCapabilities,
    async *read(stream, cursor, plan, place = null) {
      if (stream === 'users')
        return yield* readUsers({ okta, cursor, plan, place, rules, deletions, recent });
      if (cursor === null && place === null) {
        administrators.forget();
        assignments.forget();
      }
      const assigned = plan.groups?.assigned ? (await assignments.value()).groups : [];
      yield* readGroups({ okta, cursor, plan, place, assigned, recent, onEvents });
    },
    count: async () => null,
    async privileged() {
      const { people, groups } = await administrators.value();
      roleGroups = groups;
      return people;
    },
    appAssignments: async () => {
      const { people, groups } = await assignments.value();
      return [...people, ...groups].toSorted();
    },
    confirm: (personIds, groupIds, plan) =>
      confirmPeople(okta, personIds, groupIds, { plan, rules, deletions }),
    selfTest: (test) => testOkta({ okta, settings }, test),
    // Keys of service apps do not end, and of API tokens Okta does not say when they do.
    credentialEndsAt: async () => null,
    existingGroups: (groupIds) => existingGroups(okta, groupIds),
    visibleGroups: async (groupIds) => groupIds,
    currentMembers: (groupIds) => currentMembers(okta, groupIds),
    cursorScope: (plan) => cursorScope(settings, plan),
  };
}

/** A digest of what a round takes of people and groups. It does not depend on the order in which a tenant file has them. */
function cursorScope({ domain, app, keepsSuspended, hireDate }: OktaSourceSettings, plan: ReadPlan): string {
  const { names = [], patterns = [], assigned = false } = plan.groups ?? {};
  const groups = [names.toSorted(), patterns.toSorted(), assigned ? app : null];
  const parts = [domain, keepsSuspended, hireDate, plan.attributes.toSorted(), groups];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
