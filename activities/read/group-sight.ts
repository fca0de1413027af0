/** Finds out which groups in use hide their members from the application. */
import { syncRules } from '../../config/rules.ts';
import type { TenantFile } from '../../config/tenant-file.ts';
import type { DirectorySource } from '../../directory/source.ts';
import type { DirectorySnapshot, Group } from '../../domain/people/directory.ts';
import { hidingGroupsInUse } from '../../domain/plan/groups-in-use.ts';
import {
  groupSightOf,
  hidingGroups,
  requestWholeRead,
  storeGroupSight,
  unlistedGroups,
} from '../../store/replica/group-sight.ts';
import { groupsInGroups } from '../../store/replica/memberships.ts';
import { loadExtras, loadGroups } from '../../store/replica/replica.ts';
import type { Services, Tenant } from '../services.ts';

/**
 * Asks the directory about the groups that the tenant file depends on and whose members may not be known: hiding ones, and
 * members of groups that no read has listed. Stores which of them the application does not see. `wereReadWhole`: whether this
 * cycle has read all groups from the start. Returns why the read proves nothing, in sentences. A tenant without such groups
 * costs no request.
 */
export async function readGroupSight(
  { database }: Pick<Services, 'database'>,
  { name, file, directory }: Tenant,
  wereReadWhole: boolean,
): Promise<string[]> {
  const hiding = await hidingGroups(database, name);
  const unlisted = await unlistedGroups(database, name);
  if (hiding.length + unlisted.length === 0) {
    await storeGroupSight(database, name, { seen: [], hidden: [] });
    return [];
  }
  const groups = await loadGroups(database, name);
  const memberships = await groupsInGroups(database, name);
  const { appAssignments } = await loadExtras(database, name);
  const known = { groups, appAssignments, memberships };
  const use = hidingGroupsInUse(syncRules(file), known, [...hiding, ...unlisted]);
  const hidingInUse = use.inUse.filter((id) => hiding.includes(id));
  const visible = new Set(await visibleAmong(directory, hidingInUse));
  const before = new Set((await groupSightOf(database, name)).seen);
  const seen = hidingInUse.filter((id) => visible.has(id) && (wereReadWhole || before.has(id)));
  const left = use.inUse.filter((id) => !hiding.includes(id));
  const missed = left.length === 0 ? [] : await directory.existingGroups(left);
  if (seen.length < visible.size || missed.length > 0) await requestWholeRead(database, name);
  const hidden = use.affectedBy(hidingInUse.filter((id) => !seen.includes(id)));
  const incomplete = use.affectedBy(missed);
  const unseen = [hidden.named, incomplete.named, hidden.matched, incomplete.matched].flat();
  await storeGroupSight(database, name, { seen, hidden: [...new Set(unseen)] });
  const names = new Map(groups.map((group) => [group.id, group.name]));
  // A group that only matches a pattern may be any employee's: it must not hold up the whole tenant.
  return [
    ...hidden.named.map(
      (id) =>
        `the members of the group "${names.get(id)}", or of a group in it, are hidden from the application: grant it the permission ${directory.capabilities.hiddenMembership}`,
    ),
    ...incomplete.named.map((id) => `the read left out a group that is in the group "${names.get(id)}"`),
  ];
}

/** The groups of a snapshot, marked as hidden where the application does not see their members now. */
export async function withHiddenMarked(
  directory: Pick<DirectorySource, 'visibleGroups'>,
  file: TenantFile,
  snapshot: Pick<DirectorySnapshot, 'groups' | 'appAssignments' | 'memberships'>,
  hiding: readonly string[],
): Promise<Group[]> {
  const use = hidingGroupsInUse(syncRules(file), snapshot, hiding);
  const visible = await visibleAmong(directory, use.inUse);
  const { named, matched } = use.affectedBy(use.inUse.filter((id) => !visible.includes(id)));
  const hidden = new Set([...named, ...matched]);
  return snapshot.groups.map((group) => ({ ...group, isHidden: hidden.has(group.id) }));
}

const visibleAmong = async (
  directory: Pick<DirectorySource, 'visibleGroups'>,
  groupIds: string[],
): Promise<string[]> => (groupIds.length === 0 ? [] : await directory.visibleGroups(groupIds));
