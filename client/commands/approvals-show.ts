import type { Command } from 'commander';
import { addCommand, type CommonOptions, type WebOption, webOption } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `approvals show`. */
export function addShow(approvals: Command, session: Session): void {
  addCommand(approvals, {
    name: 'show <id>',
    description: 'one approval: its changes, why they wait, and who decided what',
    examples: ['approvals show contoso/3', 'approvals show contoso/3 --json'],
  })
    .option(...webOption)
    .action(async (id: string, flags: CommonOptions & WebOption) => {
      const { runApprovalsShow } = await import('../actions/approvals-show.ts');
      await runApprovalsShow(session, id, flags);
    });
}
