/**
 * What a staged round leaves open is asked for by point reads before anything is believed: what it tells both ways, and
 * what a whole one does not tell at all.
 */
import type { DirectoryEntry, DirectoryStream } from '../../directory/source.ts';
import type { Membership } from '../../domain/people/directory.ts';
import type { Database } from '../../store/database.ts';
import {
  contradictoryMembers,
  membershipKey,
  settleMembers,
  unmentioned,
  unmentionedMembers,
} from '../../store/replica/read-evidence.ts';
import {
  contradictions,
  settleContradictions,
  settleGroups,
  stagePage,
} from '../../store/replica/staging.ts';
import type { Tenant } from '../services.ts';

/** Groups whose members are held in memory at once. */
const groupsAtOnce = 20;

/** Objects that the round calls both live and removed, and memberships that it tells as there and as gone. */
export async function reconcileRound(
  database: Database,
  tenant: Tenant,
  stream: DirectoryStream,
): Promise<void> {
  const ids = await contradictions(database, tenant.name, stream);
  if (stream === 'users') {
    if (ids.length > 0) await settleContradictions(database, tenant.name, await peopleNow(tenant, ids));
    return;
  }
  if (ids.length > 0)
    await settleGroups(database, tenant.name, ids, await tenant.directory.existingGroups(ids));
  const asked = await contradictoryMembers(database, tenant.name);
  if (asked.length === 0) return;
  const there = new Set((await thereNow(tenant, asked)).map(membershipKey));
  await settleMembers(database, tenant.name, asked, there);
}

/**
 * A listing may miss an object that moves while it is read (docs/reference/microsoft-graph.md section 2.1): what a
 * whole read leaves out without calling it removed is asked for before the replica forgets it. Seldom anything, since
 * delta rounds have told of those who left. Point reads make up for people and members; a missed group is a reason to
 * read anew.
 */
export async function readUnmentioned(
  database: Database,
  tenant: Tenant,
  stream: DirectoryStream,
): Promise<string[]> {
  const ids = await unmentioned(database, tenant.name, stream);
  if (stream === 'users') {
    if (ids.length > 0) await stagePage(database, tenant.name, stream, await peopleNow(tenant, ids));
    return [];
  }
  const missed = ids.length === 0 ? [] : await tenant.directory.existingGroups(ids);
  if (missed.length > 0) return [`${missed.length} groups are in the directory that the read left out`];
  const kept = await thereNow(tenant, await unmentionedMembers(database, tenant.name));
  const entries = kept.map((membership) => ({ type: 'member', ...membership, removed: false }) as const);
  await stagePage(database, tenant.name, stream, entries);
  return [];
}

/** Those of the memberships that the groups themselves tell of right now. */
async function thereNow({ directory }: Tenant, asked: Membership[]): Promise<Membership[]> {
  const groupIds = [...new Set(asked.map(({ groupId }) => groupId))];
  const there: Membership[] = [];
  for (let start = 0; start < groupIds.length; start += groupsAtOnce) {
    const groups = await directory.membersNow(groupIds.slice(start, start + groupsAtOnce));
    const known = new Set(
      groups.flatMap(({ groupId, members }) =>
        members.map(({ id }) => membershipKey({ groupId, memberId: id })),
      ),
    );
    there.push(...asked.filter((membership) => known.has(membershipKey(membership))));
  }
  return there;
}

/** What point reads say about some people, as entries of a round. */
async function peopleNow({ directory, readPlan }: Tenant, ids: string[]): Promise<DirectoryEntry[]> {
  const facts = await directory.confirm(ids, [], readPlan);
  return facts.map(({ personId, person }): DirectoryEntry => {
    if (person === null) return { type: 'removed', stream: 'users', id: personId, purged: false };
    const { id, ...patch } = person;
    return { type: 'person', id, patch };
  });
}
