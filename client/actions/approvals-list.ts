import type { ApprovalSummary } from '../../domain/contract/report.ts';
import type { CommonOptions } from '../command.ts';
import { listApprovals } from '../remote/approvals.ts';
import { withClient } from '../remote/connection.ts';
import { requireTenant } from '../remote/known-tenant.ts';
import { moment, printResult, type Session, table } from '../render/output.ts';

export interface ApprovalsListFlags extends CommonOptions {
  all?: boolean;
}

const subjectsShown = 3;

/** Prints the requests of one tenant or of all: those that wait, and with `--all` the ended ones as well. */
export async function runApprovalsList(
  session: Session,
  tenant: string | undefined,
  { all, json }: ApprovalsListFlags,
): Promise<void> {
  const open = all !== true;
  const approvals = await withClient(async (client) => {
    const found = await listApprovals(client, tenant ?? null, { open });
    if (tenant !== undefined && found.length === 0) await requireTenant(client, tenant);
    return found;
  });
  printResult(session, json, { approvals }, approvalsText(approvals, session.columns));
}

function approvalsText(approvals: ApprovalSummary[], columns: number): string {
  if (approvals.length === 0) return 'Nothing waits for approval.';
  const rows = approvals.map(({ id, rule, state, changes, expires, subjects }) => {
    const more = changes > subjectsShown ? `, and ${changes - subjectsShown} more` : '';
    return [id, rule, state, moment(expires), `${subjects.slice(0, subjectsShown).join(', ')}${more}`];
  });
  return [
    table(['id', 'rule', 'state', 'expires', 'about'], rows, columns),
    `Next: timely-sync approvals show ${approvals[0]?.id}`,
  ].join('\n');
}
