/** Which credentials a service has refused, over all workers. */
import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { refusedSignIns } from '../schema/account-tables.ts';

/** A new secret is another credential: it may be tried at once. */
export const createSignInMemories = (database: Database) => (service: string, secret: string) => {
  const credential = `${service} ${createHash('sha256').update(secret).digest('hex')}`;
  return {
    /** Until when the credential is not to be tried; null when it never was refused. */
    async refusedUntil(): Promise<Date | null> {
      const isCredential = eq(refusedSignIns.credential, credential);
      const [row] = await database.select().from(refusedSignIns).where(isCredential);
      return row?.until ?? null;
    },
    async refuse(until: Date): Promise<void> {
      await database
        .insert(refusedSignIns)
        .values({ credential, until })
        .onConflictDoUpdate({ target: refusedSignIns.credential, set: { until } });
    },
  };
};
