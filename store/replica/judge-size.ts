/** Whether a full round has a plausible size, compared with the replica and with the directory's own count. */
import { type SQL, sql } from 'drizzle-orm';
import type { Store } from '../database.ts';
import { cursorOf, replicaTables, type StreamKey } from './replica.ts';
import { isOfObject, ofReadGroups } from './staged-entries.ts';

export interface SizeLimits {
  /** The directory's own count of the stream's objects; null when it cannot say. */
  counted: number | null;
  /** `safety.readShrink`. */
  shrinkMaxPercent: number;
  /** The round has the members of all groups; else only those of the groups that it lists completely. */
  membersWithGroups: boolean;
}

/** The index behind the directory's own count lags: a small shortfall proves nothing (docs/reference/microsoft-graph.md section 2.1). */
const countTolerance = 0.01;

/** How many live objects the round holds: those whose last word is not a removal. */
export async function stagedObjects(store: Store, { tenant, stream }: StreamKey): Promise<number> {
  return await count(
    store,
    sql`select count(*) from (
      select from directory_staging where tenant = ${tenant} and stream = ${stream} and ${isOfObject}
      group by object_id
      having max(position) > coalesce(max(position) filter (where type = 'removed'), 0)) as live`,
  );
}

/**
 * Why the size of a full round proves nothing; empty when it is plausible (docs/reference/rules.md section 1.3). Known
 * are the objects of the last full round, less those that proven rounds have removed since.
 */
export async function judgeSize(
  store: Store,
  round: StreamKey,
  objects: number,
  { counted, shrinkMaxPercent, membersWithGroups }: SizeLimits,
): Promise<string[]> {
  const { stream } = round;
  const lastFull = (await cursorOf(store, round))?.fullObjects ?? 0;
  const known = Math.min(lastFull, await replicaObjects(store, round));
  const reasons = shrinkReasons(stream, objects, known, shrinkMaxPercent);
  if (stream === 'groups') {
    const staged = await stagedMemberships(store, round);
    const before = await replicaMemberships(store, round, membersWithGroups);
    reasons.push(...shrinkReasons('memberships of groups', staged, before, shrinkMaxPercent));
  }
  if (counted !== null && objects < counted * (1 - countTolerance)) {
    reasons.push(`${objects} ${stream} were read, and the directory counts ${counted}`);
  }
  return reasons;
}

/**
 * Whether the directory counts fewer objects than the replica has after an incremental round, or more: then a person was
 * deleted, or a list has left one out. The difference at the last full read is normal: objects found by id alone, and
 * those that are counted and never listed.
 */
export async function differsFromCount(store: Store, round: StreamKey, counted: number): Promise<boolean> {
  const { tenant, stream } = round;
  const known = await count(
    store,
    sql`select count(*) from (
      select id from ${replicaTables[stream]} where tenant = ${tenant}
      union
      select object_id from directory_staging where tenant = ${tenant} and stream = ${stream} and type in ('person', 'group')
      except
      select object_id from directory_staging where tenant = ${tenant} and stream = ${stream} and type = 'removed') as known`,
  );
  return counted !== known - ((await cursorOf(store, round))?.unlisted ?? 0);
}

function shrinkReasons(what: string, read: number, known: number, maxPercent: number): string[] {
  if (read >= known * (1 - maxPercent / 100)) return [];
  const percent = Math.round((1 - read / known) * 100);
  return [
    `${read} ${what} were read, ${percent} % fewer than the ${known} known before; safety.readShrink allows ${maxPercent} %`,
  ];
}

const replicaObjects = (store: Store, { tenant, stream }: StreamKey) =>
  count(store, sql`select count(*) from ${replicaTables[stream]} where tenant = ${tenant}`);

/** Without those of groups that are not needed any more. */
const replicaMemberships = (store: Store, round: StreamKey, membersWithGroups: boolean) =>
  count(
    store,
    sql`select count(*) from directory_memberships
      where tenant = ${round.tenant} and ${ofReadGroups(round, membersWithGroups)}`,
  );

const stagedMemberships = (store: Store, { tenant, stream }: StreamKey) =>
  count(
    store,
    // PostgreSQL hashes these; for count(distinct …) it would sort all of them.
    sql`select count(*) from (
      select distinct object_id, member_id from directory_staging
      where tenant = ${tenant} and stream = ${stream} and type = 'member' and not gone) as present`,
  );

async function count(store: Store, query: SQL): Promise<number> {
  const { rows } = await store.execute<{ count: string }>(query);
  return Number(rows[0]?.count ?? 0);
}
