import { formatCount } from '../../domain/text.ts';
import type { CommonOptions } from '../command.ts';
import { reopen, requireApprovalId } from '../remote/approvals.ts';
import { withClient } from '../remote/connection.ts';
import { printResult, type Session } from '../render/output.ts';
import { userName } from '../user-name.ts';
import { forEachApproval } from './approvals-decide.ts';

export interface ReopenFlags extends CommonOptions {
  note?: string;
  by?: string;
}

/** Has the next cycle ask again about ended approvals, and wakes the tenant. */
export async function runApprovalsReopen(
  session: Session,
  ids: string[],
  { note = '', by = userName(), json }: ReopenFlags,
): Promise<void> {
  for (const id of ids) requireApprovalId(id);
  await withClient(async (client) => {
    const results = await forEachApproval(session, ids, (id) => reopen(client, id, { by, note }));
    const [only] = results;
    const document = only && ids.length === 1 ? only : { reopened: results };
    printResult(session, json, document, () => results.map(reopenedText).join('\n'));
  });
}

function reopenedText({ id, changes, isAwake }: Awaited<ReturnType<typeof reopen>>): string {
  const { tenant } = requireApprovalId(id);
  const when = isAwake
    ? 'The cycle that begins now opens a new approval'
    : `${tenant} does not run; its next cycle opens a new approval`;
  return `${id}: ${formatCount(changes, 'change', 'changes')} to be asked about again. ${when}: timely-sync approvals list ${tenant}`;
}
