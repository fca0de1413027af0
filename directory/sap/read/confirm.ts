import type { PersonFact, ReadPlan } from '../../source.ts';
import type { SapClient } from '../client/sap-client.ts';
import type { GroupsBelow } from './groups-below.ts';
import { peopleById } from './objects-by-id.ts';
import { sapPerson } from './people.ts';

/**
 * Reads people one by one, and which of the groups the live ones are in: the fact behind a removal
 * (docs/reference/rules.md section 1.5). A person is in a group when their own record says so, or the group does.
 */
export async function confirmPeople(
  { sap, groupsBelow }: { sap: SapClient; groupsBelow: GroupsBelow },
  personIds: readonly string[],
  groupIds: readonly string[],
  plan: ReadPlan,
): Promise<PersonFact[]> {
  const users = await peopleById(sap, personIds);
  const facts: PersonFact[] = [];
  for (const [index, personId] of personIds.entries()) {
    const user = users[index];
    if (!user) {
      facts.push({ personId, person: null, groupIds: [] });
      continue;
    }
    const person = sapPerson(user, plan);
    const inGroups: string[] = [];
    for (const groupId of person.enabled ? groupIds : []) {
      const { people, groups } = await groupsBelow.below(groupId);
      const says = (user.groups ?? []).some(({ value }) => groups.has(value));
      if (says || people.has(personId)) inGroups.push(groupId);
    }
    facts.push({ personId, person, groupIds: inGroups });
  }
  return facts;
}
