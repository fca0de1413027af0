/** Brings the replica of the directory forward, and says what the read can be trusted for. */
import { activityInfo } from '@temporalio/activity';
import { groupsNamedIn } from '../../config/rules.ts';
import { type DirectoryStream, directoryStreams } from '../../directory/source.ts';
import {
  AttemptsExhaustedError,
  ContractError,
  CursorExpiredError,
  isPermanent,
  SyncError,
} from '../../domain/errors.ts';
import type { Evidence } from '../../domain/people/directory.ts';
import { storeEvidence } from '../../store/planning/cycles.ts';
import { commitRound } from '../../store/replica/commit-round.ts';
import { bindGroupNames } from '../../store/replica/named-groups.ts';
import { replicaMemberships, replicaObjects, stagedMemberships } from '../../store/replica/read-evidence.ts';
import { storeCredentialEnd, storeExtras } from '../../store/replica/replica.ts';
import {
  addPage,
  beginRound,
  endRound,
  lastAttemptWithPage,
  roundOf,
  type StagedRound,
} from '../../store/replica/rounds.ts';
import { clearStaging, cursorOf, stagedObjects } from '../../store/replica/staging.ts';
import type { CycleKey } from '../cycle/open-cycle.ts';
import type { Services, Tenant } from '../services.ts';
import { readUnmentioned, reconcileRound } from './reconcile-round.ts';

/**
 * So many attempts in a row may get no further page; then the cycle is given up. One that got further does not count: a
 * service that refuses each fiftieth request is read to the end all the same (workflows/activity-proxies.ts has the last bound).
 */
const fruitlessMax = 5;

export function createReadDirectoryActivities(services: Services) {
  return {
    /**
     * Reads users, then groups, then role holders; each stream's round is taken whole or not at all. Another attempt goes
     * on where the last one was interrupted.
     */
    async readDirectory(key: CycleKey): Promise<{ complete: boolean; reasons: string[] }> {
      try {
        return await read(services, key);
      } catch (error) {
        if (!(error instanceof SyncError) || isPermanent(error)) throw error;
        const last = await lastAttemptWithPage(services.database, key.tenant, key.cycle);
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
  for (const stream of directoryStreams) {
    const round = await readStream(services, tenant, stream, key);
    const reasons = round.reasons ?? (await takeRound(services, tenant, round));
    evidence[stream] = { pages: round.pages, objects: round.objects };
    evidence.reasons.push(...reasons);
    if (round.kind === 'full') evidence.kind = 'full';
  }
  await bindGroupNames(services.database, tenant.name, groupsNamedIn(tenant.file));
  await readExtras(services, tenant);
  if (evidence.kind === 'full') await noteCredentialEnd(services, tenant);
  evidence.complete = evidence.reasons.length === 0;
  await storeEvidence(services.database, key.tenant, key.cycle, evidence);
  return { complete: evidence.complete, reasons: evidence.reasons.slice(0, 5) };
}

/**
 * One stream's round into staging, from where an earlier attempt has left it. A cursor or a place that the directory no
 * longer knows makes it a full one from the start.
 */
async function readStream(
  services: Services,
  tenant: Tenant,
  stream: DirectoryStream,
  { cycle, kind }: CycleKey,
): Promise<StagedRound> {
  const { database } = services;
  const begun = await roundOf(database, tenant.name, stream, cycle);
  if (begun?.reasons) return begun;
  const goesOn = begun !== null && (begun.next !== null || begun.cursor !== null);
  const isFull = kind === 'full' || (goesOn && begun.kind === 'full');
  const cursor = isFull ? null : ((await cursorOf(database, tenant.name, stream))?.cursor ?? null);
  const begin = (from: string | null) =>
    beginRound(database, {
      tenant: tenant.name,
      stream,
      cycle,
      kind: from === null ? 'full' : 'incremental',
    });
  try {
    return await stagePages(services, tenant, goesOn ? begun : await begin(cursor), cursor);
  } catch (error) {
    if (!(error instanceof CursorExpiredError) || (cursor === null && !goesOn)) throw error;
    return await stagePages(services, tenant, await begin(null), null);
  }
}

/** The pages of a round that are not staged yet. */
async function stagePages(
  { database }: Services,
  tenant: Tenant,
  begun: StagedRound,
  cursor: string | null,
): Promise<StagedRound> {
  if (begun.cursor !== null) return begun;
  const place = begun.next === null ? null : { next: begun.next, pages: begun.pages };
  let round = begun;
  try {
    for await (const page of tenant.directory.read(begun.stream, cursor, tenant.readPlan, place))
      round = await addPage(database, round, page, activityInfo().attempt);
  } catch (error) {
    // Pages that contradict the contract prove nothing; what could be read before still stands in the replica.
    if (!(error instanceof ContractError)) throw error;
    return { ...round, doubts: [...round.doubts, error.message] };
  }
  return round;
}

/** Judges a round and moves the replica as far as the round can be trusted. Answers why it is not complete. */
async function takeRound({ database, now }: Services, tenant: Tenant, round: StagedRound): Promise<string[]> {
  const { stream } = round;
  if (round.doubts.length > 0) return await giveUp(database, round, [...new Set(round.doubts)]);
  await reconcileRound(database, tenant, stream);
  const objects = round.kind === 'full' ? await stagedObjects(database, tenant.name, stream) : 0;
  const reasons = round.kind === 'full' ? await judgeSize(database, tenant, stream, objects) : [];
  if (round.cursor === null)
    reasons.unshift(`the read of ${stream} ended without a cursor: pages are missing`);
  if (round.kind === 'incremental' && round.cursor === null) return await giveUp(database, round, reasons);
  if (round.kind === 'full' && reasons.length === 0)
    reasons.push(...(await readUnmentioned(database, tenant, stream)));
  const mode = round.kind === 'incremental' ? 'merge' : reasons.length === 0 ? 'replace' : 'add';
  await commitRound(database, {
    tenant: tenant.name,
    stream,
    cycle: round.cycle,
    mode,
    cursor: round.cursor,
    scope: tenant.directory.cursorScope(tenant.readPlan),
    now: now(),
    fullObjects: objects,
    reasons,
  });
  return reasons;
}

/** Nothing of the round is taken. Answers why. */
async function giveUp(
  database: Services['database'],
  round: StagedRound,
  reasons: string[],
): Promise<string[]> {
  await database.transaction(async (store) => {
    await endRound(store, round, reasons);
    await clearStaging(store, round.tenant, round.stream);
  });
  return reasons;
}

/**
 * The index behind the service's own count lags, so a small shortfall proves nothing
 * (docs/reference/microsoft-graph.md section 2.1).
 */
const countTolerance = 0.01;

/**
 * A full read beside the service's own count and beside what was known before (docs/reference/rules.md section 1.3):
 * the last full read, less those of whom proven rounds said since then that they are gone.
 */
async function judgeSize(
  database: Services['database'],
  tenant: Tenant,
  stream: DirectoryStream,
  objects: number,
): Promise<string[]> {
  const stored = await cursorOf(database, tenant.name, stream);
  const known = Math.min(stored?.fullObjects ?? 0, await replicaObjects(database, tenant.name, stream));
  const reasons = shrinkReasons(tenant, stream, objects, known);
  if (stream === 'groups') {
    const members = await stagedMemberships(database, tenant.name);
    const knownMembers = await replicaMemberships(database, tenant.name);
    reasons.push(...shrinkReasons(tenant, 'memberships of groups', members, knownMembers));
  }
  const counted = await tenant.directory.count(stream);
  if (counted !== null && objects < counted * (1 - countTolerance)) {
    reasons.push(`${objects} ${stream} were read, and the directory counts ${counted}`);
  }
  return reasons;
}

function shrinkReasons({ file }: Tenant, what: string, read: number, known: number): string[] {
  const shrinkMax = file.safety.readShrink.percent;
  if (read >= known * (1 - shrinkMax / 100)) return [];
  const percent = Math.round((1 - read / known) * 100);
  return [
    `${read} ${what} were read, ${percent} % fewer than the ${known} known before; safety.readShrink allows ${shrinkMax} %`,
  ];
}

/** Role holders and app assignments have no delta; they are read only when the tenant file needs them. */
async function readExtras({ database }: Services, { name, file, directory }: Tenant): Promise<void> {
  const rules = [...file.scope.include, ...file.scope.exclude];
  const privileged = file.safety.sensitive.directoryRoles ? await directory.privileged() : [];
  const appAssignments = rules.some((rule) => rule.assignedToApp) ? await directory.appAssignments() : [];
  await storeExtras(database, name, { privileged, appAssignments });
}

/** Seen ahead, because a credential that ends stops the sync. A warning is not worth a cycle: what is not told is left out. */
async function noteCredentialEnd({ database }: Services, { name, directory, meter }: Tenant): Promise<void> {
  try {
    const endsAt = await directory.credentialEndsAt();
    await storeCredentialEnd(database, name, endsAt);
    if (endsAt) meter.credentialEnds(endsAt);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
  }
}
