/** Which open requests ask about which changes. */
import { and, eq, isNull, type SQL } from 'drizzle-orm';
import { isOneOf, type Store } from '../database.ts';
import { approvalChanges, approvals } from '../schema/approval-tables.ts';

/** Changes that wait for an answer, by the numbers of their requests; `which` are conditions besides. */
export async function changesWithOpenApproval(
  store: Store,
  tenant: string,
  which: SQL,
): Promise<{ number: number; fingerprint: string }[]> {
  return await store
    .select({ number: approvals.number, fingerprint: approvalChanges.fingerprint })
    .from(approvalChanges)
    .innerJoin(
      approvals,
      and(eq(approvals.tenant, approvalChanges.tenant), eq(approvals.number, approvalChanges.number)),
    )
    .where(
      and(
        eq(approvalChanges.tenant, tenant),
        eq(approvals.state, 'open'),
        isNull(approvalChanges.decision),
        which,
      ),
    );
}

/** The open requests that ask about exactly these changes, by fingerprint: `contoso/3`. */
export async function openApprovalsOf(
  store: Store,
  tenant: string,
  fingerprints: string[],
): Promise<Map<string, string>> {
  if (fingerprints.length === 0) return new Map();
  const rows = await changesWithOpenApproval(
    store,
    tenant,
    isOneOf(approvalChanges.fingerprint, fingerprints),
  );
  return new Map(rows.map(({ number, fingerprint }) => [fingerprint, `${tenant}/${number}`]));
}
