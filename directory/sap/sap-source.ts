import { createHash } from 'node:crypto';
import { type Meter, noMeter } from '../../domain/meter.ts';
import { countScimList } from '../scim/list-pages.ts';
import type { DirectoryCapabilities, DirectorySource, DirectoryStream, ReadPlan } from '../source.ts';
import { testSap } from './check/self-test.ts';
import { createSapClient } from './client/sap-client.ts';
import { confirmPeople } from './read/confirm.ts';
import { groupsList, readGroups } from './read/groups.ts';
import { createGroupsBelow, currentMembers } from './read/groups-below.ts';
import { existingGroups } from './read/objects-by-id.ts';
import { readUsers, usersList } from './read/users.ts';
import { membershipsByPeople, readWitness, Witness } from './read/witness.ts';
import type { SapSourceSettings } from './settings.ts';

export const sapCapabilities: DirectoryCapabilities = {
  delta: true,
  deletionsInDelta: false,
  counts: true,
  roles: false,
  assignments: false,
  notifications: 'none',
  membersWithGroups: false,
  nestedGroups: true,
  hiddenMembership: null,
};

/** The list of groups that a round has just read says how many there are. */
const totalAgeMaxMs = 10_000;

/**
 * One tenant of SAP Cloud Identity Services as a directory, through the SCIM API of its Identity Directory. Keep one per
 * tenant: it remembers that SAP has taken the credential.
 * @throws ConfigurationError when the endpoint or the certificate cannot be used
 */
export function createSapSource(settings: SapSourceSettings, meter: Meter = noMeter): DirectorySource {
  const sap = createSapClient(settings, meter);
  const groupsBelow = createGroupsBelow(sap);
  let heard = new Witness();
  let groupsTotal: { total: number; atMs: number } | null = null;

  async function count(stream: DirectoryStream): Promise<number | null> {
    if (stream === 'users') return await countScimList(sap, usersList);
    if (groupsTotal && performance.now() - groupsTotal.atMs < totalAgeMaxMs) return groupsTotal.total;
    return await countScimList(sap, groupsList);
  }

  return {
    capabilities: sapCapabilities,
    async *read(stream, cursor, plan, place = null) {
      if (stream === 'users') {
        if (cursor === null && place === null) heard = new Witness();
        const onUsers: Witness['take'] = (users, page) => heard.take(users, page);
        return yield* readUsers({ sap, cursor, plan, place, onUsers });
      }
      const witness = async () => (heard.isWhole ? heard : await readWitness(sap));
      const onTotal = (total: number) => {
        groupsTotal = { total, atMs: performance.now() };
      };
      yield* readGroups({ sap, groupsBelow, cursor, plan, place, witness, onTotal });
      heard = new Witness();
    },
    count,
    privileged: async () => [],
    appAssignments: async () => [],
    confirm: (personIds, groupIds, plan) => confirmPeople({ sap, groupsBelow }, personIds, groupIds, plan),
    selfTest: (test) => testSap({ sap, settings }, test),
    // Of a secret SAP does not say when it ends.
    credentialEndsAt: async () => sap.signIn.endsAt,
    existingGroups: (groupIds) => existingGroups(sap, groupIds),
    visibleGroups: async (groupIds) => groupIds,
    currentMembers: (groupIds) => currentMembers(sap, groupIds),
    membershipsByPeople: (asked) => membershipsByPeople(sap, asked),
    cursorScope: (plan) => cursorScope(settings, plan),
  };
}

/** A digest of what a round takes of people and groups. It does not depend on the order in which a tenant file has them. */
function cursorScope({ host }: SapSourceSettings, { attributes, groups }: ReadPlan): string {
  const { names = [], patterns = [] } = groups ?? {};
  const parts = [host, attributes.toSorted(), names.toSorted(), patterns.toSorted()];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
