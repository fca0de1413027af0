import type { Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import { approvalDetail } from '../remote/approvals.ts';
import { withClient } from '../remote/connection.ts';
import { approvalText, changesShown } from '../render/approval-text.ts';
import { printResult, type Session } from '../render/output.ts';

/** Adds `approvals show`. */
export function addShow(approvals: Command, session: Session): void {
  addCommand(approvals, {
    name: 'show <id>',
    description: 'one request: its changes, why they wait, and who answered what',
    examples: ['approvals show contoso/3', 'approvals show contoso/3 --json'],
  }).action(async (id: string, { json }: CommonOptions) => {
    const detail = await withClient((client) => approvalDetail(client, id, json ? undefined : changesShown));
    printResult(session, json, detail, approvalText(detail, session.columns));
  });
}
