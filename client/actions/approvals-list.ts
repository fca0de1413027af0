import type { ApprovalSummary } from '../../domain/contract/report.ts';
import { listPage, openApprovalsQuery } from '../../domain/temporal-ui.ts';
import type { ListOptions, WebOption } from '../command.ts';
import { listApprovals } from '../remote/approvals.ts';
import { withClient } from '../remote/connection.ts';
import { requireTenant } from '../remote/known-tenant.ts';
import { queryWorker } from '../remote/query.ts';
import { endedText } from '../render/approval-text.ts';
import { fieldsOf, printList } from '../render/list-output.ts';
import { type Session, table } from '../render/output.ts';
import { moment } from '../render/words/moments.ts';
import { showInUi } from '../temporal-ui.ts';

export interface ApprovalsListFlags extends ListOptions, WebOption {
  all?: boolean;
}

const subjectsShown = 3;

/** Prints the approvals of one tenant or of all: open ones, and with `--all` ended ones as well. */
export async function runApprovalsList(
  session: Session,
  tenant: string | undefined,
  { all, web, ...flags }: ApprovalsListFlags,
): Promise<void> {
  if (web)
    return await showInUi(session, flags.json, (ui) => listPage(ui, openApprovalsQuery(tenant ?? null)));
  const open = all !== true;
  const document = await withClient(async (client) => {
    const found = await listApprovals(client, tenant ?? null, { open });
    if (tenant !== undefined && found.length === 0) await requireTenant(client, tenant);
    const withoutYes = await queryWorker(client, { about: 'endedApprovals', tenant: tenant ?? null });
    return { approvals: found, ended: withoutYes };
  });
  printList(session, flags, document, {
    textOf: ({ approvals, ended }) => {
      const nothing = ended.length > 0 ? 'No approval is open.' : 'Nothing waits for approval.';
      const text = approvals.length > 0 ? approvalsText(approvals, session.columns) : nothing;
      return [text, ...ended.map(endedText)].join('\n');
    },
    titles: columns.titles,
    rowsOf: ({ approvals }) => columns.rows(approvals),
  });
}

const columns = fieldsOf<ApprovalSummary, keyof ApprovalSummary>([
  ...(['id', 'tenant', 'rule', 'state', 'opened', 'expires', 'changes', 'subjects'] as const),
]);

function approvalsText(approvals: ApprovalSummary[], columns: number): string {
  const rows = approvals.map(({ id, rule, state, changes, expires, subjects }) => {
    const more = changes > subjectsShown ? `, and ${changes - subjectsShown} more` : '';
    return [id, rule, state, moment(expires), `${subjects.slice(0, subjectsShown).join(', ')}${more}`];
  });
  return [
    table(['id', 'rule', 'state', 'expires', 'about'], rows, columns),
    `Next: timely-sync approvals show ${(approvals.find(({ state }) => state === 'open') ?? approvals[0])?.id}`,
  ].join('\n');
}
