import { shownTexts } from '../../domain/shown-text.ts';
import { workflowPage } from '../../domain/temporal-ui.ts';
import { approvalWorkflowId } from '../../workflows/messages.ts';
import type { CommonOptions, WebOption } from '../command.ts';
import { approvalDetail, requireApprovalId } from '../remote/approvals.ts';
import { withClient } from '../remote/connection.ts';
import { queryWorker } from '../remote/query.ts';
import { approvalText, changesShown, endedText } from '../render/approval-text.ts';
import { printResult, type Session } from '../render/output.ts';
import { showInUi } from '../temporal-ui.ts';

/** Prints one approval; with `--json` all of its changes. */
export async function runApprovalsShow(
  session: Session,
  id: string,
  { json, web }: CommonOptions & WebOption,
): Promise<void> {
  const { tenant, approval } = requireApprovalId(id);
  if (web)
    return await showInUi(session, json, (ui) => workflowPage(ui, approvalWorkflowId(tenant, approval)));
  const { detail, ended } = await withClient(async (client) => ({
    detail: await approvalDetail(client, id, json ? undefined : changesShown),
    ended: json ? [] : await queryWorker(client, { about: 'endedApprovals', tenant }),
  }));
  const own = shownTexts(ended.filter((each) => each.id === detail.id));
  printResult(session, json, detail, (shown) =>
    [approvalText(shown, session.columns), ...own.map(endedText)].join('\n'),
  );
}
