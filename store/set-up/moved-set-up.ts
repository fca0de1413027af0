/** A set-up that goes on in another browser than the one that opened its link. */
import type { Database, Store } from '../database.ts';
import { setUps } from '../schema/set-up-tables.ts';
import {
  isGoingOn,
  journalSetUp,
  type OpenSetUp,
  openSetUpWhere,
  type SetUpKey,
  setUpOf,
} from './set-ups.ts';

/** What was begun with a link; null before it was opened, and when nobody can go on. */
export const openedSetUp = (store: Store, link: string, now: Date): Promise<OpenSetUp | null> =>
  openSetUpWhere(store, isGoingOn(link, now));

/** Lets this browser go on, and no other. Until when, stays. Null when nobody can go on. */
export async function moveSetUp(
  database: Database,
  { link, browser }: SetUpKey,
  now: Date,
): Promise<OpenSetUp | null> {
  await database.transaction(async (store) => {
    const [row] = await store
      .update(setUps)
      .set({ browser })
      .where(isGoingOn(link, now))
      .returning({ tenant: setUps.tenant });
    if (!row) return;
    const reason = 'the administrator who consented goes on with the set-up in another browser';
    const what = `moved to ${browser.slice(0, 16)}`;
    await journalSetUp(store, row.tenant, { link, what, by: null, reason, at: now });
  });
  return await setUpOf(database, { link, browser }, now);
}
