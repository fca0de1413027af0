/** Brings the replica of the directory forward, and says what the read can be trusted for. */
import { activityInfo } from '@temporalio/activity';
import { groupsNamedIn, needsAppAssignments } from '../../config/rules.ts';
import { type DirectoryStream, directoryStreams, type NeededGroups } from '../../directory/source.ts';
import {
  AttemptsExhaustedError,
  ContractError,
  CursorExpiredError,
  isPermanent,
  SyncError,
  TransientError,
} from '../../domain/errors.ts';
import type { Evidence } from '../../domain/people/directory.ts';
import { noteProgress } from '../../http/work-scope.ts';
import type { Database } from '../../store/database.ts';
import { requireCurrent } from '../../store/fence.ts';
import { storeEvidence } from '../../store/planning/cycles.ts';
import { DirectoryRound, lastAttemptWithPage } from '../../store/replica/directory-round.ts';
import { differsFromCount } from '../../store/replica/judge-size.ts';
import { bindGroupNames, boundGroupsOf } from '../../store/replica/named-groups.ts';
import { cursorOf, noteFailedCursor, storeCredentialEnd, storeExtras } from '../../store/replica/replica.ts';
import type { CycleKey } from '../cycle/open-cycle.ts';
import type { Services, Tenant } from '../services.ts';
import { readGroupSight } from './group-sight.ts';
import { inBatches } from './in-batches.ts';
import { pointReadsOf } from './point-reads.ts';

/**
 * Give up after five attempts without progress. An attempt that got a page starts the count again: a directory that refuses
 * each fiftieth request is still read to the end (workflows/activity-proxies.ts has the last bound).
 */
const fruitlessMax = 5;
/** How many pages are read while others are staged. */
const pagesAheadMax = 4;

export function createReadDirectoryActivities(services: Services) {
  return {
    /**
     * Reads users, then groups, then role holders; each stream's round is taken whole or not at all. Another attempt goes
     * on where the last one stopped. @throws SupersededError
     */
    async readDirectory(key: CycleKey): Promise<{ complete: boolean; reasons: string[] }> {
      try {
        return await read(services, key);
      } catch (error) {
        if (!(error instanceof SyncError) || isPermanent(error)) throw error;
        const last = await lastAttemptWithPage(services.database, key);
        if (activityInfo().attempt - last < fruitlessMax) throw error;
        throw new AttemptsExhaustedError(error.message, { cause: error, remedy: error.remedy });
      }
    },
  };
}

async function read(services: Services, key: CycleKey): Promise<{ complete: boolean; reasons: string[] }> {
  const tenant = await services.tenant(key.tenant, key.configurationVersion);
  const evidence: Evidence = {
    kind: key.kind,
    complete: true,
    reasons: [],
    users: { pages: 0, objects: 0 },
    groups: { pages: 0, objects: 0 },
  };
  const rounds = await readStreams(services, tenant, key);
  for (const stream of directoryStreams) {
    const { kind, size, reasons } = rounds[stream];
    evidence[stream] = stream === 'groups' ? { ...size, complete: isComplete(rounds.groups) } : size;
    evidence.reasons.push(...(reasons ?? []));
    if (kind === 'full') evidence.kind = 'full';
  }
  const wereGroupsReadWhole = isComplete(rounds.groups) && rounds.groups.kind === 'full';
  const { database } = services;
  await requireCurrent(database, key);
  await bindGroupNames(database, tenant.name, groupsNamedIn(tenant.file), evidence.groups.complete);
  await readExtras(services, tenant);
  evidence.reasons.push(...(await readGroupSight(services, tenant, wereGroupsReadWhole)));
  if (evidence.kind === 'full') await readCredentialEnd(services, tenant);
  evidence.complete = evidence.reasons.length === 0;
  await storeEvidence(services.database, key.tenant, key.cycle, evidence);
  return { complete: evidence.complete, reasons: evidence.reasons.slice(0, 5) };
}

const isComplete = ({ reasons }: DirectoryRound) => reasons?.length === 0;

/** Reads users, then groups. The store takes the users in while the groups are on their way. */
async function readStreams(
  services: Services,
  tenant: Tenant,
  key: CycleKey,
): Promise<Record<DirectoryStream, DirectoryRound>> {
  const stagedUsers = await stageRound(services, tenant, 'users', key);
  const both = [
    takeRound(services, tenant, stagedUsers, { ...key, stream: 'users' }),
    stageRound(services, tenant, 'groups', key),
  ] as const;
  // None of them may go on after this activity has failed.
  await Promise.allSettled(both);
  const [users, stagedGroups] = await Promise.all(both);
  return { users, groups: await takeRound(services, tenant, stagedGroups, { ...key, stream: 'groups' }) };
}

/** Ends a staged round: reconcile, judge, commit. A round that an earlier attempt has committed stays as it is. */
async function takeRound(
  services: Services,
  tenant: Tenant,
  staged: DirectoryRound,
  key: CycleKey & { stream: DirectoryStream },
): Promise<DirectoryRound> {
  if (staged.reasons !== null) return staged;
  const { stream } = key;
  const { directory, readPlan, file } = tenant;
  const round = await wholeIfCountDiffers(services, tenant, staged, key);
  const pointReads = pointReadsOf(services, tenant);
  await round.reconcile(pointReads);
  noteProgress();
  const { counts, membersWithGroups } = directory.capabilities;
  const counted = round.kind === 'full' && counts ? await directory.count(stream) : null;
  const limits = { counted, shrinkMaxPercent: file.safety.readShrink.percent, membersWithGroups };
  const verdict = await round.judge(limits, pointReads);
  noteProgress();
  await round.commit(verdict, { scope: directory.cursorScope(readPlan), now: services.now() });
  noteProgress();
  return round;
}

/**
 * Stages a round from where an earlier attempt has left it. When the directory no longer knows the cursor or the place, the
 * round becomes a full one from the start.
 */
async function stageRound(
  { database }: Services,
  tenant: Tenant,
  stream: DirectoryStream,
  { cycle, opening, kind }: CycleKey,
): Promise<DirectoryRound> {
  const key = { tenant: tenant.name, stream, cycle, opening };
  const earlier = await DirectoryRound.find(database, key);
  if (earlier?.reasons) return earlier;
  const begun = earlier?.hasPages ? earlier : null;
  const isFull = kind === 'full' || begun?.kind === 'full';
  const cursor = isFull ? null : ((await cursorOf(database, key))?.cursor ?? null);
  const begin = (from: string | null) =>
    DirectoryRound.begin(database, key, from === null ? 'full' : 'incremental');
  try {
    return await stagePages(database, tenant, key, begun ?? (await begin(cursor)), cursor);
  } catch (error) {
    if (cursor !== null && isServerFailure(error)) await noteFailedCursor(database, key);
    if (!(error instanceof CursorExpiredError) || (cursor === null && begun === null)) throw error;
    return await stagePages(database, tenant, key, await begin(null), null);
  }
}

/** The directory answered, with a status of 5xx: it may be the cursor that it cannot follow. */
const isServerFailure = (error: unknown) => error instanceof TransientError && (error.status ?? 0) >= 500;

/** When the directory's count shows that objects are lost or were left out, reads all of them in the same cycle. */
async function wholeIfCountDiffers(
  { database }: Services,
  tenant: Tenant,
  round: DirectoryRound,
  { cycle, opening, stream }: CycleKey & { stream: DirectoryStream },
): Promise<DirectoryRound> {
  const { capabilities } = tenant.directory;
  const isAsked = round.kind === 'incremental' && capabilities.counts && !capabilities.deletionsInDelta;
  if (!isAsked || round.isDoubtful) return round;
  const key = { tenant: tenant.name, stream, cycle, opening };
  const counted = await tenant.directory.count(stream);
  if (counted === null || !(await differsFromCount(database, key, counted))) return round;
  return await stagePages(database, tenant, key, await DirectoryRound.begin(database, key, 'full'), null);
}

type StagedRound = Pick<CycleKey, 'cycle' | 'opening'> & { stream: DirectoryStream };

/** Stages the pages of a round that are still missing. */
async function stagePages(
  database: Database,
  { name, directory, readPlan }: Tenant,
  { stream, cycle, opening }: StagedRound,
  round: DirectoryRound,
  cursor: string | null,
): Promise<DirectoryRound> {
  if (round.isRead) return round;
  const groups = await withBoundGroups(database, name, readPlan.groups);
  const plan = { ...readPlan, groups, cycle: `${cycle} ${opening}` };
  try {
    for await (const read of inBatches(directory.read(stream, cursor, plan, round.place), pagesAheadMax)) {
      await round.stagePages(read, activityInfo().attempt);
      noteProgress({ stream, pages: round.size.pages });
    }
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    round.doubt(error.message);
  }
  return round;
}

/** A group that was renamed is still the one that its former name means. */
async function withBoundGroups(
  database: Database,
  tenant: string,
  groups: NeededGroups = { names: [], patterns: [], assigned: false },
): Promise<NeededGroups> {
  return { ...groups, bound: [...(await boundGroupsOf(database, tenant)).values()] };
}

/** Role holders and app assignments have no delta; they are read only when the tenant file needs them. */
async function readExtras({ database }: Services, { name, file, directory }: Tenant): Promise<void> {
  const { roles } = directory.capabilities;
  const privileged = roles && file.safety.sensitive.directoryRoles ? await directory.privileged() : [];
  const appAssignments = needsAppAssignments(file) ? await directory.appAssignments() : [];
  await storeExtras(database, name, { privileged, appAssignments });
}

/** Operators get an early warning, because a credential that ends stops the sync. A cycle goes on without the warning. */
async function readCredentialEnd({ database }: Services, { name, directory, meter }: Tenant): Promise<void> {
  try {
    const endsAt = await directory.credentialEndsAt();
    await storeCredentialEnd(database, name, endsAt);
    if (endsAt) meter.credentialEnds(endsAt);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
  }
}
