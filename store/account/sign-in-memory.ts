/** Which credentials a service has refused, over all workers. */
import { createHash } from 'node:crypto';
import { and, gt, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { refusedSignIns } from '../schema/account-tables.ts';

/** A service may lock a system after five refusals, however many configurations try its credential. */
const refusalsMax = 3;

/**
 * A new secret is another credential: it may be tried at once. So may a credential in another configuration, because people
 * correct it and expect to see whether it works.
 */
export const createSignInMemories =
  (database: Database) => (service: string, secret: string, configuration: string) => {
    const credential = `${service} ${digest(secret)}`;
    const own = `${credential} ${digest(configuration)}`;
    return {
      /** Until when the credential is not to be tried; null when it may be. */
      async refusedUntil(): Promise<Date | null> {
        const isOfCredential = sql`starts_with(${refusedSignIns.credential}, ${`${credential} `})`;
        const rows = await database
          .select()
          .from(refusedSignIns)
          .where(and(isOfCredential, gt(refusedSignIns.until, new Date())))
          .orderBy(refusedSignIns.until);
        const ofOwn = rows.find((row) => row.credential === own);
        return ofOwn?.until ?? rows.at(-refusalsMax)?.until ?? null;
      },
      async refuse(until: Date): Promise<void> {
        await database
          .insert(refusedSignIns)
          .values({ credential: own, until })
          .onConflictDoUpdate({ target: refusedSignIns.credential, set: { until } });
      },
    };
  };

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
