/** Groups by list, by change and by id. */
import { z } from 'zod';
import { PermissionError } from '../../../domain/errors.ts';
import { inParallel } from '../../in-parallel.ts';
import { type OktaClient, readOkta } from '../client/okta-client.ts';
import { isMissing, type OktaCall } from '../client/okta-errors.ts';
import { pageLimit } from '../client/paging.ts';
import { readOnlyRemedy } from '../scopes.ts';
import { type OktaGroup, oktaGroup } from './group-records.ts';

export const groupsCall: OktaCall = { operation: 'GET /groups', scope: 'okta.groups.read' };
const byIdCall: OktaCall = { operation: 'GET /groups/{id}', scope: 'okta.groups.read' };

/** With each group's own count of members. */
export const allGroupsPath = `/groups?limit=${pageLimit}&expand=stats`;

const filteredPath = (filter: string) => `${allGroupsPath}&filter=${encodeURIComponent(filter)}`;

export const changedGroupsPath = (since: string): string =>
  filteredPath(`lastUpdated gt "${since}" or lastMembershipUpdated gt "${since}"`);

/** One group as the list has it, with its count; null when the list does not have it. */
export async function groupFromList(okta: OktaClient, id: string): Promise<OktaGroup | null> {
  const groups = await okta.get(filteredPath(`id eq "${id}"`), z.array(oktaGroup), groupsCall);
  return groups.find((group) => group.id === id) ?? null;
}

/** Which of the groups exist now. A response that proves nothing is an error, never "gone". */
export async function existingGroups(okta: OktaClient, groupIds: readonly string[]): Promise<string[]> {
  const exist = await inParallel(groupIds, async (id) => {
    const response = await okta.send(`/groups/${encodeURIComponent(id)}`, byIdCall);
    return !isMissing(response) && readOkta(response, z.object({ id: z.string() }), byIdCall).id === id;
  });
  const existing = groupIds.filter((_, index) => exist[index]);
  // To an app whose resource set has become empty, every group looks deleted.
  if (groupIds.length > 0 && existing.length === 0) await requireGroups(okta);
  return existing;
}

async function requireGroups(okta: OktaClient): Promise<void> {
  const listed = await okta.get('/groups?limit=1', z.array(z.unknown()), groupsCall);
  if (listed.length > 0) return;
  throw new PermissionError(`${groupsCall.operation}: Okta shows the service app no group.`, {
    remedy: readOnlyRemedy,
  });
}
