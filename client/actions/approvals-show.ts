import { shownTexts } from '../../domain/shown-text.ts';
import type { CommonOptions } from '../command.ts';
import { approvalDetail, requireApprovalId } from '../remote/approvals.ts';
import { withClient } from '../remote/connection.ts';
import { queryWorker } from '../remote/query.ts';
import { approvalText, changesShown, endedText } from '../render/approval-text.ts';
import { printResult, type Session } from '../render/output.ts';

/** Prints one approval; with `--json` all of its changes. */
export async function runApprovalsShow(session: Session, id: string, { json }: CommonOptions): Promise<void> {
  const { tenant } = requireApprovalId(id);
  const { detail, ended } = await withClient(async (client) => ({
    detail: await approvalDetail(client, id, json ? undefined : changesShown),
    ended: json ? [] : await queryWorker(client, { about: 'endedApprovals', tenant }),
  }));
  const own = shownTexts(ended.filter((each) => each.id === detail.id));
  printResult(session, json, detail, (shown) =>
    [approvalText(shown, session.columns), ...own.map(endedText)].join('\n'),
  );
}
