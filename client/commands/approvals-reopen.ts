import type { Command } from 'commander';
import type { ReopenFlags } from '../actions/approvals-reopen.ts';
import { addCommand } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `approvals reopen`. */
export function addReopen(approvals: Command, session: Session): void {
  addCommand(approvals, {
    name: 'reopen <id...>',
    description: 'asks again at once about rejected or expired approvals',
    examples: ['approvals reopen contoso/3', 'approvals reopen contoso/3 --note "HR has answered"'],
  })
    .option('--note <text>', 'why, for the journal')
    .option('--by <name>', 'who asks again; otherwise the user of this machine')
    .option('--yes', 'as for approve and reject; asking again decides nothing, so it never asks first')
    .action(async (ids: string[], flags: ReopenFlags) => {
      const { runApprovalsReopen } = await import('../actions/approvals-reopen.ts');
      await runApprovalsReopen(session, ids, flags);
    });
}
