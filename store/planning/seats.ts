/** Changes that wait for a seat because Timely refused one, whatever the account's numbers say. */
import { and, eq, isNotNull } from 'drizzle-orm';
import type { Store } from '../database.ts';
import { changes } from '../schema/planning-tables.ts';
import { requestReplan } from './dirty-subjects.ts';
import { type ChangeRow, clearFailure } from './plans.ts';

/** The change waits for a seat; `refusal` is what Timely said of this very person. The next cycle plans afresh. */
export async function holdForSeat(
  store: Store,
  row: ChangeRow,
  holdDetail: string,
  refusal: ChangeRow['failure'] = null,
): Promise<void> {
  await store
    .update(changes)
    .set({ status: 'held', holdRule: 'no-seat', holdDetail, failure: refusal })
    .where(
      and(eq(changes.tenant, row.tenant), eq(changes.cycle, row.cycle), eq(changes.position, row.position)),
    );
  await clearFailure(store, row.tenant, row.subjectKey);
  await requestReplan(store, row.tenant);
}

/** Whether Timely has refused somebody of a cycle's plan for want of a seat. */
export async function seatRefused(store: Store, tenant: string, cycle: number): Promise<boolean> {
  const refused = and(
    eq(changes.tenant, tenant),
    eq(changes.cycle, cycle),
    eq(changes.holdRule, 'no-seat'),
    isNotNull(changes.failure),
  );
  return (await store.$count(changes, refused)) > 0;
}
