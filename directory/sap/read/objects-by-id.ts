/** Single users and groups. Only SAP itself can say that one does not exist. */
import { z } from 'zod';
import { PermissionError } from '../../../domain/errors.ts';
import { inParallel } from '../../in-parallel.ts';
import { objectId } from '../../odd-records.ts';
import { countScimList } from '../../scim/list-pages.ts';
import type { SapClient } from '../client/sap-client.ts';
import { authorizationRemedy } from '../client/sap-errors.ts';
import { type SapGroup, sapGroup } from './group-records.ts';
import { type SapUser, sapUser } from './people.ts';
import { usersList } from './users.ts';

const path = (kind: 'Users' | 'Groups', id: string) => `/${kind}/${encodeURIComponent(id)}`;

/** People in the order of the ids; null for those whom SAP does not have: deleted, or blocked. */
export async function peopleById(sap: SapClient, ids: readonly string[]): Promise<(SapUser | null)[]> {
  const people = await inParallel(ids, (id) => sap.find(path('Users', id), sapUser, 'GET /Users/{id}'));
  // To a system that no longer sees any person, all look deleted.
  if (people.length > 0 && people.every((person) => person === null)) await requireSight(sap);
  return people;
}

async function requireSight(sap: SapClient): Promise<void> {
  if ((await countScimList(sap, usersList)) !== 0) return;
  throw new PermissionError('GET /Users: SAP shows the system nobody.', {
    remedy: authorizationRemedy(['Read Users']),
  });
}

/** A group with its direct members; null when SAP does not have it. */
export const groupById = (sap: SapClient, id: string): Promise<SapGroup | null> =>
  sap.find(path('Groups', id), sapGroup, 'GET /Groups/{id}');

const anyGroup = z.looseObject({ id: objectId });

/** Which of the groups exist now. */
export async function existingGroups(sap: SapClient, ids: readonly string[]): Promise<string[]> {
  const found = await inParallel(ids, (id) =>
    sap.find(`${path('Groups', id)}?excludedAttributes=members`, anyGroup, 'GET /Groups/{id}'),
  );
  return ids.filter((_, index) => found[index]);
}
