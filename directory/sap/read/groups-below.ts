/** Who is in groups right now, nested groups included, by point reads. */

import { cachedFor } from '../../cached-for.ts';
import { inParallel } from '../../in-parallel.ts';
import type { GroupMembers } from '../../source.ts';
import type { SapClient } from '../client/sap-client.ts';
import { membersOf, type SapMember } from './group-records.ts';
import { groupById } from './objects-by-id.ts';

/** Many people are confirmed in a row, and their groups are the same ones. */
const ageMaxMs = 60_000;

export interface GroupBelow {
  people: ReadonlySet<string>;
  /** The group itself, and those in it. */
  groups: ReadonlySet<string>;
}

/** Reads of groups, each cached for a minute. */
export function createGroupsBelow(sap: SapClient) {
  const known = new Map<string, { value(): Promise<SapMember[] | null> }>();
  const members = (id: string): Promise<SapMember[] | null> => {
    const found =
      known.get(id) ??
      cachedFor(ageMaxMs, async () => {
        const group = await groupById(sap, id);
        return group && membersOf(group);
      });
    known.set(id, found);
    return found.value();
  };
  return {
    /** Circles of groups end by themselves. */
    async below(groupId: string): Promise<GroupBelow> {
      const [people, groups] = [new Set<string>(), new Set<string>([groupId])];
      for (let level = [groupId]; level.length > 0; ) {
        const lists = await inParallel(level, members);
        level = [];
        for (const { id, kind } of lists.flatMap((list) => list ?? [])) {
          if (kind === 'user') people.add(id);
          else if (!groups.has(id)) level.push(id);
          if (kind === 'group') groups.add(id);
        }
      }
      return { people, groups };
    },
    forget: () => known.clear(),
  };
}
export type GroupsBelow = ReturnType<typeof createGroupsBelow>;

/** The direct members of groups now. Groups that do not exist are left out. */
export async function currentMembers(sap: SapClient, groupIds: readonly string[]): Promise<GroupMembers[]> {
  const groups = await inParallel(groupIds, (id) => groupById(sap, id));
  return groups.flatMap((group) => (group ? [{ groupId: group.id, members: membersOf(group) }] : []));
}
