/** Asks again about a request that ended without a yes (docs/reference/rules.md section 6). */
import { and, eq, sql } from 'drizzle-orm';
import type { ReopenedRequest } from '../../domain/contract/report.ts';
import type { Database } from '../database.ts';
import { journalEvent } from '../journal/journal.ts';
import { requestReplan } from '../replica/dirty-subjects.ts';
import { approvals } from '../schema/approval-tables.ts';
import { approvalRow } from './approvals.ts';
import { WrongUseError } from './decisions.ts';
import { endedApprovals, type Silence } from './ended-approvals.ts';

/** A request to ask again. */
export interface ReopenInput extends Silence {
  tenant: string;
  number: number;
  by: string;
  note: string;
}

/**
 * Has the next plan ask again about what is still held of an ended request. A second call changes nothing.
 * @throws WrongUseError when there is no such request, it is open, or nothing of it waits
 */
export async function reopenStored(
  database: Database,
  { tenant, number, by, note, ...silence }: ReopenInput,
): Promise<ReopenedRequest> {
  return await database.transaction(async (store) => {
    const id = `${tenant}/${number}`;
    await store.execute(
      sql`select from approvals where tenant = ${tenant} and number = ${number} for update`,
    );
    const approval = await approvalRow(store, tenant, number);
    if (!approval) throw new WrongUseError(`There is no approval ${id}.`);
    if (approval.state === 'open') throw new WrongUseError(`Approval ${id} is open: decide about it.`);
    if (approval.reopenedAt !== null) throw new WrongUseError(`Approval ${id} was reopened before.`);
    const waiting = (await endedApprovals(store, tenant, silence)).find((each) => each.id === id);
    if (!waiting) {
      throw new WrongUseError(
        `Nothing of approval ${id} waits: it has ended (${approval.state}), and its changes are done, gone or asked about again.`,
      );
    }
    const at = silence.now;
    await store
      .update(approvals)
      .set({ reopenedAt: at })
      .where(and(eq(approvals.tenant, tenant), eq(approvals.number, number)));
    await journalEvent(store, tenant, {
      kind: 'reopened',
      id: `approval/${number}/reopened`,
      at,
      approval: number,
      reason: note,
      after: { by: by.trim(), changes: waiting.changes },
    });
    await requestReplan(store, tenant);
    return { id, changes: waiting.changes };
  });
}
