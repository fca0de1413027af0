import { z } from 'zod';
import { inParallel } from '../../in-parallel.ts';
import { objectId } from '../../odd-records.ts';
import type { PersonFact, ReadPlan } from '../../source.ts';
import type { OktaClient } from '../client/okta-client.ts';
import type { OktaCall } from '../client/okta-errors.ts';
import { listAll } from '../client/paging.ts';
import { oktaPerson, type PeopleRules } from './people.ts';
import { peopleById } from './people-by-id.ts';

const call: OktaCall = { operation: 'GET /users/{id}/groups', scope: 'okta.users.read' };
const anyGroup = z.object({ id: objectId });

/**
 * Reads people one by one, and which of the groups the live ones are in: the fact behind a removal
 * (docs/reference/rules.md section 1.5).
 */
export async function confirmPeople(
  okta: OktaClient,
  personIds: readonly string[],
  groupIds: readonly string[],
  { plan, rules }: { plan: ReadPlan; rules: PeopleRules },
): Promise<PersonFact[]> {
  const people = await peopleById(okta, personIds);
  return await inParallel([...personIds.entries()], async ([index, personId]): Promise<PersonFact> => {
    const user = people[index];
    if (!user) return { personId, person: null, groupIds: [] };
    const person = oktaPerson(user, plan, rules);
    if (!person.enabled || groupIds.length === 0) return { personId, person, groupIds: [] };
    const path = `/users/${encodeURIComponent(personId)}/groups?limit=200`;
    const groups = new Set((await listAll(okta, path, anyGroup, call)).map(({ id }) => id));
    return { personId, person, groupIds: groupIds.filter((id) => groups.has(id)) };
  });
}
