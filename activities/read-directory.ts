/** Brings the replica of the directory forward, and says what the read can be trusted for. */
import { groupsNamedIn } from '../config/rules.ts';
import { type DirectoryStream, directoryStreams } from '../directory/source.ts';
import type { Evidence } from '../domain/directory.ts';
import { ContractError, CursorExpiredError, SyncError } from '../domain/errors.ts';
import { commitRound } from '../store/commit-round.ts';
import { storeEvidence } from '../store/cycles.ts';
import { bindGroupNames } from '../store/named-groups.ts';
import { replicaMemberships, replicaObjects, stagedMemberships } from '../store/read-evidence.ts';
import { storeCredentialEnd, storeExtras } from '../store/replica.ts';
import { clearStaging, cursorOf, stagedObjects, stagePage } from '../store/staging.ts';
import type { CycleKey } from './open-cycle.ts';
import type { Services, Tenant } from './services.ts';
import { askForUnmentioned, settle } from './settle-round.ts';

/** What one stream's round looked like. */
interface Round {
  stream: DirectoryStream;
  kind: 'full' | 'incremental';
  pages: number;
  objects: number;
  cursor: string | null;
  /** Doubts about the content itself: nothing of such a round is taken. */
  doubts: string[];
}

export function createReadDirectoryActivities(services: Services) {
  return {
    /** Reads users, then groups, then role holders; each stream's round is taken whole or not at all. */
    async readDirectory(key: CycleKey): Promise<{ complete: boolean; reasons: string[] }> {
      const tenant = await services.tenant(key.tenant, key.configurationVersion);
      const evidence: Evidence = {
        kind: key.kind,
        complete: true,
        reasons: [],
        users: { pages: 0, objects: 0 },
        groups: { pages: 0, objects: 0 },
      };
      for (const stream of directoryStreams) {
        const round = await readStream(services, tenant, stream, key.kind);
        const reasons = await takeRound(services, tenant, round);
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
    },
  };
}

/** One stream's round into staging. A cursor that the directory no longer knows makes it a full one. */
async function readStream(
  services: Services,
  tenant: Tenant,
  stream: DirectoryStream,
  kind: CycleKey['kind'],
): Promise<Round> {
  const stored = kind === 'full' ? null : await cursorOf(services.database, tenant.name, stream);
  try {
    return await stageStream(services, tenant, stream, stored?.cursor ?? null);
  } catch (error) {
    if (!(error instanceof CursorExpiredError) || stored === null) throw error;
    return await stageStream(services, tenant, stream, null);
  }
}

async function stageStream(
  { database }: Services,
  tenant: Tenant,
  stream: DirectoryStream,
  cursor: string | null,
): Promise<Round> {
  const kind = cursor === null ? 'full' : 'incremental';
  const round: Round = { stream, kind, pages: 0, objects: 0, cursor: null, doubts: [] };
  await clearStaging(database, tenant.name, stream);
  try {
    for await (const page of tenant.directory.read(stream, cursor, tenant.readPlan)) {
      await stagePage(database, tenant.name, stream, page.entries);
      round.pages += 1;
      round.objects += page.entries.filter((entry) => entry.type !== 'member').length;
      round.cursor = page.nextCursor ?? round.cursor;
      round.doubts.push(...page.doubts);
    }
  } catch (error) {
    // Pages that contradict the contract prove nothing; what could be read before still stands in the replica.
    if (!(error instanceof ContractError)) throw error;
    round.doubts.push(error.message);
  }
  return round;
}

/** Judges a round and moves the replica as far as the round can be trusted. Answers why it is not complete. */
async function takeRound({ database, now }: Services, tenant: Tenant, round: Round): Promise<string[]> {
  const { stream } = round;
  if (round.doubts.length > 0) {
    await clearStaging(database, tenant.name, stream);
    return [...new Set(round.doubts)];
  }
  await settle(database, tenant, stream);
  const objects = round.kind === 'full' ? await stagedObjects(database, tenant.name, stream) : 0;
  const reasons = round.kind === 'full' ? await judgeSize(database, tenant, stream, objects) : [];
  if (round.cursor === null)
    reasons.unshift(`the read of ${stream} ended without a cursor: pages are missing`);
  if (round.kind === 'incremental' && round.cursor === null) {
    await clearStaging(database, tenant.name, stream);
    return reasons;
  }
  if (round.kind === 'full' && reasons.length === 0)
    reasons.push(...(await askForUnmentioned(database, tenant, stream)));
  const mode = round.kind === 'incremental' ? 'merge' : reasons.length === 0 ? 'replace' : 'add';
  await commitRound(database, {
    tenant: tenant.name,
    stream,
    mode,
    cursor: round.cursor,
    scope: tenant.directory.cursorScope(tenant.readPlan),
    now: now(),
    fullObjects: objects,
  });
  return reasons;
}

/** The index behind the service's own count lags, so a small shortfall proves nothing (microsoft-graph.md, section 2.1). */
const countTolerance = 0.01;

/**
 * A full read beside the service's own count and beside what was known before (behaviour.md, section 1.3): the last full
 * read, less those of whom proven rounds said since then that they are gone.
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
