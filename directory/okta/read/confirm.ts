import { z } from 'zod';
import { isGuid } from '../../../domain/text.ts';
import { inParallel } from '../../in-parallel.ts';
import { objectId } from '../../odd-records.ts';
import type { PersonFact, ReadPlan } from '../../source.ts';
import type { OktaClient } from '../client/okta-client.ts';
import type { OktaCall } from '../client/okta-errors.ts';
import { listAll } from '../client/paging.ts';
import type { Deletions } from './deletions.ts';
import { oktaPerson, type PeopleRules } from './people.ts';
import { peopleById } from './people-by-id.ts';

const call: OktaCall = { operation: 'GET /users/{id}/groups', scope: 'okta.users.read' };
const anyGroup = z.object({ id: objectId });

export interface ConfirmContext {
  plan: ReadPlan;
  rules: PeopleRules;
  deletions: Pick<Deletions, 'provenOf'>;
}

/**
 * Reads people one by one, and which of the groups the live ones are in: the fact behind a removal
 * (docs/reference/rules.md section 1.5).
 */
export async function confirmPeople(
  okta: OktaClient,
  personIds: readonly string[],
  groupIds: readonly string[],
  { plan, rules, deletions }: ConfirmContext,
): Promise<PersonFact[]> {
  // After a move the store has people of another directory, whose ids are none of Okta's.
  const own = personIds.filter((id) => !isGuid(id));
  const found = await peopleById(okta, own);
  const people = new Map(own.map((id, index) => [id, found[index] ?? null]));
  const missing = own.filter((id) => !people.get(id));
  const deleted = missing.length === 0 ? new Set() : await deletions.provenOf(missing);
  return await inParallel(personIds, async (personId): Promise<PersonFact> => {
    const user = people.get(personId);
    if (!user) {
      const isHidden = people.has(personId) && !deleted.has(personId);
      return { personId, person: null, groupIds: [], ...(isHidden && { isHidden }) };
    }
    const person = oktaPerson(user, plan, rules);
    if (!person.enabled || groupIds.length === 0) return { personId, person, groupIds: [] };
    const path = `/users/${encodeURIComponent(personId)}/groups?limit=200`;
    const groups = new Set((await listAll(okta, path, anyGroup, call)).map(({ id }) => id));
    return { personId, person, groupIds: groupIds.filter((id) => groups.has(id)) };
  });
}
