/** Asks the directory about single objects, for what a round leaves open. */
import type { DirectoryEntry, DirectoryPage, DirectorySource } from '../../directory/source.ts';
import type { Membership } from '../../domain/people/directory.ts';
import { membershipKey } from '../../domain/people/membership.ts';
import { hidingGroups } from '../../store/replica/group-sight.ts';
import type { PointReads } from '../../store/replica/point-reads.ts';
import type { Services, Tenant } from '../services.ts';

/** Groups whose members are held in memory at a time. */
const groupsAtOnce = 20;

/** Each method throws as `DirectorySource.read` does. */
export function pointReadsOf(services: Pick<Services, 'database'>, tenant: Tenant): PointReads {
  return {
    people: (ids) => peopleNow(tenant, ids),
    groups: (ids) => tenant.directory.existingGroups(ids),
    memberships: (asked) => existingMemberships(services, tenant, asked),
    ...(tenant.directory.membershipsByPeople && {
      witnessed: (asked: Membership[]) => witnessedMemberships(tenant.directory, asked),
    }),
  };
}

/** Those of people alone: groups say nothing about the groups that they are in. */
async function witnessedMemberships(directory: DirectorySource, asked: Membership[]): Promise<Membership[]> {
  const ofPeople = asked.filter(({ memberKind }) => memberKind === 'user');
  if (ofPeople.length === 0 || !directory.membershipsByPeople) return [];
  return await directory.membershipsByPeople(ofPeople);
}

/** What was known of people stays while the directory hides them. */
async function peopleNow(
  { directory, readPlan }: Tenant,
  ids: string[],
): Promise<Pick<DirectoryPage, 'entries' | 'odd'>> {
  const facts = await directory.confirm(ids, [], readPlan);
  const entries = facts.map(({ personId, person, isHidden }): DirectoryEntry => {
    if (isHidden) return { type: 'person', id: personId, patch: {} };
    if (person === null) return { type: 'removed', stream: 'users', id: personId, purged: false };
    const { id, ...patch } = person;
    return { type: 'person', id, patch };
  });
  const odd = facts.flatMap(({ personId, isHidden }) => (isHidden ? [{ id: personId, problem: null }] : []));
  return { entries, odd };
}

/** A group that hides its members proves no departure: what was known of it stays. */
async function existingMemberships(
  { database }: Pick<Services, 'database'>,
  { name, directory }: Tenant,
  all: Membership[],
): Promise<Membership[]> {
  const concerned = new Set(all.map(({ groupId }) => groupId));
  const hiding = (await hidingGroups(database, name)).filter((id) => concerned.has(id));
  const visible = new Set(hiding.length > 0 ? await directory.visibleGroups(hiding) : []);
  const hidden = new Set(hiding.filter((id) => !visible.has(id)));
  const asked = all.filter(({ groupId }) => !hidden.has(groupId));
  const groupIds = [...new Set(asked.map(({ groupId }) => groupId))];
  const existing = all.filter(({ groupId }) => hidden.has(groupId));
  for (let start = 0; start < groupIds.length; start += groupsAtOnce) {
    const groups = await directory.currentMembers(groupIds.slice(start, start + groupsAtOnce));
    const present = new Set(
      groups.flatMap(({ groupId, members }) =>
        members.map(({ id }) => membershipKey({ groupId, memberId: id })),
      ),
    );
    existing.push(...asked.filter((membership) => present.has(membershipKey(membership))));
  }
  const found = new Set(existing.map(membershipKey));
  const missing = asked.filter((membership) => !found.has(membershipKey(membership)));
  return [...existing, ...(await witnessedMemberships(directory, missing))];
}
