/** The directory's side of the preflight. */
import { groupsNamedIn, needsAppAssignments, syncRules } from '../../config/rules.ts';
import { meantText } from '../../config/schema-parts.ts';
import type { TenantFile } from '../../config/tenant-file.ts';
import { missingGroupText } from '../../directory/group-lines.ts';
import type { DirectorySource, SelfTest } from '../../directory/source.ts';
import { type CheckResult, checkError, checkOk, checkWarning } from '../../domain/contract/check.ts';
import { SyncError } from '../../domain/errors.ts';
import { groupIdsOf } from '../../domain/people/condition.ts';
import type { DirectorySnapshot, Group } from '../../domain/people/directory.ts';
import { buildMembershipIndex, groupResolver } from '../../domain/people/membership.ts';
import { scopeVerdicts, takenOutLines } from '../../domain/people/scope.ts';
import { formatCount } from '../../domain/text.ts';
import { hidingGroups } from '../../store/replica/group-sight.ts';
import { boundGroupsOf } from '../../store/replica/named-groups.ts';
import { cursorOf, loadDirectory } from '../../store/replica/replica.ts';
import { withHiddenMarked } from '../read/group-sight.ts';
import { type LiveDirectory, readLive } from '../read/live-directory.ts';
import { readPlanOf } from '../read/read-plan.ts';
import { checkLimits, type Services } from '../services.ts';
import { notificationLines } from './check-notifications.ts';
import { unknownNameLines } from './unknown-names.ts';

/** `replicaOf`: whose replica people are counted in, the tenant's own or that of a look. */
export async function checkDirectory(
  services: Services,
  file: TenantFile,
  replicaOf: string,
): Promise<CheckResult[]> {
  const directory = await services.directoryOf(file, checkLimits);
  const lines = await directory.selfTest({
    ...selfTestOf(services, file),
    groups: groupsNamedIn(file),
    boundGroups: await boundGroupsOf(services.database, file.tenant),
  });
  const scope = await checkScopeIfRead(services, file, directory, replicaOf);
  return [
    ...withNearestGroups(lines, file, scope.groups),
    ...(await notificationLines(services, file, directory.capabilities)),
    ...scope.lines,
  ];
}

/** Only sign-in and what is granted, whatever groups the file names. */
export async function checkDirectoryAccess(services: Services, file: TenantFile): Promise<CheckResult[]> {
  const directory = await services.directoryOf(file, checkLimits);
  const lines = await directory.selfTest({ ...selfTestOf(services, file), groups: [] });
  return lines.filter(({ name }) => name !== 'groups');
}

function selfTestOf({ receiver }: Pick<Services, 'receiver'>, file: TenantFile): Omit<SelfTest, 'groups'> {
  return {
    plan: readPlanOf(file),
    privileged: file.safety.sensitive.directoryRoles,
    appAssignments: needsAppAssignments(file),
    // Without a public address this worker gets no notifications, so they need no permission.
    notifications: file.schedule.notifications && receiver !== null,
  };
}

/** A missing group with the one that was most likely meant, of the groups that were read. */
function withNearestGroups(lines: CheckResult[], file: TenantFile, groups: readonly Group[]): CheckResult[] {
  const known = groups.map(({ name }) => name);
  return lines.map((line) => {
    const missing = groupsNamedIn(file).find((name) => line.message === missingGroupText(name));
    if (missing === undefined) return line;
    return { ...line, message: line.message.replace(/\.$/, () => meantText(missing, known)) };
  });
}

interface CheckedScope {
  lines: CheckResult[];
  /** As far as they were read. */
  groups: readonly Group[];
}

/** Like `checkScope`; when the directory cannot be read completely, the other lines say so. */
async function checkScopeIfRead(...parts: Parameters<typeof checkScope>): Promise<CheckedScope> {
  try {
    return await checkScope(...parts);
  } catch (error) {
    if (error instanceof SyncError) return { lines: [], groups: [] };
    throw error;
  }
}

/** How many people would be in scope by this file: from a replica that fits, else from the directory as it is now. */
async function checkScope(
  services: Services,
  file: TenantFile,
  directory: DirectorySource,
  replicaOf: string,
): Promise<CheckedScope> {
  const read = await readBefore(services, file, directory, replicaOf);
  const live = read ?? (await readLive(directory, readPlanOf(file)));
  if (live === null) {
    const tooLarge =
      'The directory is too large to count people in scope here: the first full read does that.';
    return { lines: [checkOk('scope', tooLarge)], groups: [] };
  }
  const appAssignments = needsAppAssignments(file) ? await directory.appAssignments() : [];
  const { hiding, ...known } = live;
  const groups = await withHiddenMarked(directory, file, { ...known, appAssignments }, hiding);
  const snapshot: DirectorySnapshot = {
    ...{ ...known, groups, privileged: [], appAssignments },
    ...{ complete: true, groupsRead: 'now' },
  };
  const asOf = `the directory ${read ? 'was last read' : 'is now'}`;
  const lines = [
    ...hiddenGroupLines(directory, file, groups, hiding),
    ...scopeLines(file, snapshot, services.now().toISOString(), asOf),
    ...unknownNameLines(file, known.people),
  ];
  return { lines, groups };
}

/** The number of people in scope, and a warning for each line of the file that matches no one. */
function scopeLines(
  file: TenantFile,
  directory: DirectorySnapshot,
  now: string,
  asOf: string,
): CheckResult[] {
  const judged = { rules: syncRules(file), now, directory, index: buildMembershipIndex(directory) };
  const { verdicts, findings } = scopeVerdicts(judged);
  const people = formatCount(verdicts.filter(({ inScope }) => inScope).length, 'person', 'people');
  const useless = [
    ...findings
      .filter(({ kind }) => !/^(missing|ambiguous|hidden)-group$/.test(kind))
      .map(({ message }) => message),
    ...takenOutLines({ ...judged, verdicts }),
  ];
  return [
    checkOk('scope', `${people} of ${verdicts.length} would be in scope, as ${asOf}.`),
    ...useless.map((message) =>
      checkWarning('scope', message, 'Correct the tenant file, unless this is intended.'),
    ),
  ];
}

/** A replica of another directory, or without the attributes that this file asks for, does not fit. */
async function readBefore(
  { database }: Services,
  file: TenantFile,
  directory: DirectorySource,
  replicaOf: string,
): Promise<LiveDirectory | null> {
  const cursor = await cursorOf(database, { tenant: replicaOf, stream: 'users' });
  // A look has read the members of all groups.
  const isOfLook = replicaOf !== file.tenant;
  if (cursor === null) return null;
  if (!isOfLook && cursor.scope !== directory.cursorScope(readPlanOf(file))) return null;
  const hiding = await hidingGroups(database, replicaOf);
  return { ...(await loadDirectory(database, replicaOf)), hiding };
}

/** Hidden groups that the self-test cannot know: below a named one, or matched by a pattern. */
function hiddenGroupLines(
  { capabilities }: DirectorySource,
  file: TenantFile,
  groups: readonly Group[],
  hiding: readonly string[],
): CheckResult[] {
  const { hiddenMembership: permission } = capabilities;
  if (permission === null) return [];
  const resolve = groupResolver(groups);
  const named = new Set(
    groupsNamedIn(file)
      .flatMap((name) => groupIdsOf(resolve(name), 'any'))
      .filter((id) => hiding.includes(id)),
  );
  return groups
    .filter(({ id, isHidden }) => isHidden && !named.has(id))
    .map(({ name }) =>
      checkError(
        permission,
        `The members of the group "${name}", or of a group in it, are hidden from the application.`,
        `Grant the application permission ${permission} and have an administrator consent to it. If it is granted, the hidden group is empty: add a member.`,
      ),
    );
}
