import type { CommonOptions } from '../command.ts';
import { approvalDetail } from '../remote/approvals.ts';
import { withClient } from '../remote/connection.ts';
import { approvalText, changesShown } from '../render/approval-text.ts';
import { printResult, type Session } from '../render/output.ts';

/** Prints one request; with `--json` all of its changes. */
export async function runApprovalsShow(session: Session, id: string, { json }: CommonOptions): Promise<void> {
  const detail = await withClient((client) => approvalDetail(client, id, json ? undefined : changesShown));
  printResult(session, json, detail, approvalText(detail, session.columns));
}
