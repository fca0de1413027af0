/**
 * Set-ups: who may go on with which. A link is opened once, by one browser, and that browser goes on from then on. Whoever
 * has no part in it learns nothing: every question by a wrong link or browser is answered with null.
 */
import { and, eq, gt, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Database, Store } from '../database.ts';
import { journalEvent } from '../journal/journal.ts';
import { setUps, storedSecrets } from '../schema/set-up-tables.ts';
import { configurations } from '../schema/tenant-tables.ts';
import { newestConfiguration } from '../tenants.ts';
import { type SealedBytes, saveSecrets } from './stored-secrets.ts';

const dayMs = 86_400_000;
/** How long a link can be opened. */
export const linkOpensForMs = dayMs;
/** How long the browser that opened it can go on. */
export const setUpGoesOnForMs = 14 * dayMs;

/** Digests of the token in the link, and of what the browser keeps. */
export interface SetUpKey {
  link: string;
  browser: string;
}

/** A set-up that the browser may go on with. */
export interface OpenSetUp {
  tenant: string;
  endsAt: Date;
  /** As the console encrypted it; null before the first answer. */
  draft: Buffer | null;
}

export interface SetUpInvitation {
  tenant: string;
  /** Digest of the token in the link. */
  link: string;
  by: string;
  now: Date;
}

/** Replaces the tenant's link by a new one, and keeps the answers. */
export async function inviteToSetUp(
  database: Database,
  { tenant, link, by, now }: SetUpInvitation,
): Promise<{ opensUntil: Date; replacesLink: boolean; hasFile: boolean }> {
  return await database.transaction(async (store) => {
    await sweepSetUps(store, now);
    const opensUntil = new Date(now.getTime() + linkOpensForMs);
    const [earlier] = await store.select().from(setUps).where(eq(setUps.tenant, tenant)).for('update');
    const fresh = { link, invitedBy: by, invitedAt: now, opensUntil };
    await store
      .insert(setUps)
      .values({ tenant, ...fresh })
      .onConflictDoUpdate({
        target: setUps.tenant,
        set: { ...fresh, browser: null, endsAt: null, closedAt: null },
      });
    const reason = `an administrator was invited to set the tenant up until ${opensUntil.toISOString()}`;
    await journalSetUp(store, tenant, { link, what: 'invited', by, reason, at: now });
    return {
      opensUntil,
      replacesLink: earlier !== undefined && isOpen(earlier, now),
      hasFile: await hasFile(store, tenant),
    };
  });
}

const isOpen = ({ closedAt, opensUntil, endsAt }: typeof setUps.$inferSelect, now: Date) =>
  closedAt === null && (endsAt ?? opensUntil) > now;

/** Ends the tenant's link, and what was begun with it. False when there was none to end. */
export async function revokeSetUp(
  database: Database,
  { tenant, by, now }: Omit<SetUpInvitation, 'link'>,
): Promise<boolean> {
  return await database.transaction(async (store) => {
    const [row] = await store.select().from(setUps).where(eq(setUps.tenant, tenant)).for('update');
    if (!row || !isOpen(row, now)) return false;
    await store.update(setUps).set({ closedAt: now, draft: null }).where(eq(setUps.tenant, tenant));
    await dropUnusedSecrets(store, eq(storedSecrets.tenant, tenant));
    const reason = 'the link to set the tenant up was revoked';
    await journalSetUp(store, tenant, { link: row.link, what: 'revoked', by, reason, at: now });
    return true;
  });
}

/** Whether the link can be opened now: it is known, young, and no browser has opened it. */
export async function isLinkUnopened(store: Store, link: string, now: Date): Promise<boolean> {
  return (await store.$count(setUps, canBeOpened(link, now))) > 0;
}

const canBeOpened = (link: string, now: Date) =>
  and(eq(setUps.link, link), isNull(setUps.closedAt), isNull(setUps.browser), gt(setUps.opensUntil, now));

/** Opens the link for one browser, or goes on with what this browser has opened. Null when neither can be. */
export async function openSetUp(
  database: Database,
  { link, browser }: SetUpKey,
  now: Date,
): Promise<OpenSetUp | null> {
  await database.transaction(async (store) => {
    const endsAt = new Date(now.getTime() + setUpGoesOnForMs);
    const [opened] = await store
      .update(setUps)
      .set({ browser, endsAt })
      .where(canBeOpened(link, now))
      .returning({ tenant: setUps.tenant });
    if (!opened) return;
    const reason = 'the link to set the tenant up was opened';
    await journalSetUp(store, opened.tenant, { link, what: 'opened', by: null, reason, at: now });
  });
  return await setUpOf(database, { link, browser }, now);
}

/** The set-up that the browser goes on with; null when it may not. */
export async function setUpOf(store: Store, key: SetUpKey, now: Date): Promise<OpenSetUp | null> {
  return await openSetUpWhere(store, goesOn(key, now));
}

/** The set-up that was opened and fits; null when there is none. */
export async function openSetUpWhere(store: Store, fits: SQL | undefined): Promise<OpenSetUp | null> {
  const [row] = await store.select().from(setUps).where(fits);
  return row?.endsAt ? { tenant: row.tenant, endsAt: row.endsAt, draft: row.draft } : null;
}

/** A link was opened, and what was begun with it has not ended. */
export const isGoingOn = (link: string, now: Date) =>
  and(eq(setUps.link, link), isNull(setUps.closedAt), gt(setUps.endsAt, now));

const goesOn = ({ link, browser }: SetUpKey, now: Date) =>
  and(isGoingOn(link, now), eq(setUps.browser, browser));

/** Keeps answers and secrets. False when the browser may not go on: then nothing is kept. */
export async function saveSetUp(
  database: Database,
  key: SetUpKey,
  given: { draft: Buffer; secrets: readonly SealedBytes[] },
  now: Date,
): Promise<boolean> {
  return await database.transaction(async (store) => {
    const [row] = await store
      .update(setUps)
      .set({ draft: given.draft })
      .where(goesOn(key, now))
      .returning({ tenant: setUps.tenant });
    if (!row) return false;
    await saveSecrets(store, row.tenant, given.secrets);
    return true;
  });
}

/** Ends a set-up that was carried through: its answers are in the tenant file in force. False when the browser may not. */
export async function finishSetUp(database: Database, key: SetUpKey, now: Date): Promise<boolean> {
  return await database.transaction(async (store) => {
    const [row] = await store
      .update(setUps)
      .set({ closedAt: now, draft: null })
      .where(goesOn(key, now))
      .returning({ tenant: setUps.tenant });
    if (!row) return false;
    await dropUnnamedSecrets(store, row.tenant);
    const reason = 'the set-up was carried through';
    await journalSetUp(store, row.tenant, { link: key.link, what: 'done', by: null, reason, at: now });
    return true;
  });
}

/** Forgets answers and secrets of set-ups that have ended without a tenant file. */
async function sweepSetUps(store: Store, now: Date): Promise<void> {
  const isOver = or(lt(setUps.endsAt, now), and(isNull(setUps.endsAt), lt(setUps.opensUntil, now)));
  const over = store.select({ tenant: setUps.tenant }).from(setUps).where(isOver);
  await dropUnusedSecrets(store, sql`${storedSecrets.tenant} in ${over}`);
  await store.update(setUps).set({ draft: null }).where(isOver);
}

/** Secrets of tenants without a file: nothing names them. */
async function dropUnusedSecrets(store: Store, which: ReturnType<typeof eq>): Promise<void> {
  const withFile = store.select({ tenant: configurations.tenant }).from(configurations);
  await store.delete(storedSecrets).where(and(which, sql`${storedSecrets.tenant} not in ${withFile}`));
}

/** Secrets of an earlier set-up, which the file in force no longer names. */
async function dropUnnamedSecrets(store: Store, tenant: string): Promise<void> {
  const file = JSON.stringify((await newestConfiguration(store, tenant))?.file ?? null);
  const { name } = storedSecrets;
  const isNamed = sql`position(to_json('store:' || ${name})::text in ${file}::text) > 0`;
  const isProof = sql`${name} = ${'entra-'} || lower(${file}::json -> 'source' ->> 'tenantId')`;
  await store
    .delete(storedSecrets)
    .where(and(eq(storedSecrets.tenant, tenant), sql`not (${isNamed} or coalesce(${isProof}, false))`));
}

const hasFile = async (store: Store, tenant: string) =>
  (await store.$count(configurations, eq(configurations.tenant, tenant))) > 0;

/** What happens to one link is written once each. */
export async function journalSetUp(
  store: Store,
  tenant: string,
  { link, what, by, reason, at }: { link: string; what: string; by: string | null; reason: string; at: Date },
): Promise<void> {
  const id = `${link.slice(0, 16)} ${what}`;
  await journalEvent(store, tenant, { kind: 'setUp', id, at, reason, after: by === null ? null : { by } });
}
