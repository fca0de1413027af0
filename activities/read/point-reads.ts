/** Asks the directory about single objects, for what a round leaves open. */
import type { DirectoryEntry } from '../../directory/source.ts';
import type { Membership } from '../../domain/people/directory.ts';
import { membershipKey } from '../../domain/people/membership.ts';
import type { PointReads } from '../../store/replica/directory-round.ts';
import type { Tenant } from '../services.ts';

/** Groups whose members are held in memory at a time. */
const groupsAtOnce = 20;

/** Each method throws as `DirectorySource.read` does. */
export function pointReadsOf(tenant: Tenant): PointReads {
  return {
    people: (ids) => peopleNow(tenant, ids),
    groups: (ids) => tenant.directory.existingGroups(ids),
    memberships: (asked) => existingMemberships(tenant, asked),
  };
}

async function peopleNow({ directory, readPlan }: Tenant, ids: string[]): Promise<DirectoryEntry[]> {
  const facts = await directory.confirm(ids, [], readPlan);
  return facts.map(({ personId, person }): DirectoryEntry => {
    if (person === null) return { type: 'removed', stream: 'users', id: personId, purged: false };
    const { id, ...patch } = person;
    return { type: 'person', id, patch };
  });
}

async function existingMemberships({ directory }: Tenant, asked: Membership[]): Promise<Membership[]> {
  const groupIds = [...new Set(asked.map(({ groupId }) => groupId))];
  const existing: Membership[] = [];
  for (let start = 0; start < groupIds.length; start += groupsAtOnce) {
    const groups = await directory.currentMembers(groupIds.slice(start, start + groupsAtOnce));
    const present = new Set(
      groups.flatMap(({ groupId, members }) =>
        members.map(({ id }) => membershipKey({ groupId, memberId: id })),
      ),
    );
    existing.push(...asked.filter((membership) => present.has(membershipKey(membership))));
  }
  return existing;
}
