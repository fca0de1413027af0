/**
 * Whether another sync writes to the same account. Signs of one: a tenant of this installation with the same account, the
 * marker of another installation on teams, and object ids in `external_id` that this directory does not know.
 */

import type { TenantFile } from '../../config/tenant-file.ts';
import { type CheckResult, checkOk, checkWarning } from '../../domain/contract/check.ts';
import { SyncError } from '../../domain/errors.ts';
import { markerOf } from '../../domain/teams/team-marker.ts';
import { formatCount, isObjectId } from '../../domain/text.ts';
import { loadPersonLinks } from '../../store/planning/links.ts';
import { othersOnAccount, tenantRow } from '../../store/tenants.ts';
import type { TimelyApi } from '../../timely/api.ts';
import { emptyWhenRefused } from '../../timely/requests.ts';
import { readPlanOf } from '../read/read-plan.ts';
import { checkLimits, type Services } from '../services.ts';

/** An active sync shows among the users that changed last. */
const usersScanned = 200;
/** Unknown ids that the directory is asked about: a few prove as much as all. */
const unknownIdsMax = 20;
const name = 'another writer';
const remedy =
  'Only one sync may write to an account: stop the other one, or give this tenant an account of its own.';

export async function checkOtherWriters(
  services: Services,
  file: TenantFile,
  timely: TimelyApi,
): Promise<CheckResult[]> {
  const lines = [
    ...(await sameAccount(services, file)),
    ...(await foreignMarkers(services, file, timely)),
    ...(await foreignIds(services, file, timely)),
  ];
  return lines.length > 0 ? lines : [checkOk(name, 'No other sync shows in this account.')];
}

async function sameAccount({ database }: Services, { tenant, target }: TenantFile): Promise<CheckResult[]> {
  const { accountId, endpoint } = target;
  const others = await othersOnAccount(database, { tenant, accountId, endpoint });
  return others.map((other) =>
    checkWarning(name, `The tenant ${other} is configured for the account ${accountId} as well.`, remedy),
  );
}

/** Teams with the marker of another installation, even of one that syncs the same directory. */
async function foreignMarkers(
  { database }: Services,
  { tenant }: TenantFile,
  timely: TimelyApi,
): Promise<CheckResult[]> {
  const own = (await tenantRow(database, tenant))?.marker ?? null;
  const externalIds = await timely.teamExternalIds().catch(emptyWhenRefused);
  const foreign = externalIds.map(markerOf).filter((marker) => marker !== null && marker !== own);
  if (foreign.length === 0) return [];
  const message = `${formatCount(foreign.length, 'team has', 'teams have')} the marker of another installation or tenant of timely-directory-sync, which writes to this account or did so before.`;
  return [checkWarning(name, message, remedy)];
}

/** Object ids that neither our links nor the directory know. */
async function foreignIds(services: Services, file: TenantFile, timely: TimelyApi): Promise<CheckResult[]> {
  const linked = new Set(
    (await loadPersonLinks(services.database, file.tenant)).map(({ personId }) => personId),
  );
  const unlinked = (await latestExternalIds(timely)).filter((id) => isObjectId(id) && !linked.has(id));
  if (unlinked.length === 0) return [];
  try {
    const directory = await services.directoryOf(file, checkLimits);
    const facts = await directory.confirm(unlinked.slice(0, unknownIdsMax), [], readPlanOf(file));
    const unknown = facts.filter(({ person }) => person === null).length;
    if (unknown === 0) return [];
    const message = `This directory does not know the object ids of ${formatCount(unknown, 'user', 'users')} that changed last: they left it long ago, or another sync writes to this account.`;
    return [checkWarning(name, message, remedy)];
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    const message = `The object ids of ${formatCount(unlinked.length, 'user', 'users')} could not be looked up in the directory.`;
    return [checkWarning(name, message, error.remedy)];
  }
}

async function latestExternalIds(timely: TimelyApi): Promise<string[]> {
  const ids: string[] = [];
  let seen = 0;
  for await (const users of timely.users()) {
    ids.push(...users.flatMap(({ externalId }) => externalId ?? []));
    seen += users.length;
    if (seen >= usersScanned) break;
  }
  return ids;
}
