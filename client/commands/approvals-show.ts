import type { Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `approvals show`. */
export function addShow(approvals: Command, session: Session): void {
  addCommand(approvals, {
    name: 'show <id>',
    description: 'one request: its changes, why they wait, and who answered what',
    examples: ['approvals show contoso/3', 'approvals show contoso/3 --json'],
  }).action(async (id: string, flags: CommonOptions) => {
    const { runApprovalsShow } = await import('../actions/approvals-show.ts');
    await runApprovalsShow(session, id, flags);
  });
}
