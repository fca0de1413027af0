/** The directory's side of the preflight. */
import { groupsNamedIn, syncRules } from '../../config/rules.ts';
import type { TenantFile } from '../../config/tenant-file.ts';
import type { DirectorySource } from '../../directory/source.ts';
import { type CheckResult, checkOk, checkWarning } from '../../domain/contract/check.ts';
import { SyncError } from '../../domain/errors.ts';
import { buildMembershipIndex } from '../../domain/people/membership.ts';
import { scopeVerdicts } from '../../domain/people/scope.ts';
import { formatCount } from '../../domain/text.ts';
import { loadDirectory } from '../../store/replica/replica.ts';
import { cursorOf } from '../../store/replica/staging.ts';
import { readLive } from '../read/live-directory.ts';
import { readPlanOf, type Services } from '../services.ts';
import { checkLimits } from './check-limits.ts';

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
  return [...lines, ...(await checkScopeIfRead(services, file, directory))];
}

/** Like `checkScope`; of a directory that cannot be read whole the other lines tell. */
async function checkScopeIfRead(...parts: Parameters<typeof checkScope>): Promise<CheckResult[]> {
  try {
    return await checkScope(...parts);
  } catch (error) {
    if (error instanceof SyncError) return [];
    throw error;
  }
}

/** Who would be in scope by this file: by the replica where there is one that fits, else as the directory is right now. */
async function checkScope(
  { database, now }: Services,
  file: TenantFile,
  directory: DirectorySource,
): Promise<CheckResult[]> {
  const plan = readPlanOf(file);
  const cursor = await cursorOf(database, file.tenant, 'users');
  // The replica of another directory, or one without the attributes that this file asks for, tells nothing.
  const isRead = cursor?.scope === directory.cursorScope(plan);
  const live = isRead ? await loadDirectory(database, file.tenant) : await readLive(directory, plan);
  if (live === null)
    return [
      checkOk(
        'scope',
        'How many people would be in scope is told after the first full read: it takes too long here.',
      ),
    ];
  const appAssignments = asksForAssignments(file) ? await directory.appAssignments() : [];
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
      checkWarning('scope', message, 'Correct the tenant file, if that is not meant.'),
    ),
  ];
}

const asksForAssignments = ({ scope }: TenantFile) =>
  [...scope.include, ...scope.exclude].some((rule) => rule.assignedToApp);
