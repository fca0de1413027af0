/** The directory's side of the preflight. */
import { groupsNamedIn, needsAppAssignments, syncRules } from '../../config/rules.ts';
import type { TenantFile } from '../../config/tenant-file.ts';
import type { DirectorySource } from '../../directory/source.ts';
import { type CheckResult, checkOk, checkWarning } from '../../domain/contract/check.ts';
import { SyncError } from '../../domain/errors.ts';
import { buildMembershipIndex } from '../../domain/people/membership.ts';
import { scopeVerdicts } from '../../domain/people/scope.ts';
import { formatCount } from '../../domain/text.ts';
import { cursorOf, loadDirectory } from '../../store/replica/replica.ts';
import { readLive } from '../read/live-directory.ts';
import { checkLimits, readPlanOf, type Services } from '../services.ts';

export async function checkDirectory(services: Services, file: TenantFile): Promise<CheckResult[]> {
  const directory = await services.directoryOf(file, checkLimits);
  const { safety, schedule } = file;
  const lines = await directory.selfTest({
    plan: readPlanOf(file),
    groups: groupsNamedIn(file),
    privileged: safety.sensitive.directoryRoles,
    appAssignments: needsAppAssignments(file),
    // Without a public address this worker gets no notifications, so they need no permission.
    notifications: schedule.notifications && services.receiver !== null,
  });
  return [...lines, ...(await checkScopeIfRead(services, file, directory))];
}

/** Like `checkScope`; when the directory cannot be read completely, the other lines say so. */
async function checkScopeIfRead(...parts: Parameters<typeof checkScope>): Promise<CheckResult[]> {
  try {
    return await checkScope(...parts);
  } catch (error) {
    if (error instanceof SyncError) return [];
    throw error;
  }
}

/** How many people would be in scope by this file: from a replica that fits, else from the directory as it is now. */
async function checkScope(
  { database, now }: Services,
  file: TenantFile,
  directory: DirectorySource,
): Promise<CheckResult[]> {
  const plan = readPlanOf(file);
  const cursor = await cursorOf(database, { tenant: file.tenant, stream: 'users' });
  // A replica of another directory, or without the attributes that this file asks for, does not fit.
  const isRead = cursor?.scope === directory.cursorScope(plan);
  const live = isRead ? await loadDirectory(database, file.tenant) : await readLive(directory, plan);
  if (live === null)
    return [
      checkOk(
        'scope',
        'The directory is too large to count people in scope here: the first full read does that.',
      ),
    ];
  const appAssignments = needsAppAssignments(file) ? await directory.appAssignments() : [];
  const snapshot = { ...live, privileged: [], appAssignments, complete: true };
  const { verdicts, findings } = scopeVerdicts({
    rules: syncRules(file),
    now: now().toISOString(),
    directory: snapshot,
    index: buildMembershipIndex(snapshot),
  });
  const people = formatCount(verdicts.filter(({ inScope }) => inScope).length, 'person', 'people');
  const useless = findings.filter(({ kind }) => !/^(missing|ambiguous)-group$/.test(kind));
  return [
    checkOk(
      'scope',
      `${people} of ${verdicts.length} would be in scope, as the directory ${isRead ? 'was last read' : 'is now'}.`,
    ),
    ...useless.map(({ message }) =>
      checkWarning('scope', message, 'Correct the tenant file, unless this is intended.'),
    ),
  ];
}
