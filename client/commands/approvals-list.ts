import type { Command } from 'commander';
import type { ApprovalsListFlags } from '../actions/approvals-list.ts';
import { addCommand, outputOption, webOption } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `approvals list`. */
export function addList(approvals: Command, session: Session): void {
  addCommand(approvals, {
    name: 'list [tenant]',
    description: 'approvals that wait for a decision',
    examples: ['approvals list', 'approvals list contoso --output csv', 'approvals list contoso --all'],
  })
    .option('--all', 'ended ones as well')
    .addOption(outputOption())
    .option(...webOption)
    .action(async (tenant: string | undefined, flags: ApprovalsListFlags) => {
      const { runApprovalsList } = await import('../actions/approvals-list.ts');
      await runApprovalsList(session, tenant, flags);
    });
}
