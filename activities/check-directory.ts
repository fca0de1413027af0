/** The directory's side of the preflight. */
import { groupsNamedIn, syncRules } from '../config/rules.ts';
import type { TenantFile } from '../config/tenant-file.ts';
import type { DirectorySource } from '../directory/source.ts';
import { type CheckResult, fine, warning } from '../domain/check.ts';
import { SyncError } from '../domain/errors.ts';
import { buildMembershipIndex } from '../domain/membership.ts';
import { scopeVerdicts } from '../domain/scope.ts';
import { counted } from '../domain/text.ts';
import { loadDirectory } from '../store/replica.ts';
import { cursorOf } from '../store/staging.ts';
import { checkLimits } from './check-limits.ts';
import { readPlanOf, type Services } from './services.ts';

export async function checkDirectory(services: Services, file: TenantFile): Promise<CheckResult[]> {
  const directory = await services.directoryOf(file, checkLimits);
  const { safety, schedule } = file;
  const lines = await directory.selfTest({
    plan: readPlanOf(file),
    groups: groupsNamedIn(file),
    privileged: safety.sensitive.directoryRoles,
    appAssignments: asksForAssignments(file),
    // Without a public address nobody can tell this worker anything, so nothing has to be granted for it.
    notifications: schedule.notifications && services.receiver !== null,
  });
  return [...lines, ...(await checkScope(services, file, directory))];
}

/** Who would be in scope by this file, as of the last read; before the first one nobody can tell cheaply. */
async function checkScope(
  { database, now }: Services,
  file: TenantFile,
  directory: DirectorySource,
): Promise<CheckResult[]> {
  const cursor = await cursorOf(database, file.tenant, 'users');
  // The replica of another directory, or one without the attributes that this file asks for, tells nothing.
  if (cursor?.scope !== directory.cursorScope(readPlanOf(file))) return [];
  const appAssignments = await assignmentsFor(file, directory);
  if (appAssignments === null) return [];
  const replica = { ...(await loadDirectory(database, file.tenant)), appAssignments, complete: true };
  const { verdicts, findings } = scopeVerdicts({
    rules: syncRules(file),
    now: now().toISOString(),
    directory: replica,
    index: buildMembershipIndex(replica),
  });
  const people = counted(verdicts.filter(({ inScope }) => inScope).length, 'person', 'people');
  const useless = findings.filter(({ kind }) => !/^(missing|ambiguous)-group$/.test(kind));
  return [
    fine('scope', `${people} of ${verdicts.length} would be in scope, as the directory was last read.`),
    ...useless.map(({ message }) =>
      warning('scope', message, 'Correct the tenant file, if that is not meant.'),
    ),
  ];
}

const asksForAssignments = ({ scope }: TenantFile) =>
  [...scope.include, ...scope.exclude].some((rule) => rule.assignedToApp);

/** The replica has assignments only of files that asked for them. Null: they may not be read, which a line tells already. */
async function assignmentsFor(file: TenantFile, directory: DirectorySource): Promise<string[] | null> {
  if (!asksForAssignments(file)) return [];
  try {
    return await directory.appAssignments();
  } catch (error) {
    if (error instanceof SyncError) return null;
    throw error;
  }
}
