/** Reads a small directory into memory, for a person who waits: nothing is stored. */
import { patchPerson, unknownPerson } from '../../directory/person-patch.ts';
import {
  type DirectoryPage,
  type DirectorySource,
  directoryStreams,
  type PersonPatch,
  type ReadPlan,
} from '../../directory/source.ts';
import { ContractError } from '../../domain/errors.ts';
import type { DirectorySnapshot, Membership, Person } from '../../domain/people/directory.ts';
import { membershipKey } from '../../domain/people/membership.ts';
import { kindBySignInName } from '../../domain/people/person.ts';

/** A larger directory takes too long for a person who waits. */
const peopleMax = 5_000;
const readMaxMs = 25_000;

export interface LiveDirectory extends Pick<DirectorySnapshot, 'people' | 'groups' | 'memberships'> {
  /** Object ids of the groups that hide their members from applications without a permission of their own. */
  hiding: string[];
}

/**
 * The people, groups and memberships as they are now; null when reading them takes too long. Throws as
 * `DirectorySource.read` does, and ContractError when the read is incomplete.
 */
export async function readLive(directory: DirectorySource, plan: ReadPlan): Promise<LiveDirectory | null> {
  const count = directory.capabilities.counts ? await directory.count('users') : 0;
  if (count === null || count > peopleMax) return null;
  const endsAtMs = Date.now() + readMaxMs;
  const live = {
    people: new Map<string, Person>(),
    groups: new Map<string, string>(),
    hiding: new Set<string>(),
    members: new Map<string, Membership>(),
  };
  for (const stream of directoryStreams) {
    let isWhole = false;
    for await (const page of directory.read(stream, null, plan)) {
      if (Date.now() > endsAtMs || live.people.size > peopleMax) return null;
      if (page.doubts.length > 0) throw new ContractError(page.doubts.join(' '));
      for (const entry of page.entries) take(live, entry);
      isWhole = page.nextCursor !== null;
    }
    if (!isWhole) throw new ContractError(`The read of ${stream} ended without a cursor.`);
  }
  return {
    people: [...live.people.values()],
    groups: [...live.groups].map(([id, name]) => ({ id, name })),
    memberships: [...live.members.values()],
    hiding: [...live.hiding].sort(),
  };
}

interface Live {
  people: Map<string, Person>;
  /** Names by id. */
  groups: Map<string, string>;
  hiding: Set<string>;
  members: Map<string, Membership>;
}

function take({ people, groups, hiding, members }: Live, entry: DirectoryPage['entries'][number]): void {
  switch (entry.type) {
    case 'person':
      people.set(entry.id, patched(people.get(entry.id) ?? unknownPerson(entry.id), entry.patch));
      return;
    case 'group':
      groups.set(entry.id, entry.patch.name ?? groups.get(entry.id) ?? '');
      if (entry.patch.hidesMembers) hiding.add(entry.id);
      return;
    case 'member': {
      const { groupId, memberId, memberKind, removed } = entry;
      const membership = { groupId, memberId, memberKind };
      if (removed) members.delete(membershipKey(membership));
      else members.set(membershipKey(membership), membership);
      return;
    }
    case 'allMembers':
      return;
    case 'removed':
      (entry.stream === 'users' ? people : groups).delete(entry.id);
  }
}

/** Like the store: without a user type, the sign-in name decides the kind. */
function patched(person: Person, patch: PersonPatch): Person {
  const kind =
    patch.kind ?? (patch.userPrincipalName ? kindBySignInName(patch.userPrincipalName) : person.kind);
  return { ...patchPerson(person, patch), kind };
}
