/**
 * Whether somebody else syncs into the same account. What gives them away: a tenant of this installation with the same
 * account, the marker of another installation on teams, and object ids in `external_id` that this directory does not know.
 */
import type { TenantFile } from '../../config/tenant-file.ts';
import { type CheckResult, checkOk, checkWarning } from '../../domain/contract/check.ts';
import { SyncError } from '../../domain/errors.ts';
import { markerOf } from '../../domain/teams/team-marker.ts';
import { formatCount } from '../../domain/text.ts';
import { loadPersonLinks } from '../../store/planning/links.ts';
import { othersOnAccount, tenantRow } from '../../store/tenants.ts';
import type { TimelyApi } from '../../timely/api.ts';
import { nothingWhenRefused } from '../../timely/requests.ts';
import { readPlanOf, type Services } from '../services.ts';
import { checkLimits } from './check-limits.ts';

/** A sync that is at work shows among the users that changed last. */
const usersLookedAt = 200;
/** Asked about one by one: a handful proves as much as all. */
const strangersAsked = 20;
const objectId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const name = 'another writer';
const remedy =
  'Let one sync alone write to an account: stop the other one, or give this tenant an account of its own.';

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

/** Teams that bear the marker of another installation, even one that syncs the same directory. */
async function foreignMarkers(
  { database }: Services,
  { tenant }: TenantFile,
  timely: TimelyApi,
): Promise<CheckResult[]> {
  const own = (await tenantRow(database, tenant))?.marker ?? null;
  const externalIds = await timely.teamExternalIds().catch(nothingWhenRefused);
  const foreign = externalIds.map(markerOf).filter((marker) => marker !== null && marker !== own);
  if (foreign.length === 0) return [];
  const message = `${formatCount(foreign.length, 'team bears', 'teams bear')} the marker of another installation or tenant of timely-directory-sync, which writes to this account or did once.`;
  return [checkWarning(name, message, remedy)];
}

/** Object ids that neither our links nor the directory know. */
async function foreignIds(services: Services, file: TenantFile, timely: TimelyApi): Promise<CheckResult[]> {
  const linked = new Set(
    (await loadPersonLinks(services.database, file.tenant)).map(({ personId }) => personId),
  );
  const strangers = (await latestExternalIds(timely)).filter((id) => objectId.test(id) && !linked.has(id));
  if (strangers.length === 0) return [];
  try {
    const directory = await services.directoryOf(file, checkLimits);
    const facts = await directory.confirm(strangers.slice(0, strangersAsked), [], readPlanOf(file));
    const unknown = facts.filter(({ person }) => person === null).length;
    if (unknown === 0) return [];
    const message = `${unknown} of the users that changed last carry object ids that this directory does not know: they left it long ago, or another sync writes to this account.`;
    return [checkWarning(name, message, remedy)];
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    const message = `${strangers.length} users carry object ids, and the directory could not be asked whether they are its own.`;
    return [checkWarning(name, message, error.remedy)];
  }
}

async function latestExternalIds(timely: TimelyApi): Promise<string[]> {
  const ids: string[] = [];
  let seen = 0;
  for await (const users of timely.users()) {
    ids.push(...users.flatMap(({ externalId }) => externalId ?? []));
    seen += users.length;
    if (seen >= usersLookedAt) break;
  }
  return ids;
}
